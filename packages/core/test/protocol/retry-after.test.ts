import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { IncomingAnswer } from '../../src/http/client.ts';
import { retryAfterMs } from '../../src/protocol/retry-after.ts';
import { tokenEndpointRefusal } from '../../src/protocol/token-refusal.ts';

const NOW = Date.UTC(2026, 5, 15, 12, 0, 0);
const HOUR = 3_600_000;

beforeEach(() => {
  jest.useFakeTimers({ now: NOW });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('F74: Retry-After is read alike everywhere, in seconds and in all three forms of a date', () => {
  test.each<[form: string, value: string, waitMs: number | undefined]>([
    ['seconds', '30', 30_000],
    ['seconds with space around them', ' 30 ', 30_000],
    ['IMF-fixdate', 'Mon, 15 Jun 2026 13:00:00 GMT', HOUR],
    ['RFC 850', 'Monday, 15-Jun-26 13:00:00 GMT', HOUR],
    ['asctime', 'Mon Jun 15 13:00:00 2026', HOUR],
    ['asctime with a day of one digit', 'Wed Jul  1 12:00:00 2026', 16 * 24 * HOUR],
    ['a date that is over', 'Sun, 06 Nov 1994 08:49:37 GMT', 0],
    ['RFC 850 of the last century', 'Sunday, 06-Nov-94 08:49:37 GMT', 0],
    ['RFC 850, not more than 50 years ahead', 'Friday, 15-Jun-76 12:00:00 GMT', Date.UTC(2076, 5, 15, 12) - NOW],
    ['RFC 850, more than 50 years ahead', 'Friday, 15-Jun-77 12:00:00 GMT', 0],
    ['a month in capitals', 'Mon, 15 JUN 2026 13:00:00 GMT', HOUR],
    ['a date-time, as X-RateLimit-Reset has it', '2026-06-15T13:00:00Z', HOUR],
    ['a day that the month does not have', 'Tue, 31 Feb 2026 13:00:00 GMT', undefined],
    ['a month that is none', 'Mon, 15 Xyz 2026 13:00:00 GMT', undefined],
    ['an hour that is none', 'Mon, 15 Jun 2026 25:00:00 GMT', undefined],
    ['words', 'soon', undefined],
    ['nothing', '', undefined],
    ['too much', `${'9'.repeat(50)} Mon, 15 Jun 2026 13:00:00 GMT`, undefined],
  ])('F74: %s', (_form, value, waitMs) => {
    expect(retryAfterMs({ headers: { 'retry-after': value } })).toBe(waitMs);
  });

  test.each([
    ['Mon, 15 Jun 2026 12:00:30 GMT'],
    ['Monday, 15-Jun-26 12:00:30 GMT'],
    ['Mon Jun 15 12:00:30 2026'],
    ['30'],
  ])('F74: the token endpoint says %s', (value) => {
    const answer: IncomingAnswer = { status: 503, headers: { 'retry-after': value }, body: Buffer.alloc(0) };
    expect(tokenEndpointRefusal(answer, new URLSearchParams()).retryAfterMs).toBe(30_000);
  });
});
