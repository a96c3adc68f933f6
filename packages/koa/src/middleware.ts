import {
  type AdapterContext,
  type AuthRequirement,
  assertCalled,
  checkRequirement,
  createEgainAuth,
  type EgainAuth,
  type EgainAuthOptions,
  isEgainAuth,
  type OnBehalfOfScope,
  type RequestContext,
  type Subject,
  type TokenOptions,
} from '@egain-auth/core';
import type { Context, Middleware } from 'koa';
import { KoaReply, requestOf, sendResponse } from './reply.ts';

declare module 'koa' {
  interface ExtendableContext {
    /** eGain as seen from this request. @see RequestContext */
    egain: RequestContext;
  }
}

/**
 * Answers the login, callback, logout and session routes, and puts `ctx.egain` on every other request. Needs no body
 * parser, no session and no router, and is in the way of none.
 * @param given options, or an {@link EgainAuth} to share; without argument the `EGAIN_*` variables are read
 * @throws {EgainAuthError} `invalid_configuration`
 * @throws {TypeError} when it was registered without calling it
 */
export function egainAuth(...given: [options?: EgainAuthOptions | EgainAuth]): Middleware {
  assertCalled(given, 'egainAuth()');
  // Spread, not a default: `egainAuth(undefined)` is a configuration that went missing, not a wish for the environment.
  const egain = isEgainAuth(given[0]) ? given[0] : createEgainAuth(...(given as [EgainAuthOptions?]));
  return async (ctx, next) => {
    const [request, reply] = [requestOf(ctx), new KoaReply(ctx)];
    const answer = await egain.handle(request, reply);
    if (answer) return sendResponse(ctx, answer);
    ctx.egain = await egain.authenticate(request, reply);
    await next();
  };
}

/**
 * Lets a request pass if somebody is signed in as required. Otherwise a browser that navigates is sent to sign in, and
 * everything else gets 401 or 403 as JSON by way of {@link egainErrorHandler}.
 * @throws {TypeError} when it was registered without calling it, or for an option that does not exist or has a wrong value
 */
export function requiresAuth(...given: [requirement?: AuthRequirement]): Middleware {
  assertCalled(given, 'requiresAuth()');
  const requirement = checkRequirement(given[0], 'requiresAuth()');
  return async (ctx, next) => {
    const answer = await contextOf(ctx).challenge(requirement);
    if (answer) return sendResponse(ctx, answer);
    await next();
  };
}

export interface OnBehalfOfOptions extends Pick<TokenOptions<OnBehalfOfScope>, 'scope'> {
  /** Ask for the token before the handler runs, so that a refusal comes first. @default false: at the first use */
  eager?: boolean;
}

/**
 * Makes `ctx.egain.api` act for whom `subject` names. Take the name from your own verified session: eGain asks for no
 * proof, so whoever can choose the name can be anybody.
 * @param given `subject` returns `user({ username })` or `customer({ email })`; it may throw to refuse
 * @throws {TypeError} when it was registered without calling it, or `subject` is not a function
 */
export function onBehalfOf(
  ...given: [subject: (ctx: Context) => Subject | Promise<Subject>, options?: OnBehalfOfOptions]
): Middleware {
  assertCalled(given, 'onBehalfOf((ctx) => user({ username }))');
  const [subject, { eager = false, ...options } = {}] = given;
  if (typeof subject !== 'function') {
    throw new TypeError('onBehalfOf() takes a function of the request. Write onBehalfOf((ctx) => user({ username }))');
  }
  return async (ctx, next) => {
    const egain = contextOf(ctx).withActor({ type: 'on-behalf-of', subject: await subject(ctx) }, options);
    if (eager) await egain.getToken();
    ctx.egain = egain;
    await next();
  };
}

/** The middleware that put `ctx.egain` there made it an adapter's context; applications see the smaller type. */
function contextOf(ctx: Context): AdapterContext {
  if (ctx.egain) return ctx.egain as AdapterContext;
  throw new TypeError('ctx.egain is missing: call app.use(egainAuth()) before this middleware');
}
