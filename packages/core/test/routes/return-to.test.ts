import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parseReturnTo } from '../../src/routes/return-to.ts';

const TARGETS = JSON.parse(readFileSync(new URL('../data/return-to.json', import.meta.url), 'utf8')) as {
  /** By what makes them dangerous. */
  readonly rejected: Readonly<Record<string, readonly string[]>>;
  /** What a browser sends as it stands, and what it becomes in a `Location`. */
  readonly rewritten: Readonly<Record<string, string>>;
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

describe('F82: a backslash behind the path, which browsers send as it stands, is encoded', () => {
  test.each(Object.entries(TARGETS.rewritten))('%j becomes %j', (target, becomes) => {
    expect(parseReturnTo(target)).toBe(becomes);
    expect(parseReturnTo(becomes)).toBe(becomes);
    expect(new URL(becomes, ORIGIN).origin).toBe(ORIGIN);
  });

  test('and counts with its three characters', () => {
    const longest = `/?${'\\'.repeat(682)}`;
    expect(parseReturnTo(longest)).toHaveLength(2048);
    expect(parseReturnTo(`${longest}\\`)).toBeUndefined();
  });
});

describe('T110: what a target costs is bounded by its length', () => {
  /** How many URLs are resolved for a target, and how many characters they have together. */
  function resolvedFor(target: string): { urls: number; characters: number } {
    const resolved: string[] = [];
    const { URL: original } = globalThis;
    globalThis.URL = class extends original {
      constructor(url: string | URL, base?: string | URL) {
        super(url, base);
        resolved.push(String(url));
      }
    };
    try {
      parseReturnTo(target);
    } finally {
      globalThis.URL = original;
    }
    return { urls: resolved.length, characters: resolved.join('').length };
  }

  test.each([
    ['a nested percent sign', `/%${'25'.repeat(1020)}20`],
    ['many nested percent signs', `/${'%252525'.repeat(290)}`],
    ['nested percent signs that hide dot segments', `/a/%${'25'.repeat(1000)}2e%2e//evil.example`],
    ['percent signs of percent signs', `/${'%25%32%35'.repeat(220)}20`],
    ['slashes and dots', `/a${'/../'.repeat(500)}`],
    ['escapes of nothing', `/${'%20'.repeat(680)}`],
  ])('%s is resolved once at most', (_name, target) => {
    expect(target.length).toBeLessThanOrEqual(2048);
    const { urls, characters } = resolvedFor(target);
    expect(urls).toBeLessThanOrEqual(1);
    expect(characters).toBeLessThanOrEqual(target.length + 30);
  });

  test('a target that is too long is not resolved at all', () => {
    expect(resolvedFor(`/${'a'.repeat(2048)}`)).toEqual({ urls: 0, characters: 0 });
  });

  test('a target that is kept is a path of this origin after WHATWG resolution, however often it is decoded', () => {
    for (const target of [...TARGETS.kept, ...Object.values(TARGETS.rewritten)]) {
      const [path = ''] = target.split(/[?#]/, 1);
      for (let decoded = path, rounds = 0; rounds < 5; rounds += 1) {
        const url = new URL(decoded, ORIGIN);
        expect([url.origin, url.pathname.startsWith('//')]).toEqual([ORIGIN, false]);
        decoded = decoded.replace(/%([0-7][0-9a-f])/gi, (_escape, hex: string) =>
          String.fromCharCode(Number.parseInt(hex, 16)),
        );
      }
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
