import assert from 'node:assert/strict';
import { VARY_HEADER } from '../application.ts';
import { NAVIGATION, type RawRequest } from '../request.ts';
import type { AdapterRule } from '../rule.ts';
import { assertOwnHeaders } from './expect.ts';

/** One answer of each kind: redirects, JSON, errors as JSON and as a page, and what a prefetch gets. */
const ANSWERS: readonly (readonly [request: RawRequest, status: number])[] = [
  [{ path: '/auth/login', headers: NAVIGATION }, 303],
  [{ path: '/auth/login', method: 'POST' }, 405],
  [{ path: '/auth/callback?state=unknown&code=1', headers: NAVIGATION }, 400],
  [{ path: '/auth/session' }, 200],
  [{ path: '/auth/logout', method: 'POST' }, 303],
  [{ path: '/auth/logout', method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } }, 403],
  [{ path: '/any', headers: NAVIGATION }, 303],
  [{ path: '/any' }, 401],
  [{ path: '/me', headers: NAVIGATION }, 401],
  [{ path: '/any', headers: { ...NAVIGATION, 'sec-purpose': 'prefetch' } }, 503],
  [{ path: '/cookie/login', headers: NAVIGATION }, 303],
];

/** In any order: frameworks keep headers in more than one place. */
const VARY: readonly (readonly [own: string, sent: readonly string[]])[] = [
  ['Accept-Encoding', ['accept-encoding', 'cookie']],
  ['cookie', ['cookie']],
  ['Accept-Encoding, Cookie,origin', ['accept-encoding', 'cookie', 'origin']],
  ['*', ['*']],
];

export const HEADER_RULES: readonly AdapterRule[] = [
  {
    id: 'HD01',
    text: 'every answer of the adapter MUST say X-Content-Type-Options: nosniff, beside no-store, no-referrer and Vary: Cookie',
    async check(start) {
      const world = await start();
      for (const [request, status] of ANSWERS) {
        const answer = await world.send(request);
        assert.equal(answer.status, status, request.path);
        assertOwnHeaders(answer);
      }
    },
  },
  {
    id: 'HD02',
    text: 'an answer of the adapter MUST add to the Vary of the application, with each name once, and leave * as it is',
    async check(start) {
      const world = await start();
      for (const [own, sent] of VARY) {
        for (const path of ['/vary/login', '/vary/error']) {
          const { headers } = await world.send({ path, headers: { ...NAVIGATION, [VARY_HEADER]: own } });
          assert.deepEqual(headers.vary?.toLowerCase().split(', ').sort(), sent, path);
        }
      }
    },
  },
];
