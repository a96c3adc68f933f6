import { beforeEach, describe, expect, test } from '@jest/globals';
import { createExpiringMap } from '../src/expiring-map.ts';
import { passTime, stopClock } from './clock.ts';

beforeEach(() => stopClock());

describe('what happened lately', () => {
  test('is remembered for its time and no longer', () => {
    const recent = createExpiringMap<number>({ maxEntries: 10, lifetimeMs: 1000 });
    recent.set('a', 1);
    passTime(999);
    expect(recent.get('a')).toBe(1);
    passTime(1);
    expect(recent.get('a')).toBeUndefined();
  });

  test('T094: is no more than fits: the oldest goes first', () => {
    const recent = createExpiringMap<number>({ maxEntries: 3, lifetimeMs: 1000 });
    for (const name of ['a', 'b', 'c', 'd']) recent.set(name, 0);
    expect(['a', 'b', 'c', 'd'].map((name) => recent.get(name))).toEqual([undefined, 0, 0, 0]);
  });

  test('begins anew when it happens again', () => {
    const recent = createExpiringMap<number>({ maxEntries: 2, lifetimeMs: 1000 });
    recent.set('a', 1);
    recent.set('b', 1);
    passTime(600);
    recent.set('a', 2);
    recent.set('c', 1);
    passTime(600);
    expect(['a', 'b', 'c'].map((name) => recent.get(name))).toEqual([2, undefined, 1]);
  });

  test('can be forgotten, and names of every object are names like others', () => {
    const recent = createExpiringMap<number>({ maxEntries: 2, lifetimeMs: 1000 });
    expect(recent.get('constructor')).toBeUndefined();
    recent.set('__proto__', 1);
    expect(recent.get('__proto__')).toBe(1);
    recent.delete('__proto__');
    expect(recent.get('__proto__')).toBeUndefined();
  });
});
