import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { resolveApiUrl } from '../../src/outbound/api-url.ts';

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
});
