import assert from 'node:assert/strict';
import type { RawAnswer } from '../request.ts';

/** What every answer of the adapter itself carries. */
export function assertOwnHeaders({ headers }: RawAnswer): void {
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(headers['referrer-policy'], 'no-referrer');
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.match(headers.vary ?? '', /\bCookie\b/);
}

/** Where a redirect leads, which must be eGain's sign-in page. */
export function authorizeUrl({ headers }: RawAnswer): URL {
  const url = new URL(headers.location ?? '');
  assert.match(url.pathname, /\/oauth2\/(?:v2\.0\/)?authorize$/);
  return url;
}

/** The one Set-Cookie line of the session. */
export function sessionCookie({ setCookies }: RawAnswer): string {
  const lines = setCookies.filter((line) => line.startsWith('egain_session='));
  assert.equal(lines.length, 1, `${lines.length} session cookies`);
  return lines[0] as string;
}

export const errorCodeOf = ({ json }: RawAnswer): unknown =>
  (json as { error?: { code?: unknown } } | undefined)?.error?.code;

/** The names of the cookies that an answer sets or removes, in alphabetical order. */
export const namesOf = ({ setCookies }: RawAnswer): string[] =>
  setCookies.map((line) => line.split('=', 1).join('')).sort((one, other) => (one < other ? -1 : 1));
