import { describe, expect, test } from '@jest/globals';
import { parseTokenAnswer } from '../../src/protocol/token-answer.ts';
import { failureOf } from '../failure.ts';

const DAY = 86_400;
const REQUESTED_AT = 1_000_000;
const GOOD = { access_token: 'canary.access', token_type: 'Bearer', expires_in: 3600 };

const answer = (body: string | Buffer, contentType = 'application/json') => ({
  status: 200,
  headers: { 'content-type': contentType },
  body: Buffer.from(body as string),
});
const parse = (body: string | Buffer, scopePrefix = '') =>
  parseTokenAnswer(answer(body), { requestedAt: REQUESTED_AT, scope: ['a', 'b'], scopePrefix });
const parseWith = (members: object, scopePrefix?: string) =>
  parse(JSON.stringify({ ...GOOD, ...members }), scopePrefix);

function refusalOf(run: () => unknown): string {
  const error = failureOf(run);
  expect(error).toMatchObject({ code: 'invalid_token_response', status: 502, retryable: false });
  expect(error.message + error.remedy).not.toContain('canary');
  return error.message;
}

test('an answer becomes a token set whose life began before the request', () => {
  const tokens = parse(JSON.stringify({ ...GOOD, refresh_token: 'canary.refresh', scope: 'a c', unknown: {} }));
  expect([tokens.accessToken, tokens.refreshToken]).toEqual(['canary.access', 'canary.refresh']);
  expect(tokens).toMatchObject({ expiresAt: REQUESTED_AT + 3_600_000, source: 'issuer' });
  expect([...tokens.scope]).toEqual(['a', 'c']);
});

describe('T059: an access token is', () => {
  test.each(['x', 'a.b.c', '!"#\\~', 'A'.repeat(65_536)])('kept as it is: %.20s', (token) => {
    const { accessToken, refreshToken } = parseWith({ access_token: token, refresh_token: token });
    expect([accessToken, refreshToken]).toEqual([token, token]);
  });

  test('refused when it is longer than 64 KiB, and so is a refresh token', () => {
    const token = 'A'.repeat(65_537);
    expect(refusalOf(() => parseWith({ access_token: token }))).toContain('access_token is longer than 65536');
    expect(refusalOf(() => parseWith({ refresh_token: token }))).toContain('refresh_token is longer than 65536');
  });

  test('F82: an empty refresh token counts as none', () => {
    expect(parseWith({ refresh_token: '' }).refreshToken).toBeUndefined();
    expect(refusalOf(() => parseWith({ access_token: '' }))).toContain('access_token is no token');
  });

  const NO_TOKENS: [name: string, value: unknown][] = [
    ['empty', ''],
    ['a space', ' '],
    ['two words', 'canary canary'],
    ['a tab', 'canary\t'],
    ['line breaks', 'canary\r\nx-evil: 1'],
    ['a null character', 'canary\u0000'],
    ['outside ASCII', 'canary\u00e9'],
    ['a replacement character', 'canary\ufffd'],
    ['a number', 5],
    ['true', true],
    ['a list', ['canary']],
    ['an object', { canary: 1 }],
  ];
  test.each([...NO_TOKENS, ['null', null], ['absent', undefined]])('refused when it is %s', (_name, value) => {
    expect(refusalOf(() => parseWith({ access_token: value }))).toContain('access_token');
  });

  test.each(NO_TOKENS.filter(([, value]) => value !== ''))(
    'not all that is judged: a refresh token that is %s',
    (_name, value) => {
      expect(refusalOf(() => parseWith({ refresh_token: value }))).toContain('refresh_token');
    },
  );
});

describe('T059: a body is refused when it is', () => {
  test.each<[name: string, body: string | Buffer]>([
    ['empty', ''],
    ['no JSON', 'access_token=canary&expires_in=3600'],
    ['cut short', JSON.stringify(GOOD).slice(0, -1)],
    ['JSON with something behind it', `${JSON.stringify(GOOD)}canary`],
    ['a list', JSON.stringify([GOOD])],
    ['a string', JSON.stringify('canary')],
    ['a number', '5'],
    ['null', 'null'],
    ['an empty object', '{}'],
    [
      'no UTF-8',
      Buffer.concat([Buffer.from('{"access_token":"canary","x":"'), Buffer.from([0xff]), Buffer.from('"}')]),
    ],
    ['UTF-16', Buffer.from(JSON.stringify(GOOD), 'utf16le')],
  ])('%s', (_name, body) => {
    refusalOf(() => parse(body));
  });

  test('T063: a page, which the error names by its media type and does not quote', () => {
    const page = answer('<h1>canary sign-in</h1>', 'text/html; charset=utf-8; canary');
    const context = { requestedAt: 0, scope: [], scopePrefix: '' };
    expect(refusalOf(() => parseTokenAnswer(page, context))).toContain('not JSON but text/html');
    const unnamed = { status: 200, headers: {}, body: page.body };
    expect(refusalOf(() => parseTokenAnswer(unnamed, context))).toContain('of no stated type');
  });

  test.each(['text/html', 'TEXT/HTML; charset=utf-8', 'application/xhtml+xml', 'application/json, text/html'])(
    'T063: a page by its type, whatever it reads as: %s',
    (type) => {
      const page = answer(JSON.stringify(GOOD), type);
      const context = { requestedAt: 0, scope: [], scopePrefix: '' };
      expect(refusalOf(() => parseTokenAnswer(page, context))).toContain('not JSON but');
    },
  );

  test('a type that is none of JSON is no reason: gateways rewrite it', () => {
    const context = { requestedAt: 0, scope: [], scopePrefix: '' };
    for (const type of ['text/plain', 'application/octet-stream', '']) {
      expect(parseTokenAnswer(answer(JSON.stringify(GOOD), type), context).accessToken).toBe('canary.access');
    }
  });

  test('two answers in one: a member that is read is there more than once', () => {
    expect(refusalOf(() => parse('{"access_token":"canary","access\\u005ftoken":"canary"}'))).toContain(
      'access_token is there more than once',
    );
    expect(parse('{"access_token":"canary","x":1,"x":2}').accessToken).toBe('canary');
  });

  test.each(['invalid_client', '', 5, false, {}])('T063: an error beside a token: %j', (error) => {
    expect(refusalOf(() => parseWith({ error }))).toContain('error');
  });
});

