import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { resolveApiUrl } from '../../src/outbound/api-url.ts';
import { json } from '../loopback.ts';
import { CLIENT, SCOPE, stagesToClose } from './api-stage.ts';

const { stage, closeAll } = stagesToClose();
afterEach(closeAll);

const HOSTS = { apiUrl: new URL('https://api.ai.egain.cloud'), loginOrigins: new Set(['https://ai.egain.cloud']) };

const partsOf = ({ origin, pathname, search }: Pick<URL, 'origin' | 'pathname' | 'search'>) => ({
  origin,
  pathname,
  search,
});

/** What of a path could be read in two ways, and what could not. */
const PIECE = fc.constantFrom(
  ...[
    '/',
    '//',
    '.',
    '..',
    '%2e',
    '%2E%2e',
    '%2f',
    '%',
    '%zz',
    '\\',
    ':',
    '@',
    '?',
    '#',
    '&',
    '=',
    '+',
    ' ',
    '\t',
    '\n',
  ],
  ...['~', '$', '!', "'", '(', ')', '*', ',', ';', '|', '^', '`', '{', '"', '<', 'é', '\u{1f600}', '\ud800', '\0'],
  ...['a', 'PROD-1000', 'portals', 'evil.example', 'https:', 'blob:', '[::1]', '0', '-', '_'],
);

describe('the URL of a path', () => {
  test('is what a URL parser makes of it, or none at all', () => {
    const paths = fc.array(PIECE, { maxLength: 8 }).map((pieces) => `/${pieces.join('')}`);
    fc.assert(
      fc.property(paths, (path) => {
        let resolved: ReturnType<typeof resolveApiUrl>;
        try {
          resolved = resolveApiUrl(HOSTS, path);
        } catch {
          return;
        }
        expect(partsOf(resolved)).toEqual(partsOf(new URL(path, HOSTS.apiUrl)));
      }),
      { numRuns: 5000 },
    );
  });

  test('an encoded letter, and dots in the query, are left as they are', () => {
    expect(resolveApiUrl(HOSTS, '/portals/%75ser?x=/../y').pathname).toBe('/portals/%75ser');
  });

  test.each<[name: string, path: unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a number', 7],
    ['a list', ['/x']],
    ['a URL', new URL('/core/casemgr/v4/cases', HOSTS.apiUrl)],
    ['a Request', new Request(`${HOSTS.apiUrl.origin}/x`)],
    ['a String', Object('/x')],
    ['a promise', Promise.resolve('/x')],
  ])('%s is not a path: the TypeError says what to pass', async (_name, path) => {
    for (const query of [undefined, { q: '1' }]) {
      expect(() => resolveApiUrl(HOSTS, path as string, query)).toThrow(TypeError);
      expect(() => resolveApiUrl(HOSTS, path as string, query)).toThrow(/path .*must be a string.*href/);
    }
  });

  test('a path that is not a string is refused by every method of the API client, and nothing is sent', async () => {
    const { egain, api, tokens } = await stage(json({}));
    const client = egain.api(CLIENT, SCOPE);
    const url = new URL('/x', api.origin) as unknown as string;
    const calls = [
      client.get(url),
      client.post(url),
      client.request('GET', url),
      client.paginate(url)[Symbol.asyncIterator]().next(),
    ];
    for (const call of calls) await expect(call).rejects.toThrow(/must be a string.*href/);
    expect([api.received, tokens.received]).toEqual([[], []]);
    await client.get(new URL('/x', api.origin).href);
    expect(api.received.map((request) => request.url)).toEqual(['/x']);
  });
});
