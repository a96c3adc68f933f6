import assert from 'node:assert/strict';
import type { SessionStore } from '@egain-auth/core';
import { NAVIGATION, SCRIPT } from '../request.ts';
import type { AdapterRule } from '../rule.ts';
import { assertOwnHeaders, authorizeUrl, errorCodeOf } from './expect.ts';

export const GUARD_RULES: readonly AdapterRule[] = [
  {
    id: 'GD01',
    text: 'a page that somebody opens MUST send whoever is not signed in to sign in, and MUST NOT run the handler',
    async check(start) {
      const world = await start();
      const answer = await world.send({ path: '/any', headers: NAVIGATION });
      assert.equal(answer.status, 303);
      authorizeUrl(answer);
      assert.deepEqual(world.log, []);
    },
  },
  {
    id: 'GD02',
    text: 'after signing in, the page first asked for MUST be shown, with its query',
    async check(start) {
      const world = await start();
      await world.open('/desk?q=a%20b&q=c');
      const [person] = world.emulator.users;
      assert(person);
      assert.equal((await world.browser.signIn(person)).url.href, `${world.baseUrl}/desk?q=a%20b&q=c`);
    },
  },
  {
    id: 'GD03',
    text: 'a script that is not signed in MUST get 401 as JSON with a login URL, and MUST NOT run the handler',
    async check(start) {
      const world = await start();
      const answer = await world.send({ path: '/desk' });
      assert.equal(answer.status, 401);
      const { error } = answer.json as { error: Record<string, unknown> };
      assert.deepEqual(Object.keys(error).sort(), ['code', 'loginUrl', 'requestId']);
      assert.deepEqual([error['code'], error['loginUrl']], ['login_required', '/auth/login?as=user']);
      assert.deepEqual([world.log, answer.setCookies], [[], []]);
    },
  },
  {
    id: 'GD04',
    text: 'a POST of whoever is not signed in MUST be 401, not a redirect',
    async check(start) {
      const world = await start();
      const { status } = await world.send({ method: 'POST', path: '/any', headers: NAVIGATION });
      assert.deepEqual([status, world.log], [401, []]);
    },
  },
  {
    id: 'GD05',
    text: 'unauthenticated: json MUST be 401 also for a page that somebody opens',
    async check(start) {
      const world = await start();
      const answer = await world.send({ path: '/json', headers: NAVIGATION });
      assert.equal(answer.status, 401);
      assert.match(answer.headers['content-type'] ?? '', /^text\/html/);
    },
  },
  {
    id: 'GD06',
    text: 'unauthenticated: redirect MUST redirect a script too',
    async check(start) {
      const world = await start();
      assert.equal((await world.send({ path: '/redirect' })).status, 303);
    },
  },
  {
    id: 'GD07',
    text: 'whoever is signed in as required MUST be let pass, and the handler MUST see who it is',
    async check(start) {
      const world = await start();
      await world.signIn();
      const { status, json } = await world.send({ path: '/desk' });
      assert.equal(status, 200);
      const seen = json as Record<string, unknown>;
      assert.deepEqual(
        [seen['isAuthenticated'], seen['persona'], seen['actor'], seen['reason']],
        [true, 'user', 'session', null],
      );
      assert.deepEqual(world.log, ['/', '/desk']);
    },
  },
  {
    id: 'GD08',
    text: 'a script of another persona MUST get 403 actor_not_allowed',
    async check(start) {
      const world = await start();
      await world.signIn('customer');
      const answer = await world.send({ path: '/desk' });
      assert.deepEqual([answer.status, errorCodeOf(answer)], [403, 'actor_not_allowed']);
    },
  },
  {
    id: 'GD09',
    text: 'a page for another persona MUST lead to that persona’s login',
    async check(start) {
      const world = await start();
      await world.signIn('user');
      const answer = await world.send({ path: '/help', headers: NAVIGATION });
      assert.match(authorizeUrl(answer).pathname, /-C\/oauth2\/authorize$/);
    },
  },
  {
    id: 'GD10',
    text: 'a scope that the login lacks MUST be asked for by one more login, which leads back',
    async check(start) {
      const world = await start();
      await world.signIn();
      const page = await world.open('/manage');
      assert.match(
        page.url.searchParams.get('scope') ?? '',
        /knowledge\.portalmgr\.read.*knowledge\.portalmgr\.manage/,
      );
      const [person] = world.emulator.users;
      assert(person);
      assert.equal((await world.browser.signIn(person)).url.href, `${world.baseUrl}/manage`);
    },
  },
  {
    id: 'GD11',
    text: 'a scope that eGain does not grant MUST be 403, not a loop of logins',
    async check(start) {
      const world = await start({
        emulator: {
          client: { permissions: ['knowledge.portalmgr.read'] },
          behaviour: { ungrantableScopes: 'dropped' },
        },
      });
      await world.open('/manage');
      const [person] = world.emulator.users;
      assert(person);
      assert.equal((await world.browser.signIn(person)).status, 403);
      assert.equal((await world.open('/manage')).visited.length, 1);
    },
  },
  {
    id: 'GD12',
    text: 'a script that lacks a scope MUST get 403 scope_not_granted',
    async check(start) {
      const world = await start();
      await world.signIn();
      const answer = await world.send({ path: '/manage' });
      assert.deepEqual([answer.status, errorCodeOf(answer)], [403, 'scope_not_granted']);
    },
  },
  {
    id: 'GD13',
    text: 'HEAD MUST be guarded like GET, and answered without a body',
    async check(start) {
      const world = await start();
      const closed = await world.send({ method: 'HEAD', path: '/any', headers: NAVIGATION });
      assert.deepEqual([closed.status, closed.text, world.log], [303, '', []]);
      await world.signIn();
      const open = await world.send({ method: 'HEAD', path: '/any', headers: NAVIGATION });
      assert.deepEqual([open.status, open.text], [200, '']);
    },
  },
  {
    id: 'GD14',
    text: 'a cookie that was tampered with, made up or sent twice MUST count as none',
    async check(start) {
      const world = await start();
      await world.signIn();
      const cookie = world.cookie();
      const changed = `${cookie.slice(0, -5)}${cookie.endsWith('AAAAA') ? 'BBBBB' : 'AAAAA'}`;
      for (const value of [changed, 'egain_session=x', 'egain_session=', `${cookie}; ${cookie}`, `x${cookie}`]) {
        assert.equal((await world.send({ path: '/any', headers: { cookie: value } })).status, 401);
      }
      assert.equal((await world.send({ path: '/any' })).status, 200);
    },
  },
  {
    id: 'GD15',
    text: 'an Authorization header MUST NOT be a login, nor reach eGain',
    async check(start) {
      const world = await start();
      const headers = { authorization: 'Bearer a.b.c' };
      assert.equal((await world.send({ path: '/any', headers })).status, 401);
      assert.equal((await world.send({ path: '/me', headers })).status, 401);
      assert.deepEqual(world.emulator.journal(), []);
    },
  },
  {
    id: 'GD16',
    text: 'headers that name somebody MUST have no effect',
    async check(start) {
      const world = await start();
      const names = ['x-user', 'x-remote-user', 'remote_user', 'x-forwarded-user', 'x-egain-identity', 'egain'];
      const headers = Object.fromEntries(names.map((name) => [name, 'pa']));
      const answer = await world.send({ headers });
      assert.equal((answer.json as { isAuthenticated: boolean }).isAuthenticated, false);
      assert.equal((await world.send({ path: '/any', headers })).status, 401);
    },
  },
  {
    id: 'GD17',
    text: 'no spelling of a guarded path MUST run its handler for whoever is not signed in',
    async check(start) {
      const world = await start();
      const spellings = [
        ...[
          '/any',
          '//any',
          '/any/',
          '/any//',
          '/./any',
          '/x/../any',
          '/%61ny',
          '/ANY',
          '/any;x=1',
          '/any%00',
          '/any%2f',
        ],
        ...[
          '/any%20',
          '/any.',
          '/any.json',
          '/any?',
          '/any?x',
          '/any%3fx',
          '/\\any',
          '/%2e/any',
          '/%2fany',
          '/any%5c',
          '/any%0a',
        ],
      ];
      for (const path of spellings) {
        for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
          const { status } = await world.send({ method, path });
          assert(status < 500, `${method} ${path} is ${status}`);
        }
      }
      assert.deepEqual(world.log, []);
    },
  },
  {
    id: 'GD18',
    text: 'while the session store fails, guarded handlers MUST be closed with 503, and others go on',
    async check(start) {
      const values = new Map<string, string>();
      const outage = { isOn: false };
      const ask = async <T>(operation: () => T): Promise<T> => {
        if (outage.isOn) throw new Error('the store is down');
        return operation();
      };
      const store: SessionStore = {
        get: (key) => ask(() => values.get(key)),
        set: (key, value) => ask(() => void values.set(key, value)),
        delete: (key) => ask(() => void values.delete(key)),
        replace: (key, previous, value) => ask(() => values.get(key) === previous && values.set(key, value).has(key)),
        // One browser signs in once: nobody else claims anything.
        claim: () => ask(() => true),
        release: () => ask(() => undefined),
      };
      const world = await start({ options: { session: { secret: 'x'.repeat(32), store } } });
      await world.signIn();
      outage.isOn = true;
      const closed = await world.send({ path: '/any' });
      assert.deepEqual(
        [closed.status, errorCodeOf(closed), closed.headers['retry-after'], closed.setCookies],
        [503, 'session_store_unavailable', '1', []],
      );
      assert.equal((await world.send({})).status, 200);
      outage.isOn = false;
      assert.equal((await world.send({ path: '/any' })).status, 200);
    },
  },
  {
    id: 'GD19',
    text: 'a script that takes HTML, and a page inside a frame, MUST get 401, not a redirect',
    async check(start) {
      const world = await start();
      const { accept } = NAVIGATION;
      for (const headers of [
        { ...SCRIPT, accept },
        { ...NAVIGATION, 'sec-fetch-dest': 'iframe' },
      ]) {
        const { status, setCookies } = await world.send({ path: '/any', headers });
        assert.deepEqual([status, setCookies, world.log], [401, [], []]);
      }
    },
  },
  {
    id: 'GD20',
    text: 'a speculative request to a guarded page MUST get 503 without a login, and the page MUST open afterwards',
    async check(start) {
      const world = await start();
      const prefetch = { ...NAVIGATION, 'sec-purpose': 'prefetch' };
      const answer = await world.send({ path: '/any', headers: prefetch });
      assert.deepEqual([answer.status, answer.setCookies, answer.headers.location], [503, [], undefined]);
      assertOwnHeaders(answer);
      assert.deepEqual([world.log, world.errors], [[], []]);
      authorizeUrl(await world.send({ path: '/any', headers: NAVIGATION }));
      await world.signIn();
      assert.equal((await world.send({ path: '/any', headers: prefetch })).status, 200);
    },
  },
];
