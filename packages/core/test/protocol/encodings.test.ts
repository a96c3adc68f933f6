import { describe, expect, test } from '@jest/globals';
import { decodeNested, decodePercent, decodeUtf8, encodingsOf, readingsOf } from '../../src/protocol/encodings.ts';

const SECRET = 'canary ~c!<&"5';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const isReadable = (text: string): boolean => readingsOf(text).some((reading) => reading.includes(SECRET));

describe('T095: a secret is readable in a text', () => {
  test.each<[name: string, text: string]>([
    ['as it is', `got ${SECRET}.`],
    ['in percent encoding', `got ${encodeURIComponent(SECRET)}.`],
    ['in form encoding', `got ${new URLSearchParams({ x: SECRET }).toString()}.`],
    ['in entities', `got ${SECRET.replace(/[^a-z]/g, (character) => `&#x${character.charCodeAt(0).toString(16)};`)}.`],
    ['in base64', base64(SECRET)],
    ['in base64 behind one letter', base64(`x${SECRET}`)],
    ['in base64 behind two letters', base64(`xx${SECRET}`)],
    ['in base64 within other text', `got ${base64(`xxx${SECRET}x`)}.`],
    ['in base64 that begins one letter later', `x${base64(SECRET)}`],
    ['in base64 that begins two letters later', `xx${base64(SECRET)}`],
    ['in base64 that begins three letters later', `xxx${base64(SECRET)}`],
    ['in base64url', Buffer.from(`x${SECRET}`).toString('base64url')],
    ['in base64 of base64', base64(base64(SECRET))],
    ['in base64 of percent encoding', base64(encodeURIComponent(SECRET))],
    ['in percent encoding of base64', encodeURIComponent(base64(SECRET))],
    ['in percent encoding of percent encoding', encodeURIComponent(encodeURIComponent(SECRET))],
    ['in entities of percent encoding', encodeURIComponent(SECRET).replaceAll('%', '&#37;')],
  ])('%s', (_name, text) => {
    expect(isReadable(text)).toBe(true);
  });

  test('not, if it is not there', () => {
    expect(isReadable(`got ${base64('another canary')}.`)).toBe(false);
  });
});

test('what decoding does not undo is looked for as it is', () => {
  const encodings = encodingsOf('>>>???"\n');
  expect(encodings).toEqual(['>>>???"\n', '>>>???\\"\\n', '3e3e3e3f3f3f220a', 'Pj4+Pz8/Igo', 'Pj4-Pz8_Igo']);
});

test('UTF-8 is UTF-8 or nothing', () => {
  expect(decodeUtf8(Buffer.from('J\u00fcrgen'))).toBe('J\u00fcrgen');
  expect(decodeUtf8(Buffer.from([0xef, 0xbb, 0xbf, 0x41]))).toBe('A');
  expect(decodeUtf8(Buffer.from([0x41, 0xff]))).toBeUndefined();
});

test('percent encoding may be wherever it likes', () => {
  expect(decodePercent('a+b%20c%zz%C3%BC%')).toBe('a b c%zz\u00fc%');
});

test.each<[text: string, decoded: string]>([
  ['plain', 'plain'],
  ['%2e%2E', '..'],
  ['%252e', '.'],
  ['%25252525252e', '.'],
  ['%%32e', '.'],
  ['%2%35%%335%32e', 'Re'],
  ['%', '%'],
  ['%zz%4', '%zz%4'],
  ['%c3%a9', '%c3%a9'],
])('T107, T110: nested percent-encoding of ASCII is undone: %s is %s', (text, decoded) => {
  expect(decodeNested(text)).toBe(decoded);
});
