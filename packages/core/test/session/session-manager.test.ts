import { createHash } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { EgainAuthError } from '../../src/errors.ts';
import type { SignedOutReason } from '../../src/events.ts';
import type { RefreshRequest } from '../../src/flows/refresh-token.ts';
import type { HttpRequest } from '../../src/http/exchange.ts';
import { createTokenSet, type IssuedTokenSet, type TokenSetFields } from '../../src/protocol/token-set.ts';
import { createSealer } from '../../src/seal.ts';
import { createMemorySessionStore } from '../../src/session/memory-session-store.ts';
import { createSealedSessions } from '../../src/session/sealed-sessions.ts';
import type { EgainSession } from '../../src/session/session.ts';
import type { SessionLookup } from '../../src/session/session-keeper.ts';
import { createSessionManager, type NewSession, type SessionManager } from '../../src/session/session-manager.ts';
import { createStoredSessions } from '../../src/session/stored-sessions.ts';
import { type Browser, createBrowser, createReply, maxAgeOf } from '../browser.ts';
import { NOON, passTime, stopClock } from '../clock.ts';
import { rejectionOf } from '../failure.ts';
import { setWallClock, stopBothClocks } from '../faults/virtual-time.ts';
import { sealSessions } from '../session-sealer.ts';

const [MINUTE, HOUR] = [60_000, 3_600_000];
const COOKIE = '__Host-egain_session';
const SECRET = 'a secret of more than thirty-two bytes';
const SETTINGS = { cookieName: COOKIE, secure: true, idleMs: HOUR, absoluteMs: 8 * HOUR, timeoutMs: 10_000 };
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

const newSession = (fields: Partial<TokenSetFields> = {}): NewSession => ({
  ...{ persona: 'user', identity: IDENTITY, requestedScope: ['knowledge.portalmgr.read'] },
  tokens: tokens(fields),
});

const refresh = jest.fn<(request: RefreshRequest) => Promise<IssuedTokenSet>>();
const sealer = sealSessions([SECRET], 'session', 'https://desk.example.com/');

