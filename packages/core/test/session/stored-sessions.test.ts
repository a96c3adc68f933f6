import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { EgainAuthError } from '../../src/errors.ts';
import type { RefreshRequest } from '../../src/flows/refresh-token.ts';
import { markUndecided } from '../../src/protocol/token-refusal.ts';
import { createTokenSet, type IssuedTokenSet } from '../../src/protocol/token-set.ts';
import { createMemorySessionStore } from '../../src/session/memory-session-store.ts';
import { createSessionManager, type SessionManager } from '../../src/session/session-manager.ts';
import type { SessionStore } from '../../src/session/session-store.ts';
import { createStoredSessions } from '../../src/session/stored-sessions.ts';
import { type Browser, createBrowser, createReply } from '../browser.ts';
import { passTime, stopClock } from '../clock.ts';
import { rejectionOf } from '../failure.ts';
import { stopBothClocks } from '../faults/virtual-time.ts';
import { sealSessions } from '../session-sealer.ts';
import { soon } from '../soon.ts';
import { collectWarnings } from '../warnings.ts';

const [MINUTE, HOUR] = [60_000, 3_600_000];
const COOKIE = '__Host-egain_session';
const OLD = 'an old secret of more than thirty-two bytes';
const NEW = 'a new secret of more than thirty-two bytes!';
const SETTINGS = { cookieName: COOKIE, secure: true, idleMs: HOUR, absoluteMs: 8 * HOUR, timeoutMs: 10_000 };

const tokens = (number = 1): IssuedTokenSet =>
  createTokenSet({
    accessToken: `canary-access-${number}`,
    refreshToken: `canary-refresh-${number}`,
    expiresAt: Date.now() + HOUR,
    scope: ['knowledge.portalmgr.read'],
    source: 'issuer',
  });

const refresh = jest.fn<(request: RefreshRequest) => Promise<IssuedTokenSet>>();

/** One process. */
function createProcess(store: SessionStore, secrets: readonly string[] = [OLD]): SessionManager {
  const sealer = sealSessions(secrets, 'stored-session', 'https://desk.example.com/');
  return createSessionManager(SETTINGS, createStoredSessions(SETTINGS, sealer, store), refresh);
}

async function signIn(manager: SessionManager): Promise<Browser> {
  const browser = createBrowser();
  const identity = { persona: 'user', id: 'canary-id', name: 'canary-name' } as const;
  const login = { persona: 'user', identity, tokens: tokens(), requestedScope: [] } as const;
  browser.receive(await manager.start(browser.request(), login));
  return browser;
}

async function lookUp(manager: SessionManager, browser: Browser) {
  const lookup = (await manager.lookUp(browser.request(), createReply()))();
  // Nobody waits for a store to hear that a session is in use.
  await new Promise(setImmediate);
  return lookup;
}

async function open(manager: SessionManager, browser: Browser) {
  const { session } = await lookUp(manager, browser);
  if (!session) throw new Error('nobody is signed in');
  return session;
}

const hash = (text: string) => createHash('sha256').update(text).digest('base64url');

/** A store that can be looked into. */
function createOpenStore() {
  const values = new Map<string, string>();
  const store: SessionStore = {
    ...createMemorySessionStore(),
    get: async (key) => values.get(key),
    set: async (key, value) => void values.set(key, value),
    delete: async (key) => void values.delete(key),
    async replace(key, previous, value) {
      const isCurrent = values.get(key) === previous;
      if (isCurrent) values.set(key, value);
      return isCurrent;
    },
  };
  return { store, values };
}

beforeEach(() => {
  stopClock();
  refresh.mockReset();
});

test('T095: a session that is printed does not sign anybody in', async () => {
  const manager = createProcess(createOpenStore().store);
  const browser = await signIn(manager);
  const ticket = browser.jar.get(COOKIE) ?? '';
  const session = await open(manager, browser);
  expect(session.id).toBe(hash(ticket));
  expect(inspect(session, { depth: null, showHidden: true })).not.toContain(ticket);
  browser.jar.set(COOKIE, session.id);
  expect(await lookUp(manager, browser)).toMatchObject({ session: undefined, reason: 'unknown' });
});

