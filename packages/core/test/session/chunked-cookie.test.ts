import { describe, expect, test } from '@jest/globals';
import { createChunkedCookie } from '../../src/session/chunked-cookie.ts';
import { type Browser, createBrowser, maxAgeOf } from '../browser.ts';

const NAME = '__Host-egain_session';
const cookie = createChunkedCookie(NAME, { secure: true });
const valueOfLength = (length: number) => Array.from({ length }, (_, index) => 'abcdefghij'[index % 10]).join('');

function write(browser: Browser, value: string): string[] {
  const cookies = cookie.write(value, 60_000, browser.request());
  browser.receive(cookies);
  return cookies;
}

const read = (browser: Browser) => cookie.read(browser.request());

describe('T034: a value in as many cookies as it takes', () => {
  test.each([1, 100, 4075, 4076, 4077, 4100, 8100, 8145, 8146, 8147, 8148, 8149, 8200, 16_000, 30_000])(
    'of %i bytes is read as it was written, in cookies of at most 4096',
    (length) => {
      const browser = createBrowser();
      const cookies = write(browser, valueOfLength(length));
      for (const written of cookies) {
        expect(written.split(';', 1).join('').length - '='.length).toBeLessThanOrEqual(4096);
        expect(written).toMatch(/; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
      }
      expect(read(browser)).toEqual({ value: valueOfLength(length) });
    },
  );

  test('is one cookie, by its own name, where that is enough', () => {
    expect(write(createBrowser(), 'v1.short')).toEqual([
      `${NAME}=v1.short; Max-Age=60; Path=/; HttpOnly; SameSite=Lax; Secure`,
    ]);
  });
});

describe('T032: what is no longer needed is removed', () => {
  test('when a value gets shorter', () => {
    const browser = createBrowser();
    write(browser, valueOfLength(9000));
    expect([...browser.jar.keys()]).toEqual([NAME, `${NAME}.1`, `${NAME}.2`]);
    write(browser, valueOfLength(5000));
    expect([...browser.jar.keys()]).toEqual([NAME, `${NAME}.1`]);
    write(browser, valueOfLength(100));
    expect([...browser.jar.keys()]).toEqual([NAME]);
  });

  test('all of it at the end, with the attributes it was set with', () => {
    const browser = createBrowser();
    write(browser, valueOfLength(9000));
    const cookies = cookie.expire(browser.request());
    expect(cookies.map(maxAgeOf)).toEqual([0, 0, 0]);
    for (const expired of cookies) expect(expired).toMatch(/=; Max-Age=0; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    browser.receive(cookies);
    expect(browser.jar.size).toBe(0);
  });

  test('the first in any case, also if it did not come', () => {
    expect(cookie.expire({ headers: {} })).toHaveLength(1);
  });
});

function putLast(jar: Map<string, string>, name: string): void {
  const value = jar.get(name) ?? '';
  jar.delete(name);
  jar.set(name, value);
}

describe('T035: parts that do not belong together', () => {
  const ofThree = (): Browser => {
    const browser = createBrowser();
    write(browser, valueOfLength(9000));
    return browser;
  };
  const part = (browser: Browser, index: number) => browser.jar.get(`${NAME}.${index}`) ?? '';

  test.each<[name: string, change: (browser: Browser) => void, expected: ReturnType<typeof read>]>([
    ['without the first', ({ jar }) => jar.delete(NAME), 'no_cookie'],
    ['without one in the middle', ({ jar }) => jar.delete(`${NAME}.1`), 'incomplete_cookie'],
    ['without the last', ({ jar }) => jar.delete(`${NAME}.2`), 'incomplete_cookie'],
    ['with two of one', ({ jar }) => jar.set('x', `x; ${NAME}.1=y`), 'duplicate_cookie'],
    ['with one too many', ({ jar }) => jar.set(`${NAME}.3`, 'left over'), { value: valueOfLength(9000) }],
    ['in another order', ({ jar }) => putLast(jar, NAME), { value: valueOfLength(9000) }],
    ['that say there are ten', ({ jar }) => jar.set(NAME, '10!x'), { value: '10!x' }],
    ['that say there is one', ({ jar }) => jar.set(NAME, '1!x'), { value: '1!x' }],
  ])('%s', (_name, change, expected) => {
    const browser = ofThree();
    change(browser);
    expect(read(browser)).toEqual(expected);
  });

  test('swapped are another value, which nothing opens', () => {
    const browser = ofThree();
    const [one, two] = [part(browser, 1), part(browser, 2)];
    browser.jar.set(`${NAME}.1`, two).set(`${NAME}.2`, one);
    expect(read(browser)).not.toEqual({ value: valueOfLength(9000) });
  });
});
