import { afterEach, describe, expect, test } from '@jest/globals';
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
