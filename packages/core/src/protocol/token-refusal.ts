import { EgainAuthError, isEgainAuthError } from '../errors.ts';
import type { IncomingAnswer } from '../http/client.ts';
import { withoutByteOrderMark } from './encodings.ts';
import { parseErrorCode, parseErrorDescription } from './error-text.ts';
import { retryAfterMs } from './retry-after.ts';

/** However long an answer says: an endpoint that says it again is left alone again. */
const MAX_RETRY_AFTER_MS = 60_000;
/** After 429, where the answer does not say for how long. */
const PAUSE_MS = 1000;

/** What each `error` of RFC 6749 §5.2 usually means at eGain. */
const REMEDIES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    invalid_client:
      'Check clientId and clientSecret, and the Platform of the client application: a Web Application has a secret, a Single Page Application must not send one.',
    invalid_grant:
      'For a login: the code was used, is too old, or the redirect URI differs from the first leg. On behalf of: eGain knows no such subject at this persona’s URL. For an exchange or a refresh: the token is not valid any more.',
    invalid_request:
      'Check the options of this flow against the authentication guide; the description says what is missing.',
    invalid_scope:
      'Assign the scope to the client application (Permissions tab), and check that its kind fits the flow.',
    unauthorized_client:
      'Allow this flow for the client application: its Platform, “Client On-Behalf-Of Flow” or “Token Exchange Grant Type”.',
    unsupported_grant_type: 'Check that the token URL belongs to this flow: personas and flows have different ones.',
  }),
);

/**
 * What an answer other than 200 means.
 * @returns `token_request_failed` for a refusal (4xx), `token_endpoint_unavailable` for 429 and 5xx,
 *   `invalid_token_response` for the rest: a redirect would carry the client secret elsewhere, so none is followed
 */
export function tokenEndpointRefusal(answer: IncomingAnswer, form: URLSearchParams): EgainAuthError {
  const { status } = answer;
  if (status === 429 || status >= 500) {
    const retryAfterMs = pauseOf(answer) ?? (status === 429 ? PAUSE_MS : undefined);
    const error = new EgainAuthError('token_endpoint_unavailable', `the token endpoint answered ${status}`, {
      remedy: 'Try again later.',
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
    // These two mean that nothing was done (RFC 6585 §4, RFC 9110 §15.6.4).
    return status === 429 || status === 503 ? error : markUndecided(error);
  }
  if (status < 400) {
    return new EgainAuthError('invalid_token_response', `the token endpoint answered ${status} instead of 200`, {
      remedy: 'Set the token URL to where it really is: the request holds a secret and does not follow redirects.',
    });
  }
  const { error, description } = parseRefusal(answer, form);
  const said = [error, description].filter((part) => part !== undefined).join(': ');
  const refusal = refusalError(`the token endpoint answered ${status}${said && ` ${said}`}`, error);
  if (status === 401 && error === undefined) unexplained.add(refusal);
  return refusal;
}

function refusalError(problem: string, oauthError: string | undefined): EgainAuthError {
  return new EgainAuthError('token_request_failed', problem, {
    remedy:
      REMEDIES.get(oauthError ?? '') ??
      'Check that the token URL is the one of the console’s Metadata dialog: this answer is not one of OAuth.',
    ...(oauthError !== undefined && { oauthError }),
  });
}

const unexplained = new WeakSet<EgainAuthError>();

/** Whether an error tells of a 401 whose body has no OAuth error: from a gateway, or about the client. */
export function isUnexplained401(error: unknown): error is EgainAuthError {
  return isEgainAuthError(error) && unexplained.has(error);
}

/** The same answer, once it is known to be about the client. */
export function invalidClientError({ code, message }: EgainAuthError): EgainAuthError {
  return refusalError(`${message.slice(code.length + 2)} invalid_client`, 'invalid_client');
}

const undecided = new WeakSet<EgainAuthError>();

/** Marks the failure of a request that eGain may still have carried out, such as one whose answer was lost. */
export function markUndecided(error: EgainAuthError): EgainAuthError {
  undecided.add(error);
  return error;
}

/** Whether eGain may have issued a token, and spent what it was asked with, although the request failed. */
export const mayHaveTakenEffect = (error: unknown): boolean =>
  !isEgainAuthError(error) || error.code === 'invalid_token_response' || undecided.has(error);

/**
 * Seconds or a date (RFC 9110 §10.2.3), as milliseconds from now; no longer than a minute, and anything else is as if it
 * were not there.
 */
function pauseOf(answer: IncomingAnswer): number | undefined {
  const ms = retryAfterMs(answer) ?? 0;
  return ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : undefined;
}

function parseRefusal({ body }: IncomingAnswer, form: URLSearchParams) {
  let parsed: unknown;
  try {
    parsed = JSON.parse(withoutByteOrderMark(body.toString('utf8')));
  } catch {
    // A page of whatever stands in between says nothing that the status does not.
  }
  const own = (name: string): unknown =>
    typeof parsed === 'object' && parsed !== null && Object.hasOwn(parsed, name)
      ? (parsed as Record<string, unknown>)[name]
      : undefined;
  return {
    error: parseErrorCode(own('error'), form),
    description: parseErrorDescription(own('error_description'), form),
  };
}
