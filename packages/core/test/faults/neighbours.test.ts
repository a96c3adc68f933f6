import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createMemorySessionStore, type EgainAuth, type EgainAuthOptions, user } from '../../src/index.ts';
import type { TokenSetFields } from '../../src/protocol/token-set.ts';
import { type Browser, createBrowser, createReply } from '../browser.ts';
import { LOGIN_OPTIONS } from '../options.ts';
import { soon } from '../soon.ts';
import { type FakeEgain, fakesToClose, goDown, holdBack, refuseWith, type TokenAsked } from './fake-egain.ts';
import { names, outcomeOf, SCOPE, tokenOf } from './load.ts';
import { measured } from './measured.ts';
import { passTime, stopBothClocks } from './virtual-time.ts';

const SECOND = 1000;
const GUARDED = '/desk';

const { start, closeAll } = fakesToClose();
let fake: FakeEgain;
beforeEach(async () => {
  stopBothClocks();
  fake = await start();
});
afterEach(closeAll);

/** An instance whose users sign in at the fake. */
const createApplication = (options: Partial<EgainAuthOptions> = {}): EgainAuth =>
  fake.createAuth({
    login: LOGIN_OPTIONS.login,
    session: LOGIN_OPTIONS.session,
    endpoints: {
      user: { authorizationUrl: `${fake.token.origin}/authorize`, tokenUrl: `${fake.token.origin}/token` },
      onBehalfOf: { user: { tokenUrl: `${fake.token.origin}/token` } },
    },
    baseUrl: 'http://localhost:3000',
    ...options,
  });

/** A person with a session whose token lives this long. */
async function signIn(egain: EgainAuth, name: string, lifetimeMs: number): Promise<Browser> {
  const forge = (egain as unknown as Record<symbol, SessionForge>)[SESSIONS] as SessionForge;
  const browser = createBrowser();
  const tokens = { accessToken: `0~${name}~0`, refreshToken: `refresh-${name}`, scope: ['knowledge.portalmgr.read'] };
  const cookies = await forge.start({
    ...{ persona: 'user', identity: { persona: 'user', id: name }, requestedScope: tokens.scope },
    tokens: { ...tokens, expiresAt: Date.now() + lifetimeMs },
  });
  browser.receive(cookies);
  return browser;
}

const SESSIONS = Symbol.for('egain-auth.sessions');
interface SessionForge {
  start(session: object & { tokens: Omit<TokenSetFields, 'source'> }): Promise<string[]>;
}

/** A person opens a guarded page. */
async function open(egain: EgainAuth, browser: Browser, headers: Record<string, string> = {}) {
  const request = browser.request(GUARDED);
  const reply = createReply();
  const context = await egain.authenticate({ ...request, headers: { ...request.headers, ...headers } }, reply);
  const answer = await context.challenge({ unauthenticated: 'redirect' });
  browser.receive(reply.cookies);
  return answer;
}

/** A stranger starts a login of their own, and answers it themselves. */
async function forgeCallback(egain: EgainAuth, query: string, browser = createBrowser(), as = 'user') {
  const reply = createReply();
  const login = await egain.handle({ method: 'GET', url: `/auth/login?as=${as}`, headers: {} }, reply);
  browser.receive(login?.headers['set-cookie'] as string[]);
  const state = new URL(String(login?.headers['location'])).searchParams.get('state') ?? '';
  return egain.handle(browser.request(`/auth/callback?state=${state}&${query}`), reply);
}

const isCode = ({ form }: TokenAsked) => form.get('grant_type') === 'authorization_code';
const isRenewal = ({ form }: TokenAsked) => form.get('grant_type') === 'refresh_token';
const codeIsWrong = refuseWith(400, { error: 'invalid_grant' });

