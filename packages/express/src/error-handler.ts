import { assertCalled, type EgainAuthError, errorResponse, isEgainAuthError, writeResponse } from '@egain-auth/core';
import type { ErrorRequestHandler, Request } from 'express';

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
  readonly req: Request;
}

/**
 * Answers the errors of this suite, as a page or as `{ error: { code, requestId, loginUrl? } }`, and passes on every
 * other. Register it after the routes.
 * @throws {TypeError} when it was registered without calling it
 */
export function egainErrorHandler(...given: [options?: ErrorHandlerOptions]): ErrorRequestHandler {
  assertCalled(given, 'egainErrorHandler()');
  const [{ onError } = {}] = given;
  return (error, req, res, next) => {
    if (isEgainAuthError(error)) onError?.(error, { expected: error.expected, req });
    const answer = res.headersSent ? undefined : errorResponse(error, req);
    if (answer) writeResponse(res, answer);
    else next(error);
  };
}