describe('T043: whoever reads the store', () => {
  test('finds neither the ticket in the cookie, nor tokens, nor who it is', async () => {
    const { store, values } = createOpenStore();
    const browser = await signIn(createProcess(store));
    const ticket = browser.jar.get(COOKIE) ?? '';
    const stored = JSON.stringify([...values]);
    const [key] = [...values.keys()];
    expect(key).toBe(`s:${hash(ticket)}`);
    for (const secret of [ticket, 'canary', Buffer.from('canary').toString('base64url')])
      expect(stored).not.toContain(secret);
  });

  test('and can write it, makes one session not into another, nor one up', async () => {
    const { store, values } = createOpenStore();
    const manager = createProcess(store);
    const [one, other] = [await signIn(manager), await signIn(manager)];
    const [[oneKey, oneValue] = ['', ''], [otherKey] = ['']] = [...values];
    values.set(otherKey, oneValue);
    expect(await lookUp(manager, other)).toMatchObject({ session: undefined, reason: 'unreadable' });
    for (const value of ['', '{}', 'v1.', 'x'.repeat(100_000), 5 as never, null as never]) {
      values.set(oneKey, value);
      expect((await lookUp(manager, one)).session).toBeUndefined();
    }
  });
});

describe('a session that is in the store', () => {
  test('is had by every process, and its cookie stays what it was', async () => {
    const store = createMemorySessionStore();
    const [one, other] = [createProcess(store), createProcess(store)];
    const browser = await signIn(one);
    const before = browser.jar.get(COOKIE);
    expect((await open(other, browser)).identity.name).toBe('canary-name');
    passTime(50 * MINUTE);
    await open(other, browser);
    passTime(50 * MINUTE);
    expect((await lookUp(one, browser)).session).toBeDefined();
    expect(browser.jar.get(COOKIE)).toBe(before);
  });

  test('is not asked for where there is no cookie, or none that could be one', async () => {
    const get = jest.fn(async () => undefined);
    const manager = createProcess({ ...createOpenStore().store, get });
    const browser = createBrowser();
    await lookUp(manager, browser);
    for (const value of ['', 'x', '../../etc/passwd', 'x'.repeat(44), `${'x'.repeat(42)}*`]) {
      browser.jar.set(COOKIE, value);
      expect(await lookUp(manager, browser)).toMatchObject({ reason: 'unreadable' });
    }
    expect(get).not.toHaveBeenCalled();
  });

  test('T041, T042: ends for all processes and all copies of its cookie, also for a request under way', async () => {
    const store = createMemorySessionStore();
    const [one, other] = [createProcess(store), createProcess(store)];
    const browser = await signIn(one);
    passTime(10 * MINUTE);
    const underWay = await open(other, browser);
    await one.end(browser.request());
    expect(await lookUp(other, browser)).toMatchObject({ session: undefined, reason: 'unknown' });
    refresh.mockResolvedValue(tokens(2));
    expect((await rejectionOf(other.getToken(underWay, { forceRenewal: true }))).code).toBe('login_required');
    expect((await lookUp(one, browser)).session).toBeUndefined();
  });

  test('T042: is not revived by a renewal that another process ends it under', async () => {
    const store = createMemorySessionStore();
    const [one, other] = [createProcess(store), createProcess(store)];
    const browser = await signIn(one);
    const session = await open(other, browser);
    refresh.mockImplementation(async () => {
      await one.end(browser.request());
      return tokens(2);
    });
    expect((await rejectionOf(other.getToken(session, { forceRenewal: true }))).code).toBe('login_required');
    expect(await lookUp(other, browser)).toMatchObject({ reason: 'unknown' });
  });

  test('T042: is not revived in a store that returns null for what is not there', async () => {
    const { store, values } = createOpenStore();
    const manager = createProcess({ ...store, get: async (key) => values.get(key) ?? (null as unknown as undefined) });
    const browser = await signIn(manager);
    const session = await open(manager, browser);
    refresh.mockImplementation(async () => {
      values.clear();
      return tokens(2);
    });
    expect((await rejectionOf(manager.getToken(session, { forceRenewal: true }))).code).toBe('login_required');
    expect(values.size).toBe(0);
  });

  test('T039, F31: changes its secret with the processes, one after the other, and nobody is signed out', async () => {
    const store = createMemorySessionStore();
    const browser = await signIn(createProcess(store, [OLD]));
    const both = createProcess(store, [NEW, OLD]);
    expect((await lookUp(createProcess(store, [OLD]), browser)).session).toBeDefined();
    expect((await lookUp(both, browser)).session).toBeDefined();
    // Sealed anew by its first use.
    expect((await lookUp(createProcess(store, [NEW]), browser)).session).toBeDefined();
    expect(await lookUp(createProcess(store, [OLD]), browser)).toMatchObject({ reason: 'unreadable' });
  });
});

