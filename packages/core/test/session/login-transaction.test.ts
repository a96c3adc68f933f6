import { beforeEach, describe, expect, test } from '@jest/globals';
import { createSealer } from '../../src/seal.ts';
import { createLoginTransactions, LOGIN_FORMAT } from '../../src/session/login-transaction.ts';
import { type Browser, cookieHeader, createBrowser, maxAgeOf } from '../browser.ts';
import { NOON, passTime, stopClock } from '../clock.ts';

const MINUTE = 60_000;
const SECRET = 'a secret of more than thirty-two bytes';
const createTransactions = (claim: (name: string) => Promise<boolean>, release = async (_name: string) => {}) =>
  createLoginTransactions(
    { cookieName: '__Host-egain_session', secure: true },
    createSealer([SECRET], 'login', 'https://desk.example.com/'),
    { claim, release },
  );
const transactions = createTransactions(async () => true);
const ATTEMPT = {
  persona: 'user',
  pkce: true,
  binding: '["TMPRODB88619984"]',
  scope: ['knowledge.portalmgr.read'],
  returnTo: '/desk',
} as const;

function start(browser: Browser, attempt: Partial<Parameters<typeof transactions.start>[1]> = {}) {
  const started = transactions.start(browser.request(), { ...ATTEMPT, ...attempt });
  browser.receive(started.cookies);
  return started.transaction;
}

beforeEach(() => stopClock());

describe('a login transaction', () => {
  test('is found again by the browser that started it, complete', () => {
    const browser = createBrowser();
    const transaction = start(browser);
    expect(transactions.find(browser.request(), transaction.state)).toEqual(transaction);
    expect(transaction).toMatchObject({ persona: 'user', returnTo: '/desk', startedAt: NOON });
  });

  test('T001, T002: has a fresh state of 256 random bits, which the cookie does not tell', () => {
    const states = new Set<string>();
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const { transaction, cookies } = transactions.start({ headers: {} }, ATTEMPT);
      expect(transaction.state).toMatch(/^[\w-]{43}$/);
      expect(cookies.join()).not.toContain(transaction.state.slice(0, 8));
      states.add(transaction.state);
    }
    expect(states.size).toBe(50);
  });

  test('T004: has a fresh PKCE verifier of 43 characters, which is not the state and not in the clear', () => {
    const verifiers = new Set<string | undefined>();
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const { transaction, cookies } = transactions.start({ headers: {} }, ATTEMPT);
      expect(transaction.codeVerifier).toMatch(/^[\w-]{43}$/);
      expect(transaction.codeVerifier).not.toBe(transaction.state);
      expect(cookies.join()).not.toContain(String(transaction.codeVerifier));
      verifiers.add(transaction.codeVerifier);
    }
    expect(verifiers.size).toBe(50);
  });

  test('has no verifier without PKCE', () => {
    const browser = createBrowser();
    const { state } = start(browser, { pkce: false });
    expect(transactions.find(browser.request(), state)?.codeVerifier).toBeUndefined();
  });

  test('T030: is in a cookie like every other, for ten minutes', () => {
    const { cookies } = transactions.start({ headers: {} }, ATTEMPT);
    expect(cookies).toEqual([
      expect.stringMatching(
        /^__Host-egain_session_login_[\w-]{16}=v1\.[\w-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
      ),
    ]);
  });

  test.each([
    ['is good just before ten minutes', 10 * MINUTE - 1, true],
    ['is over at ten minutes, even if the browser still sends it', 10 * MINUTE, false],
  ])('%s', (_name, elapsed, good) => {
    const browser = createBrowser();
    const { state } = start(browser);
    passTime(elapsed);
    expect(transactions.find(browser.request(), state) !== undefined).toBe(good);
  });

  test('ends: its cookie is removed, the others stay', () => {
    const browser = createBrowser();
    const [one, other] = [start(browser), start(browser)];
    browser.receive(transactions.end(browser.request(), one.state, []));
    expect(transactions.find(browser.request(), one.state)).toBeUndefined();
    expect(transactions.find(browser.request(), other.state)).toEqual(other);
  });
});

