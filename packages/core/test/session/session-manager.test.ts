import { inspect } from 'node:util';
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { EgainAuthError } from '../../src/errors.ts';
import type { RefreshRequest } from '../../src/flows/refresh-token.ts';
import { createTokenSet, type IssuedTokenSet, type TokenSetFields } from '../../src/protocol/token-set.ts';
import { createSealer } from '../../src/seal.ts';
import { createSessionManager } from '../../src/session/session-manager.ts';
import { type Browser, createBrowser, createReply, maxAgeOf } from '../browser.ts';
import { NOON, passTime, stopClock } from '../clock.ts';
import { rejectionOf } from '../failure.ts';

const [MINUTE, HOUR] = [60_000, 3_600_000];
const COOKIE = '__Host-egain_session';
const SECRET = 'a secret of more than thirty-two bytes';
const SETTINGS = { secrets: () => [SECRET], cookieName: COOKIE, secure: true, idleMs: HOUR, absoluteMs: 8 * HOUR };
const IDENTITY = { persona: 'user', id: '1067', name: 'Pat' } as const;

const tokens = (fields: Partial<TokenSetFields> = {}): IssuedTokenSet =>
  createTokenSet({
    accessToken: 'canary-access-1',
    refreshToken: 'canary-refresh-1',
    expiresAt: NOON + HOUR,
    scope: ['knowledge.portalmgr.read'],
    source: 'issuer',
    ...fields,
  });

const refresh = jest.fn<(request: RefreshRequest) => Promise<IssuedTokenSet>>();
const createManager = () =>
  createSessionManager(SETTINGS, createSealer([SECRET], 'session', 'https://desk.example.com/'), refresh);
let manager = createManager();

function signIn(fields: Partial<TokenSetFields> = {}): Browser {
  const browser = createBrowser();
  browser.receive(manager.start(browser.request(), 'user', IDENTITY, tokens(fields)));
  return browser;
}

/** One request: what its handler sees, and what the browser is told. */
function visit(browser: Browser, headersSent = false) {
  const reply = createReply();
  reply.headersSent = headersSent;
  const session = manager.open(browser.request(), reply);
  browser.receive(reply.cookies);
  return { session, reply };
}

function signedIn(browser: Browser) {
  const { session, reply } = visit(browser);
  if (!session) throw new Error('nobody is signed in');
  return { session, reply };
}

beforeEach(() => {
  stopClock();
  refresh.mockReset();
  manager = createManager();
});

describe('a session', () => {
  test('is open from the login on, for whoever signed in', () => {
    const { session } = signedIn(signIn());
    expect(session).toMatchObject({ persona: 'user', identity: IDENTITY, startedAt: NOON });
    expect(session.id).toMatch(/^[\w-]{43}$/);
  });

  test('T009: has a new id at each login', () => {
    const ids = Array.from({ length: 20 }, () => signedIn(signIn()).session.id);
    expect(new Set(ids).size).toBe(20);
  });

  test('T030, T032: is in one cookie, removed with the attributes it was set with', () => {
    const attributes = 'Path=/; HttpOnly; SameSite=Lax; Secure';
    const [cookie = ''] = manager.start({ headers: {} }, 'user', IDENTITY, tokens());
    expect(cookie.replace(/=v1\.[\w-]+/, '=v1')).toBe(`${COOKIE}=v1; Max-Age=${8 * 3600}; ${attributes}`);
    expect(manager.end({ headers: {} })).toEqual([`${COOKIE}=; Max-Age=0; ${attributes}`]);
  });

  test('T095: shows its tokens neither as JSON nor printed', () => {
    const { session } = signedIn(signIn());
    const shown = [
      JSON.stringify(session),
      inspect(session, { depth: null, showHidden: true }),
      inspect({ ...session }),
    ];
    for (const text of shown) expect(text).not.toContain('canary');
  });

  test.each<[name: string, change: (browser: Browser, value: string) => void]>([
    ['no cookie', (browser) => browser.jar.clear()],
    ['an empty cookie', (browser) => browser.jar.set(COOKIE, '')],
    ['a tampered cookie', (browser, value) => browser.jar.set(COOKIE, `${value.slice(0, -6)}AAAAAA`)],
    ['T033: two cookies of its name', (browser, value) => browser.jar.set('x', `x; ${COOKIE}=${value}`)],
    ['T033: its cookie without the prefix', (browser, value) => browser.jar.set('egain_session', value).delete(COOKIE)],
    [
      'T011: what was sealed for another purpose',
      (browser) =>
        browser.jar.set(COOKIE, createSealer([SECRET], 'login', 'https://desk.example.com/').seal(COOKIE, '{}')),
    ],
  ])('is not there with %s', (_name, change) => {
    const browser = signIn();
    change(browser, browser.jar.get(COOKIE) ?? '');
    expect(visit(browser).session).toBeUndefined();
  });
});

