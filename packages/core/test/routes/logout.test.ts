import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
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
  ])('T047: %s', async (_name, given, status) => {
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
