import { describe, expect, test } from '@jest/globals';
import type { BehaviourOptions } from '../src/index.ts';
import {
  apply,
  CALLBACK,
  CHALLENGE,
  type Changes,
  credentials,
  findClient,
  obtainCode,
  postForm,
  requestToken,
  startEmulator,
  tokenUrl,
  VERIFIER,
} from './emulator-client.ts';

const FORM = { grant_type: 'client_credentials', scope: 'app.core.usermgr.read' };

describe('HTTP Basic, where it is accepted,', () => {
  const encode = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
  const secret = 'a b+c:%é';

  async function request(authorization: string, body: Changes = {}, basicAuthentication = 'accepted' as const) {
    const emulator = await startEmulator({ behaviour: { basicAuthentication }, client: { clientSecret: secret } });
    const response = await postForm(tokenUrl(emulator), apply(FORM, body), { authorization });
    return [response.status, ((await response.json()) as { error?: string }).error];
  }
  const id = 'b4b2c1d9-4c19-4e8a-8e7a-9a0b1c2d3e4f';
  const formEncoded = new URLSearchParams({ secret }).toString().slice('secret='.length);

  test('takes the form-encoded secret', async () => {
    expect(await request(encode(id, formEncoded))).toEqual([200, undefined]);
  });

  test.each([
    ['a wrong secret', encode(id, 'wrong'), {}, [401, 'invalid_client']],
    ['a secret that is not form-encoded', encode(id, secret), {}, [401, 'invalid_client']],
    ['an unknown client', encode('nobody', formEncoded), {}, [401, 'invalid_client']],
    ['another scheme', 'Bearer abc', {}, [401, 'invalid_client']],
    ['no colon', `Basic ${Buffer.from(id).toString('base64')}`, {}, [401, 'invalid_client']],
    ['a second secret in the body', encode(id, formEncoded), { client_secret: secret }, [400, 'invalid_request']],
  ])('refuses %s', async (_name, authorization, body, expected) => {
    expect(await request(authorization, body)).toEqual(expected);
  });
});

describe('a Web Application without its secret', () => {
  const PKCE = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };

  async function redeem(behaviour: BehaviourOptions, login: Changes, changes: Changes) {
    const emulator = await startEmulator({ behaviour, refreshTokens: 'kept' });
    const code = await obtainCode(emulator, login);
    const { clientId: client_id } = findClient(emulator, 'web');
    const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, client_id };
    return { emulator, client_id, answer: await requestToken(tokenUrl(emulator), apply(form, changes)) };
  }

  test('is refused, with PKCE or without', async () => {
    expect((await redeem({}, PKCE, { code_verifier: VERIFIER })).answer.status).toBe(401);
  });

  test('may do with PKCE where that is said to be enough, and then refresh', async () => {
    const behaviour = { webClientSecret: 'optional-with-pkce' } as const;
    const { emulator, client_id, answer } = await redeem(behaviour, PKCE, { code_verifier: VERIFIER });
    expect(answer.status).toBe(200);
    const form = { grant_type: 'refresh_token', refresh_token: answer.body['refresh_token'], client_id };
    expect((await requestToken(tokenUrl(emulator), apply(form, {}))).status).toBe(200);
  });

  test('needs it without PKCE, in other flows, and right where it is sent', async () => {
    const behaviour = { webClientSecret: 'optional-with-pkce' } as const;
    const { emulator, client_id, answer } = await redeem(behaviour, {}, {});
    expect(answer.status).toBe(401);
    expect((await requestToken(tokenUrl(emulator), apply(FORM, { client_id }))).status).toBe(401);
    const wrong = await redeem(behaviour, PKCE, { code_verifier: VERIFIER, client_secret: 'wrong' });
    expect(wrong.answer.status).toBe(401);
  });
});

test('the secret of a public client is refused although a secret is optional', async () => {
  const emulator = await startEmulator({ behaviour: { webClientSecret: 'optional-with-pkce' } });
  const form = apply({ grant_type: 'refresh_token', refresh_token: 'x' }, credentials(emulator, 'spa'));
  form.set('client_secret', 'anything');
  expect((await requestToken(tokenUrl(emulator), form)).body['error']).toBe('invalid_client');
});
