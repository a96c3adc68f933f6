import { EgainAuthError } from '../errors.ts';
import { type IncomingAnswer, mediaTypeOf } from '../http/client.ts';
import { parseScopes } from './scopes.ts';
import { createTokenSet, type IssuedTokenSet } from './token-set.ts';

/** RFC 6749 Appendix A.12, less the space that a Bearer header cannot hold (RFC 6750 §2.1). */
const TOKEN = /^[\x21-\x7e]+$/;
const DEFAULT_LIFETIME_SECONDS = 5 * 60;
const MAX_LIFETIME_SECONDS = 24 * 60 * 60;

export interface AnswerContext {
  /** Epoch milliseconds just before the request was sent. */
  readonly requestedAt: number;
  readonly scope: readonly string[];
  readonly scopePrefix: string;
}

/**
 * Judges an answer of status 200, its bytes first and then their meaning (RFC 6749 §5.1). `token_type` and
 * `expires_in` may be absent: no eGain page shows an answer.
 * @throws {EgainAuthError} `invalid_token_response`
 */
export function parseTokenAnswer(answer: IncomingAnswer, context: AnswerContext): IssuedTokenSet {
  const members = parseMembers(answer);
  if (members.error !== undefined) throw invalid('it holds an error beside status 200');
  const { access_token: accessToken, refresh_token: refreshToken, token_type: type = 'Bearer', scope } = members;
  if (typeof accessToken !== 'string' || !TOKEN.test(accessToken)) throw invalid('access_token is no token');
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') throw invalid('token_type is not Bearer');
  if (scope !== undefined && typeof scope !== 'string') throw invalid('scope is not a string');
  if (refreshToken !== undefined && (typeof refreshToken !== 'string' || !TOKEN.test(refreshToken))) {
    throw invalid('refresh_token is no token');
  }
  return createTokenSet({
    accessToken,
    refreshToken,
    expiresAt: context.requestedAt + parseLifetime(members.expires_in) * 1000,
    scope: scope === undefined ? context.scope : parseScopes(scope, context.scopePrefix),
    source: 'issuer',
  });
}

type Members = Partial<
  Record<'access_token' | 'refresh_token' | 'token_type' | 'expires_in' | 'scope' | 'error', unknown>
>;

/** Own members only, into an object without prototype: an answer must not be able to inherit one (T062). */
function parseMembers(answer: IncomingAnswer): Members {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(answer.body));
  } catch {
    // Not the parser's message: it quotes the text it failed at.
    throw invalid(`it is not JSON but ${mediaTypeOf(answer)}`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw invalid('it is no JSON object');
  const members: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(parsed)) if (value !== null) members[name] = value;
  return members;
}

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
