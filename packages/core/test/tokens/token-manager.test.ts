import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Actor } from '../../src/actor.ts';
import { EgainAuthError } from '../../src/errors.ts';
import type { TokenEvent } from '../../src/events.ts';
import type { TokenSet } from '../../src/protocol/token-set.ts';
import { customer, type Subject, user } from '../../src/subject.ts';
import type { TokenRequest } from '../../src/tokens/token-source.ts';
import { stopClock } from '../clock.ts';
import { failureOf, rejectionOf } from '../failure.ts';
import { createRecordingStore, HOUR_MS, type ManagedTokens, manageTokens, numberOf, settle } from './managed-tokens.ts';

const scope = ['knowledge.portalmgr.onbehalfof.read'];
const pa = user({ username: 'pa' });
const onBehalfOf = (subject: Subject = pa): Actor => ({ type: 'on-behalf-of', subject });
const request: TokenRequest = { actor: onBehalfOf(), scope };
const requestFor = (username: string): TokenRequest => ({ ...request, actor: onBehalfOf(user({ username })) });

/** Two processes. */
function shareStore(): { here: ManagedTokens; there: ManagedTokens } {
  const store = createRecordingStore();
  return { here: manageTokens({ store }), there: manageTokens({ store }) };
}

/** Of a token that lives for an hour, with the default settings and no jitter. */
const RENEW_MS = HOUR_MS - 300_000;
const MARGIN_MS = HOUR_MS - 30_000;

const random = jest.spyOn(Math, 'random');
const events: TokenEvent[] = [];
const onEvent = (event: unknown) => events.push(event as TokenEvent);

beforeEach(() => {
  stopClock();
  // In the middle: no jitter.
  random.mockReturnValue(0.5);
  events.length = 0;
  subscribe('egain-auth:token', onEvent);
});
afterEach(() => {
  unsubscribe('egain-auth:token', onEvent);
});

const unavailable = (retryAfterMs?: number) =>
  new EgainAuthError('token_endpoint_unavailable', 'down', { remedy: '', ...(retryAfterMs && { retryAfterMs }) });
const refusal = (oauthError: string) => new EgainAuthError('token_request_failed', 'no', { remedy: '', oauthError });

describe('a fresh token', () => {
  test('is returned from memory at once, without a promise', async () => {
    const tokens = manageTokens();
    const first = await tokens.get(request);
    expect(first.source).toBe('issuer');
    tokens.pass(RENEW_MS - 1);
    const second = tokens.getToken(request);
    expect(second).toMatchObject({ source: 'memory', expiresAt: first.expiresAt });
    expect((await second).accessToken).toBe(first.accessToken);
    expect(tokens.getToken(request)).toBe(second);
    await settle();
    expect(tokens.issuer.requests).toHaveLength(1);
    expect(events.map(({ type }) => type)).toEqual(['miss', 'hit', 'hit']);
  });

  test('is asked for once by everybody who waits', async () => {
    const tokens = manageTokens();
    const held = tokens.issuer.hold();
    const all = Array.from({ length: 100 }, () => tokens.get(request));
    await held.answer();
    expect(new Set((await Promise.all(all)).map(({ accessToken }) => accessToken)).size).toBe(1);
    expect(tokens.issuer.requests).toHaveLength(1);
  });

  test('is asked for with what the request says, and the signal of the flight', async () => {
    const tokens = manageTokens();
    const parameters = { resource: 'https://api.example.com' };
    const { signal } = new AbortController();
    await tokens.get({ actor: onBehalfOf(), scope, parameters, signal });
    const [asked] = tokens.issuer.requests;
    expect(asked).toMatchObject({ actor: onBehalfOf(), scope, parameters });
    expect(asked?.signal).toBeInstanceOf(AbortSignal);
    expect(asked?.signal).not.toBe(signal);
  });

  test('of a session is not cached: it has its own', async () => {
    const tokens = manageTokens();
    const session = {
      id: '1',
      persona: 'user',
      identity: { persona: 'user' },
      scope: new Set(['a']),
      startedAt: 0,
    } as const;
    for (const _ of [1, 2]) await tokens.get({ actor: { type: 'session', session }, scope: [] });
    expect(tokens.issuer.requests).toHaveLength(2);
  });
});

