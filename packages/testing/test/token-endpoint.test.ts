import { describe, expect, test } from '@jest/globals';
import {
  apply,
  type Changes,
  credentials,
  decodeClaims,
  postForm,
  requestToken,
  startEmulator,
  tokenUrl,
} from './emulator-client.ts';

const FORM = { grant_type: 'client_credentials', scope: 'app.knowledge.portalmgr.read' };

describe('a token answer', () => {
  test('has the members of RFC 6749 5.1, may not be stored, and lacks assigned scopes that were not requested', async () => {
    const emulator = await startEmulator({ accessTokenLifetimeSeconds: 1_234 });
    const { status, headers, body } = await requestToken(tokenUrl(emulator), apply(FORM, credentials(emulator)));
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      token_type: 'Bearer',
      expires_in: 1_234,
      scope: 'app.knowledge.portalmgr.read',
    });
  });

  test('holds a JWT with issuer, subject, audience, lifetime, scope and tenant', async () => {
    const emulator = await startEmulator();
    const { body } = await requestToken(tokenUrl(emulator), apply(FORM, credentials(emulator)));
    const claims = decodeClaims(body['access_token']);
    expect(claims).toMatchObject({
      iss: `${emulator.loginUrl}/system/auth/TMPRODB88619984-U`,
      sub: credentials(emulator)['client_id'],
      aud: emulator.apiUrl,
      jti: expect.any(String),
      scope: 'app.knowledge.portalmgr.read',
      'http://egain.net/claims/identity/tenant': 'TMPRODB88619984',
    });
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(3600);
  });

  test('is never the same token twice', async () => {
    const emulator = await startEmulator();
    const form = apply(FORM, credentials(emulator));
    const [first, second] = await Promise.all([1, 2].map(() => requestToken(tokenUrl(emulator), form)));
    expect(first?.body['access_token']).not.toBe(second?.body['access_token']);
  });
});

describe('the token endpoint refuses', () => {
  test.each<[name: string, changes: Changes, status: number, error: string]>([
    ['a missing client_id', { client_id: undefined }, 401, 'invalid_client'],
    ['an unknown client_id', { client_id: 'nobody' }, 401, 'invalid_client'],
    ['a missing secret', { client_secret: undefined }, 401, 'invalid_client'],
    ['an empty secret', { client_secret: '' }, 401, 'invalid_client'],
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
    ['a missing grant_type', { grant_type: undefined }, 400, 'invalid_request'],
    ['an unknown grant_type', { grant_type: 'implicit' }, 400, 'unsupported_grant_type'],
    ['a grant_type of another spelling', { grant_type: 'Client_Credentials' }, 400, 'unsupported_grant_type'],
  ])('%s', async (_name, changes, status, error) => {
    const emulator = await startEmulator();
    const answer = await requestToken(tokenUrl(emulator), apply({ ...FORM, ...credentials(emulator) }, changes));
    expect([answer.status, answer.body['error']]).toEqual([status, error]);
    expect(answer.body['error_description']).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]{10,400}$/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(emulator.journal('token')).toMatchObject([{ status, error }]);
  });

  test('a secret from a public client', async () => {
    const emulator = await startEmulator();
    const form = apply(FORM, { ...credentials(emulator, 'spa'), client_secret: 'anything' });
    const { status, body } = await requestToken(tokenUrl(emulator), form);
    expect([status, body['error']]).toEqual([401, 'invalid_client']);
    expect(body['error_description']).toContain('Public clients should not send a client_secret');
  });

  test('HTTP Basic, with the challenge that RFC 6749 5.2 asks for', async () => {
    const emulator = await startEmulator();
    const { client_id, client_secret } = credentials(emulator);
    const basic = `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`;
    const response = await postForm(tokenUrl(emulator), apply(FORM, {}), { authorization: basic });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Basic /);
    expect(await response.json()).toMatchObject({ error: 'invalid_client' });
  });

  test('HTTP Basic beside good body parameters', async () => {
    const emulator = await startEmulator();
    const form = apply(FORM, credentials(emulator));
    expect((await postForm(tokenUrl(emulator), form, { authorization: 'Basic eDp5' })).status).toBe(401);
  });

  test('credentials in the query', async () => {
    const emulator = await startEmulator();
    const url = `${tokenUrl(emulator)}?${apply({}, credentials(emulator)).toString()}`;
    expect((await requestToken(url, apply(FORM, {}))).status).toBe(401);
  });

  test.each(['grant_type', 'client_secret', 'anything'])('a repeated %s', async (name) => {
    const emulator = await startEmulator();
    const form = apply({ ...FORM, ...credentials(emulator), anything: 'x' }, {});
    form.append(name, form.get(name) ?? '');
    const { status, body } = await requestToken(tokenUrl(emulator), form);
    expect([status, body['error']]).toEqual([400, 'invalid_request']);
  });

  test('GET', async () => {
    const emulator = await startEmulator();
    const response = await fetch(`${tokenUrl(emulator)}?${apply(FORM, credentials(emulator)).toString()}`);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('a JSON body', async () => {
    const emulator = await startEmulator();
    const body = JSON.stringify({ ...FORM, ...credentials(emulator) });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(tokenUrl(emulator), { method: 'POST', body, headers });
    expect([response.status, await response.json()]).toMatchObject([400, { error: 'invalid_request' }]);
  });

  test('more than 64 KiB', async () => {
    const emulator = await startEmulator();
    const form = apply({ ...FORM, ...credentials(emulator) }, {});
    const padding = 64 * 1024 - form.toString().length - '&padding='.length;
    form.set('padding', 'x'.repeat(padding));
    expect((await requestToken(tokenUrl(emulator), form)).status).toBe(200);
    form.set('padding', 'x'.repeat(padding + 1));
    const { status, body } = await requestToken(tokenUrl(emulator), form);
    expect([status, body['error']]).toEqual([413, 'invalid_request']);
  });
});