describe('F29: processes that need to renew one session at once', () => {
  test('refresh once, and all have what came of it', async () => {
    const store = createMemorySessionStore();
    const processes = [createProcess(store), createProcess(store), createProcess(store)];
    const [first] = processes as [SessionManager];
    const browser = await signIn(first);
    passTime(HOUR - 1000);
    refresh.mockImplementation(async () => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      return tokens(2);
    });
    const sessions = await Promise.all(
      processes.flatMap((manager) =>
        Array.from({ length: 5 }, async () => ({ manager, session: await open(manager, browser) })),
      ),
    );
    const renewed = await Promise.all(sessions.map(({ manager, session }) => manager.getToken(session, {})));
    expect(new Set(renewed.map(({ accessToken }) => accessToken))).toEqual(new Set(['canary-access-2']));
    expect(refresh).toHaveBeenCalledTimes(1);
    expect((await open(first, browser)).tokens.refreshToken).toBe('canary-refresh-2');
  });

  test('also when one comes long after, with what it had looked up before', async () => {
    const store = createMemorySessionStore();
    const [one, other] = [createProcess(store), createProcess(store)];
    const browser = await signIn(one);
    passTime(HOUR - 1000);
    const late = await open(other, browser);
    refresh.mockResolvedValue(tokens(2));
    await one.getToken(await open(one, browser), {});
    passTime(10 * MINUTE);
    expect((await other.getToken(late, {})).accessToken).toBe('canary-access-2');
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  test('F65: do not bring the old tokens back by a touch', async () => {
    const store = createMemorySessionStore();
    const slow = { get: Promise.resolve() };
    const [one, other] = [
      createProcess(store),
      createProcess({
        ...store,
        async get(key) {
          const value = await store.get(key);
          await slow.get;
          return value;
        },
      }),
    ];
    const browser = await signIn(one);
    passTime(10 * MINUTE);
    let proceed = (): void => {};
    slow.get = new Promise((resolve) => {
      proceed = resolve;
    });
    const late = lookUp(other, browser);
    refresh.mockResolvedValue(tokens(2));
    await one.getToken(await open(one, browser), { forceRenewal: true });
    proceed();
    await late;
    await new Promise(setImmediate);
    // A process that does not remember the renewal.
    expect((await open(createProcess(store), browser)).tokens.refreshToken).toBe('canary-refresh-2');
  });

  test('do not wait for one that failed', async () => {
    const store = createMemorySessionStore();
    const [one, other] = [createProcess(store), createProcess(store)];
    const browser = await signIn(one);
    refresh.mockRejectedValueOnce(new EgainAuthError('token_endpoint_unavailable', 'down', { remedy: 'wait' }));
    const renew = async (manager: SessionManager) =>
      manager.getToken(await open(manager, browser), { forceRenewal: true });
    expect((await rejectionOf(renew(one))).code).toBe('token_endpoint_unavailable');
    refresh.mockResolvedValue(tokens(2));
    expect((await renew(other)).accessToken).toBe('canary-access-2');
  });
});

/** A store that forgets each claim, as after a failover: both processes ask eGain, and the slower one is refused. */
const withLostClaims = (store: SessionStore): SessionStore => ({ ...store, claim: async () => true });

/** One process and its connection to the store, which can be cut. */
function createCutProcess(store: SessionStore) {
  const connection = {
    isCut: (_command: keyof SessionStore) => false,
    before: async (_command: keyof SessionStore) => {},
  };
  const commands: string[] = [];
  const cut = new Proxy(store, {
    get:
      (_target, command: keyof SessionStore) =>
      async (...given: never[]) => {
        commands.push(command);
        await connection.before(command);
        if (connection.isCut(command)) throw new Error('the connection was cut');
        return (store[command] as (...given: never[]) => unknown)(...given);
      },
  });
  return { manager: createProcess(cut), connection, commands };
}

test.each<[what: string, value: (sealed: string) => unknown, kind: string]>([
  ['a Buffer', (sealed) => Buffer.from(sealed), 'a Buffer'],
  ['parsed JSON', (sealed) => ({ sealed }), 'a value of type object'],
  ['a number', () => 5, 'a value of type number'],
])('F73: a session store that returns %s is named once in a warning', async (_what, change, kind) => {
  const warnings = collectWarnings();
  const { store, values } = createOpenStore();
  const get = async (key: string) => (values.has(key) ? (change(values.get(key) ?? '') as string) : undefined);
  const manager = createProcess({ ...store, get });
  const browser = await signIn(manager);
  for (const _visit of [1, 2, 3]) expect((await lookUp(manager, browser)).reason).toBe('unreadable');
  await lookUp(manager, createBrowser());
  expect(warnings).toEqual([
    { code: 'store_value_not_text', message: expect.stringContaining(`"session.store": get() returned ${kind}`) },
  ]);
});

describe('F64: a renewal that cannot be saved', () => {
  const realTime = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  async function renewWithoutSaving() {
    const store = createMemorySessionStore();
    const [one, other] = [createCutProcess(store), createCutProcess(store)];
    const browser = await signIn(one.manager);
    passTime(HOUR - 10_000);
    refresh.mockResolvedValueOnce(tokens(2));
    const session = await open(one.manager, browser);
    one.connection.isCut = (command) => command === 'replace';
    const renewed = await one.manager.getToken(session, {});
    expect(renewed.accessToken).toBe('canary-access-2');
    return { store, one, other, browser, session };
  }

  test('gives its tokens to those who wait, and is saved when the store is back', async () => {
    const { store, one, browser } = await renewWithoutSaving();
    expect((await open(one.manager, browser)).tokens.accessToken).toBe('canary-access-2');
    one.connection.isCut = () => true;
    await realTime(600);
    one.connection.isCut = () => false;
    await soon(async () => {
      expect((await open(createProcess(store), browser)).tokens.refreshToken).toBe('canary-refresh-2');
    });
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  test('keeps its claim, so that no other process spends the refresh token: the old token while it lasts, then 503', async () => {
    stopBothClocks();
    const { one, other, browser } = await renewWithoutSaving();
    const session = await open(other.manager, browser);
    expect((await other.manager.getToken(session, {})).accessToken).toBe('canary-access-1');
    // Saving is tried again for a minute after the refresh, which may take ten seconds.
    passTime(69_000);
    const late = rejectionOf(other.manager.getToken(await open(other.manager, browser), {}));
    // Waits for the other process, though not for ever.
    await soon(() => expect(other.commands.slice(-2)).toEqual(['claim', 'get']));
    passTime(5001);
    expect(await late).toMatchObject({ code: 'session_store_unavailable', status: 503, retryAfterMs: 1000 });
    expect(refresh).toHaveBeenCalledTimes(1);
    expect((await lookUp(other.manager, browser)).session).toBeDefined();
    one.connection.isCut = () => false;
  });

  test('is released once it is saved', async () => {
    const { one, browser, other } = await renewWithoutSaving();
    one.connection.isCut = () => false;
    await soon(() => expect(one.commands.at(-1)).toBe('release'));
    refresh.mockResolvedValueOnce(tokens(3));
    const session = await open(other.manager, browser);
    expect((await other.manager.getToken(session, { forceRenewal: true })).accessToken).toBe('canary-access-3');
  });

  test('does not spend the new refresh token before it is saved', async () => {
    const { one, session } = await renewWithoutSaving();
    const { code } = await rejectionOf(one.manager.getToken(session, { forceRenewal: true }));
    expect(code).toBe('session_store_unavailable');
    expect(refresh).toHaveBeenCalledTimes(1);
    one.connection.isCut = () => false;
  });

  test('is not tried without end at a store that replaces nothing', async () => {
    const store = createMemorySessionStore();
    const { manager, commands } = createCutProcess({ ...store, replace: async () => undefined as unknown as boolean });
    const browser = await signIn(manager);
    passTime(HOUR - 10_000);
    refresh.mockResolvedValueOnce(tokens(2));
    const session = await open(manager, browser);
    const before = commands.filter((command) => command === 'replace').length;
    expect((await manager.getToken(session, { forceRenewal: true })).accessToken).toBe('canary-access-2');
    expect(commands.filter((command) => command === 'replace').length - before).toBeLessThanOrEqual(10);
    await manager.end(browser.request());
  });

  test('is given up after a minute, with a warning', async () => {
    stopBothClocks();
    const warnings = collectWarnings();
    const { one } = await renewWithoutSaving();
    passTime(59_000);
    await realTime(600);
    expect(warnings).toEqual([]);
    passTime(1001);
    await soon(() => expect(warnings).toEqual([expect.objectContaining({ code: 'session_not_saved' })]));
    const { length } = one.commands;
    await realTime(300);
    expect(one.commands).toHaveLength(length);
  });

  test('T042: does not revive a session that was ended meanwhile', async () => {
    const { store, one, other, browser } = await renewWithoutSaving();
    await other.manager.end(browser.request());
    one.connection.isCut = () => false;
    await soon(() => expect(one.commands.at(-1)).toBe('release'));
    expect(await lookUp(createProcess(store), browser)).toMatchObject({ reason: 'unknown' });
  });

  test('F65: is saved over a touch of another process, which had the old tokens', async () => {
    const store = createMemorySessionStore();
    const [one, other] = [createCutProcess(store), createCutProcess(store)];
    const browser = await signIn(one.manager);
    passTime(HOUR - 10_000);
    const session = await open(one.manager, browser);
    passTime(10 * MINUTE);
    one.connection.before = async (command) => {
      if (command !== 'replace') return;
      one.connection.before = async () => {};
      await open(other.manager, browser);
    };
    refresh.mockResolvedValueOnce(tokens(2));
    await one.manager.getToken(session, { forceRenewal: true });
    expect(other.commands).toContain('replace');
    expect((await open(createProcess(store), browser)).tokens.refreshToken).toBe('canary-refresh-2');
  });

  test.each([
    ['keeps the claim if eGain may have spent the refresh token', markUndecided, false],
    ['releases the claim if eGain cannot have spent it', (error: EgainAuthError) => error, true],
  ])('%s', async (_name, mark, isReleased) => {
    const store = createMemorySessionStore();
    const { manager, commands } = createCutProcess(store);
    const browser = await signIn(manager);
    refresh.mockRejectedValueOnce(mark(new EgainAuthError('token_endpoint_unavailable', 'no answer', { remedy: '' })));
    const session = await open(manager, browser);
    await rejectionOf(manager.getToken(session, { forceRenewal: true }));
    expect(commands.includes('release')).toBe(isReleased);
  });
});

test('a request whose token is still good does not wait for a slow renewal of another process', async () => {
  const store = createMemorySessionStore();
  const [one, other] = [createProcess(store), createProcess(store)];
  const browser = await signIn(one);
  passTime(HOUR - 10_000);
  let answer = (_tokens: IssuedTokenSet): void => {};
  refresh.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
  const slow = one.getToken(await open(one, browser), {});
  for (const manager of [one, other]) {
    const { accessToken } = await manager.getToken(await open(manager, browser), {});
    expect(accessToken).toBe('canary-access-1');
  }
  answer(tokens(2));
  expect((await slow).accessToken).toMatch(/^canary-access-[12]$/);
  await soon(async () => expect((await open(other, browser)).tokens.accessToken).toBe('canary-access-2'));
});

describe('F61: a refused renewal', () => {
  const refused = new EgainAuthError('token_request_failed', 'refused', { remedy: '', oauthError: 'invalid_grant' });

  test('ends the session for each process, which asks eGain once', async () => {
    const store = createMemorySessionStore();
    const [one, other] = [createProcess(store), createProcess(store)];
    const browser = await signIn(one);
    passTime(HOUR - 1000);
    refresh.mockRejectedValue(refused);
    for (const manager of [one, other]) {
      const error = await rejectionOf(manager.getToken(await open(manager, browser), { forceRenewal: true }));
      expect(error.code).toBe('login_required');
    }
    passTime(1000);
    for (const manager of [one, other]) expect((await lookUp(manager, browser)).reason).toBe('token_expired');
    expect(refresh).toHaveBeenCalledTimes(2);
  });

  test('F29: ends nothing when another process has renewed the session meanwhile', async () => {
    const store = withLostClaims(createMemorySessionStore());
    const [one, other] = [createProcess(store), createProcess(store)];
    const browser = await signIn(one);
    passTime(HOUR - 1000);
    const [early, late] = [await open(one, browser), await open(other, browser)];
    let refuse = (_error: Error): void => {};
    refresh
      .mockImplementationOnce(() => new Promise((_resolve, reject) => (refuse = reject)))
      .mockResolvedValueOnce(tokens(2));
    const loser = other.getToken(late, {});
    await new Promise(setImmediate);
    await one.getToken(early, {});
    refuse(refused);
    expect((await loser).accessToken).toBe('canary-access-2');
    expect((await open(other, browser)).tokens.accessToken).toBe('canary-access-2');
  });

  test('F29: ends nothing when another process has not saved yet what its own renewal brought', async () => {
    const store = withLostClaims(createMemorySessionStore());
    const [one, other] = [createProcess(store), createProcess(store)];
    const browser = await signIn(one);
    passTime(HOUR - 1000);
    const [early, late] = [await open(one, browser), await open(other, browser)];
    let answer = (_tokens: IssuedTokenSet): void => {};
    refresh.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve))).mockRejectedValueOnce(refused);
    const winner = one.getToken(early, { forceRenewal: true });
    await new Promise(setImmediate);
    const loser = other.getToken(late, { forceRenewal: true });
    await new Promise((resolve) => setTimeout(resolve, 60));
    answer(tokens(2));
    expect((await winner).accessToken).toBe('canary-access-2');
    expect((await loser).accessToken).toBe('canary-access-2');
    expect((await open(other, browser)).tokens.accessToken).toBe('canary-access-2');
  });

  test('ends nothing while the store cannot say whether the session was renewed', async () => {
    const store = createMemorySessionStore();
    let isDown = false;
    const flapping: SessionStore = {
      ...store,
      get: async (key) => (isDown ? Promise.reject(new Error('down')) : store.get(key)),
    };
    const manager = createProcess(flapping);
    const browser = await signIn(manager);
    passTime(HOUR - 1000);
    const session = await open(manager, browser);
    refresh.mockImplementation(async () => {
      isDown = true;
      throw refused;
    });
    passTime(1000);
    expect((await rejectionOf(manager.getToken(session, {}))).code).toBe('session_store_unavailable');
    isDown = false;
    expect((await lookUp(manager, browser)).session).toBeDefined();
  });
});