describe('T001: nothing is found', () => {
  test.each(['', 'guessed', 'x'.repeat(10_000), '\u{1f600}'])('for the unknown state %.20j', (state) => {
    const browser = createBrowser();
    start(browser);
    expect(transactions.find(browser.request(), state)).toBeUndefined();
  });

  test('for the state of another browser', () => {
    const [victim, attacker] = [createBrowser(), createBrowser()];
    start(victim);
    const { state } = start(attacker);
    expect(transactions.find(victim.request(), state)).toBeUndefined();
    expect(transactions.find({ headers: {} }, state)).toBeUndefined();
  });

  test('T011: in a cookie that was moved to the name of another', () => {
    const browser = createBrowser();
    const [one, other] = [start(browser), start(browser)];
    const [[oneName, oneValue] = ['', ''], [otherName, otherValue] = ['', '']] = browser.jar;
    const swapped = {
      headers: {
        cookie: cookieHeader([
          [oneName, otherValue],
          [otherName, oneValue],
        ]),
      },
    };
    expect(transactions.find(swapped, one.state)).toBeUndefined();
    expect(transactions.find(swapped, other.state)).toBeUndefined();
  });

  test('T011: in a cookie that was sealed for another purpose', () => {
    const browser = createBrowser();
    const transaction = start(browser);
    const sealer = createSealer([SECRET], 'session', 'https://desk.example.com/');
    const [name = ''] = browser.jar.keys();
    browser.jar.set(name, sealer.seal(name, JSON.stringify(transaction)));
    expect(transactions.find(browser.request(), transaction.state)).toBeUndefined();
  });

  test('in a cookie that was tampered with, or sent twice', () => {
    const browser = createBrowser();
    const { state } = start(browser);
    const [[name, value] = ['', '']] = browser.jar;
    for (const cookie of [`${name}=${value.slice(0, -6)}AAAAAA`, `${name}=`, `${name}=${value}; ${name}=${value}`]) {
      expect(transactions.find({ headers: { cookie } }, state)).toBeUndefined();
    }
  });
});

