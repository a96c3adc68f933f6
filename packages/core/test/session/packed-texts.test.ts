import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { packTexts, unpackTexts } from '../../src/session/packed-texts.ts';

const readBack = (texts: readonly string[]) => unpackTexts(packTexts('value', texts))?.texts;
const jwt = (bytes: number) => ['{"alg":"RS256"}', randomBytes(bytes), randomBytes(256)].map(encode).join('.');
const encode = (part: string | Buffer) => Buffer.from(part as string).toString('base64url');

const part = fc.oneof(
  fc.base64String(),
  fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64url')),
  fc.stringMatching(/^[\w-]*$/),
  fc.stringMatching(/^[\w=+/-]*$/),
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
);
const tokenLike = fc.array(part, { maxLength: 7 }).map((parts) => parts.join('.'));

describe('F72: packed texts are read back exactly to the byte', () => {
  test.each([
    ['a JWS', jwt(700)],
    ['a JWE with five parts', 'eyJhbGciOiJkaXIifQ..AAAA.BBBB.CCCC'],
    ['an opaque token', 'f3b1c2aa-9d33-4c1e-8a53-6f2f7a0d1b2c'],
    ['an empty text', ''],
    ['dots alone', '.....'],
    ['more parts than a token has', 'a.b.c.d.e.f.g'],
    ['a part with stray bits', 'AB.AAAB.eyJ'],
    ['one character that no byte encodes to', 'A'],
    ['padding', 'QQ==.QUI=.QUJD'],
    ['the other alphabet of base64', '+/+/.-_-_'],
    ['spaces and line feeds inside', 'QU JD.QU\nJD'],
    ['text beyond ASCII', 'José.\u{1f600}.QUJD'],
    ['lone surrogates', '\ud800.\udc00.QUJD'],
    ['a zero byte', 'QUJD.\0.QUJD'],
    ['a byte order mark', '\ufeffQUJD'],
    ['JSON', '{"a":[1,"x"]}'],
    ['a number', '12345678'],
  ])('%s', (_name, text) => {
    expect(readBack([text])).toEqual([text]);
    expect(readBack(['QUJD', text, '', text])).toEqual(['QUJD', text, '', text]);
  });

  test('every text', () => {
    fc.assert(
      fc.property(fc.array(tokenLike), (texts) => {
        expect(readBack(texts)).toEqual(texts);
      }),
      { numRuns: 2000 },
    );
  });

  test('and so is the value beside them', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(tokenLike), (value, texts) => {
        const json = JSON.parse(JSON.stringify(value)) as unknown;
        expect(unpackTexts(packTexts(value, texts))).toEqual({ value: json, texts });
      }),
    );
  });
});

describe('F72: a packed text', () => {
  test('takes three quarters of the bytes of a JWT', () => {
    const token = jwt(3000);
    expect(packTexts(0, [token]).length).toBeLessThan(token.length * 0.75 + 30);
  });

  test('takes no more than its JSON and a few bytes', () => {
    fc.assert(
      fc.property(tokenLike, (text) => {
        expect(packTexts(0, [text]).length).toBeLessThanOrEqual(Buffer.byteLength(JSON.stringify(text)) + 30);
      }),
    );
  });

  test('has a length that does not depend on what it repeats: nothing is compressed', () => {
    const repeated = encode('a'.repeat(999));
    const random = encode(randomBytes(999));
    expect(packTexts(0, [repeated])).toHaveLength(packTexts(0, [random]).length);
  });
});
