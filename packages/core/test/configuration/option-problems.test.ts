import { describe, expect, test } from '@jest/globals';
import { createProblems, type Problems } from '../../src/configuration/option-problems.ts';
import { failureOf } from '../failure.ts';

const problemsOf = (check: (problems: Problems) => unknown, production = false): string => {
  const problems = createProblems(production);
  check(problems);
  return failureOf(() => problems.throwIfAny()).message;
};

describe('the problems of the options', () => {
  test('are listed in one error, each with its remedy', () => {
    const message = problemsOf((problems) => {
      problems.add('clientId', 'missing', 'is not set', 'Set it.');
      problems.milliseconds('session.idleMs', -1, 1000);
      problems.url('apiUrl', 'nowhere');
    });
    expect(message.split('\n')).toEqual([
      'invalid_configuration: 3 to mend:',
      '  clientId is not set. Set it. [missing]',
      '  session.idleMs is no whole number of milliseconds. Use 1 to 2147483647, or leave it out for 1000. [not_a_duration]',
      '  apiUrl is not an absolute URL. Copy one URL, with its scheme, from the console’s Metadata dialog. [not_a_url]',
    ]);
  });

  test('are no error as long as there are none', () => {
    expect(() => createProblems(false).throwIfAny()).not.toThrow();
  });
});

describe('a URL', () => {
  test.each([
    'https://ai.egain.cloud',
    'https://ai.egain.cloud/system/auth/T-U/oauth2/token?p=B2C_1_signin&x=%20',
    'http://localhost:3000/app',
    'HTTPS://AI.EGAIN.CLOUD',
  ])('is taken as it is: %s', (value) => {
    const problems = createProblems(false);
    expect(problems.url('apiUrl', value)?.href).toBe(new URL(value).href);
    expect(() => problems.throwIfAny()).not.toThrow();
  });

  test('that is absent is no problem', () => {
    const problems = createProblems(true);
    expect(problems.url('apiUrl', undefined)).toBeUndefined();
    expect(() => problems.throwIfAny()).not.toThrow();
  });

  test.each<[value: unknown]>([
    [''],
    ['ai.egain.cloud'],
    ['/system/auth'],
    ['//ai.egain.cloud'],
    ['https://'],
    ['https://a.example https://b.example'],
    [' https://a.example'],
    ['https://a.example\n'],
    ['https://a.example/\tb'],
    [null],
    [5],
    [new URL('https://a.example')],
    [['https://a.example']],
  ])('is refused when it is no absolute URL: %j', (value) => {
    const message = problemsOf((problems) => expect(problems.url('apiUrl', value as string)).toBeUndefined());
    expect(message).toMatch(/apiUrl (is not an absolute URL|has no scheme|has a space in it|has space around it)/);
  });

  test.each([
    'ftp://a.example',
    'javascript:alert(1)',
    'ws://a.example',
    'https://canary@a.example',
    'https://user:canary@a.example',
    'https://a.example/#canary',
  ])('is refused when it is more, or other, than a plain https URL: %s', (value) => {
    const message = problemsOf((problems) => expect(problems.url('apiUrl', value)).toBeUndefined());
    expect(message).toContain('apiUrl is not a plain https URL');
    expect(message).not.toContain('canary');
  });

  test.each(['https://a.example/b', 'https://a.example/?b', 'https://a.example//'])(
    'that should be an origin is refused with path or query: %s',
    (value) => {
      const message = problemsOf((problems) => problems.origin('apiUrl', value));
      expect(message).toContain('apiUrl has a path or a query. Use https://a.example.');
    },
  );
});

