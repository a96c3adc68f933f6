import { inspect } from 'node:util';
import { createEgainAuth, createMemorySessionStore, type EgainAuth, type EgainAuthOptions } from '@egain-auth/core';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createEgainEmulator, type EgainEmulator, forgeSession } from '../src/index.ts';
import { createCore, failureOf, MY_DETAILS, READ } from './core-client.ts';

let emulator: EgainEmulator;
beforeEach(async () => {
  emulator = await createEgainEmulator().listen();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await emulator.close();
});

const NO_REPLY = { headersSent: false, appendHeader: () => {}, send: () => {} };

const open = (egain: EgainAuth, cookie: string) =>
  egain.authenticate({ method: 'GET', url: '/', headers: { cookie } }, NO_REPLY);

const SECRET = 'a secret of more than thirty-two bytes, for tests';
const session = (changes: EgainAuthOptions['session'] = {}) => ({ session: { secret: SECRET, ...changes } });

/** Of both kinds of session. */
const KINDS: readonly [string, () => EgainAuthOptions][] = [
  ['sealed cookies', () => session()],
  ['a store', () => session({ store: createMemorySessionStore() })],
];

describe.each(KINDS)('a forged session, in %s', (_name, options) => {
  test('is signed in as a user with the scopes of the login', async () => {
    const egain = createCore(emulator, options());
    const { cookie, setCookie } = await forgeSession(egain);
    const context = await open(egain, cookie);
    expect(context.isAuthenticated).toBe(true);
    expect(context.identity).toEqual({ persona: 'user', id: 'test-user', name: 'Test User' });
    expect([...(context.session?.scope ?? [])]).toEqual(READ);
    expect(setCookie).toEqual([expect.stringMatching(/^egain_session=[^;]+; Max-Age=\d+; Path=\/; HttpOnly/)]);
    expect(cookie).toBe(setCookie[0]?.split(';')[0]);
    expect(emulator.journal()).toEqual([]);
  });

  test('says what it was told to', async () => {
    const egain = createCore(emulator, options());
    const scope = ['core.casemgr.manage'] as const;
    const identity = { id: '7', roles: ['supervisor'] };
    const { cookie } = await forgeSession(egain, { persona: 'customer', identity, scope });
    const context = await open(egain, cookie);
    expect(context.identity).toEqual({ persona: 'customer', id: '7', name: 'Test Customer', roles: ['supervisor'] });
    expect([...(context.session?.scope ?? [])]).toEqual(scope);
  });

  test('ends with its token, unless it could be refreshed', async () => {
    const egain = createCore(emulator, options());
    const [short, ended, refreshable] = await Promise.all([
      forgeSession(egain, { expiresInMs: 60_000 }),
      forgeSession(egain, { expiresInMs: 0 }),
      forgeSession(egain, { expiresInMs: 0, refreshToken: 'made up' }),
    ]);
    expect((await open(egain, short.cookie)).isAuthenticated).toBe(true);
    expect((await open(egain, ended.cookie)).signedOutReason).toBe('token_expired');
    expect((await open(egain, refreshable.cookie)).isAuthenticated).toBe(true);
    const now = Date.now() + 60_000;
    jest.spyOn(Date, 'now').mockReturnValue(now);
    expect((await open(egain, short.cookie)).signedOutReason).toBe('token_expired');
  });

  test('lasts an hour', async () => {
    const egain = createCore(emulator, { ...options(), session: { ...options().session, idleMs: 36_000_000 } });
    const { cookie } = await forgeSession(egain);
    const start = Date.now();
    const at = async (now: number) => {
      jest.spyOn(Date, 'now').mockReturnValue(now);
      return (await open(egain, cookie)).isAuthenticated;
    };
    expect([await at(start + 3_590_000), await at(start + 3_600_000)]).toEqual([true, false]);
  });

  test('is of no use to an instance with another secret', async () => {
    const own = options();
    const { cookie } = await forgeSession(createCore(emulator, own));
    const stranger = createCore(emulator, { ...own, session: { ...own.session, secret: `${SECRET}!` } });
    expect((await open(stranger, cookie)).signedOutReason).toBe('unreadable');
  });

  test('calls the API with a token of the emulator', async () => {
    const egain = createCore(emulator, options());
    const [, maria] = emulator.users;
    const accessToken = await emulator.issueToken({ name: maria?.username ?? '' });
    const { cookie } = await forgeSession(egain, { accessToken });
    expect(await (await open(egain, cookie)).api.get(MY_DETAILS)).toMatchObject({ user: [{ firstName: 'Maria' }] });
    expect(emulator.journal('api').at(-1)).toMatchObject({ actor: 'user', subject: maria?.username, scope: READ });
  });

  test('does not show its tokens', async () => {
    const egain = createCore(emulator, options());
    const forged = await forgeSession(egain, { accessToken: 'canary-access', refreshToken: 'canary-refresh' });
    const context = await open(egain, forged.cookie);
    const shown = [egain, forged, context, context.session].map(
      (value) => inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true }) + JSON.stringify(value),
    );
    expect(shown.join()).not.toContain('canary');
    expect(shown.join()).not.toContain(SECRET);
  });
});

