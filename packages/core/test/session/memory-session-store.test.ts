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
    expect(await store.replace('a', 'one', 'two', { ttlMs: 1000 })).toBe(false);
    expect(await store.get('a')).toBeUndefined();
  });

  test('replaces a value only by way of what it is, with a new time to live', async () => {
    const store = createMemorySessionStore();
    await store.set('a', 'one', { ttlMs: 1000 });
    expect(await store.replace('a', 'zero', 'two', { ttlMs: 2000 })).toBe(false);
    expect(await store.replace('a', 'one', 'two', { ttlMs: 2000 })).toBe(true);
    passTime(1999);
    expect(await store.get('a')).toBe('two');
    await store.delete('a');
    expect(await store.replace('a', 'two', 'three', { ttlMs: 2000 })).toBe(false);
    expect(await store.get('a')).toBeUndefined();
  });

  test('lets one owner claim a key, until the claim expires or that owner releases it', async () => {
    const store = createMemorySessionStore();
    const claim = (owner: string) => store.claim('a', owner, { ttlMs: 1000 });
    expect([await claim('one'), await claim('two')]).toEqual([true, false]);
    passTime(999);
    // Extends it.
    expect(await claim('one')).toBe(true);
    passTime(999);
    await store.release('a', 'two');
    await store.delete('a');
    expect(await claim('two')).toBe(false);
    passTime(1);
    expect(await claim('two')).toBe(true);
    await store.release('a', 'two');
    expect(await claim('one')).toBe(true);
  });

  test('T094: is bounded; who was not seen for longest goes first', async () => {
    const store = createMemorySessionStore({ maxEntries: 3 });
    for (const key of ['a', 'b', 'c']) await store.set(key, key, { ttlMs: 1000 });
    await store.replace('a', 'a', 'a', { ttlMs: 1000 });
    await store.delete('c');
    for (const key of ['d', 'e', 'f']) await store.set(key, key, { ttlMs: 1000 });
    const left: string[] = [];
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) if (await store.get(key)) left.push(key);
    expect(left).toEqual(['d', 'e', 'f']);
  });

  test('F57: claims have a bound of their own, and push out no session', async () => {
    const store = createMemorySessionStore({ maxEntries: 3 });
    for (const key of ['a', 'b', 'c']) await store.set(key, key, { ttlMs: 1000 });
    for (const key of ['1', '2', '3', '4']) await store.claim(key, key, { ttlMs: 1000 });
    for (const key of ['a', 'b', 'c']) expect(await store.get(key)).toBe(key);
    // The oldest one made room, the others are still taken.
    expect(await store.claim('4', 'another', { ttlMs: 1000 })).toBe(false);
    expect(await store.claim('1', 'another', { ttlMs: 1000 })).toBe(true);
  });

  test.each([0, -1, 1.5, Number.NaN, '5'])('cannot have %p entries', (maxEntries) => {
    expect(() => createMemorySessionStore({ maxEntries: maxEntries as number })).toThrow(TypeError);
  });
});