describe('the renew window', () => {
  test('R4: gives the current token at once and renews it once behind the callers’ backs', async () => {
    const tokens = manageTokens();
    const old = await tokens.get(request);
    tokens.pass(RENEW_MS);
    const held = tokens.issuer.hold();
    for (let calls = 0; calls < 10; calls += 1) {
      expect(tokens.getToken(request)).toMatchObject({ source: 'memory', expiresAt: old.expiresAt });
    }
    await settle();
    expect(tokens.issuer.requests).toHaveLength(2);
    await held.answer();
    expect((await tokens.get(request)).expiresAt).toBe(old.expiresAt + RENEW_MS);
    expect(tokens.issuer.requests).toHaveLength(2);
    expect(events.filter(({ type }) => type === 'renew')).toHaveLength(1);
  });

  test('R4: a renewal that fails is nobody’s failure', async () => {
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    const tokens = manageTokens();
    await tokens.get(request);
    tokens.pass(RENEW_MS);
    tokens.issuer.next({ error: unavailable() });
    expect(tokens.getToken(request)).toMatchObject({ source: 'memory' });
    await settle();
    await settle();
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
    expect(tokens.getToken(request)).toMatchObject({ source: 'memory' });
    expect(events.map(({ type }) => type)).toEqual(['miss', 'hit', 'fail', 'hit']);
  });

  test('is no longer than a fifth of a short life', async () => {
    const tokens = manageTokens();
    tokens.issuer.next({ lifetimeMs: 100_000 });
    await tokens.get(request);
    tokens.pass(79_999);
    await tokens.get(request);
    expect(tokens.issuer.requests).toHaveLength(1);
    tokens.pass(1);
    await tokens.get(request);
    expect(tokens.issuer.requests).toHaveLength(2);
  });

  test.each([
    [0, HOUR_MS - 270_000],
    [0.999999, HOUR_MS - 330_000],
  ])('F38: begins up to a tenth sooner or later, by chance (%s)', async (chance, renewMs) => {
    random.mockReturnValue(chance);
    const tokens = manageTokens();
    await tokens.get(request);
    tokens.pass(renewMs - 1);
    await tokens.get(request);
    expect(tokens.issuer.requests).toHaveLength(1);
    tokens.pass(2);
    await tokens.get(request);
    expect(tokens.issuer.requests).toHaveLength(2);
  });
});

describe('below the hard margin', () => {
  test('callers wait for the new token', async () => {
    const tokens = manageTokens();
    const old = await tokens.get(request);
    tokens.pass(MARGIN_MS);
    const held = tokens.issuer.hold();
    const [first, second] = [tokens.get(request), tokens.get(request)];
    const answered = jest.fn();
    void first.then(answered);
    await settle();
    expect(answered).not.toHaveBeenCalled();
    await held.answer();
    expect((await first).expiresAt).toBe(old.expiresAt + MARGIN_MS);
    expect((await second).accessToken).toBe((await first).accessToken);
    expect(tokens.issuer.requests).toHaveLength(2);
  });

  test('which is no more than a tenth of a short life', async () => {
    const tokens = manageTokens();
    tokens.issuer.next({ lifetimeMs: 100_000 });
    await tokens.get(request);
    tokens.pass(89_999);
    const held = tokens.issuer.hold();
    expect(tokens.getToken(request)).toMatchObject({ source: 'memory' });
    tokens.pass(1);
    const awaited = tokens.getToken(request);
    expect(awaited).toBeInstanceOf(Promise);
    await held.answer();
    await awaited;
  });

  test('the old one is better than none while it lives, and says that it is stale', async () => {
    const tokens = manageTokens();
    const old = await tokens.get(request);
    tokens.pass(MARGIN_MS);
    tokens.issuer.next({ error: unavailable() });
    expect(await tokens.get(request)).toMatchObject({ source: 'stale', expiresAt: old.expiresAt });
    // Backing off: not asked again, and not waited for.
    expect(tokens.getToken(request)).toMatchObject({ source: 'stale' });
    expect(tokens.issuer.requests).toHaveLength(2);
    expect(events.map(({ type }) => type)).toEqual(['miss', 'fail', 'stale', 'stale']);
  });

  test('T088: a token that has ended is never given, whatever else fails', async () => {
    const tokens = manageTokens();
    await tokens.get(request);
    tokens.pass(HOUR_MS - 1000);
    tokens.issuer.next({ error: unavailable() });
    expect(await tokens.get(request)).toMatchObject({ source: 'stale' });
    tokens.pass(1000);
    tokens.issuer.next({ error: unavailable() });
    expect((await rejectionOf(tokens.get(request))).code).toBe('token_endpoint_unavailable');
    expect((await tokens.get(request)).source).toBe('issuer');
  });

  test('T088: nor one that ended while its renewal was waited for', async () => {
    const tokens = manageTokens();
    await tokens.get(request);
    tokens.pass(HOUR_MS - 1000);
    const held = tokens.issuer.hold();
    const waiting = rejectionOf(tokens.get(request));
    tokens.pass(1000);
    await held.answer({ error: unavailable() });
    expect((await waiting).code).toBe('token_endpoint_unavailable');
  });
});

