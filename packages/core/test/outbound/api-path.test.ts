import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { path } from '../../src/index.ts';
import { assertPlainPath } from '../../src/outbound/api-path.ts';
import { resolveApiUrl } from '../../src/outbound/api-url.ts';
import { failureOf, rejectionOf } from '../failure.ts';
import { json } from '../loopback.ts';
import { CLIENT, SCOPE, stagesToClose } from './api-stage.ts';

const { stage, closeAll } = stagesToClose();
afterEach(closeAll);

const HOSTS = { apiUrl: new URL('https://api.ai.egain.cloud'), loginOrigins: new Set<string>() };

describe('T107: the template path', () => {
  test.each<[id: string | number | bigint, segment: string]>([
    ['PROD-1000', 'PROD-1000'],
    ['jo@example.com', 'jo%40example.com'],
    ['a/b', 'a%2Fb'],
    ['a?b#c', 'a%3Fb%23c'],
    ['DESK\\jo', 'DESK%5Cjo'],
    ['100%', '100%25'],
    ['%41', '%2541'],
    ['é \u{1f600}', '%C3%A9%20%F0%9F%98%80'],
    ['...', '...'],
    ['.hidden', '.hidden'],
    ['1..2', '1..2'],
    [0, '0'],
    [-1.5, '-1.5'],
    [12345678901234567890n, '12345678901234567890'],
  ])('encodes %j as %s, and the API client sends it as it is', async (id, segment) => {
    const { egain, api } = await stage(json({}));
    await egain.api(CLIENT, SCOPE).get(path`/crm/${id}/notes/${id}`);
    expect(api.received.map(({ url }) => url)).toEqual([`/crm/${segment}/notes/${segment}`]);
  });

  test.each([
    '',
    ' ',
    '\t\n',
    '.',
    '..',
    '../x',
    'x/..',
    'a/./b',
    '..\\x',
    '%2e%2e',
    '.%2E',
    '%252e.',
    '..;x',
    '\ud800',
  ])('refuses the id %j', (id) => {
    const error = failureOf(() => path`/crm/${id}`);
    expect([error.code, error.status]).toEqual(['invalid_path', 400]);
    expect(error.remedy).not.toBe('');
  });

  test.each<[name: string, id: unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['true', true],
    ['an object', { toString: () => 'x' }],
    ['a String object', Object('x')],
    ['a list', ['x']],
    ['a promise', Promise.resolve('x')],
    ['a function', () => 'x'],
    ['a symbol', Symbol('x')],
  ])('is a TypeError for %s', (_name, id) => {
    expect(() => path`/crm/${id as string}`).toThrow(TypeError);
  });

  test.each<[name: string, texts: unknown]>([
    ['text', '/crm/1'],
    ['a list', ['/crm/']],
    ['nothing', undefined],
  ])('is a TypeError that says how to write it when it is called with %s', (_name, texts) => {
    expect(() => path(texts as TemplateStringsArray, '1')).toThrow(/tag/);
  });

  test('keeps every id that it takes inside its segment, for the URL parser and for the API client', () => {
    const ids = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(fc.constantFrom('.', '/', '\\', '%', '2e', '25', '2f', ';', '?', 'a'), { maxLength: 6 })
        .map((all) => all.join('')),
    );
    fc.assert(
      fc.property(ids, (id) => {
        let built: string;
        try {
          built = path`/crm/${id}/notes`;
        } catch {
          return;
        }
        expect(resolveApiUrl(HOSTS, built).pathname).toBe(built);
        const segments = new URL(built, HOSTS.apiUrl).pathname.split('/');
        expect([segments.length, decodeURIComponent(segments[2] ?? '')]).toEqual([4, id]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('T107: an id that was concatenated into a path', () => {
  /** Only the first operation is the one that the application wrote. */
  const CHOSEN = '/knowledge/portalmgr/v4/portals/';

  test.each(['../../../../core/aiservices/v4/PROD-1/answers', '..%2f..%2f', '%2e%2e/x', '..\\..'])(
    '%j requests no token for another operation',
    async (id) => {
      const { egain, api, tokens } = await stage(json({}));
      const error = await rejectionOf(egain.api({ type: 'anonymous-customer' }).post(`${CHOSEN}${id}`));
      expect(error.code).toBe('invalid_path');
      expect([api.received, tokens.received]).toEqual([[], []]);
    },
  );

  test('a URL has resolved its dot segments before fetch sees it, so the operation is the one it names now', async () => {
    const { egain, api } = await stage(json({}));
    await egain.fetch(CLIENT, SCOPE)(new URL('/a/../b', api.origin));
    await egain.fetch(CLIENT, SCOPE)(new Request(`${api.origin}/a/%2e%2e/c`));
    expect(api.received.map(({ url }) => url)).toEqual(['/b', '/c']);
  });

  test('a URL keeps dots that are encoded twice, and they are refused', async () => {
    const { egain, api } = await stage(json({}));
    const error = await rejectionOf(egain.fetch(CLIENT, SCOPE)(new URL('/a/%252e%252e/b', api.origin)));
    expect([error.code, api.received]).toEqual(['invalid_path', []]);
  });
});

test('T107: a long path of nested escapes is read to its end, and its error is as short as any other', () => {
  const nested = `/x/.%${'25'.repeat(500_000)}2e/y`;
  const error = failureOf(() => assertPlainPath(nested));
  expect(error.message.length).toBeLessThan(200);
  assertPlainPath(`/x/.%${'25'.repeat(500_000)}41`);
});
