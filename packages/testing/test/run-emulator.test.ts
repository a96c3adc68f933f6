import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { runEmulator } from '../src/run-emulator.ts';
import { apply, requestToken, tokenUrl } from './emulator-client.ts';

async function run(...argv: string[]) {
  const written: string[] = [];
  const host = Object.assign(new EventEmitter(), { stdout: { write: (text: string) => written.push(text) } });
  const emulator = await runEmulator(argv, host);
  return { host, emulator, output: written.join('') };
}

/** Returns once nobody answers; the timeout of the test is the limit. */
async function untilClosed(url: string): Promise<void> {
  for (;;) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (!answered) return;
    await sleep(10);
  }
}

const readEnvironment = (output: string) =>
  Object.fromEntries([...output.matchAll(/^(EGAIN_\w+)=(.+)$/gm)].map(([, k, v]) => [k, v]));

describe('egain-emulator', () => {
  test('prints the settings of an application, who can sign in, and closes on SIGTERM', async () => {
    const { host, emulator, output } = await run('--base-url', 'http://localhost:4000');
    const environment = readEnvironment(output);
    expect(environment).toEqual({
      EGAIN_CLIENT_ID: emulator?.clients[0]?.clientId,
      EGAIN_CLIENT_SECRET: emulator?.clients[0]?.clientSecret,
      EGAIN_TENANT_ID: emulator?.tenantId,
      EGAIN_DOMAIN_URL: emulator?.loginUrl,
      EGAIN_API_URL: emulator?.apiUrl,
      EGAIN_BASE_URL: expect.stringMatching(/^http:\/\/localhost:\d+$/),
      EGAIN_LOGIN_USER_SCOPE: 'knowledge.portalmgr.read',
      EGAIN_LOGIN_CUSTOMER_SCOPE: 'knowledge.portalmgr.read',
      EGAIN_SESSION_SECRET: expect.stringMatching(/^[\w-]{43}$/),
    });
    for (const { username, password } of emulator?.users ?? []) expect(output).toContain(`${username} / ${password}`);
    for (const { email, password } of emulator?.customers ?? []) expect(output).toContain(`${email} / ${password}`);
    expect(output).toContain(emulator?.identityProvider.url);
    for (const { redirectUrls } of emulator?.clients ?? [])
      expect(redirectUrls).toEqual(['http://localhost:4000/auth/callback']);

    const form = { grant_type: 'client_credentials', scope: 'app.core.usermgr.read' };
    const client = { client_id: environment['EGAIN_CLIENT_ID'], client_secret: environment['EGAIN_CLIENT_SECRET'] };
    expect((await requestToken(tokenUrl(emulator!), apply(form, client))).status).toBe(200);

    host.emit('SIGTERM');
    await untilClosed(emulator!.loginUrl);
  });

  test('closes on SIGINT', async () => {
    const { host, emulator } = await run();
    host.emit('SIGINT');
    await untilClosed(emulator!.apiUrl);
  });

  test('takes the ports and the refresh token mode it is given', async () => {
    const first = await run();
    const ports = [first.emulator?.loginUrl, first.emulator?.apiUrl, first.emulator?.identityProvider.url].map(
      (url) => new URL(String(url)).port,
    );
    await first.emulator?.close();
    const flags = ['--login-port', '--api-port', '--identity-provider-port'].flatMap((flag, index) => [
      flag,
      String(ports[index]),
    ]);
    const { emulator } = await run(...flags, '--refresh-tokens', 'kept');
    expect(emulator?.loginUrl).toBe(first.emulator?.loginUrl);
    expect(emulator?.apiUrl).toBe(first.emulator?.apiUrl);
    expect(emulator?.identityProvider.url).toBe(first.emulator?.identityProvider.url);
    const { body } = await requestToken(
      tokenUrl(emulator!),
      apply(
        { grant_type: 'refresh_token', refresh_token: 'x' },
        {
          client_id: emulator?.clients[0]?.clientId,
          client_secret: emulator?.clients[0]?.clientSecret,
        },
      ),
    );
    expect(body['error']).toBe('invalid_grant');
    await emulator?.close();
  });

  test('explains itself with --help and starts nothing', async () => {
    const { emulator, output } = await run('--help');
    expect(emulator).toBeUndefined();
    for (const flag of ['--login-port', '--api-port', '--identity-provider-port', '--base-url', '--refresh-tokens']) {
      expect(output).toContain(flag);
    }
  });

  test.each([
    ['an unknown flag', ['--nope'], "Unknown option '--nope'"],
    ['a port that is no number', ['--login-port', 'x'], "'x' is not a port number"],
    ['a port out of range', ['--api-port', '99999'], "'99999' is not a port number"],
    ['a base URL that is none', ['--base-url', '/app'], "--base-url '/app' is not a URL"],
    ['an unknown refresh token mode', ['--refresh-tokens', 'often'], 'is not one of: none, kept, rotating'],
  ])('refuses %s', async (_name, argv, message) => {
    await expect(run(...argv)).rejects.toThrow(message);
  });
});
