import { EgainAuthError } from '../errors.ts';
import { type IncomingAnswer, mediaTypeOf } from '../http/client.ts';
import { decodeUtf8 } from './encodings.ts';
import { repeatedMembers } from './repeated-members.ts';
import { parseScopes } from './scopes.ts';
import { createTokenSet, type IssuedTokenSet } from './token-set.ts';

/** RFC 6749 Appendix A.12, less the space that a Bearer header cannot hold (RFC 6750 §2.1). */
const TOKEN = /^[\x21-\x7e]+$/;
/** RFC 6749 §3.3, but for the number of spaces. */
const SCOPE = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
/** Of a token or a scope, in characters. No server takes a header of that size; what is kept must have an end. */
const MAX_LENGTH = 64 * 1024;
const DEFAULT_LIFETIME_SECONDS = 5 * 60;
const MAX_LIFETIME_SECONDS = 24 * 60 * 60;
const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token';

export interface AnswerContext {
  /** Epoch milliseconds just before the request was sent. */
  readonly requestedAt: number;
  readonly scope: readonly string[];
  readonly scopePrefix: string;
}

/**
 * Judges an answer of status 200, its bytes first and then their meaning (RFC 6749 §5.1). `token_type` and
 * `expires_in` may be absent: no eGain page shows an answer. Members that are not read are not judged either: an
 * `id_token` could not be verified, so nothing is believed of it.
 * @throws {EgainAuthError} `invalid_token_response`
 */
export function parseTokenAnswer(answer: IncomingAnswer, context: AnswerContext): IssuedTokenSet {
  const members = parseMembers(answer);
  if (members.error !== undefined) throw invalid('it holds an error beside status 200');
  const { token_type: type = 'Bearer', issued_token_type: issuedType = ACCESS_TOKEN_TYPE, scope } = members;
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') throw invalid('token_type is not Bearer');
  // Of a token exchange (RFC 8693 §2.2.1): a refresh token or an assertion would be sent to the API as a bearer (T090).
  if (issuedType !== ACCESS_TOKEN_TYPE) throw invalid('issued_token_type is not that of an access token');
  if (scope !== undefined && !(typeof scope === 'string' && scope.length <= MAX_LENGTH && SCOPE.test(scope))) {
    throw invalid('scope is no list of scopes');
  }
  return createTokenSet({
    accessToken: parseToken('access_token', members.access_token),
    refreshToken: parseRefreshToken(members.refresh_token),
    expiresAt: context.requestedAt + parseLifetime(members.expires_in) * 1000,
    scope: scope === undefined ? context.scope : parseScopes(scope, context.scopePrefix),
    source: 'issuer',
  });
}

const MEMBERS = [
  'access_token',
  'error',
  'expires_in',
  'issued_token_type',
  'refresh_token',
  'scope',
  'token_type',
] as const;
type Members = Partial<Record<(typeof MEMBERS)[number], unknown>>;

/**
 * Own members only, into an object without prototype: an answer must not be able to inherit one (T062). `null` is
 * absent. The bytes must be UTF-8 whatever `charset` says (RFC 8259 §8.1); that they are JSON is seen from them, for
 * gateways rewrite the type, but a page is refused even if it reads as JSON.
 */
function parseMembers(answer: IncomingAnswer): Members {
  if (isPage(answer)) throw invalid(`it is not JSON but ${mediaTypeOf(answer)}`);
  const text = decodeUtf8(answer.body);
  if (text === undefined) throw invalid('it is no UTF-8');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Not the parser's message: it quotes the text it failed at.
    throw invalid(`it is not JSON but ${mediaTypeOf(answer)}`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw invalid('it is no JSON object');
  const repeated = repeatedMembers(text);
  const members: Members = Object.create(null);
  for (const name of MEMBERS) {
    if (repeated.has(name)) throw invalid(`${name} is there more than once`);
    const value: unknown = Object.hasOwn(parsed, name) ? (parsed as Members)[name] : undefined;
    if (value !== null) members[name] = value;
  }
  return members;
}

function isPage({ headers }: IncomingAnswer): boolean {
  return /\b(?:text\/html|application\/xhtml\+xml)\b/i.test(String(headers['content-type']));
}

function parseToken(name: string, value: unknown): string {
  if (typeof value !== 'string' || !TOKEN.test(value)) throw invalid(`${name} is no token`);
  if (value.length > MAX_LENGTH) throw invalid(`${name} is longer than ${MAX_LENGTH} characters`);
  return value;
}

/** Servers that issue none say so by leaving it out, by `null`, or by an empty text (F82). */
const parseRefreshToken = (value: unknown): string | undefined =>
  value === undefined || value === '' ? undefined : parseToken('refresh_token', value);

/** Seconds; a decimal string is a number. Clamped to a day, so that no arithmetic on it overflows (T061). */
function parseLifetime(value: unknown): number {
  if (value === undefined) return DEFAULT_LIFETIME_SECONDS;
  const seconds = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds <= 0) {
    throw invalid('expires_in is no positive number');
  }
  return Math.min(seconds, MAX_LIFETIME_SECONDS);
}

function invalid(problem: string): EgainAuthError {
  return new EgainAuthError('invalid_token_response', `the token endpoint's answer cannot be used: ${problem}`, {
    remedy: 'Check that the token URL is the one of the console’s Metadata dialog, and what stands in between.',
  });
}