test('is in several cookies where one would be too small', async () => {
  const egain = createCore(emulator, session());
  const { cookie, setCookie } = await forgeSession(egain, { accessToken: 'x'.repeat(4000) });
  expect(setCookie).toHaveLength(2);
  expect(cookie.split('; ').map((pair) => pair.split('=', 1)[0])).toEqual(['egain_session', 'egain_session.1']);
  expect((await open(egain, cookie)).isAuthenticated).toBe(true);
});

test('throws what a login throws where it does not fit', async () => {
  const forged = forgeSession(createCore(emulator, session()), { accessToken: 'x'.repeat(8000) });
  expect(await failureOf(forged)).toMatchObject({ code: 'session_too_large' });
});

test('is of the only persona that can sign in', async () => {
  const login = { customer: { scope: READ } };
  const egain = createCore(emulator, { ...session(), login });
  const { cookie } = await forgeSession(egain);
  expect((await open(egain, cookie)).identity).toEqual({
    persona: 'customer',
    id: 'test-customer',
    name: 'Test Customer',
  });
  await expect(forgeSession(egain, { persona: 'user' })).rejects.toThrow(
    /^forgeSession: login\.user is not configured/,
  );
  await expect(forgeSession(egain, { persona: 'constructor' as 'user' })).rejects.toThrow(TypeError);
});

test('needs an instance that somebody can sign in to', async () => {
  const withoutLogin = createEgainAuth({ authorizeSubject: () => true, ...emulator.config() });
  await expect(forgeSession(withoutLogin)).rejects.toThrow(/^forgeSession: nobody can sign in here/);
  for (const none of [{}, undefined] as unknown as EgainAuth[]) {
    await expect(forgeSession(none)).rejects.toThrow(/^forgeSession: that is no instance/);
  }
  const egain = createCore(emulator, session());
  await expect(forgeSession(egain, { expiresInMs: Number.NaN })).rejects.toThrow(TypeError);
});

test('has a token of its own, which the emulator refuses as eGain does', async () => {
  const egain = createCore(emulator, session());
  const contexts = await Promise.all([1, 2].map(async () => open(egain, (await forgeSession(egain)).cookie)));
  const tokens = await Promise.all(contexts.map(async (context) => (await context.getToken()).accessToken));
  expect(new Set(tokens).size).toBe(2);
  for (const context of contexts) {
    expect(await failureOf(context.api.get(MY_DETAILS))).toMatchObject({ code: 'api_error' });
  }
  expect(emulator.journal('api').map(({ status }) => status)).toEqual(expect.arrayContaining([401, 401]));
});

test('adds nothing to an instance that has a name', () => {
  expect(Object.keys(createCore(emulator, session())).join()).not.toMatch(/session/i);
});
