import { describe, expect, test } from '@jest/globals';
import {
  authorizationUrl,
  CALLBACK,
  CHALLENGE,
  type Changes,
  findClient,
  location,
  signIn,
  startEmulator,
} from './emulator-client.ts';

describe('the authorization endpoint shows an error page and never redirects', () => {
  test.each<[name: string, changes: Changes]>([
    ['an unknown client', { client_id: 'nobody' }],
    ['no client', { client_id: undefined }],
    ['no redirect_uri', { redirect_uri: undefined }],
    ['another host', { redirect_uri: 'https://attacker.example/auth/callback' }],
    ['a trailing slash', { redirect_uri: `${CALLBACK}/` }],
    ['another port', { redirect_uri: 'http://localhost:3001/auth/callback' }],
    ['another scheme', { redirect_uri: 'https://localhost:3000/auth/callback' }],
    ['an added query', { redirect_uri: `${CALLBACK}?a=b` }],
    ['a longer path', { redirect_uri: `${CALLBACK}/../evil` }],
    ['upper case', { redirect_uri: CALLBACK.replace('localhost', 'LOCALHOST') }],
  ])('for %s', async (_name, changes) => {
    const emulator = await startEmulator();
    const response = await fetch(authorizationUrl(emulator, changes), { redirect: 'manual' });
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(await response.text()).toContain('role="alert"');
    expect(emulator.journal('authorize')).toMatchObject([{ status: 400, error: 'invalid_request' }]);
  });

  test.each(['client_id', 'redirect_uri'])('for a repeated %s', async (name) => {
    const emulator = await startEmulator();
    const value = new URL(authorizationUrl(emulator)).searchParams.get(name) ?? '';
    const url = `${authorizationUrl(emulator)}&${new URLSearchParams({ [name]: value }).toString()}`;
    const response = await fetch(url, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
  });

  test('for a redirect_uri of another client application', async () => {
    const emulator = await startEmulator({
      clients: [{ clientId: 'other', redirectUrls: ['https://other.example/cb'] }],
    });
    const url = authorizationUrl(emulator, { redirect_uri: 'https://other.example/cb' });
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(400);
  });

  test('for DELETE', async () => {
    const emulator = await startEmulator();
    expect((await fetch(authorizationUrl(emulator), { method: 'DELETE' })).status).toBe(405);
  });
});

describe('the authorization endpoint redirects with an error', () => {
  const spa = { client_id: '5d0f3c1e-6a0b-4a7e-9c58-2f3f7e1b9d64', code_challenge: CHALLENGE };

  test.each<[name: string, changes: Changes, error: string]>([
    ['no response_type', { response_type: undefined }, 'invalid_request'],
    ['an implicit response_type', { response_type: 'token' }, 'unsupported_response_type'],
    ['no scope', { scope: undefined }, 'invalid_scope'],
    ['an empty scope', { scope: ' ' }, 'invalid_scope'],
    ['an application scope', { scope: 'app.knowledge.portalmgr.read' }, 'invalid_scope'],
    ['an on-behalf-of scope', { scope: 'knowledge.portalmgr.onbehalfof.read' }, 'invalid_scope'],
    ['a scope that is not assigned', { scope: 'knowledge.portalmgr.read core.aiservices.write' }, 'invalid_scope'],
    ['a prefixed scope', { scope: 'https://api.ai.egain.cloud/auth/knowledge.portalmgr.read' }, 'invalid_scope'],
    ['an SPA without challenge', { ...spa, code_challenge: undefined }, 'invalid_request'],
    ['an SPA without method', spa, 'invalid_request'],
    ['a challenge with method plain', { code_challenge: CHALLENGE, code_challenge_method: 'plain' }, 'invalid_request'],
    ['a challenge without method', { code_challenge: CHALLENGE }, 'invalid_request'],
    ['a method without challenge', { code_challenge_method: 'S256' }, 'invalid_request'],
    ['a challenge that is no hash', { code_challenge: 'short', code_challenge_method: 'S256' }, 'invalid_request'],
  ])('for %s', async (_name, changes, error) => {
    const emulator = await startEmulator();
    const response = await fetch(authorizationUrl(emulator, changes), { redirect: 'manual' });
    const target = location(response);
    expect(response.status).toBe(303);
    expect(`${target.origin}${target.pathname}`).toBe(CALLBACK);
    expect(target.searchParams.get('error')).toBe(error);
    expect(target.searchParams.get('error_description')).not.toBe('');
    expect(target.searchParams.get('state')).toBe('a1b2c3d4');
    expect(target.searchParams.has('code')).toBe(false);
    expect(emulator.journal('authorize')).toMatchObject([{ status: 303, error, persona: 'user' }]);
  });

  test('for a repeated parameter, and echoes neither of two states', async () => {
    const emulator = await startEmulator();
    const response = await fetch(`${authorizationUrl(emulator)}&state=other`, { redirect: 'manual' });
    expect(location(response).searchParams.get('error')).toBe('invalid_request');
    expect(location(response).searchParams.has('state')).toBe(false);
  });

  test('with only the characters that RFC 6749 allows in a description', async () => {
    const emulator = await startEmulator();
    const url = authorizationUrl(emulator, { scope: `"quoted\\"\n${'x'.repeat(5_000)}é` });
    const description = location(await fetch(url, { redirect: 'manual' })).searchParams.get('error_description') ?? '';
    expect(description).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]{20,400}$/);
  });

  test('when the person cancels', async () => {
    const emulator = await startEmulator();
    const response = await signIn(authorizationUrl(emulator), emulator, { action: 'cancel' });
    expect(response.status).toBe(303);
    expect(location(response).searchParams.get('error')).toBe('access_denied');
    expect(location(response).searchParams.has('code')).toBe(false);
    expect(emulator.journal('sign-in')).toMatchObject([{ error: 'access_denied' }]);
  });
});

