import { beforeEach, describe, expect, test } from '@jest/globals';
import { createTokenSet } from '../../src/protocol/token-set.ts';
import { createSealedSessions } from '../../src/session/sealed-sessions.ts';
import { createSessionManager, type SessionManager } from '../../src/session/session-manager.ts';
import { type Browser, cookieHeader, createBrowser, createReply } from '../browser.ts';
import { NOON, passTime, stopClock } from '../clock.ts';
import { rejectionOf } from '../failure.ts';
import { sealSessions } from '../session-sealer.ts';

const HOUR = 3_600_000;
const COOKIE = '__Host-egain_session';
const OLD = 'an old secret of more than thirty-two bytes';
const NEW = 'a new secret of more than thirty-two bytes!';
const SETTINGS = { cookieName: COOKIE, secure: true, idleMs: HOUR, absoluteMs: 8 * HOUR };

/** One process; `of` is the deployment. */
function createProcess(secrets: readonly string[] = [OLD], of = 'https://desk.example.com/'): SessionManager {
  const keeper = createSealedSessions(SETTINGS, sealSessions(secrets, 'session', of));
  return createSessionManager(SETTINGS, keeper, () => Promise.reject(new Error('not expected')));
}

/** @param length of the access token */
async function signIn(manager: SessionManager, length = 1000): Promise<Browser> {
  const browser = createBrowser();
  const accessToken = 'x'.repeat(length);
  const tokens = createTokenSet({ accessToken, expiresAt: NOON + HOUR, scope: ['a'], source: 'issuer' });
  const identity = { persona: 'user', name: 'Pat' } as const;
  browser.receive(await manager.start(browser.request(), { persona: 'user', identity, tokens, requestedScope: ['a'] }));
  return browser;
}

async function visit(manager: SessionManager, browser: Browser) {
  const reply = createReply();
  const lookup = (await manager.lookUp(browser.request(), reply))();
  browser.receive(reply.cookies);
  return { ...lookup, reply };
}

beforeEach(() => stopClock());

describe('T034: a session that one cookie does not hold', () => {
  test.each([100, 2500, 2900, 4000, 5000, 6500])('is in several (access token of %i bytes)', async (length) => {
    const manager = createProcess();
    const browser = await signIn(manager, length);
    expect((await visit(manager, browser)).session?.tokens.accessToken).toHaveLength(length);
    expect(cookieHeader(browser.jar).length).toBeLessThan(8192);
  });

  test('is refused beyond seven kibibytes, by an error that names the store', async () => {
    const error = await rejectionOf(signIn(createProcess(), 7000));
    expect(error.code).toBe('session_too_large');
    expect(error.remedy).toContain('session.store');
  });

  test('T035: with a part of another session is none', async () => {
    const manager = createProcess();
    const [one, other] = [await signIn(manager, 4000), await signIn(manager, 4000)];
    one.jar.set(`${COOKIE}.1`, other.jar.get(`${COOKIE}.1`) ?? '');
    expect(await visit(manager, one)).toMatchObject({ session: undefined, reason: 'unreadable' });
    other.jar.delete(`${COOKIE}.1`);
    expect(await visit(manager, other)).toMatchObject({ session: undefined, reason: 'incomplete_cookie' });
  });
});

describe('T039, F31: secrets rotate', () => {
  test('without signing anybody out, and each session is sealed anew at its next request', async () => {
    const browser = await signIn(createProcess([OLD]));
    const both = createProcess([NEW, OLD]);
    expect((await visit(both, browser)).reply.cookies).toHaveLength(1);
    expect((await visit(both, browser)).reply.cookies).toHaveLength(0);
    expect((await visit(createProcess([NEW]), browser)).session).toBeDefined();
    expect((await visit(createProcess([OLD]), browser)).reason).toBe('unreadable');
  });

  test('away from whoever was not there meanwhile', async () => {
    const browser = await signIn(createProcess([OLD]));
    expect((await visit(createProcess([NEW]), browser)).reason).toBe('unreadable');
  });

  test('T011: a session of another deployment with the same secret is none', async () => {
    const browser = await signIn(createProcess([OLD], 'https://other.example.com/'));
    expect((await visit(createProcess([OLD]), browser)).reason).toBe('unreadable');
  });
});

test('a session that nobody looks at is not opened', async () => {
  const manager = createProcess();
  const browser = await signIn(manager);
  passTime(HOUR / 2);
  const reply = createReply();
  const lookUp = manager.lookUp(browser.request(), reply);
  expect(lookUp).toBeInstanceOf(Function);
  expect(reply.cookies).toEqual([]);
});