describe('several attempts of one browser', () => {
  test('T012: stand side by side, each with its own return target', () => {
    const browser = createBrowser();
    const started = ['/a', '/b', '/c', '/d', '/e'].map((returnTo) => start(browser, { returnTo }));
    for (const transaction of started.reverse()) {
      expect(transactions.find(browser.request(), transaction.state)).toEqual(transaction);
    }
  });

  test('T013: are five at most, and the oldest gives way', () => {
    const browser = createBrowser();
    const started = Array.from({ length: 8 }, () => {
      passTime(1000);
      return start(browser);
    });
    expect(browser.jar.size).toBe(5);
    const found = started.map(({ state }) => transactions.find(browser.request(), state) !== undefined);
    expect(found).toEqual([false, false, false, true, true, true, true, true]);
  });

  test('T013: garbage under the name of a transaction gives way first', () => {
    const browser = createBrowser();
    for (let index = 0; index < 9; index += 1) browser.jar.set(`__Host-egain_session_login_forged${index}`, 'v1.AAAA');
    const transaction = start(browser);
    expect(browser.jar.size).toBe(5);
    expect(transactions.find(browser.request(), transaction.state)).toEqual(transaction);
  });

  test('leave the cookies of the application alone', () => {
    const browser = createBrowser();
    browser.jar.set('__Host-egain_session', 'v1.session').set('theme', 'dark');
    for (let attempt = 0; attempt < 8; attempt += 1) start(browser);
    expect(browser.jar.get('theme')).toBe('dark');
    expect(browser.jar.get('__Host-egain_session')).toBe('v1.session');
  });

  test('T032: those that give way are removed with the attributes they were set with', () => {
    const browser = createBrowser();
    for (let attempt = 0; attempt < 5; attempt += 1) start(browser);
    const { cookies } = transactions.start(browser.request(), ATTEMPT);
    expect(cookies.map((cookie) => maxAgeOf(cookie))).toEqual([0, 600]);
    expect(cookies[0]).toMatch(/=; Max-Age=0; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
  });
});

describe('T034: the pending logins of a browser', () => {
  const size = (browser: Browser) => cookieHeader(browser.jar).length;

  test('never weigh more than eight kibibytes, and the newest is there', () => {
    const browser = createBrowser();
    for (let attempt = 0; attempt < 6; attempt += 1) {
      passTime(1000);
      const transaction = start(browser, { returnTo: `/${'x'.repeat(2047)}` });
      expect(size(browser)).toBeLessThanOrEqual(8192);
      expect(transactions.find(browser.request(), transaction.state)).toEqual(transaction);
    }
  });

  test('of ordinary length fit five times', () => {
    const browser = createBrowser();
    const started = Array.from({ length: 5 }, (_, index) => {
      passTime(1000);
      return start(browser, { returnTo: `/desk/articles/PROD-${index}?q=${'x'.repeat(100)}` });
    });
    for (const { state } of started) expect(transactions.find(browser.request(), state)).toBeDefined();
    expect(size(browser)).toBeLessThan(5000);
  });

  test('are not disturbed by a cookie of the prefix with an endless name', () => {
    const browser = createBrowser();
    browser.jar.set(`__Host-egain_session_login_${'x'.repeat(5000)}`, 'v');
    expect(() => start(browser)).not.toThrow();
  });
});

test('T001: a transaction of another state is not found, even under the name of this one', () => {
  const sealer = createSealer([SECRET], 'login', 'https://desk.example.com/');
  const browser = createBrowser();
  const { state, ...rest } = start(browser);
  const [cookie = ''] = browser.jar.keys();
  const sealed = (members: object) =>
    sealer.seal(cookie, JSON.stringify({ format: LOGIN_FORMAT, ...rest, ...members }));
  browser.jar.set(cookie, sealed({ state }));
  expect(transactions.find(browser.request(), state)).toBeDefined();
  browser.jar.set(cookie, sealed({ state: 'another' }));
  expect(transactions.find(browser.request(), state)).toBeUndefined();
});

describe('F69: a transaction that is sealed with our secret', () => {
  const sealer = createSealer([SECRET], 'login', 'https://desk.example.com/');

  /** What is found after one member was changed. */
  function findWith(change: Record<string, unknown>) {
    const browser = createBrowser();
    const transaction = start(browser);
    const [cookie = ''] = browser.jar.keys();
    const members = { format: LOGIN_FORMAT, ...transaction, ...change };
    browser.jar.set(cookie, sealer.seal(cookie, JSON.stringify(members)));
    // It counts among those that are pending, too.
    expect(() => start(browser)).not.toThrow();
    return transactions.find(browser.request(), transaction.state);
  }

  test('is found with the members it was started with, also without PKCE', () => {
    expect(findWith({})).toBeDefined();
    expect(findWith({ codeVerifier: undefined })).toBeDefined();
  });

  test.each<[member: string, values: unknown[]]>([
    ['format', [undefined, 0, LOGIN_FORMAT + 1, String(LOGIN_FORMAT), null]],
    ['state', [undefined, null, 5, {}]],
    ['codeVerifier', [null, 5, []]],
    ['persona', [undefined, 'admin', 'constructor', 5]],
    ['binding', [undefined, null, 5]],
    ['scope', [undefined, null, 'a', {}, [5]]],
    ['returnTo', [undefined, null, 5, ['/desk']]],
    ['startedAt', [undefined, null, -1, 1.5, String(NOON)]],
  ])('F69: with other members is none: %s', (member, values) => {
    for (const value of values) expect([value, findWith({ [member]: value })]).toEqual([value, undefined]);
  });
});

describe('T003: a transaction is claimed', () => {
  test('once, and another is another', async () => {
    const [one, other] = [start(createBrowser()), start(createBrowser())];
    const claims = [one, one, other].map(({ state }) => transactions.claim(state));
    expect(await Promise.all(claims)).toEqual([true, false, true]);
  });

  test('not if another process had it', async () => {
    const taken: string[] = [];
    const claimElsewhere = async (name: string) => taken.push(name) === 1;
    const [here, there] = [createTransactions(claimElsewhere), createTransactions(claimElsewhere)];
    expect([await there.claim('state'), await here.claim('state')]).toEqual([true, false]);
    expect(taken.join()).not.toContain('state');
  });

  test('again, if it was released because the code was not spent, also if no other process could be told', async () => {
    const released: string[] = [];
    const releasing = createTransactions(
      async () => true,
      async (name) => {
        released.push(name);
        throw new Error('down');
      },
    );
    expect(await releasing.claim('state')).toBe(true);
    await releasing.release('state');
    expect(await releasing.claim('state')).toBe(true);
    expect(released).toHaveLength(1);
  });

  test('again, if nobody could say whether another process had it', async () => {
    // A claim that was taken after all, but too late for the deadline of its caller.
    const owners: string[] = [];
    let isLate = true;
    const flaky = createLoginTransactions(
      { cookieName: '__Host-egain_session', secure: true },
      createSealer([SECRET], 'login', 'https://desk.example.com/'),
      {
        async claim(_name, owner) {
          const isFree = owners.length === 0;
          if (isFree) owners.push(owner);
          if (isLate) throw new Error('too late');
          return isFree;
        },
        async release(_name, owner) {
          if (owners[0] === owner) owners.pop();
        },
      },
    );
    await expect(flaky.claim('state')).rejects.toThrow('too late');
    isLate = false;
    expect(await flaky.claim('state')).toBe(true);
    expect(await flaky.claim('state')).toBe(false);
  });
});

describe('T034: all cookies together stay below 8 KiB', () => {
  const bytes = ({ jar }: Browser) => cookieHeader(jar).replaceAll('; ', '').length;

  test('when a login starts beside a large session', () => {
    const browser = createBrowser();
    for (let attempt = 0; attempt < 5; attempt += 1) start(browser, { returnTo: `/${'x'.repeat(700)}` });
    browser.jar.set('__Host-egain_session', 'x'.repeat(4000)).set('__Host-egain_session.1', 'x'.repeat(1500));
    const { state } = start(browser);
    expect(bytes(browser)).toBeLessThanOrEqual(8192);
    expect(transactions.find(browser.request(), state)).toBeDefined();
  });

  test('when a login ends with a large session, the pending ones that fit go on', () => {
    const browser = createBrowser();
    const attempts = Array.from({ length: 5 }, () => {
      passTime(1000);
      return start(browser, { returnTo: `/${'x'.repeat(700)}` });
    });
    const session = [
      `__Host-egain_session=${'x'.repeat(4000)}; Path=/`,
      `__Host-egain_session.1=${'x'.repeat(1500)}; Path=/`,
    ];
    const [first = attempts[0]] = attempts;
    browser.receive(transactions.end(browser.request(), first?.state ?? '', session));
    for (const cookie of session) browser.receive([cookie.replace('; ', '; Max-Age=9; ')]);
    expect(bytes(browser)).toBeLessThanOrEqual(8192);
    const left = attempts.filter(({ state }) => transactions.find(browser.request(), state));
    expect(left).toEqual(attempts.slice(-left.length));
    expect(left.length).toBeGreaterThan(0);
  });
});

describe('F71: a late callback may lead on', () => {
  const STATE = 's'.repeat(43);
  const leadOn = (browser: Browser, state = STATE): boolean => {
    const cookie = transactions.leadOn(browser.request(), state);
    if (cookie !== undefined) browser.receive([cookie]);
    return cookie !== undefined;
  };

  test('once for the same state, and once for each of several tabs', () => {
    const browser = createBrowser();
    const others = ['one', 'other'];
    expect([STATE, STATE, ...others].map((state) => leadOn(browser, state))).toEqual([true, false, true, true]);
  });

  test('until another login was started: then not before a login is completed', () => {
    const browser = createBrowser();
    expect(leadOn(browser)).toBe(true);
    const { state } = start(browser);
    expect(leadOn(browser, 'another')).toBe(false);
    browser.receive(transactions.end(browser.request(), state, []));
    expect(leadOn(browser, 'another')).toBe(false);
    browser.receive(transactions.end(browser.request(), state, ['egain_session=x']));
    expect(leadOn(browser, 'another')).toBe(true);
  });

  test.each(['', 'forged', 'again; again', '\u{1f600}'])(
    'and a cookie that somebody else set changes no login: %j',
    (value) => {
      const browser = createBrowser();
      browser.jar.set('__Host-egain_session_late', value);
      const transaction = start(browser);
      expect(transactions.find(browser.request(), transaction.state)).toEqual(transaction);
    },
  );

  test('in a cookie that is as safe as every other, and goes to https only', () => {
    expect(transactions.leadOn({ headers: {} }, STATE)).toMatch(
      /^__Host-egain_session_late=[\w-]{16}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    );
  });

  test('where a login that is too old wanted to go, which is found for nothing else', () => {
    const browser = createBrowser();
    const { state } = start(browser);
    passTime(10 * MINUTE);
    expect(transactions.find(browser.request(), state)).toBeUndefined();
    expect(transactions.recall(browser.request(), state)).toMatchObject({ persona: 'user', returnTo: '/desk' });
    expect(transactions.recall({ headers: {} }, state)).toBeUndefined();
  });
});

describe('T028: what was sealed as a login, but is not one', () => {
  const sealer = createSealer([SECRET], 'login', 'https://desk.example.com/');

  /** A browser whose login cookie holds this text. */
  function browserWith(change: (transaction: object) => string): { browser: Browser; state: string } {
    const browser = createBrowser();
    const transaction = start(browser);
    const [name = ''] = browser.jar.keys();
    browser.jar.set(name, sealer.seal(name, change({ format: LOGIN_FORMAT, ...transaction })));
    return { browser, state: transaction.state };
  }

  test.each<[name: string, change: (transaction: object) => string]>([
    ['nothing', () => ''],
    ['no JSON', () => 'egain'],
    ['null', () => 'null'],
    ['a number', () => '1'],
    ['a list', () => '[]'],
    ['an empty object', () => '{}'],
    ['a login without a start', (transaction) => JSON.stringify({ ...transaction, startedAt: undefined })],
    ['a login that started at a text', (transaction) => JSON.stringify({ ...transaction, startedAt: `${NOON}` })],
    ['a login without a page', (transaction) => JSON.stringify({ ...transaction, returnTo: undefined })],
    ['a login without scopes', (transaction) => JSON.stringify({ ...transaction, scope: undefined })],
    ['a login without a state', (transaction) => JSON.stringify({ ...transaction, state: undefined })],
  ])('is not found, and fails nothing: %s', (_name, change) => {
    const { browser, state } = browserWith(change);
    expect(transactions.find(browser.request(), state)).toBeUndefined();
    expect(transactions.recall(browser.request(), state)).toBeUndefined();
    const next = start(browser);
    expect(transactions.find(browser.request(), next.state)).toEqual(next);
  });

  test.each([
    ['a little, by a clock that is ahead', 60_000, true],
    ['by as long as a login lasts', 10 * MINUTE, false],
    ['by a year', 365 * 24 * 60 * MINUTE, false],
  ])('a start in the future is tolerated only %s', (_name, aheadMs, found) => {
    const { browser, state } = browserWith((transaction) =>
      JSON.stringify({ ...transaction, startedAt: NOON + aheadMs }),
    );
    expect(transactions.find(browser.request(), state) !== undefined).toBe(found);
  });
});
