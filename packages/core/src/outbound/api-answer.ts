import { EgainApiError, EgainAuthError } from '../errors.ts';
import { type IncomingAnswer, mediaTypeOf } from '../http/client.ts';
import { acceptedActors } from '../operations/actors.ts';
import { publicPath } from '../operations/find-operation.ts';
import { repeatsAny, withoutByteOrderMark } from '../protocol/encodings.ts';
import { retryAfterMs } from '../protocol/retry-after.ts';
import type { ApiAnswer, ApiCall } from './api-call.ts';

/** An error that is longer is not looked through for the token, and not kept. */
const MAX_ERROR_TEXT = 16 * 1024;
/** How much of a gateway's page is kept. */
const MAX_TEXT = 1024;

type Call = Pick<ApiCall, 'method' | 'url' | 'operation'>;
type Answer = ApiAnswer<IncomingAnswer>;

/**
 * @returns the JSON of an answer; `undefined` for 204 and for an empty body
 * @throws {EgainAuthError} `invalid_api_response`
 * @throws {EgainApiError} for any other status than 2xx
 */
export function parseApiAnswer(given: Answer, call: Call): unknown {
  const { answer } = given;
  if (!isSuccess(answer)) throw apiError(given, call);
  if (answer.status === 204 || answer.body.length === 0) return undefined;
  // As it is: what eGain sends an application may hold whatever it likes.
  const text = withoutByteOrderMark(answer.body.toString('utf8'));
  if (text === '') return undefined;
  const parsed = parseJson(text);
  if (parsed !== text) return parsed;
  throw new EgainAuthError(
    'invalid_api_response',
    `${subjectOf(call, answer)} with text ${mediaTypeOf(answer)}, not JSON`,
    {
      remedy:
        'Check that apiUrl is eGain’s API host and not the host people sign in at; what is no JSON can be had with request().',
    },
  );
}

export const isSuccess = ({ status }: { readonly status: number }): boolean => status >= 200 && status <= 299;

/** Holds no id of the path: errors are logged (T114). */
export const subjectOf = ({ method, url, operation }: Call, { status }: { readonly status: number }): string =>
  `${method} ${publicPath(operation, url.pathname)} was answered ${status}`;

/** @returns the text itself when it is no JSON */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function apiError(given: Answer, call: Call): EgainApiError {
  const { answer, tokens } = given;
  const { accessToken } = tokens;
  // Gateways quote the Authorization header they did not like.
  const text = withoutByteOrderMark(answer.body.toString('utf8')).replaceAll(accessToken, '[access token]');
  const parsed = parseJson(text);
  const isKept = text.length <= MAX_ERROR_TEXT && !repeatsAny(text, [accessToken]);
  const body = isKept ? (parsed === text ? text.slice(0, MAX_TEXT) : parsed) : withheld(parsed);
  const { code, message, developerMessage = message, details } = membersOf(body);
  const apiCode = typeof code === 'string' ? code : undefined;
  const subject = subjectOf(call, answer);
  const waitMs = retryAfterMs(answer);
  return new EgainApiError(isPlainCode(apiCode) ? `${subject} ${apiCode}` : subject, remedyFor(apiCode, given, call), {
    apiStatus: answer.status,
    apiCode,
    developerMessage: typeof developerMessage === 'string' ? developerMessage : undefined,
    details: Array.isArray(details) ? details : [],
    body,
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
  });
}

/** A message may be a line of a log: nothing that others wrote can begin another. */
const isPlainCode = (code: string | undefined): boolean => code !== undefined && /^[\w-]{1,32}$/.test(code);

/** Of an error that repeats the token, cut or encoded, no more than eGain's own code. */
function withheld(parsed: unknown): unknown {
  const { code } = membersOf(parsed);
  return {
    ...(typeof code === 'string' && /^\d{3}-\d{3}$/.test(code) && { code }),
    developerMessage: '(withheld: it repeats the access token, or is too long to tell)',
  };
}

function membersOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

/** What to do, with what is known of the call. */
function remedyFor(apiCode: string | undefined, given: Answer, { operation }: Call): string {
  const { answer, actors, tokens } = given;
  const declared = operation?.isDeclared ? operation : undefined;
  if (apiCode === '403-112' && declared) {
    return `The token's actor is ${actors.join(' or ')}; this operation accepts ${acceptedActors(declared).join(', ')}.`;
  }
  if (apiCode === '403-197' && declared) {
    const needed = actors.flatMap((actor) => declared.scopes[actor] ?? []).join(' ');
    const granted = [...tokens.scope].join(' ');
    return `This operation needs ${needed}; the token was granted ${granted}. Request it, and assign it to the client application.`;
  }
  const known = REMEDIES.get(apiCode ?? '');
  if (known !== undefined) return known;
  // eGain's own errors have a code.
  const isGateway = apiCode === undefined && (answer.status === 401 || answer.status === 403);
  return (isGateway ? GATEWAY : REMEDIES_BY_STATUS.get(answer.status)) ?? 'See developerMessage and body.';
}

const GATEWAY =
  'The gateway in front of eGain answered, not eGain: it has no such path and method, or does not know this token. Check both against the API page.';

/** @see eGain's OpenAPI files, `WSErrorCommon` */
const REMEDIES: ReadonlyMap<string, string> = new Map([
  ['400-101', 'eGain does not know one of the query parameters: see the API page.'],
  ['400-112', 'A query parameter is missing that this operation requires: see details.'],
  ['400-152', 'A value in the body is not what this operation takes: see details.'],
  ['400-264', 'This operation takes a body.'],
  ['401-101', 'eGain does not accept this token any more: sign in again.'],
  ['401-104', 'eGain could not read the token: check that it comes from the environment that apiUrl belongs to.'],
  [
    '403-105',
    'The user behind the token may not do this: see their roles and permissions in the Administration Console.',
  ],
  ['403-112', 'This operation does not accept this actor: see the security section of its API page.'],
  ['403-178', 'The user lacks the action that developerMessage names: see their roles in the Administration Console.'],
  ['403-197', 'Request the scope that this operation needs, and assign it to the client application.'],
  ['403-568', 'This portal is not open to customers: allow it in the portal’s settings, or use another.'],
  ['406-100', 'Send an accept-language that eGain knows, such as en-US.'],
]);

const REMEDIES_BY_STATUS: ReadonlyMap<number, string> = new Map([
  ...[301, 302, 303, 307, 308].map(
    (status) =>
      [status, 'Redirects are not followed, so that no other host gets the token: check apiUrl and the path.'] as const,
  ),
  [412, 'eGain says this of users without a license: see the user’s license in the Administration Console.'],
  [415, 'eGain does not take a body of this content-type.'],
  [429, 'Too many requests: wait for retryAfterMs, then try again.'],
  [503, 'eGain is not available at the moment: try again later.'],
]);
