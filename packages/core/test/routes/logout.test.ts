import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createReply } from '../browser.ts';
import { hostsToClose, type PlainHost } from '../plain-host.ts';

const { start, closeAll } = hostsToClose();
afterEach(closeAll);

let host: PlainHost;
beforeEach(async () => {
  host = await start();
  await host.browser.open(`${host.baseUrl}/auth/login`);
  const [person] = host.emulator.users;
  if (person) await host.browser.signIn(person);
});

const session = () => host.browser.cookies('localhost').get('egain_session');

describe('the logout route', () => {
  test('ends the session and leads to a path of this origin', async () => {
    const left = await host.browser.post(`${host.baseUrl}/auth/logout?returnTo=/bye`);
    expect(left.url.href).toBe(`${host.baseUrl}/bye`);
    expect(session()).toBeUndefined();
  });

  test('T026: neither returnTo nor Referer leads elsewhere', async () => {
    const left = await host.browser.post(
      `${host.baseUrl}/auth/logout?returnTo=//evil.example`,
      {},
      { referer: 'https://evil.example/' },
    );
    expect(left.url.href).toBe(`${host.baseUrl}/`);
  });

  test('T030: takes the cookie away with the attributes it was set with', async () => {
    const answer = await fetch(`${host.baseUrl}/auth/logout`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: host.baseUrl },
    });
    expect(answer.headers.getSetCookie()).toEqual(['egain_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax']);
  });

  test('GET does nothing', async () => {
    expect((await host.browser.open(`${host.baseUrl}/auth/logout`)).status).toBe(405);
    expect(session()).toBeDefined();
  });

  test.each<[string, Record<string, string>, number]>([
    ['a foreign site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 403],
    ['a sibling domain', { 'sec-fetch-site': 'same-site', origin: 'http://other.localhost' }, 403],
    ['a foreign site that forges Origin', { 'sec-fetch-site': 'cross-site', origin: 'SELF' }, 403],
    ['an old browser on a foreign site', { origin: 'https://evil.example' }, 403],
    ['an old browser with Origin null', { origin: 'null' }, 403],
    ['no proof at all', {}, 403],
    ['an old browser on this site', { origin: 'SELF' }, 303],
    ['a form under no-referrer', { 'sec-fetch-site': 'same-origin', origin: 'null' }, 303],
  ])('T047, T048: %s', async (_name, given, status) => {
    const { request } = await import('node:http');
    const headers = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, value === 'SELF' ? host.baseUrl : value]),
    );
    // Not fetch, which sends Fetch Metadata of its own.
    const answered = await new Promise<number>((resolve, reject) => {
      request(`${host.baseUrl}/auth/logout`, { method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });
    expect(answered).toBe(status);
  });
});

describe('T050: a logout takes the tokens back', () => {
  /** A revocation endpoint: what it was sent, and what it answers. */
  async function listen(answer: (response: ServerResponse) => void) {
    const forms: Record<string, string>[] = [];
    const server = createServer((incoming, response) => {
      let body = '';
      incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
      incoming.on('end', () => {
        forms.push(Object.fromEntries(new URLSearchParams(body)));
        answer(response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return {
      forms,
      revocationUrl: `http://127.0.0.1:${port}/revoke`,
      close: () => {
        server.closeAllConnections();
        server.close();
      },
    };
  }

  async function signOut(revocationUrl: string) {
    const signedIn = await start(
      { endpoints: { user: { revocationUrl } } },
      { emulator: { refreshTokens: 'rotating' } },
    );
    await signedIn.browser.open(`${signedIn.baseUrl}/auth/login`);
    const [person] = signedIn.emulator.users;
    if (person) await signedIn.browser.signIn(person);
    const left = await signedIn.browser.post(`${signedIn.baseUrl}/auth/logout`);
    return { ...signedIn, left };
  }

  test('the refresh token first, as the client that they were issued to', async () => {
    const endpoint = await listen((response) => response.writeHead(200).end());
    const { emulator } = await signOut(endpoint.revocationUrl);
    endpoint.close();
    expect(endpoint.forms.map((form) => form['token_type_hint'])).toEqual(['refresh_token', 'access_token']);
    const [refresh, access] = endpoint.forms;
    expect(access?.['token']).toMatch(/^eyJ/);
    expect(refresh?.['token']).not.toBe(access?.['token']);
    const { clientId, clientSecret } = emulator.config();
    expect(refresh).toMatchObject({ client_id: clientId, client_secret: clientSecret });
  });

  test.each<[name: string, answer: (response: ServerResponse) => void]>([
    ['that refuses', (response) => response.writeHead(400).end('{"error":"unsupported_token_type"}')],
    ['that is down', (response) => response.socket?.destroy()],
    ['that redirects', (response) => response.writeHead(307, { location: 'https://evil.example/' }).end()],
  ])('or an endpoint %s does not keep anybody signed in', async (_name, answer) => {
    const warnings: unknown[] = [];
    const onWarning = (event: unknown) => warnings.push(event);
    subscribe('egain-auth:warning', onWarning);
    const endpoint = await listen(answer);
    const { left, browser, baseUrl } = await signOut(endpoint.revocationUrl);
    endpoint.close();
    unsubscribe('egain-auth:warning', onWarning);
    expect(left.url.href).toBe(`${baseUrl}/`);
    expect(browser.cookies('localhost').size).toBe(0);
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'revocation_failed' }));
    expect(JSON.stringify(warnings)).not.toContain('eyJ');
  });
});

describe('where a logout ends', () => {
  // Plain http is for when every URL is on loopback.
  const AFTER = 'http://localhost:9/bye?from=desk';

  async function leave(options: Parameters<typeof start>[0], query = '') {
    const { egain, baseUrl, browser, emulator } = await start(options);
    await browser.open(`${baseUrl}/auth/login`);
    const [person] = emulator.users;
    if (person) await browser.signIn(person);
    const cookie = [...browser.cookies('localhost')].map((pair) => pair.join('=')).join('; ');
    const headers = { cookie, origin: baseUrl };
    const out = { method: 'POST', url: `/auth/logout${query}`, headers };
    const answer = await egain.handle(out, createReply());
    return { location: String(answer?.headers['location']).replace(baseUrl, ''), egain, out };
  }
  const login = { user: { scope: ['knowledge.portalmgr.read'] } } as const;

  test('is what is configured, unless the request says a path', async () => {
    const options = { login: { ...login, postLogoutUrl: AFTER } };
    expect((await leave(options)).location).toBe(AFTER);
    expect((await leave(options, '?returnTo=/bye')).location).toBe('/bye');
    expect((await leave(options, '?returnTo=https://evil.example/')).location).toBe(AFTER);
  });

  test('is eGain first, where its session is to end too', async () => {
    const endSessionUrl = 'http://localhost:9/logout?back=https%3A%2F%2Fdesk.example.com%2F';
    const options = { endpoints: { user: { endSessionUrl } }, login: { ...login, postLogoutUrl: AFTER } };
    const { location, egain, out } = await leave(options, '?returnTo=/bye');
    expect(location).toBe(endSessionUrl);
    // Nobody to end a session of.
    const again = await egain.handle(out, createReply());
    expect(again?.headers['location']).toMatch(/\/bye$/);
  });
});
