import assert from 'node:assert/strict';
import { NAVIGATION, SAME_ORIGIN_FORM } from '../request.ts';
import type { AdapterRule } from '../rule.ts';
import { errorCodeOf } from './expect.ts';

export const ERROR_RULES: readonly AdapterRule[] = [
  {
    id: 'ER01',
    text: 'a program MUST get an error as JSON with its code and a request id, and nothing else of it',
    async check(start) {
      const world = await start();
      const { json } = await world.send({ path: '/me' });
      const { error } = json as { error: Record<string, unknown> };
      assert.deepEqual(Object.keys(json as object), ['error']);
      assert.deepEqual(Object.keys(error).sort(), ['code', 'loginUrl', 'requestId']);
      assert.equal(error['code'], 'login_required');
      assert.equal(error['requestId'], world.errors[0]?.requestId);
    },
  },
  {
    id: 'ER02',
    text: 'a browser MUST get an error as a page with its code and request id, which runs and loads nothing',
    async check(start) {
      const world = await start();
      const { headers, text, status } = await world.send({ path: '/me', headers: NAVIGATION });
      assert.equal(status, 401);
      assert.match(headers['content-type'] ?? '', /^text\/html; ?charset=utf-8$/i);
      assert.match(String(headers['content-security-policy']), /default-src 'none'/);
      assert.equal(headers['cache-control'], 'no-store');
      assert(text.includes('login_required') && text.includes(world.errors[0]?.requestId ?? '?'));
      assert(!text.includes(world.errors[0]?.message ?? '?'));
    },
  },
  {
    id: 'ER03',
    text: 'the error handler MUST tell the developer of each error, once',
    async check(start) {
      const world = await start();
      await world.send({ path: '/me' });
      await world.send({ path: '/desk' });
      assert.deepEqual(
        world.errors.map(({ code }) => code),
        ['login_required', 'login_required'],
      );
      assert(world.errors.every(({ remedy, message }) => remedy !== '' && message !== ''));
    },
  },
  {
    id: 'ER04',
    text: 'an error of the application MUST stay the framework’s',
    async check(start) {
      const world = await start();
      const answer = await world.send({ path: '/boom' });
      assert.equal(answer.status, 500);
      assert.equal(errorCodeOf(answer), undefined);
      assert.deepEqual(world.errors, []);
    },
  },
  {
    id: 'ER05',
    text: 'a path that nobody answers MUST stay the framework’s 404, and a status of the application its own',
    async check(start) {
      const world = await start();
      const missing = await world.send({ path: '/nowhere' });
      assert.deepEqual([missing.status, errorCodeOf(missing)], [404, undefined]);
      const teapot = await world.send({ path: '/teapot' });
      assert.deepEqual([teapot.status, teapot.json], [418, { teapot: true }]);
    },
  },
  {
    id: 'ER06',
    text: 'a login that was cancelled MUST be a readable page, and its cookie be removed',
    async check(start) {
      const world = await start();
      const page = await world.open('/any');
      const refused = await world.browser.post(page.url.href, { action: 'cancel' });
      assert.equal(refused.status, 403);
      assert(refused.text.includes('The sign-in was cancelled or refused.'));
      assert.equal(world.browser.cookies('localhost').size, 0);
    },
  },
  {
    id: 'ER07',
    text: 'an error after the flush MUST end this answer, which MUST NOT look whole, and no other',
    async check(start) {
      const world = await start();
      await assert.rejects(world.send({ path: '/stream/token' }));
      assert.deepEqual(
        world.errors.map(({ code }) => code),
        ['login_required'],
      );
      assert.equal((await world.send({})).status, 200);
    },
  },
  {
    id: 'ER08',
    text: 'eGain that refuses an API call MUST be 502, without eGain’s words',
    async check(start) {
      const world = await start();
      await world.signIn();
      world.emulator.fail('api', { status: 403, body: { code: '403-112', developerMessage: 'canary of eGain' } });
      const answer = await world.send({ path: '/me' });
      assert.deepEqual([answer.status, errorCodeOf(answer)], [502, 'api_error']);
      assert(!answer.text.includes('canary'));
    },
  },
  {
    id: 'ER09',
    text: 'eGain that cannot be asked for tokens MUST be 503 with Retry-After, or 502, and MUST NOT open a guard',
    async check(start) {
      const world = await start();
      world.emulator.fail('token', { status: 503 });
      const signedIn = await world.signIn('user', '/any');
      assert(signedIn.status === 503 || signedIn.status === 502, `${signedIn.status}`);
      assert.equal((await world.send({ path: '/any' })).status, 401);
      assert.deepEqual(world.log, []);
    },
  },
  {
    id: 'ER10',
    text: 'an error that reaches the framework’s own handler MUST have its status, and nothing of it MUST be in the body',
    async check(start) {
      const world = await start({ errors: 'framework' });
      await world.signIn();
      const cookie = world.cookie();
      world.emulator.fail('api', { status: 403, body: { code: '403-112', developerMessage: 'canary of eGain' } });
      const nobody = { cookie: '' };
      const cases = [
        [401, { path: '/me', headers: nobody }],
        [401, { path: '/any', headers: nobody }],
        [403, { path: '/help' }],
        [403, { path: '/auth/callback?code=canary-code&state=canary-state', headers: nobody }],
        [405, { method: 'POST', path: '/auth/login' }],
        [403, { method: 'POST', path: '/auth/logout', headers: { 'sec-fetch-site': 'cross-site' } }],
        [502, { path: '/me' }],
        [403, { path: '/crm/eager' }],
      ] as const;
      for (const [status, request] of cases) {
        const answer = await world.send(request);
        assert.equal(answer.status, status, `${request.path} was answered ${answer.status}`);
        const told = ['egain', 'remedy', 'canary', 'login_', 'api_error', 'Error:', cookie.split('=')[1] ?? ''];
        const found = told.filter((word) => answer.text.toLowerCase().includes(word.toLowerCase()));
        assert.deepEqual(found, [], `${request.path} answered ${answer.text}`);
      }
      // One person's error is no end for the others.
      assert.equal((await world.send({ path: '/any' })).status, 200);
    },
  },
  {
    id: 'ER11',
    text: 'a handler that took the response over MUST still be able to fail, log in and log out',
    async check(start) {
      const world = await start();
      const failed = await world.send({ path: '/taken/error' });
      assert.deepEqual([failed.status, errorCodeOf(failed)], [401, 'login_required']);
      const login = await world.send({ path: '/taken/login' });
      assert.equal(login.status, 303);
      await world.signIn();
      const left = await world.send({ method: 'POST', path: '/taken/leave', headers: SAME_ORIGIN_FORM });
      assert.equal(left.status, 303);
    },
  },
  {
    id: 'ER12',
    text: 'the error handler MUST be told that a guard’s 401 is expected, and that of a handler without guard is not',
    async check(start) {
      const world = await start();
      await world.send({ path: '/desk' });
      await world.send({ path: '/me' });
      await world.send({ path: '/desk', headers: NAVIGATION });
      assert.deepEqual(world.expected, [true, false]);
      assert.deepEqual(new Set(world.errors.map(({ remedy }) => remedy)).size, 2);
    },
  },
];
