import { request } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { hostsToClose } from '../plain-host.ts';

const { start, closeAll } = hostsToClose();
afterEach(closeAll);

describe('the login route', () => {
  test('sends users to -U and customers to -C, with the configured scopes', async () => {
    const { browser, baseUrl } = await start();
    const user = await browser.open(`${baseUrl}/auth/login`);
    const customer = await browser.open(`${baseUrl}/auth/login?as=customer`);
    expect([user, customer].map(({ url }) => url.pathname.slice(-20))).toEqual(
      ['-U/oauth2/authorize', '-C/oauth2/authorize'].map((end) => expect.stringContaining(end)),
    );
    expect(user.url.searchParams.get('scope')).toBe('knowledge.portalmgr.read');
    expect(user.url.searchParams.get('redirect_uri')).toBe(`${baseUrl}/auth/callback`);
  });

  test('T020: no parameter of the query reaches eGain', async () => {
    const { browser, baseUrl } = await start();
    const evil = new URLSearchParams({
      client_id: 'evil',
      redirect_uri: 'https://evil.example/',
      scope: 'core.casemgr.manage',
      state: 'fixed',
      code_challenge: 'x',
      response_type: 'token',
    });
    const { url } = await browser.open(`${baseUrl}/auth/login?as=user&${evil.toString()}`);
    for (const [name, value] of evil) expect(url.searchParams.getAll(name)).not.toContain(value);
    expect(url.searchParams.get('redirect_uri')).toBe(`${baseUrl}/auth/callback`);
  });

  test('T021, T051: nothing comes from Host or X-Forwarded-*', async () => {
    const { baseUrl, egain } = await start();
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
    const answer = egain.startLogin({ as: 'user' }, { method: 'GET', url: '/auth/login', headers });
    expect(JSON.stringify(answer)).not.toContain('evil.example');
    expect(new URL(String(answer.headers['location'])).searchParams.get('redirect_uri')).toBe(
      `${baseUrl}/auth/callback`,
    );
  });

  test.each(['https://evil.example/', '//evil.example', '/\\evil.example'])(
    'T024: returnTo %s leads home',
    async (returnTo) => {
      const { browser, baseUrl, emulator } = await start();
      await browser.open(`${baseUrl}/auth/login?as=user&returnTo=${encodeURIComponent(returnTo)}`);
      const [person] = emulator.users;
      if (!person) throw new Error('nobody');
      expect((await browser.signIn(person)).visited.at(-1)).toBe(`${baseUrl}/`);
    },
  );

  test.each(['nobody', '__proto__', 'constructor', ''])('as=%s is nobody who can sign in here', async (as) => {
    const { browser, baseUrl, errors } = await start();
    expect((await browser.open(`${baseUrl}/auth/login?as=${as}`)).status).toBe(404);
    expect(errors).toEqual(['login_not_configured']);
  });

  test('T013: the sixth pending login drops the oldest', async () => {
    const { browser, baseUrl } = await start();
    for (let attempt = 0; attempt < 8; attempt += 1) await browser.open(`${baseUrl}/auth/login`);
    expect(browser.cookies('localhost').size).toBe(5);
  });

  test('a URL that is not ours is left to the application', async () => {
    const { browser, baseUrl } = await start();
    for (const path of ['/', '/auth', '/auth/login/', '/AUTH/login', '/auth/login%2f', '/x/auth/login']) {
      expect({ path, text: (await browser.open(`${baseUrl}${path}`)).text }).toEqual({ path, text: 'the page' });
    }
  });

  test('routes can be moved and turned off', async () => {
    const { browser, baseUrl } = await start({ routes: { login: '/sign-in', session: false } });
    expect((await browser.open(`${baseUrl}/sign-in`)).url.pathname).toContain('/oauth2/authorize');
    expect((await browser.open(`${baseUrl}/auth/session`)).text).toBe('the page');
  });
});

describe('T016, T049: who signs in sees it', () => {
  const NAVIGATION = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-site': 'cross-site' };

  /** Not fetch, which sends Fetch Metadata of its own. */
  const get = (url: string, headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      request(url, { headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });

  test.each<[name: string, headers: Record<string, string>, refused: boolean]>([
    ['a link', NAVIGATION, false],
    ['a link that a service worker hands on', { ...NAVIGATION, 'sec-fetch-dest': 'empty' }, false],
    ['a program', {}, false],
    ['a test with Node’s fetch', { 'sec-fetch-mode': 'cors' }, false],
    ['a script', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-origin' }, true],
    [
      'a foreign script',
      { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'cross-site' },
      true,
    ],
    ['an image', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image', 'sec-fetch-site': 'cross-site' }, true],
    ...['iframe', 'frame', 'embed', 'object', 'fencedframe'].map((dest): [string, Record<string, string>, boolean] => [
      dest,
      { ...NAVIGATION, 'sec-fetch-dest': dest },
      true,
    ]),
    ['a page loaded ahead', { ...NAVIGATION, 'sec-purpose': 'prefetch' }, true],
    ['a page drawn ahead', { ...NAVIGATION, 'sec-purpose': 'prefetch;prerender' }, true],
    ['a page loaded ahead by an old browser', { ...NAVIGATION, purpose: 'prefetch' }, true],
    ['a page prerendered without a prefetch', { ...NAVIGATION, 'sec-purpose': 'prerender' }, true],
    ['a page loaded ahead by Firefox', { ...NAVIGATION, 'x-moz': 'prefetch' }, true],
    ['a preview by Safari', { ...NAVIGATION, 'x-purpose': 'preview' }, true],
    ['a page loaded ahead by Next.js', { 'next-router-prefetch': '1' }, true],
    ['a page loaded ahead by Turbo', { 'x-sec-purpose': 'prefetch' }, true],
  ])('%s', async (_name, headers, refused) => {
    const { baseUrl, emulator, errors, browser } = await start();
    expect(await get(`${baseUrl}/auth/login`, headers)).toBe(refused ? 403 : 303);
    await browser.open(`${baseUrl}/auth/login`);
    const cookie = [...browser.cookies('localhost')].map((pair) => pair.join('=')).join('; ');
    const { searchParams } = (await browser.open(`${baseUrl}/auth/login`)).url;
    errors.length = 0;
    await get(`${baseUrl}/auth/callback?code=x&state=${searchParams.get('state') ?? ''}`, { ...headers, cookie });
    expect(errors).toEqual([refused ? 'navigation_required' : expect.stringMatching(/./)]);
    // Whatever became of it, a refused one asked for no token.
    if (refused) expect(emulator.journal('token')).toEqual([]);
  });
});