describe('a number of milliseconds', () => {
  test.each([1, 3_600_000, 2_147_483_647])('is kept: %d', (value) => {
    expect(createProblems(false).milliseconds('http.timeoutMs', value, 10)).toBe(value);
  });

  test('can be bounded', () => {
    const message = problemsOf((problems) => problems.milliseconds('http.timeoutMs', 11, 1, 10));
    expect(message).toContain('http.timeoutMs is no whole number of milliseconds. Use 1 to 10');
  });

  test('has a default', () => {
    expect(createProblems(false).milliseconds('http.timeoutMs', undefined, 10)).toBe(10);
  });

  test.each<[value: unknown]>([
    [0],
    [0.5],
    [2 ** 53],
    [-1],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    ['10'],
    [null],
    [10n],
    [[10]],
  ])('is refused: %p', (value) => {
    const message = problemsOf((problems) => problems.milliseconds('http.timeoutMs', value as number, 10));
    expect(message).toContain('http.timeoutMs is no whole number of milliseconds');
  });
});

describe('a count', () => {
  test.each([1, 64, Number.MAX_SAFE_INTEGER])('is kept: %d', (value) => {
    expect(createProblems(false).count('http.maxStreams', value, 10)).toBe(value);
  });

  test('has a default', () => {
    expect(createProblems(false).count('http.maxStreams', undefined, 10)).toBe(10);
  });

  test.each<[value: unknown]>([
    [0],
    [0.5],
    [2 ** 53],
    [-1],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    ['10'],
    [null],
    [10n],
    [[10]],
  ])('is refused: %p', (value) => {
    const message = problemsOf((problems) => problems.count('http.maxStreams', value as number, 10));
    expect(message).toContain(
      'http.maxStreams must be a positive integer. Use 1 to 9007199254740991, or leave it out for 10. [not_a_count]',
    );
  });
});

describe('T031: plain http', () => {
  const check = (urls: string[], production = false) => {
    const problems = createProblems(production);
    for (const [index, url] of urls.entries()) problems.url(`url${index}`, url);
    problems.checkLoopback();
    return { inUse: problems.warnings.length > 0, problems };
  };
  const refused = (urls: string[], production?: boolean): string[] => {
    const { inUse, problems } = check(urls, production);
    expect(inUse).toBe(false);
    return [...failureOf(() => problems.throwIfAny()).message.matchAll(/(url\d) is plain http/g)].map(
      ([, name = '']) => name,
    );
  };

  test.each([
    'http://localhost',
    'http://localhost:3000/app',
    'http://LOCALHOST',
    'http://127.0.0.1:3000',
    'http://127.255.255.254',
    'http://127.1',
    'http://0x7f000001',
    'http://2130706433',
    'http://[::1]:3000',
    'http://[0:0:0:0:0:0:0:1]',
  ])('works in development on loopback: %s', (url) => {
    const { inUse, problems } = check([url, 'https://localhost']);
    expect(inUse).toBe(true);
    expect(() => problems.throwIfAny()).not.toThrow();
  });

  test.each([
    'http://desk.example.com',
    'http://localhost.example.com',
    'http://desk.localhost',
    'http://localhost.',
    'http://127.0.0.1.example.com',
    'http://128.0.0.1',
    'http://0.0.0.0',
    'http://10.0.0.1',
    'http://169.254.169.254',
    'http://[::]',
    'http://[::2]',
    'http://[::ffff:127.0.0.1]',
  ])('does not work elsewhere: %s', (url) => {
    expect(refused([url])).toEqual(['url0']);
  });

  test('does not work on loopback beside any URL that is not, and every plain one is named', () => {
    expect(refused(['http://localhost', 'https://ai.egain.cloud', 'http://127.0.0.1'])).toEqual(['url0', 'url2']);
  });

  test('does not work in production, not even on loopback', () => {
    expect(refused(['http://localhost', 'https://localhost'], true)).toEqual(['url0']);
  });

  test('is not in use where every URL is https, on loopback or not, in production or not', () => {
    for (const production of [true, false]) {
      const { inUse, problems } = check(['https://ai.egain.cloud', 'https://localhost'], production);
      expect(inUse).toBe(false);
      expect(() => problems.throwIfAny()).not.toThrow();
    }
  });
});
