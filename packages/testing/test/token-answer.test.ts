import { describe, expect, test } from '@jest/globals';
import type { BehaviourOptions, EgainEmulatorOptions } from '../src/index.ts';
import { callApi, USER } from './api-client.ts';
import {
  anonymousTokenUrl,
  apply,
  credentials,
  decodeClaims,
  logIn,
  requestToken,
  startEmulator,
} from './emulator-client.ts';

/** The answer to a login. */
async function answer(behaviour: BehaviourOptions, options: EgainEmulatorOptions = {}) {
  const emulator = await startEmulator({ ...options, behaviour });
  return { emulator, body: (await logIn(emulator)) as Readonly<Record<string, unknown>> };
}

describe('a token answer', () => {
  test('has four members, as RFC 6749 has them', async () => {
    const { body } = await answer({});
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'knowledge.portalmgr.read',
    });
  });

  test.each<[BehaviourOptions, string, unknown]>([
    [{ expiresIn: 'string' }, 'expires_in', '3600'],
    [{ tokenType: 'bearer' }, 'token_type', 'bearer'],
    [{ scopeAnswer: 'bare' }, 'scope', 'knowledge.portalmgr.read'],
  ])('with %p has %s %p', async (behaviour, member, value) => {
    expect((await answer(behaviour)).body[member]).toBe(value);
  });

  test.each<[BehaviourOptions, string]>([
    [{ expiresIn: 'absent' }, 'expires_in'],
    [{ tokenType: 'absent' }, 'token_type'],
    [{ scopeAnswer: 'absent' }, 'scope'],
    [{}, 'id_token'],
    [{ refreshTokenExpiresIn: 'number' }, 'refresh_token_expires_in'],
  ])('with %p has no %s', async (behaviour, member) => {
    expect((await answer(behaviour)).body).not.toHaveProperty(member);
  });

  test('names scopes with the prefix of the API host when it is told to', async () => {
    const { emulator, body } = await answer({ scopeAnswer: 'prefixed' });
    expect(body['scope']).toBe(`${emulator.apiUrl}/auth/knowledge.portalmgr.read`);
  });

  test('names the scopes of an anonymous customer bare when it is told to', async () => {
    const emulator = await startEmulator({ behaviour: { scopeAnswer: 'bare' } });
    const scope = `${emulator.apiUrl}/auth/knowledge.portalmgr.read`;
    const form = { grant_type: 'client_credentials', scope };
    const { body } = await requestToken(anonymousTokenUrl(emulator), apply(form, credentials(emulator)));
    expect(body['scope']).toBe('knowledge.portalmgr.read');
  });

  test('says how long a refresh token lives only beside one', async () => {
    const { body } = await answer({ refreshTokenExpiresIn: 'number' }, { refreshTokens: 'kept' });
    expect(body['refresh_token_expires_in']).toBe(1_209_600);
    expect((await answer({}, { refreshTokens: 'kept' })).body).not.toHaveProperty('refresh_token_expires_in');
  });

  test('brings an id_token to the application, which is good for nothing at an API', async () => {
    const { emulator, body } = await answer({ idToken: 'present' });
    const idToken = String(body['id_token']);
    const aud = emulator.config().clientId;
    expect(decodeClaims(idToken)).toMatchObject({
      ...{ aud, sub: 'pa' },
      'http://egain.net/claims/identity/tenant': emulator.tenantId,
    });
    expect((await callApi(emulator, USER, idToken)).status).toBe(401);
    expect((await callApi(emulator, USER, String(body['access_token']))).status).toBe(200);
  });

  test('brings no id_token where nobody signs in', async () => {
    const emulator = await startEmulator({ behaviour: { idToken: 'present' } });
    const scope = `${emulator.apiUrl}/auth/knowledge.portalmgr.read`;
    const form = { grant_type: 'client_credentials', scope };
    const { body } = await requestToken(anonymousTokenUrl(emulator), apply(form, credentials(emulator)));
    expect(body).not.toHaveProperty('id_token');
  });
});
