import { afterEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { repeatsAny } from '../../src/protocol/encodings.ts';
import { holdsAny } from '../../src/protocol/holds-any.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('a text holds one of many words', () => {
  test('wherever a search for each of them finds it', () => {
    const unit = fc.constantFrom('a', 'b', '\u0101', '\ud83d');
    const word = fc.string({ unit, minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), fc.array(word, { maxLength: 6 }), (words, rest) => {
        for (const text of [rest.join(''), [...rest, words[0] ?? '', ...rest].join('')]) {
          expect(holdsAny(text, words)).toBe(words.some((one) => text.includes(one)));
        }
      }),
      { numRuns: 2000 },
    );
  });

  test.each(['', 'x', 'x'.repeat(11), 'x'.repeat(12), 'x'.repeat(13)])('or is shorter than any: %j', (text) => {
    expect(holdsAny(text, ['x'.repeat(14), 'y'])).toBe(false);
  });

  test('at its beginning, in its middle and at its end', () => {
    const word = 'canary-secret-5f0c1e';
    for (const text of [`${word}xx`, `xx${word}xx`, `xx${word}`, word]) expect(holdsAny(text, [word])).toBe(true);
    expect(holdsAny(`xx${word.slice(1)}`, [word])).toBe(false);
  });
});

/** How many characters a search for a token in an error looks at. */
function workOf(textLength: number, tokenLength: number): number {
  let work = 0;
  const includes: (this: string, ...given: [string, number?]) => boolean = Reflect.get(String.prototype, 'includes');
  jest.spyOn(String.prototype, 'includes').mockImplementation(function (this: string, ...given) {
    work += this.length;
    return Reflect.apply(includes, this, given);
  });
  const text = Array.from({ length: textLength / 8 }, (_, index) => `${index}-canary`.padEnd(8).slice(0, 8)).join('');
  const token = Array.from({ length: tokenLength }, (_, index) => String.fromCharCode(65 + ((index * 7) % 26))).join(
    '',
  );
  expect(repeatsAny(text, [token])).toBe(false);
  jest.restoreAllMocks();
  return work;
}

test('T110: the search for a token in an error reads the error as often for a long token as for a short one', () => {
  for (const length of [2048, 16 * 1024]) {
    expect(workOf(length, 6000)).toBeLessThanOrEqual(workOf(length, 24));
    // A few readings of the text, each looked through a few times.
    expect(workOf(length, 6000)).toBeLessThan(100 * length);
  }
});
