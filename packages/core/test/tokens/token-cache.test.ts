import { describe, expect, test } from '@jest/globals';
import { user } from '../../src/subject.ts';
import { startFlight } from '../../src/tokens/flight.ts';
import { type CacheEntry, createTokenCache, type TokenCache } from '../../src/tokens/token-cache.ts';
import type { CachedRequest } from '../../src/tokens/token-context.ts';
import { failureOf } from '../failure.ts';

const request = (username: string, scope = ['knowledge.portalmgr.onbehalfof.read']): CachedRequest => ({
  actor: { type: 'on-behalf-of', subject: user({ username }) },
  scope,
});

function keepNew(cache: TokenCache, username: string, scope?: string[]): CacheEntry {
  const entry = cache.enter(cache.contextOf(request(username, scope)), username);
  cache.keep(entry);
  return entry;
}
const isThere = (cache: TokenCache, username: string) =>
  cache.contextOf(request(username)).entries.get(username) !== undefined;
const names = (count: number, prefix = 'u') => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe('F62: refusals', () => {
  const refuse = (cache: TokenCache, name: string) => {
    const entry = cache.enter(cache.contextOf(request(name)), name);
    cache.keepRefusal(entry);
    return entry;
  };

  test('push out no token, however many unknown subjects come', () => {
    const cache = createTokenCache(500);
    for (const name of names(500)) keepNew(cache, name);
    for (const name of names(2000, 'unknown')) refuse(cache, name);
    expect(names(500).filter((name) => isThere(cache, name))).toHaveLength(500);
    expect(names(2000, 'unknown').filter((name) => isThere(cache, name))).toHaveLength(500);
    expect(isThere(cache, 'unknown1999')).toBe(true);
  });

  test('are a thousand at most', () => {
    const cache = createTokenCache(10_000);
    for (const name of names(1500, 'unknown')) refuse(cache, name);
    expect(cache.size).toBe(1000);
  });

  test('make room before one that is asked for again', () => {
    const cache = createTokenCache(2);
    const asked = refuse(cache, 'asked');
    asked.flight = startFlight(
      () => new Promise<never>(() => {}),
      () => {},
    );
    for (const name of ['one', 'two', 'three']) refuse(cache, name);
    expect(['asked', 'one', 'two', 'three'].filter((name) => isThere(cache, name))).toEqual(['asked', 'three']);
  });

  test('take the place of the tokens of their subject, and give it back', () => {
    const cache = createTokenCache(1);
    const entry = keepNew(cache, 'pa');
    cache.keepRefusal(entry);
    keepNew(cache, 'other');
    expect(['pa', 'other'].filter((name) => isThere(cache, name))).toEqual(['pa', 'other']);
    cache.keep(entry);
    expect(['pa', 'other'].filter((name) => isThere(cache, name))).toEqual(['pa']);
    cache.drop(entry);
    expect(cache.size).toBe(0);
    // Nothing waits any more: there is room for as many as may wait.
    cache.enter(cache.contextOf(request('next')), 'next');
  });
});

