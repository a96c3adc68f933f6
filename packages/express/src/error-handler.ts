import { errorResponse, writeResponse } from '@egain-auth/core';
import type { ErrorRequestHandler } from 'express';

/**
 * Answers the errors of this suite, as a page or as `{ error: { code, requestId, loginUrl? } }`, and passes on every
 * other. Register it after the routes.
 */
export function egainErrorHandler(): ErrorRequestHandler {
  return (error, req, res, next) => {
    const answer = res.headersSent ? undefined : errorResponse(error, req);
    if (answer) writeResponse(res, answer);
    else next(error);
  };
}
