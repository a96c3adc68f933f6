import {
  type AdapterContext,
  type AuthRequirement,
  assertCalled,
  checkRequirement,
  createEgainAuth,
  type EgainAuth,
  type EgainAuthOptions,
  isEgainAuth,
  nodeReply,
  type OnBehalfOfScope,
  type RequestContext,
  type Subject,
  type TokenOptions,
  writeResponse,
} from '@egain-auth/core';
import type { Request, RequestHandler } from 'express';

// Structural, without importing express's own types: both majors agree on it.
declare global {
  namespace Express {
    interface Request {
      /** eGain as seen from this request. @see RequestContext */
      egain: RequestContext;
    }
  }
}

/**
 * Answers the login, callback, logout and session routes, and puts `req.egain` on every other request. Order among body
 * parsers does not matter.
 * @param given options, or an {@link EgainAuth} to share; without argument the `EGAIN_*` variables are read
 * @throws {EgainAuthError} `invalid_configuration`
 * @throws {TypeError} when it was registered without calling it
 */
export function egainAuth(...given: [options?: EgainAuthOptions | EgainAuth]): RequestHandler {
  assertCalled(given, 'egainAuth()');
  // Spread, not a default: `egainAuth(undefined)` is a configuration that went missing, not a wish for the environment.
  const egain = isEgainAuth(given[0]) ? given[0] : createEgainAuth(...(given as [EgainAuthOptions?]));
  return asyncHandler(async (req, res, next) => {
    const reply = nodeReply(res);
    const answer = await egain.handle(req, reply);
    if (answer) return writeResponse(res, answer);
    req.egain = await egain.authenticate(req, reply);
    next();
  });
}

/**
 * Lets a request pass if somebody is signed in as required. Otherwise a browser that navigates is sent to sign in, and
 * everything else gets 401 or 403 as JSON by way of {@link egainErrorHandler}.
 * @throws {TypeError} when it was registered without calling it, or for an option that does not exist or has a wrong value
 */
export function requiresAuth(...given: [requirement?: AuthRequirement]): RequestHandler {
  assertCalled(given, 'requiresAuth()');
  const requirement = checkRequirement(given[0], 'requiresAuth()');
  return asyncHandler(async (req, res, next) => {
    const answer = await contextOf(req).challenge(requirement);
    if (answer) return writeResponse(res, answer);
    next();
  });
}

export interface OnBehalfOfOptions extends Pick<TokenOptions<OnBehalfOfScope>, 'scope'> {
  /** Ask for the token before the handler runs, so that a refusal comes first. @default false: at the first use */
  eager?: boolean;
}

/**
 * Makes `req.egain.api` act for whom `subject` names. Take the name from your own verified session: eGain asks for no
 * proof, so whoever can choose the name can be anybody.
 * @param given `subject` returns `user({ username })` or `customer({ email })`; it may throw to refuse
 * @throws {TypeError} when it was registered without calling it, or `subject` is not a function
 */
export function onBehalfOf(
  ...given: [subject: (req: Request) => Subject | Promise<Subject>, options?: OnBehalfOfOptions]
): RequestHandler {
  assertCalled(given, 'onBehalfOf((req) => user({ username }))');
  const [subject, { eager = false, ...options } = {}] = given;
  if (typeof subject !== 'function') {
    throw new TypeError('onBehalfOf() takes a function of the request. Write onBehalfOf((req) => user({ username }))');
  }
  return asyncHandler(async (req, _res, next) => {
    const egain = contextOf(req).withActor({ type: 'on-behalf-of', subject: await subject(req) }, options);
    if (eager) await egain.getToken();
    req.egain = egain;
    next();
  });
}

/** The middleware that put `req.egain` there made it an adapter's context; applications see the smaller type. */
function contextOf(req: Request): AdapterContext {
  if (req.egain) return req.egain as AdapterContext;
  throw new TypeError('req.egain is missing: call app.use(egainAuth()) before this route');
}

/**
 * Makes a handler of an async function on Express 4, which ignores the promise of a handler: a call to eGain that fails
 * would be an unhandled rejection, and end the process. Express 5 needs nothing of the kind.
 * @example
 * ```ts
 * app.get('/me', requiresAuth(), asyncHandler(async (req, res) => {
 *   res.json(await req.egain.api.get('/knowledge/portalmgr/v4/portals/user'));
 * }));
 * ```
 * @throws {TypeError} when it was registered without calling it
 */
export function asyncHandler(
  ...given: [run: (...handled: Parameters<RequestHandler>) => Promise<unknown>]
): RequestHandler {
  assertCalled(given, 'asyncHandler(async (req, res) => { … })');
  const [run] = given;
  return (req, res, next) => {
    run(req, res, next).catch(next);
  };
}
