import { afterEach, describe, expect, test } from '@jest/globals';
import { NAVIGATION, send } from '../../../testing/src/adapter-contract/request.ts';
import { createMemorySessionStore, type DelegatedScope } from '../../src/index.ts';
import type { AuthRequirement } from '../../src/outbound/request-context.ts';
import { hostsToClose, type PlainHandler, type PlainHost } from '../plain-host.ts';

const { start, closeAll } = hostsToClose();
afterEach(closeAll);

const READ: DelegatedScope = 'knowledge.portalmgr.read';
const MANAGE: DelegatedScope = 'knowledge.portalmgr.manage';
const SESSION = { secret: 'a session secret of more than 32 bytes' };

const guard =
  (requirement: AuthRequirement): PlainHandler =>
  async (context, path) => {
    if (!path.startsWith('/guarded')) return undefined;
    const { signedOutReason } = context;
    const answer = await context.challenge(requirement);
    if (answer) return answer;
    return {
      status: 200,
      headers: {},
      body: JSON.stringify({ scope: [...(context.session?.scope ?? [])], signedOutReason }),
    };
  };

const scopesAsked = (visited: readonly string[]) =>
  visited.flatMap((url) => new URL(url).searchParams.get('scope') ?? []);

async function signIn({ browser, emulator }: PlainHost) {
  const [person] = emulator.users;
  if (!person) throw new Error('nobody');
  return browser.signIn(person);
}

describe('a handler that needs a scope', () => {
  test('has it asked for at once, beside what every login asks for', async () => {
    const host = await start({}, { handler: guard({ scope: [MANAGE] }) });
    const page = await host.browser.open(`${host.baseUrl}/guarded?q=1`);
    expect(scopesAsked(page.visited)).toEqual([`${READ} ${MANAGE}`]);
    const back = await signIn(host);
    expect(back.url.href).toBe(`${host.baseUrl}/guarded?q=1`);
    expect(JSON.parse(back.text)).toMatchObject({ scope: [READ, MANAGE] });
  });

  test('sends whoever is signed in without it to sign in once more, and leads back', async () => {
    const host = await start({}, { handler: guard({ scope: [MANAGE] }) });
    await host.browser.open(`${host.baseUrl}/auth/login`);
    await signIn(host);
    const page = await host.browser.open(`${host.baseUrl}/guarded`);
    expect(scopesAsked(page.visited)).toEqual([`${READ} ${MANAGE}`]);
    expect(JSON.parse((await signIn(host)).text)).toMatchObject({ scope: [READ, MANAGE] });
    expect((await host.browser.open(`${host.baseUrl}/guarded`)).status).toBe(200);
  });

  test('and is refused it, is closed: there is no second time', async () => {
    // eGain may leave out what is not assigned (RFC 6749 §3.3).
    const emulator = { client: { permissions: [READ] }, behaviour: { ungrantableScopes: 'dropped' } } as const;
    const host = await start({}, { handler: guard({ scope: [MANAGE] }), emulator });
    await host.browser.open(`${host.baseUrl}/guarded`);
    const back = await signIn(host);
    expect(back.status).toBe(403);
    expect(host.errors).toEqual(['scope_not_granted']);
    const again = await host.browser.open(`${host.baseUrl}/guarded`);
    expect({ status: again.status, visited: again.visited.length }).toEqual({ status: 403, visited: 1 });
  });

  test('says so to a program, which cannot sign in', async () => {
    const host = await start({}, { handler: guard({ scope: [MANAGE] }) });
    await host.browser.open(`${host.baseUrl}/auth/login`);
    await signIn(host);
    const answer = await host.browser.fetch(`${host.baseUrl}/guarded`);
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: 'scope_not_granted' } });
  });
});

describe('whoever is signed in as another persona', () => {
  test('is sent to sign in as the one that the handler is for; a program is told 403', async () => {
    const host = await start({}, { handler: guard({ as: 'customer' }) });
    await host.browser.open(`${host.baseUrl}/auth/login?as=user`);
    await signIn(host);
    const answer = await host.browser.fetch(`${host.baseUrl}/guarded`);
    expect([answer.status, host.errors]).toEqual([403, ['actor_not_allowed']]);
    expect((await host.browser.open(`${host.baseUrl}/guarded`)).url.pathname).toContain('-C/oauth2/authorize');
  });
});

