import { describe, expect, test } from '@jest/globals';
import { createClock, type Duration, parseDuration } from '../src/clock.ts';
import { callApi, USER } from './api-client.ts';
import {
  apply,
  CALLBACK,
  credentials,
  decodeClaims,
  logIn,
  obtainCode,
  requestToken,
  startEmulator,
  tokenUrl,
} from './emulator-client.ts';

describe('a duration', () => {
  test.each<[Duration, number]>([
    [0, 0],
    [1_500, 1_500],
    ['500ms', 500],
    ['90s', 90_000],
    ['59m', 3_540_000],
    ['1.5h', 5_400_000],
    ['14d', 1_209_600_000],
  ])('%p is %d milliseconds', (duration, ms) => {
    expect(parseDuration(duration)).toBe(ms);
  });

  test.each(['', '59', '59 m', 'm', '-1s', '1w', -1, Number.NaN, Number.POSITIVE_INFINITY])(
    '%p is none',
    (duration) => {
      expect(() => createClock().advance(duration as Duration)).toThrow(TypeError);
    },
  );
});

describe('the clock of an emulator', () => {
  test('is the wall clock, ahead by what it was advanced', () => {
    const clock = createClock();
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(60_000);
    clock.advance('1h');
    clock.advance(5_000);
    expect(Math.abs(clock.now() - Date.now() - 3_605_000)).toBeLessThan(60_000);
  });

  test('ends access tokens, and dates new ones and the journal', async () => {
    const emulator = await startEmulator();
    const { access_token } = await logIn(emulator);
    emulator.clock.advance('59m');
    expect((await callApi(emulator, USER, access_token)).status).toBe(200);
    emulator.clock.advance('1m');
    expect((await callApi(emulator, USER, access_token)).status).toBe(401);
    const renewed = decodeClaims((await logIn(emulator)).access_token);
    expect(Math.abs(Number(renewed['iat']) - Date.now() / 1000 - 3600)).toBeLessThan(300);
    expect(Number(renewed['exp']) - Number(renewed['iat'])).toBe(3600);
    expect(Math.abs(Number(emulator.journal().at(-1)?.at) - Date.now() - 3_600_000)).toBeLessThan(300_000);
  });

  test('ends authorization codes', async () => {
    const emulator = await startEmulator();
    const code = await obtainCode(emulator);
    emulator.clock.advance('60s');
    const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, ...credentials(emulator) };
    const { body } = await requestToken(tokenUrl(emulator), apply(form, {}));
    expect(body['error']).toBe('invalid_grant');
  });

  test('ends refresh tokens, after 14 days or as configured', async () => {
    for (const [options, lifetime] of [
      [{}, '14d'],
      [{ refreshTokenLifetimeSeconds: 60 }, '60s'],
    ] as const) {
      const emulator = await startEmulator({ refreshTokens: 'kept', ...options });
      const { refresh_token } = await logIn(emulator);
      const refresh = () => {
        const form = { grant_type: 'refresh_token', refresh_token, ...credentials(emulator) };
        return requestToken(tokenUrl(emulator), apply(form, {}));
      };
      expect((await refresh()).status).toBe(200);
      emulator.clock.advance(lifetime);
      expect((await refresh()).body['error']).toBe('invalid_grant');
    }
  });

  test('ends the tokens of the identity provider, and dates new ones', async () => {
    const emulator = await startEmulator();
    const exchange = async (subjectToken: string) => {
      const { registrationId: registration_id } = emulator.identityProvider;
      const form = {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        subject_token: subjectToken,
        registration_id,
      };
      return (await requestToken(tokenUrl(emulator), apply(form, credentials(emulator)))).status;
    };
    const external = await emulator.identityProvider.issueToken({ email: 'pa@example.com' });
    expect(await exchange(external)).toBe(200);
    emulator.clock.advance('5m');
    expect(await exchange(external)).toBe(400);
    expect(await exchange(await emulator.identityProvider.issueToken({ email: 'pa@example.com' }))).toBe(200);
  });

  test('is not the clock of another emulator', async () => {
    const [one, other] = [await startEmulator(), await startEmulator()];
    const { access_token } = await logIn(other);
    one.clock.advance('2h');
    expect((await callApi(other, USER, access_token)).status).toBe(200);
  });
});