describe('signing in', () => {
  test.each(['user', 'customer'] as const)('a %s gets a code and the exact state back', async (persona) => {
    const emulator = await startEmulator();
    const state = 'ä +&=%2F"<x>\u{1F511}';
    const response = await signIn(authorizationUrl(emulator, { state }, persona), emulator);
    expect(response.status).toBe(303);
    expect(location(response).searchParams.get('code')).toMatch(/^[\w-]{43}$/);
    expect(location(response).searchParams.get('state')).toBe(state);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const subject = persona === 'user' ? 'pa' : 'jane.doe@example.com';
    expect(emulator.journal('sign-in')).toMatchObject([{ persona, subject, scope: ['knowledge.portalmgr.read'] }]);
  });

  test('without a state none comes back', async () => {
    const emulator = await startEmulator();
    const response = await signIn(authorizationUrl(emulator, { state: undefined }), emulator);
    expect(location(response).searchParams.has('state')).toBe(false);
  });

  test('keeps the query of a registered redirect URL', async () => {
    const redirectUrl = 'http://localhost:3000/cb?tenant=a';
    const emulator = await startEmulator({ client: { redirectUrls: [redirectUrl] } });
    const response = await signIn(authorizationUrl(emulator, { redirect_uri: redirectUrl }), emulator);
    expect(response.headers.get('location')).toMatch(
      /^http:\/\/localhost:3000\/cb\?tenant=a&code=[\w-]{43}&state=a1b2c3d4$/,
    );
  });

  test.each<[name: string, persona: 'user' | 'customer', form: Changes]>([
    ['with a wrong password', 'user', { password: 'wrong' }],
    ['without a password', 'user', { password: undefined }],
    ['as nobody', 'user', { username: 'nobody' }],
    ['as a customer at -U', 'user', { username: 'jane.doe@example.com' }],
    ['as a customer at -U by email', 'user', { username: undefined, email: 'jane.doe@example.com' }],
    ['as a user at -C', 'customer', { email: 'pa' }],
    ['as a user at -C by username', 'customer', { email: undefined, username: 'pa' }],
    ['with the password of a customer that is wrong', 'customer', { password: 'wrong' }],
  ])('%s shows the page again', async (_name, persona, form) => {
    const emulator = await startEmulator();
    const response = await signIn(authorizationUrl(emulator, {}, persona), emulator, form);
    expect(response.status).toBe(401);
    expect(await response.text()).toContain('role="alert"');
    expect(emulator.journal('sign-in')).toMatchObject([{ status: 401, error: 'invalid_credentials', persona }]);
  });

  test('judges the request again when the form is sent', async () => {
    const emulator = await startEmulator();
    const response = await signIn(authorizationUrl(emulator, { redirect_uri: 'https://attacker.example/' }), emulator);
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
    const scoped = await signIn(authorizationUrl(emulator, { scope: 'app.core.usermgr.read' }), emulator);
    expect(location(scoped).searchParams.get('error')).toBe('invalid_scope');
  });

  test('the registered redirect URL may be added later, by config', async () => {
    const emulator = await startEmulator({ client: { redirectUrls: [] } });
    expect((await fetch(authorizationUrl(emulator))).status).toBe(400);
    emulator.config({ baseUrl: 'http://localhost:3000' });
    expect((await fetch(authorizationUrl(emulator))).status).toBe(200);
    expect(findClient(emulator, 'web').redirectUrls).toEqual([CALLBACK]);
  });
});