describe('T060: token_type', () => {
  test.each(['Bearer', 'bearer', 'BEARER', undefined, null])('may be %j', (type) => {
    expect(parseWith({ token_type: type }).accessToken).toBe('canary.access');
  });

  test.each(['DPoP', 'mac', 'N_A', '', ' Bearer', 'Bearer ', 5, true, ['Bearer'], {}])('may not be %j', (type) => {
    expect(refusalOf(() => parseWith({ token_type: type }))).toContain('token_type');
  });
});

describe('T090: issued_token_type', () => {
  const type = (name: string) => `urn:ietf:params:oauth:token-type:${name}`;
  test.each([type('access_token'), undefined, null])('may be %j', (issued) => {
    expect(parseWith({ issued_token_type: issued }).accessToken).toBe('canary.access');
  });

  test.each([type('refresh_token'), type('id_token'), type('jwt'), type('saml2'), 'access_token', '', 5, {}])(
    'may not be %j',
    (issued) => {
      expect(refusalOf(() => parseWith({ issued_token_type: issued }))).toContain('issued_token_type');
    },
  );
});

describe('T061: expires_in', () => {
  test.each<[value: unknown, seconds: number]>([
    [3600, 3600],
    ['3600', 3600],
    ['0060', 60],
    [0.5, 0.5],
    [1, 1],
    [DAY, DAY],
    [DAY + 1, DAY],
    [1e10, DAY],
    [1e21, DAY],
    [Number.MAX_VALUE, DAY],
    ['99999999999999999999', DAY],
    [undefined, 300],
    [null, 300],
  ])('%j gives a life of %d seconds', (value, seconds) => {
    expect(parseWith({ expires_in: value }).expiresAt).toBe(REQUESTED_AT + seconds * 1000);
  });

  const odd = ['', ' ', '3600abc', ' 3600', '3600 ', '+3600', '-1', '0', '1e3', '0x10', '3600.5', 'Infinity', 'NaN'];
  test.each([...odd, '\u0663', 0, -0, -1, -0.5, true, false, [3600], [], {}, '9'.repeat(400)])(
    '%.20j is refused',
    (value) => {
      expect(refusalOf(() => parseWith({ expires_in: value }))).toContain('expires_in');
    },
  );

  test('a number too large for JSON is refused, not endless', () => {
    expect(refusalOf(() => parse('{"access_token":"canary","expires_in":1e999}'))).toContain('expires_in');
  });
});

describe('T062: members are the answer’s own', () => {
  const pollute = (members: Record<string, unknown>, run: () => void) => {
    Object.assign(Object.prototype, members);
    try {
      run();
    } finally {
      for (const name of Object.keys(members)) delete (Object.prototype as Record<string, unknown>)[name];
    }
  };

  test('what a polluted prototype offers is not read', () => {
    const evil = { access_token: 'evil', refresh_token: 'evil', scope: 'evil', expires_in: 60 };
    pollute(evil, () => {
      expect(refusalOf(() => parse('{}'))).toContain('access_token');
      const tokens = parse('{"access_token":"canary"}');
      expect(tokens.refreshToken).toBeUndefined();
      expect(tokens.expiresAt).toBe(REQUESTED_AT + 300_000);
      expect([...tokens.scope]).toEqual(['a', 'b']);
    });
    pollute({ error: 'evil', token_type: 'evil' }, () => {
      expect(parse('{"access_token":"canary"}').accessToken).toBe('canary');
    });
  });

  test('__proto__ in an answer neither offers members nor pollutes anything', () => {
    expect(refusalOf(() => parse('{"__proto__":{"access_token":"canary"}}'))).toContain('access_token');
    parse('{"access_token":"canary","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('T068: the scope is what was granted', () => {
  test.each<[name: string, scope: unknown, prefix: string, granted: string[]]>([
    ['as requested, when the answer says nothing', undefined, '', ['a', 'b']],
    ['as requested, when the answer says null', null, '', ['a', 'b']],
    ['less than requested', 'a', '', ['a']],
    ['other than requested', 'c d', '', ['c', 'd']],
    ['nothing', '', '', []],
    ['compared without prefix', 'https://p/a b', 'https://p/', ['a', 'b']],
  ])('%s', (_name, scope, prefix, granted) => {
    expect([...parseWith({ scope }, prefix).scope]).toEqual(granted);
  });

  const odd = ['a\nb', 'a\tb', 'a\u0000', 'a"b', 'a\\b', '\u00e9', 'a\u00a0b', 'a '.repeat(32_769)];
  test.each<[scope: unknown]>([[['a']], [5], [true], [{}], ...odd.map((text): [string] => [text])])(
    'but not %.20j',
    (scope) => {
      expect(refusalOf(() => parseWith({ scope }))).toContain('scope');
    },
  );
});