describe('a session ends', () => {
  test.each([
    ['is open just before it was idle for an hour', HOUR - 1, true],
    ['is over once it was idle for an hour, even if the browser still sends it', HOUR, false],
  ])('%s', (_name, elapsed, open) => {
    const browser = signIn({ expiresAt: NOON + 24 * HOUR });
    passTime(elapsed);
    expect(visit(browser).session !== undefined).toBe(open);
  });

  test('eight hours after the login, however busy it was', () => {
    const browser = signIn({ expiresAt: NOON + 24 * HOUR });
    for (let elapsed = 0; elapsed < 8 * HOUR; elapsed += 30 * MINUTE) {
      expect(visit(browser).session).toBeDefined();
      passTime(30 * MINUTE);
    }
    expect(visit(browser).session).toBeUndefined();
  });

  test('with its token, where nothing can renew that', () => {
    const browser = signIn({ refreshToken: undefined, expiresAt: NOON + 20 * MINUTE });
    passTime(20 * MINUTE - 1);
    expect(visit(browser).session).toBeDefined();
    passTime(1);
    expect(visit(browser).session).toBeUndefined();
  });

  test('not with its token, where a refresh token can renew that', () => {
    const browser = signIn({ expiresAt: NOON + 20 * MINUTE });
    passTime(21 * MINUTE);
    expect(visit(browser).session).toBeDefined();
  });
});

describe('R9: a session is written down only when it has to be', () => {
  test('that somebody was here, once per tenth of the idle time', () => {
    const browser = signIn();
    passTime(6 * MINUTE);
    expect(visit(browser).reply.cookies).toEqual([]);
    passTime(1);
    expect(visit(browser).reply.cookies).toHaveLength(1);
    expect(visit(browser).reply.cookies).toEqual([]);
    passTime(6 * MINUTE);
    expect(visit(browser).reply.cookies).toEqual([]);
  });

  test('which keeps it open, but the browser no longer than the absolute end', () => {
    const browser = signIn({ expiresAt: NOON + 24 * HOUR });
    passTime(50 * MINUTE);
    expect(visit(browser).reply.cookies.map(maxAgeOf)).toEqual([8 * 3600 - 50 * 60]);
    passTime(50 * MINUTE);
    expect(visit(browser).session).toBeDefined();
  });

  test('F33: nothing once the headers are sent', async () => {
    const browser = signIn();
    passTime(10 * MINUTE);
    const { session, reply } = visit(browser, true);
    expect(session).toBeDefined();
    refresh.mockResolvedValue(tokens({ accessToken: 'canary-access-2' }));
    if (session) await manager.getToken(session, { forceRenewal: true });
    expect(reply.cookies).toEqual([]);
  });
});