describe('whoever is not signed in', () => {
  test('is sent to sign in where the route says so, whatever asked; and told 401 where it says that', async () => {
    const redirecting = await start({}, { handler: guard({ unauthenticated: 'redirect' }) });
    expect((await redirecting.browser.fetch(`${redirecting.baseUrl}/guarded`)).visited).toHaveLength(2);
    const telling = await start({}, { handler: guard({ unauthenticated: 'json' }) });
    const answer = await telling.browser.open(`${telling.baseUrl}/guarded`);
    expect(answer.status).toBe(401);
  });

  test('is told where to sign in, not why', async () => {
    const host = await start({}, { handler: guard({}) });
    host.browser.setCookie('localhost', 'egain_session', 'v1.tampered');
    const { status, text } = await host.browser.fetch(`${host.baseUrl}/guarded`);
    expect(status).toBe(401);
    expect(JSON.parse(text)).toEqual({
      error: { code: 'login_required', requestId: expect.any(String), loginUrl: '/auth/login' },
    });
  });

  test('is known to the developer by a reason', async () => {
    const reasons: unknown[] = [];
    const handler: PlainHandler = async ({ signedOutReason, isAuthenticated }) => {
      reasons.push([isAuthenticated, signedOutReason]);
      return undefined;
    };
    const host = await start({}, { handler });
    await host.browser.open(host.baseUrl);
    host.browser.setCookie('localhost', 'egain_session', 'v1.tampered');
    await host.browser.open(host.baseUrl);
    host.browser.setCookie('localhost', 'egain_session', undefined);
    await host.browser.open(`${host.baseUrl}/auth/login`);
    await signIn(host);
    expect(reasons).toEqual([
      [false, 'no_cookie'],
      [false, 'unreadable'],
      [true, undefined],
    ]);
  });
});

describe('F28: while session.store fails', () => {
  async function startDown() {
    const store = createMemorySessionStore();
    let isDown = false;
    const get = (key: string) => (isDown ? Promise.reject(new Error('down')) : store.get(key));
    const handler: PlainHandler = async (context, path) => {
      if (path === '/calls') return { status: 200, headers: {}, body: (await context.getToken()).accessToken };
      if (path === '/guarded') return guard({})(context, path);
      return { status: 200, headers: {}, body: `the page for ${context.identity?.persona ?? 'everybody'}` };
    };
    const host = await start({ session: { ...SESSION, store: { ...store, get } } }, { handler });
    await host.browser.open(`${host.baseUrl}/auth/login`);
    await signIn(host);
    return { host, fail: (value: boolean) => (isDown = value) };
  }

  test('guarded handlers stay closed, with 503, and nobody loses the cookie', async () => {
    const { host, fail } = await startDown();
    fail(true);
    for (const path of ['/guarded', '/calls']) {
      const answer = await host.browser.open(`${host.baseUrl}${path}`);
      expect([path, answer.status, answer.headers['retry-after'], answer.headers['set-cookie']]).toEqual([
        ...[path, 503, '1', undefined],
      ]);
    }
    fail(false);
    expect((await host.browser.open(`${host.baseUrl}/guarded`)).status).toBe(200);
  });

  test('pages for everybody go on', async () => {
    const { host, fail } = await startDown();
    expect((await host.browser.open(host.baseUrl)).text).toBe('the page for user');
    fail(true);
    expect((await host.browser.open(host.baseUrl)).text).toBe('the page for everybody');
  });

  test('a logout says that it could not be done everywhere, and is done in this browser', async () => {
    const { host, fail } = await startDown();
    fail(true);
    const answer = await host.browser.post(`${host.baseUrl}/auth/logout`);
    expect(answer.status).toBe(503);
    expect(host.browser.cookies('localhost').size).toBe(0);
  });
});

