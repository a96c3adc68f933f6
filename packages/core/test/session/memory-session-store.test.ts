import { beforeEach, describe, expect, test } from '@jest/globals';
import { createMemorySessionStore } from '../../src/session/memory-session-store.ts';
import { passTime, stopClock } from '../clock.ts';

beforeEach(() => stopClock());

describe('a session store in memory', () => {
  test('has what was set until its time is over', async () => {
    const store = createMemorySessionStore();
    await store.set('a', 'one', { ttlMs: 1000 });
    passTime(999);
    expect(await store.get('a')).toBe('one');
    passTime(1);
    expect(await store.get('a')).toBeUndefined();
    expect(await store.update('a', 'two', { ttlMs: 1000 })).toBe(false);
    expect(await store.get('a')).toBeUndefined();
  });

  test('updates what is there, with a new time', async () => {
    const store = createMemorySessionStore();
    await store.set('a', 'one', { ttlMs: 1000 });
    expect(await store.update('a', 'two', { ttlMs: 2000 })).toBe(true);
    passTime(1999);
    expect(await store.get('a')).toBe('two');
    await store.delete('a');
    expect(await store.update('a', 'three', { ttlMs: 2000 })).toBe(false);
    expect(await store.get('a')).toBeUndefined();
  });

  test('lets a key be claimed once, until the claim is over or deleted', async () => {
    const store = createMemorySessionStore();
    const claim = () => store.claim('a', { ttlMs: 1000 });
    expect([await claim(), await claim()]).toEqual([true, false]);
    await store.delete('a');
    expect(await claim()).toBe(true);
    passTime(1000);
    expect(await claim()).toBe(true);
  });

  test('T094: is bounded; who was not seen for longest goes first', async () => {
    const store = createMemorySessionStore({ maxEntries: 3 });
    for (const key of ['a', 'b', 'c']) await store.set(key, key, { ttlMs: 1000 });
    await store.update('a', 'a', { ttlMs: 1000 });
    await store.delete('c');
    for (const key of ['d', 'e', 'f']) await store.set(key, key, { ttlMs: 1000 });
    const left: string[] = [];
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) if (await store.get(key)) left.push(key);
    expect(left).toEqual(['d', 'e', 'f']);
  });

  test('F57: claims have a bound of their own, and push out no session', async () => {
    const store = createMemorySessionStore({ maxEntries: 3 });
    for (const key of ['a', 'b', 'c']) await store.set(key, key, { ttlMs: 1000 });
    for (const key of ['1', '2', '3', '4']) await store.claim(key, { ttlMs: 1000 });
    for (const key of ['a', 'b', 'c']) expect(await store.get(key)).toBe(key);
    // The oldest one made room, the others are still taken.
    expect(await store.claim('4', { ttlMs: 1000 })).toBe(false);
    expect(await store.claim('1', { ttlMs: 1000 })).toBe(true);
  });

  test.each([0, -1, 1.5, Number.NaN, '5'])('cannot have %p entries', (maxEntries) => {
    expect(() => createMemorySessionStore({ maxEntries: maxEntries as number })).toThrow(TypeError);
  });
});
