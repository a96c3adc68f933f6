import { STATUS_CODES } from 'node:http';
import { type EgainAuthError, errorResponse, isEgainAuthError } from '@egain-auth/core';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { throwError } from 'rxjs';
import { answerWith, type NestRequest, type NestResponse, nodeRequest, nodeResponse } from './platform.ts';

/**
 * Nest 12 replaces an error with a status that a middleware reports by an `HttpException` that says the status alone, with
 * the error as its cause. An exception that the application made says something else, and stays the application's.
 */
function ownErrorOf(error: unknown): EgainAuthError | undefined {
  if (isEgainAuthError(error)) return error;
  const { cause } = error instanceof HttpException ? error : {};
  if (!isEgainAuthError(cause)) return undefined;
  const { status } = cause;
  const isReplaced =
    (error as HttpException).getStatus() === status && (error as Error).message === STATUS_CODES[status];
  return isReplaced ? cause : undefined;
}

/** Nest asks with `instanceof`, which an error of another installed copy of core would not pass. */
// biome-ignore lint/complexity/noStaticOnlyClass: it has no instances
class AnyEgainAuthError {
  static [Symbol.hasInstance](error: unknown): boolean {
    return ownErrorOf(error) !== undefined;
  }
}

/**
 * Answers the errors of this suite, as a page or as `{ error: { code, requestId, loginUrl? } }`; all others stay Nest's.
 * The module registers it unless told `filter: false`. To hear of errors in another way, extend it and provide yours as
 * `APP_FILTER`.
 */
@Catch(AnyEgainAuthError)
export class EgainAuthExceptionFilter implements ExceptionFilter<EgainAuthError> {
  readonly #logger = new Logger('EgainAuth');

  catch(caught: EgainAuthError, host: ArgumentsHost): unknown {
    const error = ownErrorOf(caught) ?? caught;
    this.onError(error, { expected: error.expected, host });
    const { code, requestId, loginUrl } = error;
    switch (host.getType<string>()) {
      case 'http':
        return answerHttp(error, host);
      case 'rpc':
        return throwError(() => ({ status: 'error', message: code, requestId }));
      case 'ws':
        return sendException(host.switchToWs().getClient<SocketClient>(), {
          status: 'error',
          message: code,
          requestId,
        });
      default:
        // GraphQL's server makes the answer of it.
        throw Object.assign(new Error(code), { extensions: { code, requestId, ...(loginUrl && { loginUrl }) } });
    }
  }

  /**
   * Told of every error. `expected` is true for an ordinary 401: a guard refused a caller who is not signed in, and nothing
   * has to be fixed. By default those that are no fault of the caller go to Nest's logger: there is no secret in them.
   */
  protected onError(error: EgainAuthError, _details: ErrorDetails): void {
    const { status, message, remedy, requestId, stack } = error;
    if (status >= 500) this.#logger.error(`${message} – ${remedy} [${requestId}]`, stack);
  }
}

/** Details that accompany an error. */
export interface ErrorDetails {
  /** See {@link EgainAuthError.expected}. */
  readonly expected: boolean;
  readonly host: ArgumentsHost;
}

/** Socket.IO's, or a plain WebSocket, whose `emit` nobody hears but this process. */
type SocketClient =
  | { readonly readyState: number; send(text: string): unknown }
  | { readonly readyState?: never; emit(event: string, value: unknown): unknown };

function sendException(client: SocketClient, data: object): void {
  if (client.readyState === undefined) client.emit('exception', data);
  else client.send(JSON.stringify({ event: 'exception', data }));
}

function answerHttp(error: EgainAuthError, host: ArgumentsHost): void {
  const response = host.switchToHttp().getResponse<NestResponse>();
  const answer = errorResponse(error, nodeRequest(host.switchToHttp().getRequest<NestRequest>()));
  // Half an answer must not look like a whole one.
  if (nodeResponse(response).headersSent) nodeResponse(response).destroy();
  else if (answer) answerWith(response, answer);
}
