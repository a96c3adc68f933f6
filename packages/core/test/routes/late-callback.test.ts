import { afterEach, describe, expect, test } from '@jest/globals';
import { createMemorySessionStore } from '../../src/index.ts';
import { NOON, passTime, stopClock } from '../clock.ts';
import { hostsToClose, type PlainHost } from '../plain-host.ts';

const { start, closeAll } = hostsToClose();
afterEach(closeAll);

const MINUTE_MS = 60_000;
const SESSION = 'egain_session';

function personOf({ emulator }: PlainHost, as: 'user' | 'customer' = 'user') {
  const person = as === 'user' ? emulator.users[0] : emulator.customers[0];
  if (!person) throw new Error('the emulator has no such person');
  return person;
}

/** Signs in with the browser's own form, and returns the callback that eGain answered with. */
async function signIn(host: PlainHost, returnTo = '/desk', as: 'user' | 'customer' = 'user'): Promise<string> {
  await host.browser.open(`${host.baseUrl}/auth/login?as=${as}&returnTo=${encodeURIComponent(returnTo)}`);
  const { visited } = await host.browser.signIn(personOf(host, as));
  return visited.find((url) => url.includes('/auth/callback')) ?? '';
}

/** Starts a login and signs in at eGain, but does not open the callback yet. */
async function reachCallback(host: PlainHost, returnTo = '/desk', as: 'user' | 'customer' = 'user'): Promise<string> {
  const { baseUrl, browser } = host;
  const page = await browser.open(`${baseUrl}/auth/login?as=${as}&returnTo=${encodeURIComponent(returnTo)}`);
  const { password, ...person } = personOf(host, as);
  const name = 'username' in person ? { username: person.username } : { email: person.email };
  const body = new URLSearchParams({ ...name, password, action: 'sign-in' });
  return (await fetch(page.url, { method: 'POST', body, redirect: 'manual' })).headers.get('location') ?? '';
}

const cookiesOf = ({ browser }: PlainHost) => browser.cookies('localhost');
const sessionOf = (host: PlainHost) => cookiesOf(host).get(SESSION);
const tokenRequests = ({ emulator }: PlainHost) => emulator.journal('token').length;
const withState = (callback: string, state: string) => {
  const url = new URL(callback);
  url.searchParams.set('state', state);
  return url.href;
};

/** Takes the cookie of every pending login out of the browser. */
function loseLogins({ browser }: PlainHost): void {
  for (const name of browser.cookies('localhost').keys()) {
    if (name.startsWith(`${SESSION}_login_`)) browser.setCookie('localhost', name, undefined);
  }
}