describe('T003: what can be had once among processes', () => {
  test('is had by one of them', async () => {
    const store = createMemorySessionStore();
    const claims = Array.from({ length: 20 }, (_, index) => createProcess(store).claim('login', `${index}`, 1000));
    expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(1);
    expect(await createProcess(store).claim('another', 'owner', 1000)).toBe(true);
  });
});

describe('F28: while the store fails', () => {
  const broken = (fail: () => Promise<never>): SessionStore => ({
    ...{ get: fail, set: fail, delete: fail, replace: fail, claim: fail, release: fail },
  });

  test.each<[name: string, fail: () => Promise<never>]>([
    ['at once', () => Promise.reject(new Error('canary-connection-string'))],
    [
      'before it returns a promise',
      () => {
        throw new Error('canary-connection-string');
      },
    ],
    ['by never answering', () => new Promise(() => {})],
  ])('%s, it is not known who somebody is', async (_name, fail) => {
    const working = createMemorySessionStore();
    const browser = await signIn(createProcess(working));
    const manager = createProcess(broken(fail));
    const { session, reason, failure } = await lookUp(manager, browser);
    expect({ session, reason }).toEqual({ session: undefined, reason: 'store_unavailable' });
    expect(failure).toMatchObject({ code: 'session_store_unavailable', status: 503, retryAfterMs: 1000 });
    expect(failure?.message).not.toContain('canary');
    expect((await rejectionOf(manager.end(browser.request()))).code).toBe('session_store_unavailable');
    expect((await rejectionOf(signIn(manager))).code).toBe('session_store_unavailable');
    // Whoever is signed in still is when it is back.
    expect((await lookUp(createProcess(working), browser)).session).toBeDefined();
  });

  test('a session that is open goes on, and is only not seen to be in use', async () => {
    const store = createMemorySessionStore();
    const replace = jest.fn(() => Promise.reject(new Error('down')));
    const manager = createProcess({ ...store, replace });
    const browser = await signIn(manager);
    passTime(10 * MINUTE);
    expect((await lookUp(manager, browser)).session).toBeDefined();
    await new Promise(setImmediate);
    expect(replace).toHaveBeenCalledTimes(1);
    passTime(50 * MINUTE);
    expect((await lookUp(manager, browser)).reason).toBe('unknown');
  });
});