describe('T101: a speculative request', () => {
  const PREFETCH = { 'sec-purpose': 'prefetch' };

  /** A request that the browser sends before the person opens the page. The browser keeps the cookies of the answer. */
  async function speculate(
    { browser, baseUrl }: PlainHost,
    headers: Record<string, string> = PREFETCH,
    path = '/guarded',
  ) {
    const cookie = [...browser.cookies('localhost')].map((pair) => pair.join('=')).join('; ');
    const answer = await send(baseUrl, { path, headers: { ...NAVIGATION, cookie, ...headers } });
    for (const line of answer.setCookies) {
      const [, name = '', value = ''] = /^([^=;]*)=([^;]*)/.exec(line) ?? [];
      browser.setCookie('localhost', name, /;\s*max-age=0(;|$)/i.test(line) ? undefined : value);
    }
    return answer;
  }

  test.each<[headers: Record<string, string>]>([
    [{ 'sec-purpose': 'prefetch' }],
    [{ 'sec-purpose': 'prefetch;prerender' }],
    [{ 'sec-purpose': 'prerender' }],
    [{ purpose: 'prefetch' }],
    [{ 'x-moz': 'prefetch' }],
    [{ 'x-purpose': 'preview' }],
    [{ 'x-sec-purpose': 'prefetch' }],
    [{ 'next-router-prefetch': '1' }],
    [{ 'hx-preloaded': 'true' }],
  ])('a request with %j gets 503 and no login, and a person who opens the page signs in', async (headers) => {
    const host = await start({}, { handler: guard({}) });
    const answer = await speculate(host, headers);
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', vary: 'Cookie' },
      setCookies: [],
      text: 'This page needs a sign-in, which starts when the page is opened.',
    });
    // With Retry-After Chromium would prefetch nothing of this origin for a while.
    for (const name of ['location', 'retry-after']) expect(answer.headers).not.toHaveProperty(name);
    // A prefetch is not a failure: the log of the application stays empty.
    expect(host.errors).toEqual([]);
    expect((await host.browser.open(`${host.baseUrl}/guarded`)).url.pathname).toContain('/oauth2/authorize');
    expect((await signIn(host)).status).toBe(200);
  });

  test('six prefetches do not evict the sign-in that is open in another tab', async () => {
    const host = await start({}, { handler: guard({}) });
    await host.browser.open(`${host.baseUrl}/guarded?tab=1`);
    for (let page = 1; page <= 6; page += 1) await speculate(host, PREFETCH, `/guarded?page=${page}`);
    const back = await signIn(host);
    expect({ url: back.url.href, status: back.status }).toEqual({ url: `${host.baseUrl}/guarded?tab=1`, status: 200 });
  });

  test('a prefetch by a signed-in person gets the page', async () => {
    const host = await start({}, { handler: guard({ as: 'user', scope: [READ] }) });
    await host.browser.open(`${host.baseUrl}/guarded`);
    await signIn(host);
    expect(await speculate(host)).toMatchObject({ status: 200, json: { scope: [READ] } });
  });

  test.each<[what: string, requirement: AuthRequirement]>([
    ['another persona', { as: 'customer' }],
    ['another scope', { scope: [MANAGE] }],
  ])('a prefetch of a page that needs %s than the person has gets 503', async (_what, requirement) => {
    const host = await start({}, { handler: guard(requirement) });
    await host.browser.open(`${host.baseUrl}/auth/login?as=user`);
    await signIn(host);
    const answer = await speculate(host);
    expect([answer.status, answer.setCookies, answer.headers.location]).toEqual([503, [], undefined]);
  });

  test('a HEAD prefetch gets 503 without a body', async () => {
    const { baseUrl } = await start({}, { handler: guard({}) });
    const answer = await send(baseUrl, { method: 'HEAD', path: '/guarded', headers: { ...NAVIGATION, ...PREFETCH } });
    expect([answer.status, answer.setCookies, answer.text]).toEqual([503, [], '']);
  });

  test('a prefetch by a script gets 503 where the guard redirects scripts too', async () => {
    const host = await start({}, { handler: guard({ unauthenticated: 'redirect' }) });
    const script = { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', 'next-router-prefetch': '1' };
    expect(await speculate(host, script)).toMatchObject({ status: 503, setCookies: [] });
  });

  test('a prefetch gets 401 where the guard starts no login', async () => {
    const telling = await start({}, { handler: guard({ unauthenticated: 'json' }) });
    expect(await speculate(telling)).toMatchObject({ status: 401, setCookies: [] });
    // Chromium sends this for <link rel="prefetch">. It is not a navigation.
    const host = await start({}, { handler: guard({}) });
    const link = { ...PREFETCH, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty' };
    expect(await speculate(host, link)).toMatchObject({
      ...{ status: 401, setCookies: [] },
      headers: { 'cache-control': 'no-store' },
    });
  });

  test('a prefetch gets 503 from a handler that calls login() or startLogin()', async () => {
    const handler: PlainHandler = async (context, path) => {
      if (path === '/login') return context.login({ as: 'user' }).then(() => undefined);
      return host.egain.startLogin({ as: 'user' }, { method: 'GET', url: path, headers: PREFETCH });
    };
    const host = await start({}, { handler });
    for (const path of ['/login', '/start']) {
      expect(await speculate(host, PREFETCH, path)).toMatchObject({
        ...{ status: 503, setCookies: [] },
        headers: { 'cache-control': 'no-store' },
      });
    }
    expect((await host.browser.open(`${host.baseUrl}/login`)).url.pathname).toContain('/oauth2/authorize');
  });
});
