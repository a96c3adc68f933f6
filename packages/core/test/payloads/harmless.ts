import { expect } from '@jest/globals';
import type { RawAnswer } from './raw-client.ts';

/** What the guarded handlers of these tests answer. */
export const BEHIND_THE_GUARD = 'for those who are signed in';

/**
 * Of every payload: it is answered, is no failure of ours, signs nobody in, and leads to this application or to eGain's
 * sign-in page and nowhere else.
 */
export function expectHarmless(answer: RawAnswer, { baseUrl }: { baseUrl: string }): void {
  expect(answer.status).toBeGreaterThanOrEqual(200);
  expect(answer.status).toBeLessThan(500);
  expect(whereTo(answer.location, baseUrl)).toBe('nowhere else');
  expect(answer.setCookies.filter((line) => /^(__Host-)?egain_session(\.\d)?=[^;]/.test(line))).toEqual([]);
  for (const line of answer.setCookies) expect(line).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/);
  expect(answer.text).not.toContain(BEHIND_THE_GUARD);
  expect(answer.text).not.toMatch(/<script/i);
}

function whereTo(location: string | undefined, baseUrl: string): string {
  if (location === undefined) return 'nowhere else';
  if (!/^[\x21-\x5b\x5d-\x7e]+$/.test(location)) return `${location}, which is not plain (T027)`;
  const url = new URL(location);
  const { origin } = new URL(baseUrl);
  const isOurs = location.startsWith(`${origin}/`) && url.origin === origin && !url.pathname.startsWith('//');
  const isSignIn = /-[UC]\/oauth2\/authorize$/.test(url.pathname) && url.hostname === '127.0.0.1';
  const comesBack = url.searchParams.get('redirect_uri') === `${baseUrl}/auth/callback`;
  return isOurs || (isSignIn && comesBack) ? 'nowhere else' : location;
}