describe('R5: what fails', () => {
  test('is not kept as a token: everybody who waited hears it, and the next one asks again', async () => {
    const tokens = manageTokens();
    const held = tokens.issuer.hold();
    const both = [rejectionOf(tokens.get(request)), rejectionOf(tokens.get(request))];
    await held.answer({ error: unavailable() });
    expect((await Promise.all(both)).map(({ code }) => code)).toEqual(Array(2).fill('token_endpoint_unavailable'));
    expect((await tokens.get(request)).source).toBe('issuer');
    expect(tokens.issuer.requests).toHaveLength(2);
  });

  test('T093: eGain’s refusal is the answer for five seconds, to this key only, each with a report of its own', async () => {
    const tokens = manageTokens();
    tokens.issuer.next({ error: refusal('invalid_grant') });
    const first = await rejectionOf(tokens.get(request));
    tokens.pass(4999);
    const second = await rejectionOf(tokens.get(request));
    expect(second).toMatchObject({ code: 'token_request_failed', oauthError: 'invalid_grant', retryAfterMs: 1 });
    expect(second.requestId).not.toBe(first.requestId);
    await tokens.get(requestFor('maria'));
    expect(tokens.issuer.requests).toHaveLength(2);
    tokens.pass(1);
    expect((await tokens.get(request)).source).toBe('issuer');
  });

  test('a refusal of the client is not remembered of one key: it is remembered elsewhere for all', async () => {
    const tokens = manageTokens();
    tokens.issuer.next({ error: refusal('invalid_client') });
    expect((await rejectionOf(tokens.get(request))).oauthError).toBe('invalid_client');
    expect((await tokens.get(request)).source).toBe('issuer');
  });

  test.each([
    [1, 3000],
    [2, 6000],
    [3, 12_000],
    [4, 24_000],
    [5, 30_000],
    [6, 30_000],
  ])('is tried again behind a good token, after failure %i in a row %i ms later', async (failures, delayMs) => {
    random.mockReturnValue(0);
    const tokens = manageTokens();
    await tokens.get(request);
    tokens.pass(HOUR_MS - 270_000);
    for (let number = 1; number <= failures; number += 1) {
      tokens.issuer.next({ error: unavailable() });
      await tokens.get(request);
      await settle();
      expect(tokens.issuer.requests).toHaveLength(1 + number);
      if (number < failures) tokens.pass(30_000);
    }
    tokens.pass(delayMs - 1);
    await tokens.get(request);
    expect(tokens.issuer.requests).toHaveLength(1 + failures);
    tokens.pass(1);
    await tokens.get(request);
    expect(tokens.issuer.requests).toHaveLength(2 + failures);
  });

  test('not all at once: the delay is up to a quarter longer, by chance', async () => {
    const tokens = manageTokens();
    await tokens.get(request);
    tokens.pass(RENEW_MS);
    tokens.issuer.next({ error: unavailable() });
    await tokens.get(request);
    await settle();
    tokens.pass(3374);
    await tokens.get(request);
    expect(tokens.issuer.requests).toHaveLength(2);
    tokens.pass(1);
    await tokens.get(request);
    expect(tokens.issuer.requests).toHaveLength(3);
  });

  test('nor before Retry-After says so', async () => {
    const tokens = manageTokens();
    await tokens.get(request);
    tokens.pass(RENEW_MS);
    tokens.issuer.next({ error: unavailable(60_000) });
    await tokens.get(request);
    await settle();
    tokens.pass(59_999);
    await tokens.get(request);
    expect(tokens.issuer.requests).toHaveLength(2);
    tokens.pass(1);
    await tokens.get(request);
    expect(tokens.issuer.requests).toHaveLength(3);
  });

  test('a success makes an end of it', async () => {
    random.mockReturnValue(0);
    const tokens = manageTokens();
    await tokens.get(request);
    tokens.pass(HOUR_MS - 270_000);
    tokens.issuer.next({ error: unavailable() });
    await tokens.get(request);
    await settle();
    tokens.pass(3000);
    await tokens.get(request);
    await settle();
    tokens.pass(HOUR_MS - 270_000);
    tokens.issuer.next({ error: unavailable() });
    await tokens.get(request);
    await settle();
    tokens.pass(3000);
    await tokens.get(request);
    expect(tokens.issuer.requests).toHaveLength(5);
  });

  test('T083: invalid_grant ends the old token too: eGain does not know this subject any more', async () => {
    const tokens = manageTokens();
    await tokens.get(request);
    tokens.pass(RENEW_MS);
    tokens.issuer.next({ error: refusal('invalid_grant') });
    await tokens.get(request);
    await settle();
    expect((await rejectionOf(tokens.get(request))).oauthError).toBe('invalid_grant');
    expect(tokens.issuer.requests).toHaveLength(2);
  });
});

