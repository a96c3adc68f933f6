import { describe, expect, test } from '@jest/globals';
import { withinDeadline } from '../src/deadline.ts';

describe('F48: what an application’s function answers', () => {
  test('is passed on as it is when it is there at once', () => {
    const answer = { role: 'supervisor' };
    expect(withinDeadline(answer, 1)).toBe(answer);
    for (const value of [true, false, null, undefined, 'text', 0]) expect(withinDeadline(value, 1)).toBe(value);
  });

  test('is waited for', async () => {
    const later = <T>(value: T) => new Promise<T>((resolve) => setTimeout(() => resolve(value), 5));
    expect(await withinDeadline(later('secret'), 1000)).toBe('secret');
    const failure = new Error('vault sealed');
    await expect(withinDeadline(Promise.reject(failure), 1000)).rejects.toBe(failure);
  });

  test('is not waited for beyond the deadline', async () => {
    await expect(withinDeadline(new Promise(() => {}), 20)).rejects.toThrow('no answer within 20 ms');
  });

  test('may come from any kind of promise', async () => {
    const resolve = (then: (value: string) => void) => then('secret');
    const thenable = Object.fromEntries([['then', resolve]]) as unknown as Promise<string>;
    expect(await withinDeadline(thenable, 1000)).toBe('secret');
  });
});
