import { describe, expect, test } from '@jest/globals';
import { parseErrorCode, parseErrorDescription } from '../../src/protocol/error-text.ts';

const SECRET = 'canary-secret-5f0c1e';
const sent = new URLSearchParams({ client_secret: SECRET, subject_username: 'pa', client_id: 'client-1' });
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const code = (value: unknown) => parseErrorCode(value, sent);
const description = (value: unknown) => parseErrorDescription(value, sent);

describe('an error code', () => {
  test.each([
    'invalid_client',
    'access_denied',
    'server_error',
    'AADB2C90118',
    'x',
    'a.b-c_D',
    'temporarilyUnavailable',
  ])('is kept as it is: %s', (value) => {
    expect(code(value)).toBe(value);
  });

  test.each(['invalid_scope', 'access_denied', 'invalid_grant', 'invalid_client', 'server_error'])(
    'is decoded from base64, as eGain’s own clients do: %s',
    (value) => {
      expect(code(base64(value))).toBe(value);
      expect(code(base64(value).replaceAll('=', ''))).toBe(value);
    },
  );

  test.each(['', 'two words', 'a\nb', '<b>', 'x'.repeat(65), base64('not a code'), undefined, null, 5, ['x'], {}])(
    'is none: %j',
    (value) => {
      expect(code(value)).toBeUndefined();
    },
  );

  test('T095: is none, if it repeats a secret, or much of one', () => {
    for (const value of [
      SECRET,
      SECRET.slice(3),
      SECRET.slice(0, -3),
      `x.${SECRET}`,
      base64(SECRET),
      Buffer.from(SECRET).toString('hex'),
    ]) {
      expect(code(value)).toBeUndefined();
    }
  });
});

describe('a description is decoded from base64', () => {
  test.each([
    'The user has cancelled.',
    'AADB2C90091: The user has cancelled.\r\nCorrelation ID: 1-2-3\r\nTimestamp: 2026-06-15',
    'no access',
    'Zugriff verweigert f\u00fcr J\u00fcrgen \ud83d\ude00',
    '>>>???',
    'x'.repeat(3000),
  ])('%.40s', (text) => {
    const shown = text.replace(/[^\x20-\x7e]/g, '?').slice(0, 1024);
    expect(description(base64(text))).toBe(shown);
    expect(description(base64(text).replaceAll('=', ''))).toBe(shown);
    expect(description(Buffer.from(text).toString('base64url'))).toBe(shown);
  });

  test('and from the URL encoding within', () => {
    expect(description(base64('The%20user+has%20cancelled%2E'))).toBe('The user has cancelled.');
    expect(description(base64('100%25 sure'))).toBe('100%25 sure');
  });
});

describe('a description is left as it is', () => {
  test.each<[name: string, text: string]>([
    ['a sentence', 'The code is too old'],
    ['a sentence with base64 in it', `got ${base64('some text')} instead`],
    ['one word', 'Unauthorized'],
    ['one word in capitals', 'UNAUTHORIZED'],
    ['one word in small letters', 'unauthorized'],
    ['a code', 'invalid_client'],
    ['a code of Azure', 'AADB2C90118'],
    ['a number', '1234567890123456'],
    ['two words in one', 'accessDenied'],
    ['a name of Java', 'InvalidClientException'],
    ['short text', 'bm8='],
    ['base64 of bytes', Buffer.from([0, 1, 2, 0xff, 0xfe, 9, 200, 31, 7]).toString('base64')],
    ['base64 of a null character', base64('some text\0')],
    ['base64 of colours', base64('\u001b[31msome text')],
    ['base64 of a reversal of the text', base64('some \u202etext')],
    ['base64 of UTF-16', Buffer.from('some text', 'utf16le').toString('base64')],
    ['base64 of Latin-1', Buffer.from('caf\u00e9 caf\u00e9', 'latin1').toString('base64')],
    ['base64 with a letter too many', `${base64('some text here')}A`],
    ['base64 with bits that are none', 'c29tZSB0ZXh0IHg='.replace('g=', 'h=')],
    ['both alphabets at once', 'c29tZSB0ZXh0-/+_'],
  ])('%s', (_name, text) => {
    expect(description(text)).toBe(text);
  });

  test.each([undefined, null, 5, true, ['x'], {}])('and is none: %j', (value) => {
    expect(description(value)).toBeUndefined();
  });
});

describe('what was decoded is sanitised as anything else', () => {
  test('T096: one line of printable ASCII', () => {
    expect(description(base64('a b\r\nINFO\tc'))).toBe('a b??INFO?c');
  });

  test('T095: withheld, if it repeats a secret', () => {
    for (const text of [`the secret ${SECRET} is wrong`, `the%20secret%20${SECRET}`, base64(`the secret ${SECRET}`)]) {
      expect(description(base64(text))).toBe('(description withheld: it repeats a secret of the request)');
    }
  });

  test('T095: without the subject', () => {
    expect(description(base64('No user pa in the department'))).toBe('No user [subject] in the department');
  });

  test('T095: without the subject, also where what a description cannot have became something else', () => {
    const named = new URLSearchParams({ subject_username: 'o"neil\\j\u00fc' });
    expect(parseErrorDescription("No user 'o?neil?j?' here", named)).toBe("No user '[subject]' here");
    expect(parseErrorDescription('No user o"neil\\j\u00fc', named)).toBe('No user [subject]');
  });

  test('T095: a name made to be hard to look for costs no time', () => {
    const named = new URLSearchParams({ subject_username: `${'"'.repeat(500)}x` });
    expect(parseErrorDescription('?'.repeat(65_536), named)).toBe('?'.repeat(1024));
  });

  test('T063: withheld, if it is longer than anybody would write', () => {
    expect(description('x'.repeat(65_536))).toBe('x'.repeat(1024));
    expect(description('x'.repeat(65_537))).toBe('(description withheld: it is too long)');
  });

  test('an empty parameter is no secret', () => {
    expect(parseErrorDescription('too old', new URLSearchParams({ code: '' }))).toBe('too old');
  });
});