describe('R7: a token that the API rejected', () => {
  test('is replaced, once for all who had it', async () => {
    const tokens = manageTokens();
    const { accessToken: rejected } = await tokens.get(request);
    tokens.pass(1000);
    const held = tokens.issuer.hold();
    const all = [1, 2, 3].map(() => tokens.get({ ...request, rejected }));
    await held.answer();
    const given = new Set((await Promise.all(all)).map(({ accessToken }) => accessToken));
    expect(given.size).toBe(1);
    expect(given).not.toContain(rejected);
    expect(tokens.issuer.requests).toHaveLength(2);
  });

  test('is not replaced again for whoever comes late with it', async () => {
    const tokens = manageTokens();
    const { accessToken: rejected } = await tokens.get(request);
    tokens.pass(1000);
    const replacement = await tokens.get({ ...request, rejected });
    tokens.pass(1000);
    expect((await tokens.get({ ...request, rejected })).accessToken).toBe(replacement.accessToken);
    expect(tokens.issuer.requests).toHaveLength(2);
  });

  test('is not given to anybody any more, even if no other can be had', async () => {
    const tokens = manageTokens();
    const { accessToken: rejected } = await tokens.get(request);
    tokens.pass(1000);
    tokens.issuer.next({ error: unavailable() });
    expect((await rejectionOf(tokens.get({ ...request, rejected }))).code).toBe('token_endpoint_unavailable');
    expect((await tokens.get(request)).accessToken).not.toBe(rejected);
  });

  test('T074: is not replaced when it is fresh: the next one would be rejected too', async () => {
    const tokens = manageTokens();
    const { accessToken: rejected } = await tokens.get(request);
    tokens.pass(999);
    expect((await tokens.get({ ...request, rejected })).accessToken).toBe(rejected);
    expect(tokens.issuer.requests).toHaveLength(1);
  });

  test('is not taken from the store again', async () => {
    const { here, there } = shareStore();
    const { accessToken: rejected } = await here.get(request);
    await there.get(request);
    there.pass(1000);
    expect((await there.get({ ...request, rejected })).accessToken).not.toBe(rejected);
    expect([here, there].map(({ issuer }) => issuer.requests.length)).toEqual([1, 1]);
  });

  test('F59: is replaced by a process that has only just read it from the store, and not twice', async () => {
    const { here, there } = shareStore();
    const { accessToken: rejected } = await here.get(request);
    await there.get(request);
    const { accessToken: replacement } = await there.get({ ...request, rejected });
    expect(replacement).not.toBe(rejected);
    // This one was minted here, just now: another would be rejected too (T074).
    expect((await there.get({ ...request, rejected: replacement })).accessToken).toBe(replacement);
    expect(there.issuer.requests).toHaveLength(1);
  });
});

test('F62: two thousand unknown subjects push out none of five hundred good tokens', async () => {
  const tokens = manageTokens({ settings: { maxEntries: 500 } });
  const names = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
  for (const name of names(500, 'known')) await tokens.get(requestFor(name));
  for (const name of names(2000, 'unknown')) {
    tokens.issuer.next({ error: refusal('invalid_grant') });
    await tokens.get(requestFor(name)).catch(() => {});
  }
  for (const name of names(500, 'known')) expect((await tokens.get(requestFor(name))).source).toBe('memory');
});

