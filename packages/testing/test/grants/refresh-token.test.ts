import { describe, expect, test } from '@jest/globals';
import type { EgainEmulator, Persona } from '../../src/index.ts';
import {
  apply,
  CALLBACK,
  CHALLENGE,
  type Changes,
  credentials,
  findClient,
  logIn,
  obtainCode,
  requestToken,
  startEmulator,
  tokenUrl,
  VERIFIER,
} from '../emulator-client.ts';

const refresh = (
  emulator: EgainEmulator,
  token: string | undefined,
  changes: Changes = {},
  persona: Persona = 'user',
) =>
  requestToken(
    tokenUrl(emulator, persona),
    apply({ grant_type: 'refresh_token', refresh_token: token, ...credentials(emulator) }, changes),
  );

describe('the refresh token grant', () => {
  test.each(['user', 'customer'] as const)(
    'keeps one token for the whole session of a %s when kept',
    async (persona) => {
      const emulator = await startEmulator({ refreshTokens: 'kept' });
      const { refresh_token } = await logIn(emulator, persona);
      for (const _attempt of [1, 2]) {
        const { status, body } = await refresh(emulator, refresh_token, {}, persona);
        expect([status, body['scope']]).toEqual([200, 'knowledge.portalmgr.read']);
        expect(body).not.toHaveProperty('refresh_token');
      }
      expect(emulator.journal('token').at(-1)).toMatchObject({ grant: 'refresh_token', actor: persona });
    },
  );

  test('answers a new token each time when rotating, and refuses the old one', async () => {
    const emulator = await startEmulator({ refreshTokens: 'rotating' });
    const first = (await logIn(emulator)).refresh_token;
    const second = (await refresh(emulator, first)).body['refresh_token'];
    expect(second).toEqual(expect.any(String));
    expect(second).not.toBe(first);
    const replay = await refresh(emulator, first);
    expect([replay.status, replay.body['error']]).toEqual([400, 'invalid_grant']);
    expect((await refresh(emulator, second)).status).toBe(200);
  });

  test('works for a public client', async () => {
    const emulator = await startEmulator({ refreshTokens: 'rotating' });
    const { clientId } = findClient(emulator, 'spa');
    const login = { client_id: clientId, code_challenge: CHALLENGE, code_challenge_method: 'S256' };
    const code = await obtainCode(emulator, login);
    const form = {
      grant_type: 'authorization_code',
      redirect_uri: CALLBACK,
      code,
      client_id: clientId,
      code_verifier: VERIFIER,
    };
    const { body } = await requestToken(tokenUrl(emulator), apply(form, {}));
    const answer = await refresh(emulator, body['refresh_token'], { client_id: clientId, client_secret: undefined });
    expect(answer.status).toBe(200);
  });

  test('is of no use to a public client that gets none', async () => {
    const behaviour = { publicClientRefreshTokens: 'withheld' } as const;
    const emulator = await startEmulator({ refreshTokens: 'rotating', behaviour });
    const { clientId } = findClient(emulator, 'spa');
    const login = { client_id: clientId, code_challenge: CHALLENGE, code_challenge_method: 'S256' };
    const code = await obtainCode(emulator, login);
    const form = { grant_type: 'authorization_code', redirect_uri: CALLBACK, code, code_verifier: VERIFIER };
    const { body } = await requestToken(tokenUrl(emulator), apply(form, { client_id: clientId }));
    expect(body['access_token']).toEqual(expect.any(String));
    expect(body).not.toHaveProperty('refresh_token');
    expect(await logIn(emulator)).toHaveProperty('refresh_token');
  });

  test('may narrow the scope for one token and keeps the whole for the next', async () => {
    const emulator = await startEmulator({ refreshTokens: 'rotating' });
    const { refresh_token } = await logIn(emulator, 'user', 'knowledge.portalmgr.read core.aiservices.read');
    const narrow = await refresh(emulator, refresh_token, { scope: 'core.aiservices.read' });
    expect(narrow.body['scope']).toBe('core.aiservices.read');
    const whole = await refresh(emulator, narrow.body['refresh_token']);
    expect(whole.body['scope']).toBe('knowledge.portalmgr.read core.aiservices.read');
  });
});

describe('the refresh token grant refuses', () => {
  test('everything when none are issued', async () => {
    const emulator = await startEmulator();
    const { status, body } = await refresh(emulator, 'anything');
    expect([status, body['error']]).toEqual([400, 'unsupported_grant_type']);
  });

  test.each<[name: string, changes: Changes, error: string]>([
    ['a missing token', { refresh_token: undefined }, 'invalid_request'],
    ['an unknown token', { refresh_token: 'guessed' }, 'invalid_grant'],
    ['another client application', { client_id: 'thief', client_secret: 's' }, 'invalid_grant'],
    ['a scope that was not granted', { scope: 'core.aiservices.read' }, 'invalid_scope'],
  ])('%s', async (_name, changes, error) => {
    const emulator = await startEmulator({
      refreshTokens: 'kept',
      clients: [{ clientId: 'thief', clientSecret: 's' }],
    });
    const { refresh_token } = await logIn(emulator);
    const { status, body } = await refresh(emulator, refresh_token, changes);
    expect([status, body['error']]).toEqual([400, error]);
  });

  test("a user's token at the customers' URL, without spending it", async () => {
    const emulator = await startEmulator({ refreshTokens: 'rotating' });
    const { refresh_token } = await logIn(emulator);
    expect((await refresh(emulator, refresh_token, {}, 'customer')).body['error']).toBe('invalid_grant');
    expect((await refresh(emulator, refresh_token)).status).toBe(200);
  });
});
