import { assertCalled, type EgainAuthError, errorResponse, isEgainAuthError } from '@egain-auth/core';
import type { Context, Middleware } from 'koa';
import { sendResponse } from './reply.ts';

export interface ErrorHandlerOptions {
  /**
   * Told of every error of this suite: its message, `remedy` and `requestId` are for you, not for the browser, and hold
   * no secret and no token. Nothing is printed without it. `expected` is true for an ordinary 401: a guard refused a caller
   * who is not signed in, and nothing has to be fixed.
   */
  onError?: (error: EgainAuthError, details: ErrorDetails) => void;
}

/** Details that accompany an error. */
export interface ErrorDetails {
  /** See {@link EgainAuthError.expected}. */
  readonly expected: boolean;
  readonly ctx: Context;
}

/**
 * Answers the errors of this suite, as a page or as `{ error: { code, requestId, loginUrl? } }`, and lets every other
 * pass. Use it before {@link egainAuth}. Without it Koa answers with the status and its name alone.
 * @throws {TypeError} when it was registered without calling it
 */
export function egainErrorHandler(...given: [options?: ErrorHandlerOptions]): Middleware {
  assertCalled(given, 'egainErrorHandler()');
  const [{ onError } = {}] = given;
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      if (isEgainAuthError(error)) onError?.(error, { expected: error.expected, ctx });
      // Koa leaves an answer that has begun open for ever.
      if (ctx.headerSent) ctx.res.destroy();
      const answer = ctx.headerSent ? undefined : errorResponse(error, ctx.req);
      if (!answer) throw error;
      sendResponse(ctx, answer);
    }
  };
}
