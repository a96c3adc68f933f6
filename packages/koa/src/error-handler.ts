import { assertCalled, type EgainAuthError, errorResponse, isEgainAuthError } from '@egain-auth/core';
import type { Context, Middleware } from 'koa';
import { sendResponse } from './reply.ts';

export interface ErrorHandlerOptions {
  /**
   * Told of every error of this suite: its message, `remedy` and `requestId` are for you, not for the browser, and hold
   * no secret and no token. Nothing is printed without it.
   */
  onError?: (error: EgainAuthError, ctx: Context) => void;
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
      if (isEgainAuthError(error)) onError?.(error, ctx);
      // Koa leaves an answer that has begun open for ever.
      if (ctx.headerSent) ctx.res.destroy();
      const answer = ctx.headerSent ? undefined : errorResponse(error, ctx.req);
      if (!answer) throw error;
      sendResponse(ctx, answer);
    }
  };
}
