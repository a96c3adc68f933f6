import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, jest, test } from '@jest/globals';
import { createMemoryTokenStore } from '../../src/index.ts';
import { passTime, stopClock } from '../clock.ts';
import { heapInUse } from '../measure.ts';

// That it keeps the rules of every token store, the tests of @egain-auth/testing show: the contract is theirs.

const LATER = { ttlMs: 60_000, tags: [] };
const LOCK = { ttlMs: 60_000, waitMs: 0 };

describe('T094: the memory store is bounded', () => {
  test('the values that were set first make room', async () => {
    const store = createMemoryTokenStore({ maxEntries: 3 });
    for (const key of ['a', 'b', 'c', 'd']) await store.set(key, key, LATER);
    const found = await Promise.all(['a', 'b', 'c', 'd'].map((key) => store.get(key)));
    expect(found).toEqual([undefined, 'b', 'c', 'd']);
  });

  test('to set a value again makes it the last to go, and takes no room', async () => {
    const store = createMemoryTokenStore({ maxEntries: 3 });
    for (const key of ['a', 'b', 'c', 'a', 'a', 'd', 'e']) await store.set(key, key, LATER);
    const found = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((key) => store.get(key)));
    expect(found).toEqual(['a', undefined, undefined, 'd', 'e']);
  });

  test('T083: to read a value keeps it no longer: a revocation outlives what was stored before it', async () => {
    const store = createMemoryTokenStore({ maxEntries: 2 });
    await store.set('revoked token', 'value', LATER);
    await store.set('revocation', 'value', LATER);
    await store.get('revoked token');
    await store.set('another', 'value', LATER);
    expect([await store.get('revoked token'), await store.get('revocation')]).toEqual([undefined, 'value']);
  });

  test('deleted values leave room, wherever they stood', async () => {
    const store = createMemoryTokenStore({ maxEntries: 3 });
    for (const removed of ['a', 'b', 'c']) {
      for (const key of ['a', 'b', 'c']) await store.set(key, key, LATER);
      await store.delete(removed);
      await store.set('d', 'd', LATER);
      const left = await Promise.all(['a', 'b', 'c', 'd'].map((key) => store.get(key)));
      expect(left.filter(Boolean)).toEqual(['a', 'b', 'c', 'd'].filter((key) => key !== removed));
      await store.delete('d');
    }
  });

  test('what made room has no tags any more', async () => {
    const store = createMemoryTokenStore({ maxEntries: 1 });
    await store.set('a', 'old', { ttlMs: 60_000, tags: ['tag'] });
    await store.set('b', 'b', LATER);
    await store.set('a', 'new', LATER);
    await store.deleteByTag('tag');
    expect(await store.get('a')).toBe('new');
  });

  test('tags that nothing has any more are forgotten', async () => {
    const store = createMemoryTokenStore({ maxEntries: 1 });
    const before = heapInUse();
    for (let index = 0; index < 20_000; index += 1) {
      await store.set('key', '', { ttlMs: 60_000, tags: [Buffer.alloc(1000, `${index}-`).toString()] });
    }
    // The tags that were set are 20 MB.
    expect(heapInUse() - before).toBeLessThan(5_000_000);
    // Also keeps the store itself from being collected before it is measured.
    expect(await store.get('key')).toBe('');
  });

  test('a lock that ended is nobody’s to end', async () => {
    const store = createMemoryTokenStore();
    const unlock = await store.lock('key', LOCK);
    await unlock?.();
    const unlockNext = await store.lock('key', LOCK);
    await unlock?.();
    expect(await store.lock('key', LOCK)).toBeUndefined();
    await unlockNext?.();
    expect(await store.lock('key', LOCK)).toBeDefined();
  });

  test('more locks than entries are not to be had, until one ends', async () => {
    const store = createMemoryTokenStore({ maxEntries: 2 });
    const unlock = await store.lock('a', LOCK);
    await store.lock('b', { ttlMs: 30, waitMs: 0 });
    expect(await store.lock('c', LOCK)).toBeUndefined();
    await sleep(50);
    expect(await store.lock('c', LOCK)).toBeDefined();
    expect(await store.lock('d', LOCK)).toBeUndefined();
    await unlock?.();
    expect(await store.lock('d', LOCK)).toBeDefined();
  });
});

describe('the memory store', () => {
  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '10', null])(
    'refuses %p as maxEntries',
    (maxEntries) => {
      expect(() => createMemoryTokenStore({ maxEntries: maxEntries as number })).toThrow(TypeError);
    },
  );

  test('looks at the time when it is asked', async () => {
    stopClock();
    const store = createMemoryTokenStore();
    await store.set('key', 'value', { ttlMs: 3_600_000, tags: [] });
    passTime(3_590_000);
    expect(await store.get('key')).toBe('value');
    passTime(20_000);
    expect(await store.get('key')).toBeUndefined();
  });

  test('keeps what others do to their tags out of its own', async () => {
    const store = createMemoryTokenStore();
    const tags = ['tag'];
    await store.set('key', 'value', { ttlMs: 60_000, tags });
    tags[0] = 'another';
    await store.set('key', 'new', LATER);
    await store.deleteByTag('tag');
    expect(await store.get('key')).toBe('new');
  });

  test('gives a lock to those who wait in the order in which they came, and forgets who gave up', async () => {
    const store = createMemoryTokenStore();
    const order: string[] = [];
    const unlock = await store.lock('key', LOCK);
    const impatient = store.lock('key', { ttlMs: 60_000, waitMs: 10 });
    const waiting = ['first', 'second', 'third'].map(async (name) => {
      const unlockNext = await store.lock('key', { ttlMs: 60_000, waitMs: 5000 });
      order.push(name);
      await unlockNext?.();
    });
    expect(await impatient).toBeUndefined();
    await unlock?.();
    await Promise.all(waiting);
    expect(order).toEqual(['first', 'second', 'third']);
  });

  test('hands the lock on with the time of who waited', async () => {
    const store = createMemoryTokenStore();
    await store.lock('key', { ttlMs: 20, waitMs: 0 });
    const dies = store.lock('key', { ttlMs: 40, waitMs: 5000 });
    const next = store.lock('key', { ttlMs: 60_000, waitMs: 5000 });
    expect([await dies, await next]).toEqual([expect.any(Function), expect.any(Function)]);
  });

  test('leaves no timer behind when locks are returned', async () => {
    jest.useFakeTimers();
    const store = createMemoryTokenStore();
    const unlock = await store.lock('key', LOCK);
    const waiting = store.lock('key', { ttlMs: 60_000, waitMs: 60_000 });
    expect(jest.getTimerCount()).toBe(2);
    await unlock?.();
    const unlockNext = await waiting;
    expect(jest.getTimerCount()).toBe(1);
    await unlockNext?.();
    expect(jest.getTimerCount()).toBe(0);
  });

  test('keeps no process alive, whoever holds a lock and whoever waits for it', async () => {
    // Of timers, those that keep the process alive.
    const timers = () => process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length;
    const store = createMemoryTokenStore();
    const before = timers();
    await store.set('key', 'value', LATER);
    await store.lock('key', LOCK);
    void store.lock('key', { ttlMs: 60_000, waitMs: 60_000 });
    expect(timers()).toBe(before);
    const timer = setTimeout(() => {}, 60_000);
    expect(timers()).toBe(before + 1);
    clearTimeout(timer);
  });
});