describe('F57: logins that a stranger starts and answers themselves', () => {
  test('by an error are no claim, and push out no session', async () => {
    const store = createMemorySessionStore({ maxEntries: 50 });
    const egain = createApplication({ session: { ...LOGIN_OPTIONS.session, store } });
    const people = await Promise.all(names(50).map((name) => signIn(egain, name, 3600 * SECOND)));
    const outcome = await outcomeOf(names(500).map(() => forgeCallback(egain, 'error=access_denied')));
    expect(outcome.codes).toEqual({ login_refused: 500 });
    for (const browser of people) expect(await open(egain, browser)).toBeUndefined();
    expect(fake.token.asked).toEqual([]);
  });

  test('by a wrong code push out no session either', async () => {
    const store = createMemorySessionStore({ maxEntries: 50 });
    const egain = createApplication({ session: { ...LOGIN_OPTIONS.session, store } });
    const people = await Promise.all(names(50).map((name) => signIn(egain, name, 3600 * SECOND)));
    fake.token.answer = codeIsWrong;
    const outcome = await outcomeOf(names(150).map((code) => forgeCallback(egain, `code=${code}`)));
    expect(outcome.codes).toEqual({ login_expired: 150 });
    for (const browser of people) expect(await open(egain, browser)).toBeUndefined();
  });
});

describe('F60: callbacks and renewals of sessions', () => {
  test('have queues of their own: sessions are renewed while codes of strangers are not answered', async () => {
    const egain = createApplication();
    const people = await Promise.all(names(30).map((name) => signIn(egain, name, SECOND)));
    passTime(SECOND);
    const held = holdBack(codeIsWrong);
    fake.token.answer = (asked) => (isCode(asked) ? held.answer(asked) : fake.issue()(asked));
    const strangers = outcomeOf(names(400).map((code) => forgeCallback(egain, `code=${code}`)));
    await soon(() => expect(fake.token.asked.filter(isCode)).toHaveLength(16));
    for (const browser of people) expect(await open(egain, browser)).toBeUndefined();
    expect(fake.token.asked.filter(isRenewal)).toHaveLength(30);
    // Not one code more was let out meanwhile, and what found the queue full was refused immediately.
    expect(fake.token.asked.filter(isCode)).toHaveLength(16);
    fake.token.answer = (asked) => (isCode(asked) ? codeIsWrong(asked) : fake.issue()(asked));
    held.release();
    expect((await strangers).codes).toEqual({ login_expired: 176, token_endpoint_unavailable: 224 });
  });

  test('a callback that found the queue full can be loaded again', async () => {
    const egain = createApplication({ http: { timeoutMs: 240_000, maxConnections: 1 } });
    const held = holdBack(fake.issue());
    fake.token.answer = held.answer;
    const before = outcomeOf(names(11).map((code) => forgeCallback(egain, `code=${code}`)));
    await soon(() => expect(fake.token.asked).toHaveLength(1));
    const browser = createBrowser();
    const full = await forgeCallback(egain, 'code=good', browser).catch((error: unknown) => error);
    expect(full).toMatchObject({ code: 'token_endpoint_unavailable', retryAfterMs: 1000 });
    expect((full as { headers?: object }).headers).toBeUndefined();
    fake.token.answer = fake.issue();
    held.release();
    expect((await before).errors).toEqual([]);
  });

  test('a callback whose secret could not be read can be loaded again', async () => {
    const secrets: (() => Promise<string>)[] = [
      () => Promise.reject(new Error('vault sealed')),
      async () => 'secret-1',
    ];
    const store = createMemorySessionStore();
    const egain = createApplication({
      clientSecret: () => secrets.shift()?.() ?? 'secret-1',
      session: { ...LOGIN_OPTIONS.session, store },
    });
    const browser = createBrowser();
    const reply = createReply();
    const login = await egain.handle({ method: 'GET', url: '/auth/login', headers: {} }, reply);
    browser.receive(login?.headers['set-cookie'] as string[]);
    const state = new URL(String(login?.headers['location'])).searchParams.get('state') ?? '';
    const load = () => egain.handle(browser.request(`/auth/callback?state=${state}&code=good`), reply);
    const error = await load().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'client_secret_unavailable', headers: undefined });
    expect(await load()).toMatchObject({ status: 303 });
    expect(fake.token.asked.filter(isCode)).toHaveLength(1);
  });

  test('codes of one persona keep those of the other waiting for nothing', async () => {
    const tokenUrl = `${fake.token.origin}/token`;
    const authorizationUrl = `${fake.token.origin}/authorize`;
    const egain = createApplication({
      endpoints: { user: { authorizationUrl, tokenUrl }, customer: { authorizationUrl, tokenUrl: `${tokenUrl}-C` } },
      login: { user: { scope: ['knowledge.portalmgr.read'] }, customer: { scope: ['knowledge.portalmgr.read'] } },
    });
    const held = holdBack(codeIsWrong);
    fake.token.answer = (asked) => (asked.form.get('code') === 'good' ? fake.issue()(asked) : held.answer(asked));
    const customers = outcomeOf(
      names(100).map((code) => forgeCallback(egain, `code=${code}`, createBrowser(), 'customer')),
    );
    await soon(() => expect(fake.token.asked).toHaveLength(16));
    expect(await forgeCallback(egain, 'code=good')).toMatchObject({ status: 303 });
    fake.token.answer = codeIsWrong;
    held.release();
    expect((await customers).codes).toEqual({ login_expired: 100 });
  });

  test.each([
    ['a control character', '%00'],
    ['what is not ASCII', '%C3%A9'],
    ['more than any server takes', 'x'.repeat(4097)],
  ])('a code that holds %s is refused without asking eGain', async (_what, code) => {
    const egain = createApplication();
    const outcome = await outcomeOf([forgeCallback(egain, `code=${code}`)]);
    expect(outcome.codes).toEqual({ invalid_callback: 1 });
    expect(fake.token.asked).toEqual([]);
  });
});

