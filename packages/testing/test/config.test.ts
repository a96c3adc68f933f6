import { describe, expect, test } from '@jest/globals';
import { credentials, findClient, startEmulator } from './emulator-client.ts';

describe('config', () => {
  test('without a base URL holds the client, its secret, the tenant and both hosts', async () => {
    const emulator = await startEmulator();
    const { client_id: clientId, client_secret: clientSecret } = credentials(emulator);
    const { tenantId, loginUrl: domainUrl, apiUrl } = emulator;
    const silenceWarnings = ['insecure_loopback'];
    expect(emulator.config()).toEqual({ clientId, clientSecret, tenantId, domainUrl, apiUrl, silenceWarnings });
    expect(domainUrl).not.toBe(apiUrl);
  });

  test('of a Single Page Application holds no secret', async () => {
    const emulator = await startEmulator();
    const config = emulator.config({ platform: 'spa' });
    expect(config).not.toHaveProperty('clientSecret');
    expect(config.clientId).toBe(findClient(emulator, 'spa').clientId);
  });

  test('with a base URL adds logins, a session secret of 32 random bytes and the base URL', async () => {
    const emulator = await startEmulator();
    const config = emulator.config({ baseUrl: 'http://localhost:4000/app' });
    const scope = ['knowledge.portalmgr.read'];
    expect(config).toMatchObject({
      baseUrl: 'http://localhost:4000/app',
      login: { user: { scope }, customer: { scope } },
    });
    expect(Buffer.from(String(config.session?.secret), 'base64url')).toHaveLength(32);
    expect(emulator.config({ baseUrl: 'http://localhost:4000/app' }).session?.secret).not.toBe(config.session?.secret);
  });

  test.each([
    ['http://localhost:4000', 'http://localhost:4000/auth/callback'],
    ['http://localhost:4000/', 'http://localhost:4000/auth/callback'],
    ['http://localhost:4000/app/', 'http://localhost:4000/app/auth/callback'],
  ])('with the base URL %s registers %s, once', async (baseUrl, callback) => {
    const emulator = await startEmulator({ client: { redirectUrls: [] } });
    emulator.config({ baseUrl });
    emulator.config({ baseUrl });
    expect(findClient(emulator, 'web').redirectUrls).toEqual([callback]);
  });

  test('asks only for scopes that are assigned', async () => {
    const emulator = await startEmulator({
      client: { permissions: ['core.aiservices.read', 'app.core.usermgr.read'] },
    });
    const { login } = emulator.config({ baseUrl: 'http://localhost:4000' });
    expect(login?.user?.scope).toEqual(['core.aiservices.read']);
  });

  test('refuses a base URL that is no URL, and a platform nobody is on', async () => {
    const emulator = await startEmulator();
    expect(() => emulator.config({ baseUrl: 'localhost' })).toThrow(TypeError);
    expect(() => emulator.config({ platform: 'native' as 'spa' })).toThrow(TypeError);
  });
});