test('forceRenewal asks for another token, which takes the place of the cached one', async () => {
  const tokens = manageTokens();
  const old = await tokens.get(request);
  const forced = await tokens.get({ ...request, forceRenewal: true });
  expect(forced.accessToken).not.toBe(old.accessToken);
  expect((await tokens.get(request)).accessToken).toBe(forced.accessToken);
  expect(tokens.issuer.requests).toHaveLength(2);
});

describe('R8, T094: what is kept has an end', () => {
  test('room for as many as maxEntries: who was not asked for lately goes', async () => {
    const tokens = manageTokens({ settings: { maxEntries: 3 } });
    for (let name = 0; name < 10; name += 1) await tokens.get(requestFor(`user ${name}`));
    expect(tokens.getToken(requestFor('user 9'))).toMatchObject({ source: 'memory' });
    await tokens.get(requestFor('user 0'));
    expect(tokens.issuer.requests).toHaveLength(11);
  });

  test('refusals take no more room', async () => {
    const tokens = manageTokens({ settings: { maxEntries: 2 } });
    for (let name = 0; name < 5; name += 1) {
      tokens.issuer.next({ error: refusal('invalid_grant') });
      await rejectionOf(tokens.get(requestFor(`nobody ${name}`)));
    }
    const again = () => tokens.get(requestFor('nobody 4'));
    expect((await rejectionOf(again())).retryAfterMs).toBe(5000);
  });

  test('no more may wait at once than may be kept', async () => {
    const tokens = manageTokens({ settings: { maxEntries: 2 } });
    const held = [tokens.issuer.hold(), tokens.issuer.hold()];
    const waiting = [1, 2].map((name) => tokens.get(requestFor(`${name}`)));
    expect((await rejectionOf(tokens.get(request))).code).toBe('token_endpoint_unavailable');
    for (const { answer } of held) await answer();
    await Promise.all(waiting);
    await tokens.get(request);
  });
});

