import assert from 'node:assert/strict';
import type { EgainAuthOptions } from '@egain-auth/core';
import type { EgainEmulatorOptions } from '../../options.ts';
import { SAME_ORIGIN_FORM } from '../request.ts';
import type { AdapterRule } from '../rule.ts';
import type { World } from '../world.ts';
import { namesOf, sessionCookie } from './expect.ts';

/** A session whose cookie is written by the next request that looks at it. */
async function signInAndWait(start: Parameters<AdapterRule['check']>[0]): Promise<World> {
  const world = await start({ options: { session: { secret: 'x'.repeat(32), idleMs: 3_600_000 } } });
  await world.signIn();
  world.passTime(600_000);
  return world;
}

const SHORT_LIVED: EgainEmulatorOptions = { refreshTokens: 'rotating', accessTokenLifetimeSeconds: 120 };

/** A session whose access token has expired, and which has a refresh token. */
async function signInAndExpire(start: Parameters<AdapterRule['check']>[0]): Promise<World> {
  const world = await start({ emulator: SHORT_LIVED });
  await world.signIn();
  world.passTime(120_000);
  return world;
}

const large: EgainAuthOptions['login'] = {
  user: { scope: ['knowledge.portalmgr.read'] },
  resolveIdentity: async () => ({ name: 'x'.repeat(3500) }),
};

export const COOKIE_RULES: readonly AdapterRule[] = [
  {
    id: 'CK01',
    text: 'a cookie that the application set before the session is written MUST reach the browser',
    async check(start) {
      const world = await signInAndWait(start);
      assert.deepEqual(namesOf(await world.send({ path: '/cookie/before' })), ['app', 'egain_session']);
    },
  },
  {
    id: 'CK02',
    text: 'a cookie that the application sets after the session is written MUST reach the browser, and so MUST the session',
    async check(start) {
      const world = await signInAndWait(start);
      assert.deepEqual(namesOf(await world.send({ path: '/cookie/after' })), ['app', 'egain_session']);
    },
  },
  {
    id: 'CK03',
    text: 'a cookie that the application set MUST reach the browser with a redirect to sign in',
    async check(start) {
      const world = await start();
      const answer = await world.send({ path: '/cookie/login' });
      assert.equal(answer.status, 303);
      const names = namesOf(answer).map((name) => name.replace(/_login_.*/, '_login'));
      assert.deepEqual(names, ['app', 'egain_session_login']);
    },
  },
  {
    id: 'CK04',
    text: 'a session that needs several cookies MUST be kept, and all of them removed by a logout',
    async check(start) {
      const world = await start({ options: { login: large } });
      await world.signIn();
      assert.deepEqual([...world.browser.cookies('localhost').keys()], ['egain_session', 'egain_session.1']);
      assert.equal((await world.send({ path: '/any' })).status, 200);
      const left = await world.send({ method: 'POST', path: '/auth/logout', headers: SAME_ORIGIN_FORM });
      assert.deepEqual(namesOf(left), ['egain_session', 'egain_session.1']);
      for (const line of left.setCookies) assert.match(line, /=; Max-Age=0; Path=\/; HttpOnly; SameSite=Lax$/);
    },
  },
  {
    id: 'CK05',
    text: 'an answer that sets the session MUST say that no cache may keep it',
    async check(start) {
      const world = await signInAndWait(start);
      const { headers } = await world.send({ path: '/any' });
      assert.match(headers['cache-control'] ?? '', /no-store/);
      assert.match(headers.vary ?? '', /Cookie/);
    },
  },
  {
    id: 'CK06',
    text: 'a session that is written before the first byte is flushed MUST reach the browser',
    async check(start) {
      const world = await signInAndWait(start);
      const answer = await world.send({ path: '/stream/touched' });
      assert.deepEqual(namesOf(answer), ['egain_session']);
      assert.equal(answer.text, 'early {"isAuthenticated":true}');
    },
  },
  {
    id: 'CK07',
    text: 'a handler that has flushed MUST still see the session and have its token, without a cookie',
    async check(start) {
      const world = await signInAndWait(start);
      const streamed = await world.send({ path: '/stream' });
      assert.deepEqual([streamed.status, streamed.setCookies], [200, []]);
      assert.match(streamed.text, /^early \{"isAuthenticated":true/);
      const { text, setCookies } = await world.send({ path: '/stream/token' });
      assert.deepEqual([text, setCookies], ['early {"source":"memory"}', []]);
    },
  },
  {
    id: 'CK08',
    text: 'a token that is to be renewed after the flush MUST NOT be, and the session MUST stay what it was',
    async check(start) {
      const world = await signInAndExpire(start);
      const before = world.emulator.journal('token').length;
      await world.send({ path: '/stream/token' }).catch(() => {});
      assert.equal(world.emulator.journal('token').length, before);
      assert.equal((await world.send({ path: '/token' })).status, 200);
      assert.equal(world.emulator.journal('token').length, before + 1);
    },
  },
  {
    id: 'CK09',
    text: 'a token that is to be renewed MUST be before a guarded handler flushes, and the session MUST reach the browser',
    async check(start) {
      const world = await signInAndExpire(start);
      const answer = await world.send({ path: '/stream/guarded' });
      assert.match(answer.text, /^early \{"source":/);
      assert.notEqual(sessionCookie(answer).split(';', 1).join(''), world.cookie());
    },
  },
  {
    id: 'CK10',
    text: 'a session that is written MUST be on a head that the handler writes, which no cache MUST keep',
    async check(start) {
      const world = await signInAndWait(start);
      const answer = await world.send({ path: '/head' });
      assert.deepEqual([answer.status, answer.text, namesOf(answer)], [200, 'true', ['app', 'egain_session']]);
      assert.equal(answer.headers['cache-control'], 'no-store');
      assert.deepEqual((answer.headers.vary ?? '').split(', ').sort(), ['Accept', 'Cookie']);
    },
  },
  {
    id: 'CK11',
    text: 'a session that is written MUST be on the final head, after early hints, whatever replaces Set-Cookie',
    async check(start) {
      const world = await signInAndWait(start);
      const answer = await world.send({ path: '/head/early' });
      assert.deepEqual([answer.status, namesOf(answer)], [200, ['app', 'egain_session']]);
      assert.match(answer.headers['cache-control'] ?? '', /no-store/);
    },
  },
  {
    id: 'CK12',
    text: 'a session that was renewed MUST reach the browser with an error of the application',
    async check(start) {
      for (const errors of ['adapter', 'framework'] as const) {
        const world = await start({ emulator: SHORT_LIVED, errors });
        await world.signIn();
        world.passTime(120_000);
        const answer = await world.send({ path: '/boom/touched' });
        assert.equal(answer.status, 500);
        assert.notEqual(sessionCookie(answer).split(';', 1).join(''), world.cookie());
        assert.match(answer.headers['cache-control'] ?? '', /no-store/);
      }
    },
  },
  {
    id: 'CK13',
    text: 'a session that one request writes several times MUST be sent once, as the last of them left it',
    async check(start) {
      const world = await start({ emulator: SHORT_LIVED });
      await world.signIn();
      // Long enough for the request to note its use, too.
      world.passTime(600_000);
      const renewed = sessionCookie(await world.send({ path: '/token' }));
      world.passTime(600_000);
      const headers = { ...SAME_ORIGIN_FORM, cookie: renewed.split(';', 1).join('') };
      const left = await world.send({ method: 'POST', path: '/leave', headers });
      assert.match(sessionCookie(left), /Max-Age=0/);
    },
  },
];