describe('the token of a session', () => {
  const renewed = { accessToken: 'canary-access-2', refreshToken: undefined, expiresAt: NOON + 2 * HOUR };

  test('is the one of the login, as long as it lasts', async () => {
    const { session } = signedIn(signIn());
    passTime(59 * MINUTE);
    expect((await manager.getToken(session, {})).accessToken).toBe('canary-access-1');
    expect(refresh).not.toHaveBeenCalled();
  });

  test.each([
    ['is renewed when 30 seconds are left', HOUR - 30_000, 'canary-access-2'],
    ['is not renewed just before that', HOUR - 30_001, 'canary-access-1'],
  ])('%s', async (_name, elapsed, expected) => {
    const { session } = signedIn(signIn());
    refresh.mockResolvedValue(tokens(renewed));
    passTime(elapsed);
    expect((await manager.getToken(session, {})).accessToken).toBe(expected);
  });

  test('is renewed by force, with what the login was granted', async () => {
    const { session } = signedIn(signIn());
    refresh.mockResolvedValue(tokens(renewed));
    const { signal } = new AbortController();
    expect((await manager.getToken(session, { forceRenewal: true, signal })).accessToken).toBe('canary-access-2');
    const scope = ['knowledge.portalmgr.read'];
    expect(refresh.mock.calls).toEqual([[{ persona: 'user', refreshToken: 'canary-refresh-1', scope }]]);
  });

  test('keeps the old refresh token when no new one comes, and takes the new one when it comes', async () => {
    const browser = signIn();
    const sent: string[] = [];
    for (const refreshToken of [undefined, 'canary-refresh-2', undefined]) {
      refresh.mockImplementationOnce(async (request) => {
        sent.push(request.refreshToken);
        return tokens({ ...renewed, refreshToken });
      });
      const { session, reply } = signedIn(browser);
      await manager.getToken(session, { forceRenewal: true });
      expect(reply.cookies).toHaveLength(1);
      browser.receive(reply.cookies);
    }
    expect(sent).toEqual(['canary-refresh-1', 'canary-refresh-1', 'canary-refresh-2']);
    const { accessToken, refreshToken } = signedIn(browser).session.tokens;
    expect({ accessToken, refreshToken }).toEqual({ accessToken: 'canary-access-2', refreshToken: 'canary-refresh-2' });
  });

  test('stays what it was when the renewal fails, and nothing is written', async () => {
    const browser = signIn();
    const { session, reply } = signedIn(browser);
    const failure = new EgainAuthError('token_endpoint_unavailable', 'down', { remedy: 'wait' });
    refresh.mockRejectedValueOnce(failure);
    expect(await rejectionOf(manager.getToken(session, { forceRenewal: true }))).toBe(failure);
    expect((await manager.getToken(session, {})).accessToken).toBe('canary-access-1');
    expect(reply.cookies).toEqual([]);
  });

  test('is not to be had without a new login, where no refresh token was issued', async () => {
    const { session } = signedIn(signIn({ refreshToken: undefined }));
    const error = await rejectionOf(manager.getToken(session, { forceRenewal: true }));
    expect(error).toMatchObject({ code: 'login_required', status: 401 });
    expect(refresh).not.toHaveBeenCalled();
  });

  test('is not to be had for an object that this manager did not open', async () => {
    const { session } = signedIn(signIn());
    for (const copy of [{ ...session }, Object.create(session) as typeof session]) {
      expect((await rejectionOf(manager.getToken(copy, {}))).code).toBe('login_required');
    }
  });
});

describe('the last moments of a token', () => {
  test('that nothing renews: it is used to its end', async () => {
    const browser = signIn({ refreshToken: undefined, expiresAt: NOON + MINUTE });
    passTime(MINUTE - 1);
    const { session } = signedIn(browser);
    expect((await manager.getToken(session, {})).accessToken).toBe('canary-access-1');
    expect((await rejectionOf(manager.getToken(session, { forceRenewal: true }))).code).toBe('login_required');
    passTime(1);
    expect((await rejectionOf(manager.getToken(session, {}))).code).toBe('login_required');
    expect(visit(browser).session).toBeUndefined();
  });

  test('while eGain cannot be reached: it is used as long as it is good', async () => {
    const browser = signIn({ expiresAt: NOON + MINUTE });
    passTime(MINUTE - 1000);
    const { session } = signedIn(browser);
    const unavailable = new EgainAuthError('token_endpoint_unavailable', 'down', { remedy: 'wait' });
    refresh.mockRejectedValue(unavailable);
    expect((await manager.getToken(session, {})).accessToken).toBe('canary-access-1');
    passTime(1000);
    expect(await rejectionOf(manager.getToken(session, {}))).toBe(unavailable);
  });

  test('T068: a renewal that narrows the scopes narrows the session', async () => {
    const browser = signIn({ scope: ['a', 'b'] });
    const { session } = signedIn(browser);
    refresh.mockResolvedValue(tokens({ scope: ['a'] }));
    await manager.getToken(session, { forceRenewal: true });
    expect([...session.scope]).toEqual(['a']);
    expect(inspect(session)).not.toContain('canary');
  });
});