describe('F63: fifty signed-in people beside strangers', () => {
  const ROUNDS = 5;
  const PEOPLE = names(50);
  /** For each round, in this proportion. */
  const STRANGERS = { callbacks: 400, failingSubjects: 20, prefetches: 6 };

  test('none of them hears an error, however many garbage callbacks, failing subjects and prefetches there are', async () => {
    const egain = createApplication();
    const failing = names(STRANGERS.failingSubjects, 'failing');
    // One of them alone hears a Retry-After, and one a 401 without a word.
    const failures = [
      refuseWith(503, {}, { 'retry-after': '3600' }),
      refuseWith(401, {}),
      ...failing.slice(2).map((_, index) => (index % 2 === 0 ? refuseWith(500, {}) : goDown)),
    ];
    fake.token.answer = (asked) => {
      if (isCode(asked)) return codeIsWrong(asked);
      return (failures[failing.indexOf(asked.subject)] ?? fake.issue(4))(asked);
    };

    const people = await Promise.all(PEOPLE.map((name) => signIn(egain, name, 4 * SECOND)));
    const tab = createBrowser();
    const pending = await egain.handle({ method: 'GET', url: '/auth/login', headers: {} }, createReply());
    tab.receive(pending?.headers['set-cookie'] as string[]);
    const pendingLogin = [...tab.jar];
    const mint = (name: string) => egain.onBehalfOf(user({ username: name }), { scope: SCOPE, forceRenewal: true });
    expect((await outcomeOf(PEOPLE.map(mint))).errors).toEqual([]);

    for (let round = 0; round < ROUNDS; round += 1) {
      passTime(4 * SECOND);
      const callbacks = outcomeOf(names(STRANGERS.callbacks).map((code) => forgeCallback(egain, `code=${code}`)));
      // All of them have failed before anybody else is answered.
      const failed = await outcomeOf(failing.map((name) => tokenOf(egain, name)));
      expect(failed.errors).toHaveLength(failing.length);
      const prefetches = await Promise.all(
        names(STRANGERS.prefetches).map(() => open(egain, tab, { 'sec-purpose': 'prefetch' })),
      );
      expect(prefetches.map((prefetch) => prefetch?.status)).toEqual(prefetches.map(() => 503));

      const pages = await outcomeOf(people.map(async (browser) => expect(await open(egain, browser)).toBeUndefined()));
      const tokens = await outcomeOf(PEOPLE.map(mint));
      expect([...pages.errors, ...tokens.errors]).toEqual([]);
      await callbacks;
    }
    // Each session was renewed in each round, and the login that is open in a tab is still there.
    expect(fake.token.asked.filter(isRenewal)).toHaveLength(ROUNDS * PEOPLE.length);
    expect([...tab.jar]).toEqual(pendingLogin);
    measured('F63', { people: PEOPLE.length, rounds: ROUNDS, requests: fake.token.asked.length });
  });
});