describe('F71, T001: a callback whose login is over, while a person is signed in', () => {
  test('leads to baseUrl, asks eGain for nothing and leaves the session cookie alone', async () => {
    const host = await start();
    const callback = await signIn(host);
    const [session, requests] = [sessionOf(host), tokenRequests(host)];
    const { status, visited } = await host.browser.open(callback);
    expect([status, visited]).toEqual([200, [callback, `${host.baseUrl}/`]]);
    expect([sessionOf(host), tokenRequests(host)]).toEqual([session, requests]);
    expect(host.errors).toEqual([]);
  });

  test('leads to baseUrl after Back and signing in at eGain again', async () => {
    const host = await start();
    const signInPage = await host.browser.open(`${host.baseUrl}/auth/login?as=user&returnTo=/desk`);
    const { username, password } = host.emulator.users[0] ?? { username: '', password: '' };
    const submit = () => host.browser.post(signInPage.url.href, { username, password, action: 'sign-in' });
    expect((await submit()).url.href).toBe(`${host.baseUrl}/desk`);
    const again = await submit();
    expect([again.status, again.url.href]).toEqual([200, `${host.baseUrl}/`]);
    expect(tokenRequests(host)).toBe(1);
  });

  test('leads to the path that its cookie holds, if the browser still has the cookie', async () => {
    const host = await start();
    const callback = await reachCallback(host, '/desk?tab=2');
    const pending = [...cookiesOf(host)];
    await host.browser.open(callback);
    for (const [name, value] of pending) host.browser.setCookie('localhost', name, value);
    const requests = tokenRequests(host);
    const { visited } = await host.browser.open(callback);
    expect(visited).toEqual([callback, `${host.baseUrl}/desk?tab=2`]);
    expect(tokenRequests(host)).toBe(requests);
  });

  test('leads to the path of a login that is too old, which spends no code', async () => {
    stopClock();
    const host = await start();
    const callback = await reachCallback(host, '/desk?tab=2');
    const pending = [...cookiesOf(host)];
    await signIn(host);
    for (const [name, value] of pending) host.browser.setCookie('localhost', name, value);
    passTime(10 * MINUTE_MS);
    const requests = tokenRequests(host);
    const { visited } = await host.browser.open(callback);
    expect(visited).toEqual([callback, `${host.baseUrl}/desk?tab=2`]);
    expect(tokenRequests(host)).toBe(requests);
  });

  test('neither touches nor renews the session, although both are due', async () => {
    stopClock();
    expect(Date.now()).toBe(NOON);
    const host = await start({}, { emulator: { refreshTokens: 'rotating', accessTokenLifetimeSeconds: 60 } });
    const callback = await signIn(host);
    const [session, requests] = [sessionOf(host), tokenRequests(host)];
    passTime(20 * MINUTE_MS);
    // With no handler in between, which would count as a use of the session.
    const cookie = [...cookiesOf(host)].map((pair) => pair.join('=')).join('; ');
    const answer = await fetch(callback, { redirect: 'manual', headers: { cookie } });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `${host.baseUrl}/`]);
    expect(answer.headers.getSetCookie().filter((line) => line.startsWith(`${SESSION}=`))).toEqual([]);
    expect([sessionOf(host), tokenRequests(host)]).toEqual([session, requests]);
  });

  test.each([
    ['code', 'code=stolen-code&returnTo=https://evil.example&iss=https://evil.example'],
    ['error', 'error=access_denied&error_description=nothing-of-this'],
    ['two codes', 'code=stolen-code&code=another-code'],
    ['tokens', 'access_token=stolen-token&id_token=stolen-token'],
  ])('uses none of its parameters: %s', async (_name, query) => {
    const host = await start();
    await signIn(host);
    const requests = tokenRequests(host);
    const cookie = [...cookiesOf(host)].map((pair) => pair.join('=')).join('; ');
    const url = `${host.baseUrl}/auth/callback?state=${'s'.repeat(43)}&${query}`;
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie } });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `${host.baseUrl}/`]);
    expect(JSON.stringify([...answer.headers])).not.toMatch(/stolen|another|evil|denied|nothing-of-this|sss/);
    expect(tokenRequests(host)).toBe(requests);
  });

  test('keeps the mount path of baseUrl', async () => {
    const host = await start();
    const mounted = await start({ ...host.emulator.config({ baseUrl: `${host.baseUrl}/app` }) });
    const { egain } = mounted;
    const state = 's'.repeat(43);
    const request = { method: 'GET', url: `/app/auth/callback?code=a&state=${state}`, headers: {} };
    await expect(egain.completeLogin(request)).rejects.toMatchObject({
      code: 'login_expired',
      loginUrl: '/app/auth/login',
    });
  });

  test('eight tabs that were restored at once all end at a page of the application', async () => {
    const host = await start();
    // A browser sends these before it has the cookies of any answer.
    const callbacks: string[] = [];
    const pending = new Map<string, string>();
    for (let tab = 1; tab <= 8; tab += 1) {
      loseLogins(host);
      callbacks.push(await reachCallback(host, `/desk?tab=${tab}`));
      for (const [name, value] of cookiesOf(host)) pending.set(name, value);
    }
    for (const [name, value] of pending) host.browser.setCookie('localhost', name, value);
    const landed = [];
    for (const callback of callbacks) landed.push((await host.browser.open(callback)).status);
    expect(landed).toEqual(Array.from({ length: 8 }, () => 200));
    expect(host.errors).toEqual([]);
    // The first answer evicted the two oldest of the others (T013), so the case is there.
    expect(tokenRequests(host)).toBe(6);
  });
});

