import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createSealer } from '../src/seal.ts';

const SECRET = 'a secret of more than thirty-two bytes';
const OTHER_SECRET = 'another secret of more than thirty-two bytes';
const sealer = createSealer([SECRET], 'session', 'https://desk.example.com/');
const bytesOf = (sealed: string) => Buffer.from(sealed.slice('v1.'.length), 'base64url');
const textOf = (bytes: Uint8Array) => `v1.${Buffer.from(bytes).toString('base64url')}`;

describe('a sealed value', () => {
  test.each(['', 'text', 'Jos\u00e9 \u{1f600} \u0000', 'x'.repeat(5000)])(
    'opens to what was sealed: %j',
    (plaintext) => {
      expect(sealer.open('sid', sealer.seal('sid', plaintext))).toBe(plaintext);
    },
  );

  test('has no character that a cookie value forbids', () => {
    for (let length = 0; length < 50; length += 1) {
      expect(sealer.seal('sid', 'x'.repeat(length))).toMatch(/^v1\.[\w-]+$/);
    }
  });

  test('T036: is IV, ciphertext and the full 16-byte tag, with a fresh IV each time', () => {
    const sealed = Array.from({ length: 500 }, () => bytesOf(sealer.seal('sid', 'the same text')));
    expect(new Set(sealed.map((bytes) => bytes.length))).toEqual(new Set([12 + 'the same text'.length + 16]));
    expect(new Set(sealed.map((bytes) => bytes.subarray(0, 12).toString('hex'))).size).toBe(500);
    expect(new Set(sealed.map((bytes) => bytes.subarray(12, -16).toString('hex'))).size).toBe(500);
  });
});

describe('T011: a sealed value opens for its own use only', () => {
  const sealed = sealer.seal('sid', 'text');

  test.each([
    ['another cookie name', () => sealer.open('other', sealed)],
    ['no cookie name', () => sealer.open('', sealed)],
    ['a longer cookie name', () => sealer.open('sid2', sealed)],
    ['another purpose', () => createSealer([SECRET], 'login', 'https://desk.example.com/').open('sid', sealed)],
    ['another deployment', () => createSealer([SECRET], 'session', 'https://desk.example.com/app').open('sid', sealed)],
    ['another secret', () => createSealer([OTHER_SECRET], 'session', 'https://desk.example.com/').open('sid', sealed)],
    ['another version', () => sealer.open('sid', sealed.replace('v1.', 'v2.'))],
    ['a version in another case', () => sealer.open('sid', sealed.replace('v1.', 'V1.'))],
    ['no version', () => sealer.open('sid', sealed.slice('v1.'.length))],
  ])('not with %s', (_name, open) => {
    expect(open()).toBeUndefined();
    expect(sealer.open('sid', sealed)).toBe('text');
  });

  test('not where the end of one part became the start of the next', () => {
    const seal = (audience: string, name: string) => createSealer([SECRET], 'session', audience).seal(name, 'text');
    const open = (name: string, sealed: string) => createSealer([SECRET], 'session', 'ab').open(name, sealed);
    expect(open('c', seal('ab', 'c'))).toBe('text');
    expect(open('c', seal('a', 'bc'))).toBeUndefined();
    expect(open('c', seal('a","b', 'c'))).toBeUndefined();
    expect(open('c', seal('', 'abc'))).toBeUndefined();
  });
});

describe('T036: what was tampered with does not open', () => {
  const bytes = bytesOf(sealer.seal('sid', 'a text of some length'));

  test('with any one bit flipped', () => {
    expect(sealer.open('sid', textOf(bytes))).toBe('a text of some length');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Uint8Array.from(bytes, (byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      expect([bit, sealer.open('sid', textOf(flipped))]).toEqual([bit, undefined]);
    }
  });

  test('cut short anywhere, at either end', () => {
    const sealed = textOf(bytes);
    for (let length = 0; length < sealed.length; length += 1) {
      expect([length, sealer.open('sid', sealed.slice(0, length))]).toEqual([length, undefined]);
    }
    for (let start = 1; start < bytes.length; start += 1) {
      expect([start, sealer.open('sid', textOf(bytes.subarray(start)))]).toEqual([start, undefined]);
    }
  });

  test('with bytes added, or put together from two values', () => {
    const other = bytesOf(sealer.seal('sid', 'a text of some length'));
    for (const mixed of [
      Buffer.concat([bytes, Buffer.alloc(1)]),
      Buffer.concat([bytes, other]),
      Buffer.concat([other.subarray(0, 12), bytes.subarray(12)]),
      Buffer.concat([bytes.subarray(0, -16), other.subarray(-16)]),
    ]) {
      expect(sealer.open('sid', textOf(mixed))).toBeUndefined();
    }
  });

  test.each([
    '',
    '.',
    'v1',
    'v1.',
    'v1.A',
    `v1.${'A'.repeat(37)}`,
    `v1.${'A'.repeat(38)}`,
    `v1.${'A'.repeat(100_000)}`,
    'v1.====',
    'v1.\u{1f600}\u0000%00',
    'v1.{"tokens":{}}',
    'null',
    '__proto__',
    'eyJhbGciOiJub25lIn0.e30.',
  ])('garbage is no value, and no error: %.40j', (garbage) => {
    expect(sealer.open('sid', garbage)).toBeUndefined();
  });

  test('nor are random bytes of any length', () => {
    for (let length = 0; length < 200; length += 1) {
      expect(sealer.open('sid', textOf(randomBytes(length)))).toBeUndefined();
    }
  });
});

describe('T039: secrets rotate', () => {
  const withSecrets = (...secrets: string[]) => createSealer(secrets, 'session', 'https://desk.example.com/');
  const before = withSecrets('old'.repeat(11));
  const during = withSecrets('new'.repeat(11), 'old'.repeat(11));
  const after = withSecrets('new'.repeat(11));

  test('with the new one in front, both open', () => {
    expect(during.open('sid', before.seal('sid', 'text'))).toBe('text');
    expect(during.open('sid', after.seal('sid', 'text'))).toBe('text');
  });

  test('the first one seals', () => {
    expect(after.open('sid', during.seal('sid', 'text'))).toBe('text');
    expect(before.open('sid', during.seal('sid', 'text'))).toBeUndefined();
  });

  test('once the old one is gone, what it sealed does not open any more', () => {
    expect(after.open('sid', before.seal('sid', 'text'))).toBeUndefined();
  });

  test('there is no sealer without a secret', () => {
    expect(() => withSecrets()).toThrow(TypeError);
  });
});
