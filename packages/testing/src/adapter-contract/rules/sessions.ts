import assert from 'node:assert/strict';
import { HOLD_HEADER } from '../application.ts';
import { SAME_ORIGIN_FORM } from '../request.ts';
import type { AdapterRule } from '../rule.ts';
import { errorCodeOf, namesOf, sessionCookie } from './expect.ts';

const MINUTE_MS = 60_000;
const IDLE_MS = 60 * MINUTE_MS;

export const SESSION_RULES: readonly AdapterRule[] = [
  {
    id: 'SN01',
    text: 'a handler without a guard MUST see whether somebody is signed in, and why not',
    async check(start) {
      const world = await start();
      const nobody = (await world.send({})).json as Record<string, unknown>;
      assert.deepEqual([nobody['isAuthenticated'], nobody['reason']], [false, 'no_cookie']);
      await world.signIn('customer');
      const somebody = (await world.send({})).json as Record<string, unknown>;
      assert.deepEqual([somebody['isAuthenticated'], somebody['persona']], [true, 'customer']);
    },
  },
  {
    id: 'SN02',
    text: 'the API MUST be called as whoever signed in',
    async check(start) {
      const world = await start();
      await world.signIn();
      assert.equal((await world.send({ path: '/me' })).status, 200);
      const [call] = world.emulator.journal('api').slice(-1);
      assert.deepEqual([call?.actor, call?.subject], ['user', world.emulator.users[0]?.username]);
    },
  },
  {
    id: 'SN03',
    text: 'the API without anybody signed in MUST be 401, and MUST NOT ask eGain',
    async check(start) {
      const world = await start();
      const answer = await world.send({ path: '/me' });
      assert.deepEqual([answer.status, errorCodeOf(answer)], [401, 'login_required']);
      assert.deepEqual(world.emulator.journal(), []);
    },
  },
  {
    id: 'SN04',
    text: 'a login as the other persona MUST replace the session',
    async check(start) {
      const world = await start();
      await world.signIn('user');
      const before = world.cookie();
      await world.signIn('customer');
      const seen = (await world.send({})).json as Record<string, unknown>;
      assert.equal(seen['persona'], 'customer');
      assert.equal((await world.send({ path: '/any', headers: { cookie: before } })).status, 401);
    },
  },
  {
    id: 'SN05',
    text: 'a token that ends MUST be renewed before the handler runs, and the new session reach the browser',
    async check(start) {
      const world = await start({ emulator: { refreshTokens: 'rotating', accessTokenLifetimeSeconds: 120 } });
      await world.signIn();
      world.passTime(2 * MINUTE_MS);
      const answer = await world.send({ path: '/token' });
      assert.equal(answer.status, 200);
      assert.notEqual(sessionCookie(answer).split(';', 1).join(''), world.cookie());
      assert.match(answer.headers['cache-control'] ?? '', /no-store/);
      assert.match(answer.headers.vary ?? '', /Cookie/);
    },
  },
  {
    id: 'SN06',
    text: 'many requests at once whose token eGain takes no more MUST refresh the session once',
    async check(start) {
      const world = await start({ emulator: { refreshTokens: 'rotating' } });
      await world.signIn();
      await world.emulator.rotateKeys({ oldTokens: 'refused' });
      const before = world.emulator.journal('token').length;
      const answers = await Promise.all(Array.from({ length: 20 }, () => world.send({ path: '/me' })));
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
      assert.equal(world.emulator.journal('token').length, before + 1);
    },
  },
  {
    id: 'SN07',
    text: 'a request under way during a logout MUST NOT bring the session back',
    async check(start) {
      const world = await start({ emulator: { refreshTokens: 'rotating' }, options: idleFor(IDLE_MS) });
      await world.signIn();
      world.passTime(IDLE_MS / 6);
      const before = world.log.length;
      const underWay = world.send({ path: '/cookie/after', headers: { [HOLD_HEADER]: 'yes' } });
      await world.begun(before + 1);
      await world.send({ method: 'POST', path: '/auth/logout', headers: SAME_ORIGIN_FORM });
      world.release();
      const answer = await underWay;
      assert.equal(answer.status, 200);
      assert.deepEqual(
        answer.setCookies.filter((line) => line.startsWith('egain_session')),
        [],
      );
      assert.equal((await world.send({ path: '/any' })).status, 401);
    },
  },
  {
    id: 'SN08',
    text: 'a session that is not changed MUST NOT be sent again',
    async check(start) {
      const world = await start();
      await world.signIn();
      for (const path of ['/', '/any', '/me']) assert.deepEqual((await world.send({ path })).setCookies, []);
    },
  },
  {
    id: 'SN09',
    text: 'a session that is in use MUST be written down, and one that is not MUST end',
    async check(start) {
      const world = await start({ options: idleFor(IDLE_MS) });
      await world.signIn();
      world.passTime(IDLE_MS / 6);
      sessionCookie(await world.send({ path: '/any' }));
      world.passTime(IDLE_MS);
      const { json } = await world.send({});
      assert.equal((json as { reason: string }).reason, 'idle');
    },
  },
  {
    id: 'SN10',
    text: 'login() and logout() of a handler MUST answer the request, beside the application’s own cookies',
    async check(start) {
      const world = await start();
      const [person] = world.emulator.users;
      assert(person);
      await world.open('/cookie/login');
      assert.equal((await world.browser.signIn(person)).url.pathname, '/any');
      const answer = await world.send({ method: 'POST', path: '/leave', headers: SAME_ORIGIN_FORM });
      assert.equal(answer.status, 303);
      assert.deepEqual(namesOf(answer), ['app', 'egain_session']);
    },
  },
  {
    id: 'SN11',
    text: 'a used callback, opened again by the back button, MUST lead a signed-in person on and ask eGain for nothing; a second one in a row MUST be a page with a link to the login route',
    async check(start) {
      const world = await start();
      const [person] = world.emulator.users;
      assert(person);
      const { username, password } = person;
      // The jar has what a browser has then: the session, and no cookie of the login, which was removed.
      const signInPage = await world.open('/any');
      const page = await world.browser.signIn(person);
      const callback = page.visited.find((url) => url.includes('/auth/callback')) ?? '';
      const session = world.cookie();
      assert.match(session, /^egain_session=[^;]+$/);
      const home = `${world.baseUrl}/`;
      const back = await world.browser.open(callback);
      assert.deepEqual([back.status, back.visited], [200, [callback, home]]);
      assert(world.cookie().startsWith(session), 'the session was changed');
      // Back to eGain's sign-in page, and once more through it.
      const again = await world.browser.post(signInPage.url.href, { username, password, action: 'sign-in' });
      assert.equal(again.status, 400);
      assert.match(again.text, /<a href="\/auth\/login\?as=user">/);
      assert.equal(world.emulator.journal('token').length, 1);
      // The link of that page ends the row.
      await world.open('/auth/login?as=user');
      assert.equal((await world.browser.signIn(person)).url.href, home);
      assert.equal((await world.browser.open(callback)).url.href, home);
      assert.equal((await world.send({ path: '/any' })).status, 200);
    },
  },
];

const idleFor = (idleMs: number) => ({ session: { secret: 'x'.repeat(32), idleMs } });
