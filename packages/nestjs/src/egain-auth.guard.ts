import { type AuthRequirement, EgainAuthError } from '@egain-auth/core';
import { type CanActivate, type ExecutionContext, Inject, Injectable, Optional } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { requireContext, requireRequest } from './current-request.ts';
import { DEFAULT_NAME, OWN_NAME } from './egain-auth.tokens.ts';
import { answerWith, type NestResponse } from './platform.ts';

/** What `@RequiresAuth` and `@Public` say of a handler, under one key: the nearest to it decides. */
export const ACCESS = Symbol('egain-auth:access');
export const ON_BEHALF_OF = Symbol('egain-auth:on-behalf-of');

export interface RequiresAuthOptions extends AuthRequirement {
  /** Of several instances, the one that people must be signed in with. */
  name?: string;
}

/**
 * Lets a request pass if the person is signed in as `@RequiresAuth` says. A handler without `@RequiresAuth` accepts every
 * signed-in person. Other requests are sent to sign in if a browser navigates, and get 401 or 403 if not. A handler with
 * `@OnBehalfOf` must also have `@Public()` or `@RequiresAuth()`: with neither, every request gets 401 (T106).
 */
@Injectable()
export class EgainAuthGuard implements CanActivate {
  readonly #reflector: Reflector;
  readonly #ownName: string;

  constructor(@Inject(Reflector) reflector: Reflector, @Optional() @Inject(OWN_NAME) ownName = DEFAULT_NAME) {
    this.#reflector = reflector;
    this.#ownName = ownName;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const access = this.#reflector.getAllAndOverride<RequiresAuthOptions | 'public' | undefined>(ACCESS, targets);
    if (access === 'public') return true;
    const current = requireRequest(context, 'EgainAuthGuard');
    if (!access && this.#reflector.getAllAndOverride(ON_BEHALF_OF, targets)) throw undecided(context);
    const { name = this.#ownName, ...requirement } = access ?? {};
    // The answer to a query is the GraphQL server's: nobody is redirected.
    const isQuery = context.getType<string>() === 'graphql';
    const answer = await requireContext(current, name).challenge({
      ...requirement,
      ...(isQuery && { unauthenticated: 'json' }),
    });
    if (!answer) return true;
    answerWith(context.switchToHttp().getResponse<NestResponse>(), answer);
    // Whatever is returned, Nest answers, and this request has its answer.
    return new Promise(() => {});
  }
}

/** What to do about a handler with `@OnBehalfOf` in front of which the guard runs. It needs another decorator (T106). */
export const DECIDE =
  'Add @Public() if another guard decides who may call it, or @RequiresAuth() if callers must sign in at eGain.';

function undecided(context: ExecutionContext): EgainAuthError {
  const name = `${context.getClass().name}.${context.getHandler().name}`;
  return new EgainAuthError('login_required', `${name} has @OnBehalfOf, but does not say who may call it`, {
    remedy: DECIDE,
  });
}
