import { describe, expect, test } from '@jest/globals';
import { createAuthorizationCodes } from '../src/authorization-codes.ts';

const GRANT = { clientId: 'c', redirectUri: 'http://localhost/cb', persona: 'user', subject: 'pa', scope: [] } as const;

describe('authorization codes', () => {
  test('a code is redeemed once and gone after that', () => {
    const codes = createAuthorizationCodes();
    const code = codes.issue(GRANT);
    expect(codes.redeem(code)).toEqual(GRANT);
    expect(codes.redeem(code)).toBeUndefined();
  });

  test.each([
    ['is good just before 60 seconds', 59_999, GRANT],
    ['is refused at 60 seconds', 60_000, undefined],
  ])('a code %s', (_name, elapsed, expected) => {
    let now = 1_000;
    const codes = createAuthorizationCodes(() => now);
    const code = codes.issue(GRANT);
    now += elapsed;
    expect(codes.redeem(code)).toEqual(expected);
  });

  test('an unknown code is refused', () => {
    expect(createAuthorizationCodes().redeem('guessed')).toBeUndefined();
  });
});