describe('R8, T094: the bound', () => {
  test('holds however many subjects come', () => {
    const cache = createTokenCache(100);
    for (const name of names(10_000)) keepNew(cache, name);
    expect(cache.size).toBe(100);
    expect(cache.contextOf(request('u0')).entries.size).toBe(100);
  });

  test('lets go first who was not asked for', () => {
    const cache = createTokenCache(10);
    const entries = names(10).map((name) => keepNew(cache, name));
    const regulars = entries.filter((_, index) => index % 2 === 0);
    for (const guest of names(4, 'guest')) {
      for (const entry of regulars) entry.used = true;
      keepNew(cache, guest);
    }
    expect(regulars.filter(({ subject }) => isThere(cache, subject))).toHaveLength(5);
  });

  test('lets go of no flight as long as there is something else', () => {
    const cache = createTokenCache(10);
    const entries = names(10).map((name) => keepNew(cache, name));
    const busy = entries.slice(0, 9);
    for (const entry of busy) {
      entry.flight = startFlight(
        () => new Promise<never>(() => {}),
        () => {},
      );
    }
    keepNew(cache, 'guest');
    expect(busy.filter(({ subject }) => isThere(cache, subject))).toHaveLength(9);
    expect(isThere(cache, 'u9')).toBe(false);
  });

  test('is kept in few steps, even when everybody is in use', () => {
    const cache = createTokenCache(5000);
    for (const name of names(5000)) keepNew(cache, name).used = true;
    keepNew(cache, 'guest');
    expect(cache.size).toBe(5000);
    // Second chances that were taken away: as many as were looked at.
    const spared = names(5000).filter((name) => cache.contextOf(request(name)).entries.get(name)?.used === false);
    expect(spared.length).toBeLessThanOrEqual(64);
  });

  test('counts who waits for a first token, and says so', () => {
    const cache = createTokenCache(3);
    const context = cache.contextOf(request('x'));
    const waiting = names(3).map((name) => cache.enter(context, name));
    const error = failureOf(() => cache.enter(context, 'one too many'));
    expect(error).toMatchObject({ code: 'token_endpoint_unavailable', retryable: true });
    expect(error.remedy).toContain('tokens.maxEntries');
    cache.drop(waiting[0] as CacheEntry);
    cache.keep(waiting[1] as CacheEntry);
    expect(() => names(2, 'again').map((name) => cache.enter(context, name))).not.toThrow();
    expect(() => cache.enter(context, 'one too many')).toThrow();
  });

  test('holds for contexts too: past ten thousand steps everything is forgotten', () => {
    const cache = createTokenCache(100);
    const held = keepNew(cache, 'pa');
    const waiting = cache.enter(cache.contextOf(request('qa')), 'qa');
    for (const name of names(11_000, 'scope')) cache.contextOf(request('pa', [name]));
    expect(cache.size).toBe(0);
    expect(isThere(cache, 'pa')).toBe(false);
    // What is still on its way belongs nowhere any more, and does no harm.
    cache.keep(waiting);
    cache.drop(held);
    expect(cache.size).toBe(0);
    for (const name of names(100)) cache.enter(cache.contextOf(request('pa')), name);
    expect(() => cache.enter(cache.contextOf(request('pa')), 'more')).toThrow('100 keys are waiting');
  });
});

describe('an entry', () => {
  test('is dropped whether it is kept or not, and only once', () => {
    const cache = createTokenCache(10);
    const kept = keepNew(cache, 'kept');
    const waiting = cache.enter(cache.contextOf(request('x')), 'waiting');
    for (const entry of [kept, waiting, kept, waiting]) cache.drop(entry);
    expect(cache.size).toBe(0);
    expect(cache.contextOf(request('x')).entries.size).toBe(0);
  });

  test('R2: that was replaced can neither drop nor keep the new one of its key', () => {
    const cache = createTokenCache(10);
    const old = keepNew(cache, 'pa');
    cache.drop(old);
    const current = keepNew(cache, 'pa');
    cache.drop(old);
    cache.keep(old);
    expect(cache.contextOf(request('pa')).entries.get('pa')).toBe(current);
    expect(cache.size).toBe(1);
  });

  test('in the middle leaves the others in their places', () => {
    const cache = createTokenCache(10);
    const entries = names(10).map((name) => keepNew(cache, name));
    for (const index of [3, 9, 0, 5]) cache.drop(entries[index] as CacheEntry);
    expect(cache.size).toBe(6);
    for (const name of names(4, 'new')) keepNew(cache, name);
    expect(cache.size).toBe(10);
    for (const entry of entries) cache.drop(entry);
    expect(cache.size).toBe(4);
    expect(names(4, 'new').every((name) => isThere(cache, name))).toBe(true);
  });

  test('is found by its subject in every context', () => {
    const cache = createTokenCache(10);
    keepNew(cache, 'pa');
    keepNew(cache, 'pa', ['knowledge.contentmgr.onbehalfof.read']);
    keepNew(cache, 'qa');
    expect(cache.entriesOf(user({ username: 'pa' })).map(({ subject }) => subject)).toEqual(['pa', 'pa']);
    expect(cache.entriesOf(user({ userId: 'pa' }))).toEqual([]);
  });
});