describe('R2, R12: who gives up', () => {
  test('hears the reason of their own signal at once, and nobody else hears anything', async () => {
    const tokens = manageTokens();
    const held = tokens.issuer.hold();
    const caller = new AbortController();
    const first = tokens.get({ ...request, signal: caller.signal });
    const second = tokens.get(request);
    const outcomes = Promise.allSettled([first, second]);
    const reason = new Error('the browser went away');
    caller.abort(reason);
    await expect(first).rejects.toBe(reason);
    expect(tokens.issuer.requests[0]?.signal?.aborted).toBe(false);
    await held.answer();
    expect((await outcomes)[1]).toMatchObject({ value: { source: 'issuer' } });
  });

  test('does not end the flight for those who come later', async () => {
    const tokens = manageTokens();
    const held = tokens.issuer.hold();
    const caller = new AbortController();
    const first = tokens.get({ ...request, signal: caller.signal });
    const second = tokens.get(request);
    caller.abort(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    const third = tokens.get(request);
    await settle();
    expect(tokens.issuer.requests).toHaveLength(1);
    await held.answer();
    expect((await third).accessToken).toBe((await second).accessToken);
  });

  test('stops the work when the last one leaves, and the next caller begins anew', async () => {
    const tokens = manageTokens();
    const abandoned = tokens.issuer.hold();
    const callers = [new AbortController(), new AbortController()];
    const all = callers.map(({ signal }) => tokens.get({ ...request, signal }));
    for (const caller of callers) caller.abort(new Error('gone'));
    for (const given of all) await expect(given).rejects.toThrow('gone');
    expect(tokens.issuer.requests[0]?.signal?.aborted).toBe(true);

    const held = tokens.issuer.hold();
    const next = tokens.get(request);
    await settle();
    expect(tokens.issuer.requests).toHaveLength(2);
    // What was abandoned ends after all: it may neither be kept nor end the flight of the others.
    await abandoned.answer({ lifetimeMs: 2 * HOUR_MS });
    const late = tokens.get(request);
    await settle();
    expect(tokens.issuer.requests).toHaveLength(2);
    await held.answer();
    expect(numberOf(await next)).toBe(2);
    expect((await late).accessToken).toBe((await next).accessToken);
  });

  test('whose flight ends late ends no other, where there is an old token', async () => {
    const tokens = manageTokens();
    await tokens.get(request);
    tokens.pass(MARGIN_MS);
    const abandoned = tokens.issuer.hold();
    const caller = new AbortController();
    const gone = tokens.get({ ...request, signal: caller.signal });
    await settle();
    caller.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    const held = tokens.issuer.hold();
    const next = tokens.get(request);
    await settle();
    await abandoned.answer();
    const late = tokens.get(request);
    await settle();
    await held.answer();
    expect([await next, await late].map(numberOf)).toEqual([3, 3]);
    expect(tokens.issuer.requests).toHaveLength(3);
  });

  test('at the moment their flight lands does not end the next one', async () => {
    const tokens = manageTokens();
    const caller = new AbortController();
    const forced = { ...request, forceRenewal: true };
    const started: Promise<unknown>[] = [];
    let held: ReturnType<typeof tokens.issuer.hold> | undefined;
    const onLanding = () => {
      if (held) return;
      held = tokens.issuer.hold();
      started.push(tokens.get(forced));
      caller.abort(new Error('gone'));
      started.push(tokens.get(forced));
    };
    subscribe('egain-auth:token', onLanding);
    await tokens.get({ ...request, signal: caller.signal }).catch(() => {});
    await settle();
    unsubscribe('egain-auth:token', onLanding);
    await held?.answer();
    await Promise.all(started);
    expect(tokens.issuer.requests).toHaveLength(2);
  });

  test('before asking costs nothing', async () => {
    const tokens = manageTokens();
    await expect(tokens.get({ ...request, signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone');
    expect(tokens.issuer.requests).toHaveLength(0);
  });

  test('does not stop a renewal behind a good token', async () => {
    const tokens = manageTokens();
    await tokens.get(request);
    tokens.pass(RENEW_MS);
    const held = tokens.issuer.hold();
    await tokens.get(request);
    tokens.pass(MARGIN_MS - RENEW_MS);
    const caller = new AbortController();
    const waiting = tokens.get({ ...request, signal: caller.signal });
    caller.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    expect(tokens.issuer.requests[1]?.signal?.aborted).toBe(false);
    await held.answer();
    expect((await tokens.get(request)).source).toBe('memory');
    expect(tokens.issuer.requests).toHaveLength(2);
  });
});

describe('T083: revoke', () => {
  test('forgets the token', async () => {
    const tokens = manageTokens();
    const old = await tokens.get(request);
    await tokens.revoke(pa);
    expect((await tokens.get(request)).accessToken).not.toBe(old.accessToken);
  });

  test('of every set of scopes, and of nobody else', async () => {
    const tokens = manageTokens();
    const wider = { ...request, scope: [...scope, 'knowledge.portalmgr.onbehalfof.manage'] };
    const withParameters = { ...request, parameters: { audience: 'x' } };
    const others = [user({ userId: 'pa' }), customer({ email: 'pa' }), user({ username: 'PA' })].map((subject) => ({
      ...request,
      actor: onBehalfOf(subject),
    }));
    for (const each of [request, wider, withParameters, ...others]) await tokens.get(each);
    await tokens.revoke(pa);
    for (const each of others) expect(tokens.getToken(each)).toMatchObject({ source: 'memory' });
    expect(tokens.issuer.requests).toHaveLength(6);
    for (const each of [request, wider, withParameters]) expect((await tokens.get(each)).source).toBe('issuer');
  });

  test('wins over a flight: whoever waits is refused, the work is stopped, its outcome is not kept', async () => {
    const tokens = manageTokens();
    const held = tokens.issuer.hold();
    const waiting = rejectionOf(tokens.get(request));
    await tokens.revoke(pa);
    expect((await waiting).code).toBe('subject_refused');
    expect(tokens.issuer.requests[0]?.signal?.aborted).toBe(true);
    await held.answer();
    expect(numberOf(await tokens.get(request))).toBe(2);
  });

  test('wins over a renewal behind a good token', async () => {
    const tokens = manageTokens();
    await tokens.get(request);
    tokens.pass(RENEW_MS);
    const held = tokens.issuer.hold();
    await tokens.get(request);
    await tokens.revoke(pa);
    await held.answer();
    expect(numberOf(await tokens.get(request))).toBe(3);
  });

  test('does not let the old token back in as a stale one', async () => {
    const tokens = manageTokens();
    await tokens.get(request);
    tokens.pass(MARGIN_MS);
    tokens.issuer.hold();
    const waiting = rejectionOf(tokens.get(request));
    await tokens.revoke(pa);
    expect((await waiting).code).toBe('subject_refused');
  });

  test('reaches the store: what another process put there is not read any more', async () => {
    const { here, there } = shareStore();
    await there.get(request);
    await here.revoke(pa);
    await here.get(request);
    expect(here.issuer.requests).toHaveLength(1);
  });

  test('wins over whoever reads the store before it hears of it', async () => {
    const store = createRecordingStore();
    const meanwhile: TokenSet[] = [];
    const here = manageTokens({
      store: {
        ...store,
        async set(key, value, options) {
          if (key.startsWith('r:')) meanwhile.push(await here.get(request));
          await store.set(key, value, options);
        },
      },
    });
    await manageTokens({ store }).get(request);
    await here.revoke(pa);
    expect(meanwhile).toMatchObject([{ source: 'store' }]);
    expect((await here.get(request)).source).toBe('issuer');
  });

  test('R11: takes a subject and nothing else', async () => {
    const tokens = manageTokens();
    for (const subject of [undefined, null, '', 'pa', {}, { persona: 'user', kind: 'username', value: 'pa' }]) {
      expect((await rejectionOf(tokens.revoke(subject as Subject))).code).toBe('invalid_subject');
    }
  });
});

describe('T068: a grant that lacks something requested', () => {
  const wide = ['a.b.onbehalfof.read', 'a.b.onbehalfof.manage'];

  test('says so, and is asked for again after a minute', async () => {
    const tokens = manageTokens();
    tokens.issuer.next({ scope: ['a.b.onbehalfof.read'] });
    const narrow = await tokens.get({ ...request, scope: wide });
    expect(narrow.scope).toEqual(new Set(['a.b.onbehalfof.read']));
    tokens.pass(59_999);
    expect(tokens.getToken({ ...request, scope: wide })).toMatchObject({ source: 'memory', scope: narrow.scope });
    tokens.pass(1);
    expect((await tokens.get({ ...request, scope: wide })).scope).toEqual(new Set(wide));
    expect(tokens.issuer.requests).toHaveLength(2);
  });

  test('is not a stale token either when that minute is over', async () => {
    const tokens = manageTokens();
    tokens.issuer.next({ scope: [] });
    await tokens.get(request);
    tokens.pass(60_000);
    tokens.issuer.next({ error: unavailable() });
    expect((await rejectionOf(tokens.get(request))).code).toBe('token_endpoint_unavailable');
  });

  test('is not a grant of more, nor one of .default', async () => {
    const tokens = manageTokens();
    tokens.issuer.next({ scope: [...wide, 'more'] });
    await tokens.get({ ...request, scope: wide });
    tokens.issuer.next({ scope: ['app.a.b.read'] });
    const byDefault: TokenRequest = { actor: { type: 'client' }, scope: ['.default'] };
    await tokens.get(byDefault);
    tokens.pass(60_000);
    await tokens.get({ ...request, scope: wide });
    await tokens.get(byDefault);
    expect(tokens.issuer.requests).toHaveLength(2);
  });

  test('is no grant of the narrower request, nor the reverse', async () => {
    const tokens = manageTokens();
    const [narrow] = wide;
    tokens.issuer.next({ scope: [narrow as string] });
    const first = await tokens.get({ ...request, scope: wide });
    const second = await tokens.get({ ...request, scope: [narrow as string] });
    expect(second.accessToken).not.toBe(first.accessToken);
    expect(tokens.issuer.requests).toHaveLength(2);
  });
});

describe('T089: an exchanged token', () => {
  const externalToken = (claims: object, name = '') =>
    `${name}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
  const exchange = (subjectToken: () => string | Promise<string>): TokenRequest => ({
    actor: { type: 'exchanged', registrationId: 'okta', subjectToken },
    scope: ['a.b.read'],
  });

  test('ends no later than the external token it was made of', async () => {
    const tokens = manageTokens();
    const exp = Math.floor(Date.now() / 1000) + 600;
    const { expiresAt } = await tokens.get(exchange(() => externalToken({ exp })));
    expect(expiresAt).toBe(exp * 1000);
    tokens.pass(600_000 - 30_000);
    await tokens.get(exchange(() => externalToken({ exp })));
    expect(tokens.issuer.requests).toHaveLength(2);
  });

  test.each<[name: string, token: string]>([
    ['that ends later', externalToken({ exp: 4_000_000_000 })],
    ['that is no JWT', 'opaque'],
    ['that says nothing of its end', externalToken({})],
    ['whose end is no number', externalToken({ exp: '1' })],
    ['that is null', externalToken(null as never)],
  ])('lives as long as eGain says, of an external token %s', async (_name, token) => {
    expect((await manageTokens().get(exchange(() => token))).expiresAt).toBe(Date.now() + HOUR_MS);
  });

  test('is cached by the external token of the moment, which is asked for once each time', async () => {
    const tokens = manageTokens();
    let current = 'first';
    const subjectToken = jest.fn(async () => current);
    const first = await tokens.get(exchange(subjectToken));
    expect((await tokens.get(exchange(subjectToken))).accessToken).toBe(first.accessToken);
    current = 'second';
    expect((await tokens.get(exchange(subjectToken))).accessToken).not.toBe(first.accessToken);
    expect(subjectToken).toHaveBeenCalledTimes(3);
    expect(tokens.issuer.requests).toHaveLength(2);
  });

  test('is one exchange for all who have the same external token', async () => {
    const tokens = manageTokens();
    const held = tokens.issuer.hold();
    const all = [1, 2, 3].map(() => tokens.get(exchange(async () => 'same')));
    await settle();
    await held.answer();
    await Promise.all(all);
    expect(tokens.issuer.requests).toHaveLength(1);
  });

  test.each([
    ['there is no external token', 'okta', undefined],
    ['it is null', 'okta', null],
    ['it is no string', 'okta', 5],
    ['there is no registration', '', 'token'],
    ['the registration is no string', undefined, 'token'],
  ])('is not cached where %s: the flow says what is wrong, each time', async (_name, registrationId, token) => {
    const tokens = manageTokens();
    const actor = { type: 'exchanged', registrationId, subjectToken: () => token } as unknown as Actor;
    for (const _ of [1, 2]) await tokens.get({ actor, scope: [] });
    expect(tokens.issuer.requests).toHaveLength(2);
  });
});

describe('R3: processes that share a store', () => {
  test('ask once: the second one finds what the first one had', async () => {
    const { here, there } = shareStore();
    const first = await here.get(request);
    const second = await there.get(request);
    expect(second.accessToken).toBe(first.accessToken);
    expect(second.source).toBe('store');
    expect(there.issuer.requests).toHaveLength(0);
  });

  test('look again when they have waited for each other', async () => {
    const { here, there } = shareStore();
    const held = here.issuer.hold();
    const first = here.get(request);
    await settle();
    const second = there.get(request);
    await settle();
    await held.answer();
    expect((await second).accessToken).toBe((await first).accessToken);
    expect(there.issuer.requests).toHaveLength(0);
  });

  test('T088: do not take a token that is due itself', async () => {
    const { here, there } = shareStore();
    await here.get(request);
    there.pass(MARGIN_MS);
    expect((await there.get(request)).source).toBe('issuer');
  });
});

describe('close', () => {
  test('waits for what is under way, and lets nothing new begin', async () => {
    const tokens = manageTokens();
    await tokens.get({ ...request, scope: ['cached'] });
    const held = tokens.issuer.hold();
    const waiting = tokens.get(request);
    const closed = jest.fn();
    const closing = tokens.close().then(closed);
    await settle();
    expect(closed).not.toHaveBeenCalled();
    expect(failureOf(() => tokens.getToken(requestFor('maria'))).code).toBe('instance_closed');
    await held.answer();
    await closing;
    expect((await waiting).source).toBe('issuer');
    expect(await tokens.get({ ...request, scope: ['cached'] })).toMatchObject({ source: 'memory' });
    tokens.pass(RENEW_MS);
    await tokens.get(request);
    expect(tokens.issuer.requests).toHaveLength(2);
  });
});

test('T082: every token that is asked for is followed, and none from memory', async () => {
  const tokens = manageTokens();
  await tokens.get(request);
  await tokens.get(request);
  expect(tokens.audit.follow.mock.calls.map(([actor, asked]) => [actor, asked])).toEqual([[request.actor, scope]]);
});

test('events say what was done, by a key that says nothing', async () => {
  const tokens = manageTokens();
  await tokens.get(request);
  await tokens.get(requestFor('maria'));
  await tokens.get(request);
  const [first, other, again] = events;
  expect(first).toEqual({
    ...{ type: 'miss', actor: 'on-behalf-of', scope, source: 'issuer', durationMs: 0 },
    key: expect.stringMatching(/^[\w-]{43}$/),
  });
  expect(other?.key).not.toBe(first?.key);
  expect(again).toMatchObject({ type: 'hit', source: 'memory', key: first?.key });
});
