import type { IncomingHead } from '../http/client.ts';

/** More than anybody waits: a larger number would lose its last digits. */
const MAX_SECONDS = 999_999_999;

/**
 * When eGain wants to be asked again, in milliseconds from now: `Retry-After` in seconds or as a date (RFC 9110 §10.2.3),
 * or else `X-RateLimit-Reset`, which eGain documents as a UTC date-time and not as a number. The only reader of both, for
 * the token endpoint and for the APIs (F74).
 */
export function retryAfterMs({ headers }: Pick<IncomingHead, 'headers'>): number | undefined {
  const { 'retry-after': retryAfter, 'x-ratelimit-reset': reset, date } = headers;
  if (typeof retryAfter === 'string' && /^\d+$/.test(retryAfter.trim())) {
    return Math.min(Number(retryAfter), MAX_SECONDS) * 1000;
  }
  const at = parseDate(retryAfter) ?? parseDate(reset);
  // By eGain's own clock where it is told: ours may be wrong by more than a minute, which is all that is waited for.
  return at === undefined ? undefined : Math.max(0, at - (parseDate(date) ?? Date.now()));
}

const TIME = '(?<hours>\\d\\d):(?<minutes>\\d\\d):(?<seconds>\\d\\d)';
/** RFC 9110 §5.6.7: a recipient must accept all three. */
const HTTP_DATES = [
  `^\\w{3}, (?<day>\\d\\d) (?<month>\\w{3}) (?<year>\\d{4}) ${TIME} GMT$`,
  `^\\w{6,9}, (?<day>\\d\\d)-(?<month>\\w{3})-(?<year>\\d\\d) ${TIME} GMT$`,
  `^\\w{3} (?<month>\\w{3}) (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`,
].map((pattern) => new RegExp(pattern, 'i'));
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** @returns epoch milliseconds. A time without a zone is UTC. */
function parseDate(given: unknown): number | undefined {
  if (typeof given !== 'string' || given.length > 64) return undefined;
  const text = given.trim();
  const parts = HTTP_DATES.map((pattern) => pattern.exec(text)?.groups).find((groups) => groups !== undefined);
  if (parts) return toEpoch(parts);
  // What eGain documents for X-RateLimit-Reset, and what others send.
  if (!/\d{4}.*:/.test(text)) return undefined;
  const at = Date.parse(/(?:Z|GMT|UTC|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}Z`);
  return Number.isNaN(at) ? undefined : at;
}

function toEpoch(parts: Record<string, string>): number | undefined {
  const [day, hours, minutes, seconds] = [parts['day'], parts['hours'], parts['minutes'], parts['seconds']].map(Number);
  const month = MONTHS.indexOf(String(parts['month']).toLowerCase());
  const year = fullYear(String(parts['year']));
  const at = Date.UTC(year, month, day, hours, minutes, seconds);
  // `Date.UTC` rolls 31 February over into March.
  return month >= 0 && new Date(at).getUTCDate() === day && Number(hours) < 24 ? at : undefined;
}

/** Two digits that seem to be more than 50 years in the future mean the past (RFC 9110 §5.6.7). */
function fullYear(digits: string): number {
  if (digits.length === 4) return Number(digits);
  const now = new Date().getUTCFullYear();
  const year = now - (now % 100) + Number(digits);
  return year > now + 50 ? year - 100 : year;
}
