import { describe, expect, test } from '@jest/globals';
import type { Behaviour } from '../src/index.ts';
import { authorizationUrl, CHALLENGE, type Changes, findClient, location, startEmulator } from './emulator-client.ts';

const PKCE = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };

async function authorize(
  pkceOnWebClients: Behaviour['pkceOnWebClients'],
  changes: Changes,
  platform: 'web' | 'spa' = 'web',
) {
  const emulator = await startEmulator({ behaviour: { pkceOnWebClients } });
  const url = authorizationUrl(emulator, { client_id: findClient(emulator, platform).clientId, ...changes });
  const response = await fetch(url, { redirect: 'manual' });
  return response.status === 200 ? 200 : location(response).searchParams.get('error');
}

describe('PKCE of a Web Application', () => {
  test.each<[Behaviour['pkceOnWebClients'], name: string, Changes, number | string]>([
    ['verified', 'a challenge', PKCE, 200],
    ['verified', 'none', {}, 200],
    ['verified', 'a challenge that is none', { ...PKCE, code_challenge: 'short' }, 'invalid_request'],
    ['ignored', 'a challenge', PKCE, 200],
    ['ignored', 'none', {}, 200],
    ['ignored', 'a challenge that is none', { ...PKCE, code_challenge: 'short' }, 200],
    ['rejected', 'a challenge', PKCE, 'invalid_request'],
    ['rejected', 'none', {}, 200],
    ['required', 'a challenge', PKCE, 200],
    ['required', 'none', {}, 'invalid_request'],
  ])('that is %s: with %s', async (pkceOnWebClients, _name, changes, expected) => {
    expect(await authorize(pkceOnWebClients, changes)).toBe(expected);
  });

  test.each(['verified', 'ignored', 'rejected', 'required'] as const)(
    'that is %s is all the same to a Single Page Application',
    async (pkceOnWebClients) => {
      expect(await authorize(pkceOnWebClients, PKCE, 'spa')).toBe(200);
      expect(await authorize(pkceOnWebClients, {}, 'spa')).toBe('invalid_request');
    },
  );
});