describe('F29: requests of one browser that need a renewal at once', () => {
  /** Refreshes as eGain would that rotates: each refresh token once. */
  function rotating() {
    const spent: string[] = [];
    refresh.mockImplementation(async ({ refreshToken }) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (spent.includes(refreshToken)) throw new EgainAuthError('token_request_failed', 'reused', { remedy: '' });
      spent.push(refreshToken);
      return tokens({
        accessToken: `canary-access-${spent.length + 1}`,
        refreshToken: `canary-refresh-${spent.length + 1}`,
        expiresAt: Date.now() + HOUR,
      });
    });
    return spent;
  }

  test('share one, and each is answered with the same session', async () => {
    const spent = rotating();
    const browser = signIn();
    passTime(HOUR - 1000);
    const visits = Array.from({ length: 20 }, () => signedIn(browser));
    await Promise.all(visits.map(({ session }) => manager.getToken(session, {})));
    expect(spent).toEqual(['canary-refresh-1']);
    for (const { reply } of visits) {
      const other = createBrowser();
      other.receive(reply.cookies);
      expect(signedIn(other).session.tokens.refreshToken).toBe('canary-refresh-2');
    }
  });

  test('also when one comes late, with the cookie of before', async () => {
    const spent = rotating();
    const browser = signIn();
    passTime(HOUR - 1000);
    const [early, late] = [signedIn(browser), signedIn(browser)];
    await manager.getToken(early.session, {});
    passTime(59_000);
    expect((await manager.getToken(late.session, {})).accessToken).toBe('canary-access-2');
    expect(spent).toHaveLength(1);
  });

  test('but only for a minute', async () => {
    rotating();
    const browser = signIn();
    passTime(HOUR - 1000);
    const [early, late] = [signedIn(browser), signedIn(browser)];
    await manager.getToken(early.session, {});
    passTime(60_000);
    expect((await rejectionOf(manager.getToken(late.session, {}))).code).toBe('token_request_failed');
  });

  test('do without each other’s patience: one that leaves does not stop the renewal', async () => {
    const spent = rotating();
    const browser = signIn();
    passTime(HOUR - 1000);
    const impatient = new AbortController();
    const [one, other] = [signedIn(browser), signedIn(browser)];
    const left = manager.getToken(one.session, { signal: impatient.signal });
    impatient.abort(new Error('enough'));
    await expect(left).rejects.toThrow('enough');
    expect((await manager.getToken(other.session, {})).accessToken).toBe('canary-access-2');
    expect(spent).toHaveLength(1);
  });

  test('fail together, and the next one tries again', async () => {
    refresh.mockRejectedValueOnce(new EgainAuthError('token_endpoint_unavailable', 'down', { remedy: 'wait' }));
    const browser = signIn({ expiresAt: NOON + MINUTE });
    passTime(MINUTE);
    const { session } = signedIn(browser);
    const outcomes = await Promise.allSettled([manager.getToken(session, {}), manager.getToken(session, {})]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(refresh).toHaveBeenCalledTimes(1);
    rotating();
    expect((await manager.getToken(session, {})).accessToken).toBe('canary-access-2');
  });

  test('where refresh tokens stay the same, are renewed each time it is due', async () => {
    let renewals = 1;
    refresh.mockImplementation(async () => {
      renewals += 1;
      return tokens({ accessToken: `canary-access-${renewals}`, expiresAt: Date.now() + MINUTE });
    });
    const browser = signIn();
    for (const expected of ['canary-access-2', 'canary-access-3', 'canary-access-4']) {
      passTime(45_000);
      const { session, reply } = signedIn(browser);
      expect((await manager.getToken(session, { forceRenewal: true })).accessToken).toBe(expected);
      browser.receive(reply.cookies);
    }
  });
});

describe('T042, F30: a session that was ended', () => {
  test('cannot be used any more, not even with a copy of its cookie', () => {
    const browser = signIn();
    manager.end(browser.request());
    expect(visit(browser).session).toBeUndefined();
    expect(manager.has(browser.request())).toBe(false);
  });

  test('is not revived by a request that was under way: no cookie, no token', async () => {
    refresh.mockResolvedValue(tokens({ accessToken: 'canary-access-2' }));
    const browser = signIn();
    passTime(10 * MINUTE);
    const underWay = signedIn(browser);
    const written = underWay.reply.cookies.length;
    manager.end(browser.request());
    expect((await rejectionOf(manager.getToken(underWay.session, { forceRenewal: true }))).code).toBe('login_required');
    expect(underWay.reply.cookies).toHaveLength(written);
    expect(refresh).not.toHaveBeenCalled();
  });

  test('is not revived by a renewal that was under way', async () => {
    let answer: (value: IssuedTokenSet) => void = () => {};
    refresh.mockImplementation(() => new Promise((resolve) => (answer = resolve)));
    const browser = signIn();
    const { session, reply } = signedIn(browser);
    const renewal = manager.getToken(session, { forceRenewal: true });
    manager.end(browser.request());
    answer(tokens({ accessToken: 'canary-access-2' }));
    await renewal.catch(() => {});
    expect(reply.cookies).toEqual([]);
  });

  test('T009: by a new login, leaves nothing of the old one', () => {
    const browser = signIn();
    const old = browser.request();
    browser.receive(manager.start(old, 'customer', { persona: 'customer' }, tokens()));
    expect(signedIn(browser).session.persona).toBe('customer');
    expect(manager.has(old)).toBe(false);
  });

  test('does not end another one', () => {
    const [one, other] = [signIn(), signIn()];
    manager.end(one.request());
    expect(manager.has(other.request())).toBe(true);
    manager.end({ headers: {} });
    expect(manager.has(other.request())).toBe(true);
  });
});