describe.each([
  ['sealed', () => createSealedSessions(SETTINGS, sealer)],
  ['stored', () => createStoredSessions(SETTINGS, sealer, createMemorySessionStore())],
])('%s:', (form, createKeeper) => {
  const isSealed = form === 'sealed';
  /** Of a session that is in its cookie; one in a store has none to write. */
  const cookiesWritten = (count: number) => (isSealed ? count : 0);
  let manager: SessionManager;

  async function signIn(fields: Partial<TokenSetFields> = {}): Promise<Browser> {
    const browser = createBrowser();
    browser.receive(await manager.start(browser.request(), newSession(fields)));
    return browser;
  }

  /** One request: what its handler sees, and what the browser is told. */
  async function visit(browser: Browser, headersSent = false) {
    const reply = createReply();
    reply.headersSent = headersSent;
    const { session, reason } = (await manager.lookUp(browser.request(), reply))();
    // Nobody waits for a store to hear that a session is in use.
    await new Promise(setImmediate);
    browser.receive(reply.cookies);
    return { session, reply, reason };
  }

  async function signedIn(browser: Browser) {
    const { session, reply } = await visit(browser);
    if (!session) throw new Error('nobody is signed in');
    return { session, reply };
  }

  const has = async (request: HttpRequest) => (await manager.peek(request)).session !== undefined;

  beforeEach(() => {
    stopClock();
    refresh.mockReset();
    manager = createSessionManager(SETTINGS, createKeeper(), refresh);
  });

  describe('a session', () => {
    test('is open from the login on, for whoever signed in', async () => {
      const { session } = await signedIn(await signIn());
      expect(session).toMatchObject({ persona: 'user', identity: IDENTITY, startedAt: NOON });
      expect(session.id).toMatch(/^[\w-]{43}$/);
    });

    test('T009: has a new id at each login', async () => {
      const ids = await Promise.all(
        Array.from({ length: 20 }, async () => (await signedIn(await signIn())).session.id),
      );
      expect(new Set(ids).size).toBe(20);
    });

    test('T030, T032: is in one cookie, removed with the attributes it was set with', async () => {
      const attributes = 'Path=/; HttpOnly; SameSite=Lax; Secure';
      const [cookie = ''] = await manager.start({ headers: {} }, newSession());
      expect(cookie.replace(/=[\w.-]+/, '=…')).toBe(`${COOKIE}=…; Max-Age=${8 * 3600}; ${attributes}`);
      expect(manager.expire({ headers: {} })).toEqual([`${COOKIE}=; Max-Age=0; ${attributes}`]);
    });

    test('T095: shows its tokens neither as JSON nor printed', async () => {
      const { session } = await signedIn(await signIn());
      const shown = [
        JSON.stringify(session),
        inspect(session, { depth: null, showHidden: true }),
        inspect({ ...session }),
      ];
      for (const text of shown) expect(text).not.toContain('canary');
    });

    test.each<[name: string, reason: SignedOutReason, change: (browser: Browser, value: string) => void]>([
      ['no cookie', 'no_cookie', (browser) => browser.jar.clear()],
      ['an empty cookie', 'unreadable', (browser) => browser.jar.set(COOKIE, '')],
      [
        'a tampered cookie',
        isSealed ? 'unreadable' : 'unknown',
        (browser, value) => browser.jar.set(COOKIE, `${value.slice(0, -6)}AAAAAA`),
      ],
      [
        'T033: two cookies of its name',
        'duplicate_cookie',
        (browser, value) => browser.jar.set('x', `x; ${COOKIE}=${value}`),
      ],
      [
        'T033: its cookie without the prefix',
        'no_cookie',
        (browser, value) => browser.jar.set('egain_session', value).delete(COOKIE),
      ],
      [
        'T011: what was sealed for another purpose',
        'unreadable',
        (browser) =>
          browser.jar.set(COOKIE, createSealer([SECRET], 'login', 'https://desk.example.com/').seal(COOKIE, '{}')),
      ],
    ])('is not there with %s', async (_name, expected, change) => {
      const browser = await signIn();
      change(browser, browser.jar.get(COOKIE) ?? '');
      const { session, reason } = await visit(browser);
      expect(session).toBeUndefined();
      expect(reason).toBe(expected);
    });
  });

  describe('T040: a session ends', () => {
    test.each([
      ['is open just before it was idle for an hour', HOUR - 1, true],
      ['is over once it was idle for an hour, even if the browser still sends it', HOUR, false],
    ])('%s', async (_name, elapsed, open) => {
      const browser = await signIn({ expiresAt: NOON + 24 * HOUR });
      passTime(elapsed);
      expect((await visit(browser)).session !== undefined).toBe(open);
    });

    test('eight hours after the login, however busy it was', async () => {
      const browser = await signIn({ expiresAt: NOON + 24 * HOUR });
      for (let elapsed = 0; elapsed < 8 * HOUR; elapsed += 30 * MINUTE) {
        expect((await visit(browser)).session).toBeDefined();
        passTime(30 * MINUTE);
      }
      expect((await visit(browser)).session).toBeUndefined();
    });

    test('with its token, where nothing can renew that', async () => {
      const browser = await signIn({ refreshToken: undefined, expiresAt: NOON + 20 * MINUTE });
      passTime(20 * MINUTE - 1);
      expect((await visit(browser)).session).toBeDefined();
      passTime(1);
      expect((await visit(browser)).session).toBeUndefined();
    });

    test('not with its token, where a refresh token can renew that', async () => {
      const browser = await signIn({ expiresAt: NOON + 20 * MINUTE });
      passTime(21 * MINUTE);
      expect((await visit(browser)).session).toBeDefined();
    });
  });

  describe('T104: a request that is held for long', () => {
    test.each([
      ['idle', HOUR],
      ['absolute', 8 * HOUR],
    ])('obtains and renews no token after the %s limit', async (_limit, elapsed) => {
      const browser = await signIn({ expiresAt: NOON + 24 * HOUR });
      const { session } = await signedIn(browser);
      passTime(elapsed - 1);
      if (elapsed === HOUR) expect((await manager.getToken(session, {})).accessToken).toBe('canary-access-1');
      passTime(1);
      refresh.mockResolvedValue(tokens({ accessToken: 'canary-access-2' }));
      for (const options of [{}, { forceRenewal: true }, { rejected: 'canary-access-1' }]) {
        expect((await rejectionOf(manager.getToken(session, options))).code).toBe('login_required');
      }
      expect(refresh).not.toHaveBeenCalled();
    });

    test('receives no token from a renewal during which its session ended', async () => {
      const browser = await signIn({ expiresAt: NOON + 24 * HOUR });
      const { session } = await signedIn(browser);
      passTime(HOUR - 1);
      refresh.mockImplementation(async () => {
        passTime(1);
        return tokens({ accessToken: 'canary-access-2', expiresAt: NOON + 24 * HOUR });
      });
      expect((await rejectionOf(manager.getToken(session, { forceRenewal: true }))).code).toBe('login_required');
    });
  });

  describe('T105: a session from the future', () => {
    test.each([
      ['is open if a clock was set back by as much as a session lasts', 8 * HOUR, true],
      ['is over if it would have no end', 8 * HOUR + 1, false],
      ['is over if it would have no end for a thousand years', 8_766_000 * HOUR, false],
    ])('%s', async (_name, ahead, open) => {
      passTime(ahead);
      const browser = await signIn({ expiresAt: NOON + ahead + HOUR });
      passTime(-ahead);
      expect((await visit(browser)).session !== undefined).toBe(open);
    });

    test('does not go on with a token that expired, although it was issued after its expiry', async () => {
      const browser = await signIn({ refreshToken: undefined, expiresAt: NOON + HOUR });
      const { session } = await signedIn(browser);
      Object.assign(session, { obtainedAt: NOON + 100 * HOUR });
      passTime(HOUR - 1);
      expect((await manager.getToken(session, {})).accessToken).toBe('canary-access-1');
      passTime(1);
      expect((await rejectionOf(manager.getToken(session, {}))).code).toBe('login_required');
    });
  });

  describe('R9: a session is written down only when it has to be', () => {
    test('that somebody was here, once per tenth of the idle time', async () => {
      const browser = await signIn();
      passTime(6 * MINUTE);
      expect((await visit(browser)).reply.cookies).toEqual([]);
      passTime(1);
      expect((await visit(browser)).reply.cookies).toHaveLength(cookiesWritten(1));
      expect((await visit(browser)).reply.cookies).toEqual([]);
      passTime(6 * MINUTE);
      expect((await visit(browser)).reply.cookies).toEqual([]);
    });

    test('which keeps it open, but the browser no longer than the absolute end', async () => {
      const browser = await signIn({ expiresAt: NOON + 24 * HOUR });
      passTime(50 * MINUTE);
      expect((await visit(browser)).reply.cookies.map(maxAgeOf)).toEqual(isSealed ? [8 * 3600 - 50 * 60] : []);
      passTime(50 * MINUTE);
      expect((await visit(browser)).session).toBeDefined();
    });

    test('T046, F33: nothing once the headers are sent, and no refresh token is spent that could not be replaced', async () => {
      const browser = await signIn();
      passTime(10 * MINUTE);
      const { session, reply } = await visit(browser, true);
      refresh.mockResolvedValue(tokens({ accessToken: 'canary-access-2' }));
      const renewal = manager.getToken(session as EgainSession, { forceRenewal: true });
      if (isSealed) {
        expect(await rejectionOf(renewal)).toMatchObject({ code: 'login_required' });
        expect(refresh).not.toHaveBeenCalled();
        // What is still good is used.
        expect((await manager.getToken(session as EgainSession, {})).accessToken).toBe('canary-access-1');
        passTime(49 * MINUTE + 45_000);
        expect((await manager.getToken(session as EgainSession, {})).accessToken).toBe('canary-access-1');
      } else {
        expect((await renewal).accessToken).toBe('canary-access-2');
      }
      expect(reply.cookies).toEqual([]);
    });
  });

  describe('the token of a session', () => {
    const renewed = { accessToken: 'canary-access-2', refreshToken: undefined, expiresAt: NOON + 2 * HOUR };

    test('is the one of the login, as long as it lasts', async () => {
      const { session } = await signedIn(await signIn());
      passTime(59 * MINUTE);
      expect((await manager.getToken(session, {})).accessToken).toBe('canary-access-1');
      expect(refresh).not.toHaveBeenCalled();
    });

    test.each([
      ['is renewed when 30 seconds are left', HOUR - 30_000, 'canary-access-2'],
      ['is not renewed just before that', HOUR - 30_001, 'canary-access-1'],
    ])('%s', async (_name, elapsed, expected) => {
      const { session } = await signedIn(await signIn());
      refresh.mockResolvedValue(tokens(renewed));
      passTime(elapsed);
      expect((await manager.getToken(session, {})).accessToken).toBe(expected);
    });

    test('is renewed by force, with what the login was granted', async () => {
      const { session } = await signedIn(await signIn());
      refresh.mockResolvedValue(tokens(renewed));
      const { signal } = new AbortController();
      expect((await manager.getToken(session, { forceRenewal: true, signal })).accessToken).toBe('canary-access-2');
      const scope = ['knowledge.portalmgr.read'];
      expect(refresh.mock.calls).toEqual([[{ persona: 'user', refreshToken: 'canary-refresh-1', scope }]]);
    });

    test('keeps the old refresh token when no new one comes, and takes the new one when it comes', async () => {
      const browser = await signIn();
      const sent: string[] = [];
      for (const refreshToken of [undefined, 'canary-refresh-2', undefined]) {
        refresh.mockImplementationOnce(async (request) => {
          sent.push(request.refreshToken);
          return tokens({ ...renewed, refreshToken });
        });
        const { session, reply } = await signedIn(browser);
        await manager.getToken(session, { forceRenewal: true });
        expect(reply.cookies).toHaveLength(cookiesWritten(1));
        browser.receive(reply.cookies);
      }
      expect(sent).toEqual(['canary-refresh-1', 'canary-refresh-1', 'canary-refresh-2']);
      const { accessToken, refreshToken } = (await signedIn(browser)).session.tokens;
      expect({ accessToken, refreshToken }).toEqual({
        accessToken: 'canary-access-2',
        refreshToken: 'canary-refresh-2',
      });
    });

    test('stays what it was when the renewal fails, and nothing is written', async () => {
      const browser = await signIn();
      const { session, reply } = await signedIn(browser);
      const failure = new EgainAuthError('token_endpoint_unavailable', 'down', { remedy: 'wait' });
      refresh.mockRejectedValueOnce(failure);
      expect(await rejectionOf(manager.getToken(session, { forceRenewal: true }))).toBe(failure);
      expect((await manager.getToken(session, {})).accessToken).toBe('canary-access-1');
      expect(reply.cookies).toEqual([]);
    });

    test('is not to be had without a new login, where no refresh token was issued', async () => {
      const { session } = await signedIn(await signIn({ refreshToken: undefined }));
      const error = await rejectionOf(manager.getToken(session, { forceRenewal: true }));
      expect(error).toMatchObject({ code: 'login_required', status: 401 });
      expect(refresh).not.toHaveBeenCalled();
    });

    test('is not to be had without a new login, where eGain does not take the refresh token any more', async () => {
      const { session } = await signedIn(await signIn());
      const refused = { remedy: 'sign in', oauthError: 'invalid_grant' };
      refresh.mockRejectedValueOnce(new EgainAuthError('token_request_failed', 'eGain refused', refused));
      const error = await rejectionOf(manager.getToken(session, { forceRenewal: true }));
      expect(error).toMatchObject({ code: 'login_required', status: 401 });
    });

    test('is not to be had for an object that this manager did not open', async () => {
      const { session } = await signedIn(await signIn());
      for (const copy of [{ ...session }, Object.create(session) as typeof session]) {
        expect((await rejectionOf(manager.getToken(copy, {}))).code).toBe('login_required');
      }
    });
  });

  test('a token that lives shortly is renewed in its last tenth, not at each request', async () => {
    const browser = await signIn({ expiresAt: NOON + 10_000 });
    refresh.mockImplementation(async () => tokens({ accessToken: 'canary-access-2', expiresAt: Date.now() + 10_000 }));
    passTime(8999);
    expect((await manager.getToken((await signedIn(browser)).session, {})).accessToken).toBe('canary-access-1');
    passTime(1);
    const { session, reply } = await signedIn(browser);
    for (let use = 0; use < 3; use += 1) {
      expect((await manager.getToken(session, {})).accessToken).toBe('canary-access-2');
    }
    expect(refresh).toHaveBeenCalledTimes(1);
    browser.receive(reply.cookies);
    await manager.getToken((await signedIn(browser)).session, {});
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  describe('the last moments of a token', () => {
    test('that nothing renews: it is used to its end', async () => {
      const browser = await signIn({ refreshToken: undefined, expiresAt: NOON + MINUTE });
      passTime(MINUTE - 1);
      const { session } = await signedIn(browser);
      expect((await manager.getToken(session, {})).accessToken).toBe('canary-access-1');
      expect((await rejectionOf(manager.getToken(session, { forceRenewal: true }))).code).toBe('login_required');
      passTime(1);
      expect((await rejectionOf(manager.getToken(session, {}))).code).toBe('login_required');
      expect((await visit(browser)).session).toBeUndefined();
    });

    test('while eGain cannot be reached: it is used as long as it is good', async () => {
      const browser = await signIn({ expiresAt: NOON + MINUTE });
      passTime(MINUTE - 1000);
      const { session } = await signedIn(browser);
      const unavailable = new EgainAuthError('token_endpoint_unavailable', 'down', { remedy: 'wait' });
      refresh.mockRejectedValue(unavailable);
      expect((await manager.getToken(session, {})).accessToken).toBe('canary-access-1');
      passTime(1000);
      expect((await rejectionOf(manager.getToken(session, {}))).code).toBe(unavailable.code);
    });

    test('T068: a renewal that narrows the scopes narrows the session', async () => {
      const browser = await signIn({ scope: ['a', 'b'] });
      const { session } = await signedIn(browser);
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
      const browser = await signIn();
      passTime(HOUR - 1000);
      const visits = await Promise.all(Array.from({ length: 20 }, () => signedIn(browser)));
      await Promise.all(visits.map(({ session }) => manager.getToken(session, {})));
      expect(spent).toEqual(['canary-refresh-1']);
      for (const { reply } of visits) {
        const other = isSealed ? createBrowser() : browser;
        other.receive(reply.cookies);
        expect((await signedIn(other)).session.tokens.refreshToken).toBe('canary-refresh-2');
      }
    });

    test('also when one comes late, with the cookie of before', async () => {
      const spent = rotating();
      const browser = await signIn();
      passTime(HOUR - 1000);
      const [early, late] = [await signedIn(browser), await signedIn(browser)];
      await manager.getToken(early.session, {});
      passTime(59_000);
      expect((await manager.getToken(late.session, {})).accessToken).toBe('canary-access-2');
      expect(spent).toHaveLength(1);
    });

    test('a browser that missed the answer with the new cookie is told again', async () => {
      const spent = rotating();
      const browser = await signIn();
      passTime(HOUR - 1000);
      await manager.getToken((await signedIn(browser)).session, {});
      // The cookie of before came after the new one.
      const { session, reply } = await signedIn(browser);
      expect(session.tokens.refreshToken).toBe('canary-refresh-2');
      browser.receive(reply.cookies);
      passTime(59 * MINUTE);
      await manager.getToken((await signedIn(browser)).session, { forceRenewal: true });
      expect(spent).toEqual(['canary-refresh-1', 'canary-refresh-2']);
    });

    test('but only for a minute, where the cookie has the old token', async () => {
      rotating();
      const browser = await signIn();
      passTime(HOUR - 1000);
      const [early, late] = [await signedIn(browser), await signedIn(browser)];
      await manager.getToken(early.session, {});
      passTime(60_000);
      const outcome = manager.getToken(late.session, {});
      if (isSealed) expect((await rejectionOf(outcome)).code).toBe('token_request_failed');
      else expect((await outcome).accessToken).toBe('canary-access-2');
    });

    test('do without each other’s patience: one that leaves does not stop the renewal', async () => {
      const spent = rotating();
      const browser = await signIn();
      passTime(HOUR - 1000);
      const impatient = new AbortController();
      const [one, other] = [await signedIn(browser), await signedIn(browser)];
      const left = manager.getToken(one.session, { signal: impatient.signal });
      impatient.abort(new Error('enough'));
      await expect(left).rejects.toThrow('enough');
      expect((await manager.getToken(other.session, {})).accessToken).toBe('canary-access-2');
      expect(spent).toHaveLength(1);
    });

    test('fail together, and the next one after the back-off tries again', async () => {
      refresh.mockRejectedValueOnce(new EgainAuthError('token_endpoint_unavailable', 'down', { remedy: 'wait' }));
      const browser = await signIn({ expiresAt: NOON + MINUTE });
      passTime(MINUTE);
      const { session } = await signedIn(browser);
      const outcomes = await Promise.allSettled([manager.getToken(session, {}), manager.getToken(session, {})]);
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect(refresh).toHaveBeenCalledTimes(1);
      rotating();
      passTime(1250);
      expect((await manager.getToken(session, {})).accessToken).toBe('canary-access-2');
    });

    test('where eGain issues the same access token again, with a later end, are renewed when that end is near', async () => {
      refresh.mockImplementation(async () => tokens({ expiresAt: Date.now() + MINUTE }));
      const browser = await signIn({ expiresAt: NOON + MINUTE });
      for (let renewals = 1; renewals <= 3; renewals += 1) {
        passTime(MINUTE - 1000);
        const { session, reply } = await signedIn(browser);
        expect((await manager.getToken(session, {})).expiresAt).toBe(Date.now() + MINUTE);
        expect(refresh).toHaveBeenCalledTimes(renewals);
        browser.receive(reply.cookies);
      }
    });

    test('where refresh tokens stay the same, are renewed each time it is due', async () => {
      let renewals = 1;
      refresh.mockImplementation(async () => {
        renewals += 1;
        return tokens({ accessToken: `canary-access-${renewals}`, expiresAt: Date.now() + MINUTE });
      });
      const browser = await signIn();
      for (const expected of ['canary-access-2', 'canary-access-3', 'canary-access-4']) {
        passTime(45_000);
        const { session, reply } = await signedIn(browser);
        expect((await manager.getToken(session, { forceRenewal: true })).accessToken).toBe(expected);
        browser.receive(reply.cookies);
      }
    });
  });

  describe('F61: a session whose renewal fails', () => {
    beforeEach(() => stopBothClocks());

    const failure = (code: 'token_endpoint_unavailable' | 'token_request_failed', more = {}) =>
      new EgainAuthError(code, 'eGain said so', { remedy: 'wait', ...more });
    const due = async () => {
      const browser = await signIn({ expiresAt: NOON + MINUTE });
      passTime(MINUTE);
      return browser;
    };
    /** A request that needs the token. */
    const ask = async (browser: Browser) => {
      const { session } = await signedIn(browser);
      return manager.getToken(session, {});
    };

    test.each([
      ['503 with Retry-After', failure('token_endpoint_unavailable', { retryAfterMs: 30_000 }), 30_000],
      ['503', failure('token_endpoint_unavailable'), 1250],
      ['invalid_client', failure('token_request_failed', { oauthError: 'invalid_client' }), 1250],
      ['an answer that is not OAuth', failure('token_request_failed'), 1250],
    ])('%s: thirty requests make one token request, and the session stays', async (_name, error, waitMs) => {
      const browser = await due();
      refresh.mockRejectedValue(error);
      for (let request = 0; request < 30; request += 1) {
        expect((await rejectionOf(ask(browser))).code).toBe(error.code);
      }
      expect(refresh).toHaveBeenCalledTimes(1);
      refresh.mockReset().mockResolvedValue(tokens({ accessToken: 'canary-access-2', expiresAt: Date.now() + HOUR }));
      passTime(waitMs - 500);
      expect((await rejectionOf(ask(browser))).retryAfterMs).toBeLessThanOrEqual(500);
      passTime(500);
      expect((await ask(browser)).accessToken).toBe('canary-access-2');
    });

    test('asks less and less often, and begins again after a success', async () => {
      const browser = await due();
      refresh.mockRejectedValue(failure('token_endpoint_unavailable'));
      const moments: number[] = [];
      for (let second = 0; second < 120; second += 1) {
        const before = refresh.mock.calls.length;
        await rejectionOf(ask(browser));
        if (refresh.mock.calls.length > before) moments.push(second);
        passTime(1000);
      }
      expect(moments.length).toBeLessThanOrEqual(8);
      expect(moments[1]).toBeLessThanOrEqual(2);
    });

    test('keeps no other session waiting', async () => {
      const [browser, other] = [await due(), await signIn({ accessToken: 'other', refreshToken: 'other-refresh' })];
      refresh.mockRejectedValueOnce(failure('token_endpoint_unavailable', { retryAfterMs: 60_000 }));
      await rejectionOf(ask(browser));
      refresh.mockResolvedValue(tokens({ accessToken: 'canary-access-2' }));
      const { session } = await signedIn(other);
      expect((await manager.getToken(session, { forceRenewal: true })).accessToken).toBe('canary-access-2');
    });

    test('keeps a token that is still good, whatever the failure', async () => {
      const browser = await signIn({ expiresAt: NOON + MINUTE });
      passTime(MINUTE - 1000);
      refresh.mockRejectedValue(failure('token_request_failed', { oauthError: 'invalid_client' }));
      expect((await ask(browser)).accessToken).toBe('canary-access-1');
    });

    test('F34: asks again in time, also when the wall clock is set back meanwhile', async () => {
      const browser = await due();
      refresh.mockRejectedValueOnce(failure('token_endpoint_unavailable'));
      await rejectionOf(ask(browser));
      setWallClock(-10 * MINUTE);
      passTime(1250);
      refresh.mockResolvedValue(tokens({ accessToken: 'canary-access-2', expiresAt: Date.now() + HOUR }));
      const { session } = await signedIn(browser);
      expect((await manager.getToken(session, { forceRenewal: true })).accessToken).toBe('canary-access-2');
    });

    test('by invalid_grant keeps a token that is still good to its end', async () => {
      const browser = await signIn({ expiresAt: NOON + MINUTE });
      passTime(MINUTE - 1000);
      refresh.mockRejectedValue(failure('token_request_failed', { oauthError: 'invalid_grant' }));
      for (let request = 0; request < 3; request += 1) {
        expect((await ask(browser)).accessToken).toBe('canary-access-1');
      }
      const { session } = await signedIn(browser);
      // The API rejected it, so it is of no use any more.
      const rejected = manager.getToken(session, { rejected: 'canary-access-1' });
      expect((await rejectionOf(rejected)).code).toBe('login_required');
      expect(refresh).toHaveBeenCalledTimes(1);
      passTime(1000);
      expect((await visit(browser)).reason).toBe('token_expired');
    });

    test('by invalid_grant is over: nobody is signed in by it any more, and eGain is asked once', async () => {
      const ended: unknown[] = [];
      const onEvent = (event: unknown) => (event as { type: string }).type === 'ended' && ended.push(event);
      subscribe('egain-auth:session', onEvent);
      const browser = await due();
      refresh.mockRejectedValue(failure('token_request_failed', { oauthError: 'invalid_grant' }));
      const { session, reply } = await signedIn(browser);
      expect((await rejectionOf(manager.getToken(session, {}))).code).toBe('login_required');
      expect((await rejectionOf(manager.getToken(session, {}))).code).toBe('login_required');
      // A removal could reach the browser after the cookie of a process that renewed the session (F29).
      expect(reply.cookies.filter((cookie) => maxAgeOf(cookie) === 0)).toEqual([]);
      for (let request = 0; request < 30; request += 1) expect((await visit(browser)).session).toBeUndefined();
      expect((await visit(browser)).reason).toBe('token_expired');
      expect(refresh).toHaveBeenCalledTimes(1);
      unsubscribe('egain-auth:session', onEvent);
      expect(ended).toHaveLength(1);
    });
  });

  describe('T042, F30: a session that was ended', () => {
    test('cannot be used any more, not even with a copy of its cookie', async () => {
      const browser = await signIn();
      await manager.end(browser.request());
      expect((await visit(browser)).session).toBeUndefined();
      expect(await has(browser.request())).toBe(false);
    });

    test('is not revived by a request that was under way: no cookie, no token', async () => {
      refresh.mockResolvedValue(tokens({ accessToken: 'canary-access-2' }));
      const browser = await signIn();
      passTime(10 * MINUTE);
      const underWay = await signedIn(browser);
      const written = underWay.reply.cookies.length;
      await manager.end(browser.request());
      expect((await rejectionOf(manager.getToken(underWay.session, { forceRenewal: true }))).code).toBe(
        'login_required',
      );
      expect(underWay.reply.cookies).toHaveLength(written);
      expect(refresh).not.toHaveBeenCalled();
    });

    test('is not revived by a renewal that was under way', async () => {
      let answer: (value: IssuedTokenSet) => void = () => {};
      refresh.mockImplementation(() => new Promise((resolve) => (answer = resolve)));
      const browser = await signIn();
      const { session, reply } = await signedIn(browser);
      const renewal = manager.getToken(session, { forceRenewal: true });
      await manager.end(browser.request());
      answer(tokens({ accessToken: 'canary-access-2' }));
      await renewal.catch(() => {});
      expect(reply.cookies).toEqual([]);
    });

    test('T009: by a new login, leaves nothing of the old one', async () => {
      const browser = await signIn();
      const old = browser.request();
      browser.receive(
        await manager.start(old, { ...newSession(), persona: 'customer', identity: { persona: 'customer' } }),
      );
      expect((await signedIn(browser)).session.persona).toBe('customer');
      expect(await has(old)).toBe(false);
    });

    test('does not end another one', async () => {
      const [one, other] = [await signIn(), await signIn()];
      await manager.end(one.request());
      expect(await has(other.request())).toBe(true);
      await manager.end({ headers: {} });
      expect(await has(other.request())).toBe(true);
    });
  });
});

describe('what becomes of sessions can be subscribed to', () => {
  const events: unknown[] = [];
  const onEvent = (event: unknown) => events.push(event);
  beforeEach(() => {
    events.length = 0;
    subscribe('egain-auth:session', onEvent);
  });
  afterEach(() => {
    unsubscribe('egain-auth:session', onEvent);
  });

  test('from the login to the end, by a hash of its id, and with a reason', async () => {
    const manager = createSessionManager(SETTINGS, createSealedSessions(SETTINGS, sealer), refresh);
    const browser = createBrowser();
    const open = () => manager.lookUp(browser.request(), createReply()) as () => SessionLookup;
    open()();
    browser.receive(await manager.start(browser.request(), newSession()));
    const { session } = open()();
    refresh.mockResolvedValue(tokens({ accessToken: 'canary-access-2' }));
    await manager.getToken(session as EgainSession, { forceRenewal: true });
    await manager.end(browser.request());
    open()();
    browser.jar.set(COOKIE, 'canary-tampered');
    await manager.peek(browser.request());

    const hashed = createHash('sha256')
      .update(session?.id ?? '')
      .digest('base64url');
    expect(events).toEqual([
      { type: 'started', session: hashed, persona: 'user' },
      { type: 'renewed', session: hashed, persona: 'user' },
      { type: 'ended', session: hashed, persona: 'user' },
      { type: 'refused', session: hashed, persona: 'user', reason: 'signed_out' },
      { type: 'refused', reason: 'unreadable' },
    ]);
    expect(JSON.stringify(events)).not.toContain('canary');
  });
});