describe('F71: a callback does not lead on', () => {
  test('while nobody is signed in: the page links to the login route', async () => {
    const host = await start();
    const callback = await reachCallback(host);
    loseLogins(host);
    const page = await host.browser.open(callback);
    expect(page.status).toBe(400);
    expect(page.text).toContain('<a href="/auth/login">');
    expect(host.errors).toEqual(['login_expired']);
  });

  test('where the session is of another persona than the login', async () => {
    const host = await start();
    const callback = await reachCallback(host);
    const pending = [...cookiesOf(host)];
    await host.browser.open(callback);
    await signIn(host, '/help', 'customer');
    for (const [name, value] of pending) host.browser.setCookie('localhost', name, value);
    const page = await host.browser.open(callback);
    expect([page.status, host.errors]).toEqual([400, ['login_expired']]);
    expect(page.text).toContain('<a href="/auth/login?as=user">');
  });

  test('with an error of a login that is under way', async () => {
    const host = await start();
    await signIn(host);
    const callback = new URL(await reachCallback(host));
    const state = callback.searchParams.get('state') ?? '';
    callback.search = new URLSearchParams({ error: 'access_denied', state }).toString();
    expect((await host.browser.open(callback.href)).status).toBe(403);
    expect(host.errors).toEqual(['login_refused']);
  });

  test('with the issuer of another server in a login that is under way', async () => {
    const host = await start({ endpoints: { user: { issuer: 'https://issuer.example' } } });
    const first = new URL(await reachCallback(host));
    first.searchParams.set('iss', 'https://issuer.example');
    await host.browser.open(first.href);
    expect(sessionOf(host)).toBeDefined();
    const second = new URL(await reachCallback(host));
    second.searchParams.set('iss', 'https://evil.example');
    expect((await host.browser.open(second.href)).status).toBe(400);
    expect(host.errors).toEqual(['invalid_callback']);
  });

  test.each([
    ['missing', (url: URL) => url.searchParams.delete('state')],
    ['empty', (url: URL) => url.searchParams.set('state', '')],
    ['repeated', (url: URL) => url.searchParams.append('state', 'another')],
  ])('T001: with a state that is %s', async (_name, change) => {
    const host = await start();
    const callback = new URL(await signIn(host));
    change(callback);
    expect((await host.browser.open(callback.href)).status).toBe(400);
    expect(host.errors).toEqual(['invalid_callback']);
  });

  test('while the session store fails: that is 503, and the cookies stay', async () => {
    let isDown = false;
    const memory = createMemorySessionStore();
    const store: typeof memory = {
      ...memory,
      async get(key) {
        if (isDown) throw new Error('the store is down');
        return memory.get(key);
      },
    };
    const host = await start({ session: { secret: 'x'.repeat(32), store } });
    const callback = await signIn(host);
    const before = [...cookiesOf(host)];
    isDown = true;
    expect((await host.browser.open(callback)).status).toBe(503);
    expect([...cookiesOf(host)]).toEqual(before);
  });
});

describe('F71: two late callbacks in a row', () => {
  test('the same one again is the page, and its link completes a login', async () => {
    const host = await start();
    const callback = await signIn(host);
    expect((await host.browser.open(callback)).status).toBe(200);
    const page = await host.browser.open(callback);
    expect([page.status, host.errors]).toEqual([400, ['login_expired']]);
    const link = /<a href="([^"]+)">/.exec(page.text)?.[1] ?? '';
    expect(link).toBe('/auth/login?as=user');
    await host.browser.open(link);
    expect((await host.browser.signIn(personOf(host))).url.href).toBe(`${host.baseUrl}/`);
    // That login was completed, so the next late callback leads on again.
    expect((await host.browser.open(callback)).url.href).toBe(`${host.baseUrl}/`);
  });

  test('a login that was started after the first led on, and is lost too, is the page: there is no redirect loop', async () => {
    const host = await start();
    await signIn(host);
    const lose = async () => {
      const callback = await reachCallback(host);
      loseLogins(host);
      return host.browser.open(callback);
    };
    expect((await lose()).url.href).toBe(`${host.baseUrl}/`);
    const page = await lose();
    expect([page.status, host.errors]).toEqual([400, ['login_expired']]);
    expect((await lose()).status).toBe(400);
    expect(sessionOf(host)).toBeDefined();
  });

  test('what is remembered of the first is a short-lived cookie that a completed login removes', async () => {
    const host = await start();
    const callback = await signIn(host);
    const cookie = [...cookiesOf(host)].map((pair) => pair.join('=')).join('; ');
    const answer = await fetch(withState(callback, 's'.repeat(43)), { redirect: 'manual', headers: { cookie } });
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^egain_session_late=[\w-]{16}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    await host.browser.open(callback);
    expect(cookiesOf(host).has('egain_session_late')).toBe(true);
    await signIn(host);
    expect([...cookiesOf(host).keys()]).toEqual([SESSION]);
  });
});
