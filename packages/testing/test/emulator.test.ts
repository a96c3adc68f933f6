import { connect } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { createEgainEmulator } from '../src/index.ts';
import { apply, authorizationUrl, credentials, requestToken, startEmulator, tokenUrl } from './emulator-client.ts';

describe('an emulator', () => {
  test('runs on 127.0.0.1, with login, API and identity provider on ports of their own', async () => {
    const { loginUrl, apiUrl, identityProvider } = await startEmulator();
    const urls = [loginUrl, apiUrl, identityProvider.url];
    for (const url of urls) expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(new Set(urls).size).toBe(3);
  });

  test('names the right host to who calls an API on the login host', async () => {
    const emulator = await startEmulator();
    for (const path of ['/knowledge/portalmgr/v4/portals/user', '/core/authmgr/v3/oauth2/v2.0/anonymous/token']) {
      const response = await fetch(`${emulator.loginUrl}${path}`);
      expect(response.status).toBe(404);
      expect(await response.text()).toContain(`${emulator.apiUrl}${path}`);
    }
    expect(emulator.journal('unknown')).toMatchObject([{ error: 'not_found' }, { error: 'not_found' }]);
  });

  test('names the right host to who asks the API host for a token', async () => {
    const emulator = await startEmulator();
    const url = tokenUrl(emulator).replace(emulator.loginUrl, emulator.apiUrl);
    const { status, body } = await requestToken(url, apply({}, credentials(emulator)));
    expect(status).toBe(404);
    expect(body['error_description']).toContain(tokenUrl(emulator));
  });

  test.each(['TMPROD95058780-U', 'TMPRODB88619984-X', 'TMPRODB88619984', 'tmprodb88619984-U'])(
    'has no tenant %s',
    async (tenant) => {
      const emulator = await startEmulator();
      const url = tokenUrl(emulator).replace('TMPRODB88619984-U', tenant);
      expect((await requestToken(url, apply({}, {}))).status).toBe(404);
    },
  );

  test('has the tenant it is given', async () => {
    const emulator = await startEmulator({ tenantId: 'TMDEVEB123456' });
    expect(tokenUrl(emulator)).toContain('TMDEVEB123456-U');
    const form = { grant_type: 'client_credentials', scope: 'app.core.usermgr.read' };
    expect((await requestToken(tokenUrl(emulator), apply(form, credentials(emulator)))).status).toBe(200);
  });

  test('shares neither secrets nor redirect URLs nor journal with another one', async () => {
    const [one, other] = [await startEmulator(), await startEmulator()];
    const form = { grant_type: 'client_credentials', scope: 'app.core.usermgr.read' };
    expect((await requestToken(tokenUrl(other), apply(form, credentials(one)))).body['error']).toBe('invalid_client');
    one.config({ baseUrl: 'http://localhost:4567' });
    const changes = { redirect_uri: 'http://localhost:4567/auth/callback' };
    expect((await fetch(authorizationUrl(one, changes))).status).toBe(200);
    expect((await fetch(authorizationUrl(other, changes))).status).toBe(400);
    expect(one.journal()).toHaveLength(1);
  });

  test('close ends open connections, frees the ports, and may be called twice', async () => {
    const emulator = await createEgainEmulator().listen();
    const socket = connect(Number(new URL(emulator.loginUrl).port), '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    await emulator.close();
    await ended;
    await emulator[Symbol.asyncDispose]();
    await expect(fetch(emulator.loginUrl)).rejects.toThrow();
    const again = await startEmulator({ loginPort: Number(new URL(emulator.loginUrl).port) });
    expect(again.loginUrl).toBe(emulator.loginUrl);
  });

  test('listen rejects when a port is taken, and leaves no server behind', async () => {
    const first = await startEmulator();
    const taken = Number(new URL(first.apiUrl).port);
    const free = await createEgainEmulator().listen();
    const loginPort = Number(new URL(free.loginUrl).port);
    await free.close();
    await expect(createEgainEmulator({ loginPort, apiPort: taken }).listen()).rejects.toThrow(`127.0.0.1:${taken}`);
    await expect(fetch(`http://127.0.0.1:${loginPort}`)).rejects.toThrow();
  });

  test.each([
    ['a tenant id with a slash', { tenantId: 'a/b' }],
    ['an unknown refresh token mode', { refreshTokens: 'sometimes' as 'none' }],
    ['a lifetime of zero', { accessTokenLifetimeSeconds: 0 }],
    ['a lifetime of half a second', { accessTokenLifetimeSeconds: 0.5 }],
    ['a refresh token of no lifetime', { refreshTokenLifetimeSeconds: 0 }],
    ['a delay below zero', { subjectUserIdDelayMs: -1 }],
    ['a delay that no timer can wait', { subjectUserIdDelayMs: 2 ** 31 }],
    ['a port out of range', { apiPort: 65_536 }],
    ['a port that is no number', { loginPort: Number.NaN }],
    ['two users of one name', { users: [{ username: 'a' }, { username: 'a' }] }],
    ['a relative redirect URL', { client: { redirectUrls: ['/cb'] } }],
  ])('refuses %s before it listens', (_name, options) => {
    expect(() => createEgainEmulator(options)).toThrow(TypeError);
  });
});
