import { describe, expect, test } from '@jest/globals';
import { expireCookie, parseCookies, readCookie, serializeCookie } from '../../src/session/cookies.ts';
import { failureOf } from '../failure.ts';

const NAME = '__Host-egain_session';
const request = (cookie: string | readonly string[] | undefined) => ({ headers: { cookie } });
const read = (cookie: string) => readCookie(parseCookies(request(cookie)), NAME);

/** Everything `trim()` takes away, or another server might, but RFC 6265 does not — as text, and as Node hands over its UTF-8 bytes. */
const NO_WHITE_SPACE = ['\u00a0', '\u2000', '\ufeff', '\u0085', '\u3000', '\u200b', '\u2028', '\v', '\f'].flatMap(
  (space) => [space, Buffer.from(space).toString('latin1')],
);

describe('the cookies of a request', () => {
  test.each<[header: string, cookies: [string, string[]][]]>([
    ['a=1', [['a', ['1']]]],
    [
      'a=1; b=2',
      [
        ['a', ['1']],
        ['b', ['2']],
      ],
    ],
    [
      'a=1;b=2; ;',
      [
        ['a', ['1']],
        ['b', ['2']],
      ],
    ],
    [' \ta \t=\t1 ', [['a', ['1']]]],
    ['a=b=c==', [['a', ['b=c==']]]],
    ['a=', [['a', ['']]]],
    ['=a', [['', ['a']]]],
    ['a; b', []],
    ['a=1; a=2; a=1', [['a', ['1', '2', '1']]]],
    [
      '__proto__=1; constructor=2',
      [
        ['__proto__', ['1']],
        ['constructor', ['2']],
      ],
    ],
    [
      'a="1"; b=%20',
      [
        ['a', ['"1"']],
        ['b', ['%20']],
      ],
    ],
    ['', []],
  ])('%j', (header, cookies) => {
    expect([...parseCookies(request(header))]).toEqual(cookies);
  });

  test('are none without a Cookie header, or with a list of them', () => {
    expect(parseCookies({ headers: {} }).size).toBe(0);
    expect(parseCookies(request(['a=1', 'a=2'])).size).toBe(0);
  });
});

describe('T033: a cookie counts under its exact name, sent once', () => {
  test('so it is found', () => {
    expect(read(`a=1; ${NAME}=good; b=2`)).toBe('good');
  });

  test.each([
    `${NAME}=good; ${NAME}=evil`,
    `${NAME}=evil; ${NAME}=good`,
    `${NAME}=good; a=1; ${NAME}=good`,
    `${NAME}=good; ${NAME}=`,
    `${NAME}=good;${NAME} =evil`,
    `${NAME}=good;\t${NAME}\t=evil`,
    `${NAME}=good; x="a; ${NAME}=evil"`,
  ])('two cookies of the session name count as none: %j', (header) => {
    expect(read(header)).toBeUndefined();
  });

  test.each([
    'egain_session=evil',
    '__host-egain_session=evil',
    '__Secure-egain_session=evil',
    '__Host-egain_session2=evil',
    'x__Host-egain_session=evil',
    '"__Host-egain_session"=evil',
    '%5F_Host-egain_session=evil',
    '=__Host-egain_session=evil',
    '__Host-egain_session',
  ])('a similar name is another name: %s', (header) => {
    expect(read(header)).toBeUndefined();
    expect(read(`${header}; ${NAME}=good`)).toBe('good');
  });

  test.each(NO_WHITE_SPACE)('%j is no white space: beside it the name is another', (space) => {
    for (const variant of [`${space}${NAME}`, `${NAME}${space}`, ` ${space}${NAME}`]) {
      expect(read(`${variant}=evil`)).toBeUndefined();
      expect(read(`${variant}=evil; ${NAME}=good; ${variant}=evil`)).toBe('good');
    }
  });
});

describe('a Set-Cookie value', () => {
  test('T030: on https is for this host, for navigations, and never for scripts', () => {
    expect(serializeCookie(NAME, 'v1.abc', { secure: true, maxAgeMs: 60_000 })).toBe(
      '__Host-egain_session=v1.abc; Max-Age=60; Path=/; HttpOnly; SameSite=Lax; Secure',
    );
  });

  test('T030: on loopback http is the same without Secure', () => {
    expect(serializeCookie('egain_session', 'v1.abc', { secure: false, maxAgeMs: 60_000 })).toBe(
      'egain_session=v1.abc; Max-Age=60; Path=/; HttpOnly; SameSite=Lax',
    );
  });

  test.each([
    [1, 1],
    [1000, 1],
    [1001, 2],
    [0, 0],
    [-5000, 0],
  ])('lasts %i ms as Max-Age=%i', (maxAgeMs, maxAge) => {
    expect(serializeCookie('a', 'b', { secure: true, maxAgeMs })).toContain(`; Max-Age=${maxAge};`);
  });

  test('T034: may have a name and a value of 4096 bytes together, and not one more', () => {
    const options = { secure: true, maxAgeMs: 1000 };
    expect(serializeCookie('name', 'x'.repeat(4092), options)).toContain('x'.repeat(4092));
    const error = failureOf(() => serializeCookie('name', 'x'.repeat(4093), options));
    expect(error).toMatchObject({ code: 'session_too_large', retryable: false });
    expect(error.message).not.toContain('xxx');
  });

  test.each([true, false])('T032: removes a cookie with the attributes it was set with (secure %s)', (secure) => {
    const attributesOf = (cookie: string) =>
      cookie
        .split('; ')
        .slice(1)
        .filter((part) => !part.startsWith('Max-Age='));
    const set = serializeCookie(NAME, 'value', { secure, maxAgeMs: 60_000 });
    const expired = expireCookie(NAME, { secure });
    expect(expired).toMatch(/^__Host-egain_session=; Max-Age=0;/);
    expect(attributesOf(expired)).toEqual(attributesOf(set));
  });
});

// What takes quadratic time for this takes minutes.
test('T028: white space inside a cookie costs no time', () => {
  const header = `a=${' '.repeat(200_000)}x${'\t '.repeat(100_000)}`;
  const [value = ''] = parseCookies({ headers: { cookie: header } }).get('a') ?? [];
  expect(value).toBe('x');
  const inner = `b=${'x '.repeat(100_000)}x`;
  expect(parseCookies({ headers: { cookie: inner } }).get('b')?.[0]).toHaveLength(200_001);
});
