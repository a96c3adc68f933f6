import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parseReturnTo } from '../../src/routes/return-to.ts';

const TARGETS = JSON.parse(readFileSync(new URL('../data/return-to.json', import.meta.url), 'utf8')) as {
  /** By what makes them dangerous. */
  readonly rejected: Readonly<Record<string, readonly string[]>>;
  readonly kept: readonly string[];
};
const REJECTED = Object.entries(TARGETS.rejected);
const ORIGIN = 'https://desk.example.com';

describe.each(REJECTED)('T024, T025: a return target is refused for %s', (_class, targets) => {
  test.each(targets)('%j', (target) => {
    expect(parseReturnTo(target)).toBeUndefined();
  });
});

test('T024: the list has at least a hundred targets to refuse and twenty to keep', () => {
  expect(REJECTED.flatMap(([, targets]) => targets).length).toBeGreaterThanOrEqual(100);
  expect(TARGETS.kept.length).toBeGreaterThanOrEqual(20);
});

describe('T024: a path of this origin is kept exactly', () => {
  test.each(TARGETS.kept)('%j', (target) => {
    expect(parseReturnTo(target)).toBe(target);
    // What a browser makes of it, behind our origin and on its own.
    for (const url of [new URL(`${ORIGIN}${target}`), new URL(target, ORIGIN)]) {
      expect(url.origin).toBe(ORIGIN);
      expect(url.pathname).not.toMatch(/^\/\//);
    }
  });
});

describe('T028: what is no text is no target, and no error', () => {
  test.each<[name: string, target: unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a number', 5],
    ['true', true],
    ['an empty list', []],
    ['a list of one', ['/desk']],
    ['a list of two', ['/desk', '//evil.example']],
    ['an object', {}],
    ['an object that becomes a path', { toString: () => '/desk', length: 5 }],
    ['a String object', Object('/desk')],
    ['a URL', new URL('/desk', ORIGIN)],
    ['a symbol', Symbol('/desk')],
    ['a function', () => '/desk'],
  ])('%s', (_name, target) => {
    expect(parseReturnTo(target)).toBeUndefined();
  });
});

describe('T028: a long target neither takes long nor is kept', () => {
  test('2048 characters are kept, one more is not', () => {
    const longest = `/${'a'.repeat(2047)}`;
    expect(parseReturnTo(longest)).toBe(longest);
    expect(parseReturnTo(`${longest}a`)).toBeUndefined();
    expect(parseReturnTo(`/desk?q=${'a'.repeat(10_000_000)}`)).toBeUndefined();
  });

  test('encodings a thousand deep are decoded to the end', () => {
    expect(parseReturnTo(`/%${'25'.repeat(1000)}2fevil.example`)).toBeUndefined();
    const harmless = `/%${'25'.repeat(1000)}20`;
    expect(parseReturnTo(harmless)).toBe(harmless);
  });
});
