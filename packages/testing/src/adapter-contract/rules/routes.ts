import assert from 'node:assert/strict';
import { NAVIGATION, type RawAnswer, SAME_ORIGIN_FORM, SCRIPT } from '../request.ts';
import type { AdapterRule } from '../rule.ts';
import { assertOwnHeaders, authorizeUrl, sessionCookie } from './expect.ts';

export const ROUTE_RULES: readonly AdapterRule[] = [
  {
    id: 'RT01',
    text: 'GET /auth/login MUST answer 303 to the authorization endpoint, with no body, no referrer and nothing to cache',
    async check(start) {
      const world = await start();
      const answer = await world.send({ path: '/auth/login', headers: NAVIGATION });
      assert.equal(answer.status, 303);
      assert.equal(answer.text, '');
      assertOwnHeaders(answer);
      assert.equal(authorizeUrl(answer).searchParams.get('redirect_uri'), `${world.baseUrl}/auth/callback`);
    },
  },
  {
    id: 'RT02',
    text: 'GET /auth/login?as=customer MUST lead to the customers’ authorization endpoint',
    async check(start) {
      const world = await start();
      const answer = await world.send({ path: '/auth/login?as=customer', headers: NAVIGATION });
      assert.match(authorizeUrl(answer).pathname, /-C\/oauth2\/authorize$/);
    },
  },
  {
    id: 'RT03',
    text: 'GET /auth/login for a persona that nobody can sign in as MUST be 404 and set no cookie',
    async check(start) {
      const world = await start();
      const answer = await world.send({ path: '/auth/login?as=constructor', headers: NAVIGATION });
      assert.deepEqual([answer.status, answer.setCookies], [404, []]);
    },
  },
  {
    id: 'RT04',
    text: 'a login MUST lead to the path that returnTo names, with its query, and start a session',
    async check(start) {
      const world = await start();
      const page = await world.signIn('user', '/any?tab=2&x=%2F');
      assert.equal(page.url.href, `${world.baseUrl}/any?tab=2&x=%2F`);
      assert.equal((JSON.parse(page.text) as { persona: string }).persona, 'user');
    },
  },
  {
    id: 'RT05',
    text: 'a login MUST lead home where returnTo is another origin',
    async check(start) {
      const world = await start();
      for (const target of ['https://evil.example/', '//evil.example', '/\\evil.example', '/%2f/evil.example']) {
        await world.browser.open(`${world.baseUrl}/auth/login?as=user&returnTo=${encodeURIComponent(target)}`);
        const [person] = world.emulator.users;
        assert(person);
        assert.equal((await world.browser.signIn(person)).url.href, `${world.baseUrl}/`);
      }
    },
  },
  {
    id: 'RT06',
    text: 'the callback MUST set a session cookie that is HttpOnly, SameSite=Lax and for the whole host, and remove the login’s',
    async check(start) {
      const world = await start();
      const { callback, cookie } = await reachCallback(world);
      const answer = await world.send({ path: callback, headers: { ...NAVIGATION, cookie } });
      assert.equal(answer.status, 303);
      assert.equal(answer.text, '');
      assertOwnHeaders(answer);
      assert.match(sessionCookie(answer), /^egain_session=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/);
      const removed = answer.setCookies.filter((line) => line.includes('Max-Age=0'));
      assert.deepEqual(
        removed.map((line) => line.split('=')[0]),
        [cookie.split('=')[0]],
      );
    },
  },
  {
    id: 'RT07',
    text: 'the callback MUST NOT be answered without the cookie of the browser that started the login',
    async check(start) {
      const world = await start();
      const { callback } = await reachCallback(world);
      const answer = await world.send({ path: callback, headers: { ...NAVIGATION, cookie: '' } });
      assert.deepEqual([answer.status, answer.setCookies], [400, []]);
      assert.deepEqual(world.emulator.journal('token'), []);
    },
  },
  {
    id: 'RT08',
    text: 'HEAD, POST and OPTIONS on the callback MUST NOT spend the code',
    async check(start) {
      const world = await start();
      const { callback, cookie } = await reachCallback(world);
      for (const method of ['HEAD', 'POST', 'OPTIONS']) {
        const answer = await world.send({ method, path: callback, headers: { ...NAVIGATION, cookie } });
        assert(answer.status >= 400 || answer.status === 204 || answer.status === 200, `${method} ${answer.status}`);
        assert.equal(answer.headers.location, undefined);
      }
      assert.deepEqual(world.emulator.journal('token'), []);
      const used = await world.send({ path: callback, headers: { ...NAVIGATION, cookie } });
      assert.equal(used.status, 303);
    },
  },
  {
    id: 'RT09',
    text: 'a prefetch of the callback MUST NOT spend the code',
    async check(start) {
      const world = await start();
      const { callback, cookie } = await reachCallback(world);
      const headers = { ...NAVIGATION, cookie, 'sec-purpose': 'prefetch' };
      assert.equal((await world.send({ path: callback, headers })).status, 403);
      assert.deepEqual(world.emulator.journal('token'), []);
    },
  },
  {
    id: 'RT10',
    text: 'the same callback many times at once MUST make one token request and one session',
    async check(start) {
      const world = await start();
      const { callback, cookie } = await reachCallback(world);
      const headers = { ...NAVIGATION, cookie };
      const answers = await Promise.all(Array.from({ length: 10 }, () => world.send({ path: callback, headers })));
      assert.equal(answers.filter(({ status }) => status === 303).length, 1);
      assert.equal(world.emulator.journal('token').length, 1);
    },
  },
  {
    id: 'RT11',
    text: 'the wrong method on a route of the adapter MUST be 405 with Allow',
    async check(start) {
      const world = await start();
      await world.signIn();
      const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'];
      for (const [route, allowed] of Object.entries({
        login: 'GET',
        callback: 'GET',
        logout: 'POST',
        session: 'GET',
      })) {
        for (const method of methods.filter((name) => name !== allowed)) {
          for (const headers of [NAVIGATION, SCRIPT]) {
            const answer = await world.send({ method, path: `/auth/${route}?state=x`, headers });
            const { status, setCookies } = answer;
            assert.deepEqual([method, route, status, answer.headers.allow], [method, route, 405, allowed]);
            assert.deepEqual(setCookies, []);
            assertOwnHeaders(answer);
          }
        }
      }
    },
  },
  {
    id: 'RT12',
    text: 'POST /auth/logout from a page of the application MUST end the session and lead to returnTo',
    async check(start) {
      const world = await start();
      await world.signIn();
      const answer = await world.send({
        method: 'POST',
        path: '/auth/logout?returnTo=/bye',
        headers: { ...SAME_ORIGIN_FORM, 'content-type': 'application/x-www-form-urlencoded' },
        body: 'a=1',
      });
      assert.deepEqual([answer.status, answer.headers.location], [303, `${world.host.origin}/bye`]);
      assert.match(sessionCookie(answer), /^egain_session=; Max-Age=0; Path=\/; HttpOnly; SameSite=Lax$/);
      // A copy of the cookie that was not removed.
      assert.equal((await world.send({ path: '/any' })).status, 401);
    },
  },
  {
    id: 'RT13',
    text: 'POST /auth/logout from another site MUST be 403 and leave the session alone',
    async check(start) {
      const world = await start();
      await world.signIn();
      for (const site of ['cross-site', 'same-site']) {
        const headers = { ...NAVIGATION, 'sec-fetch-site': site, origin: 'https://evil.example' };
        const answer = await world.send({ method: 'POST', path: '/auth/logout', headers });
        assert.deepEqual([answer.status, answer.setCookies], [403, []]);
      }
      assert.equal((await world.send({ path: '/any' })).status, 200);
    },
  },
  {
    id: 'RT14',
    text: 'GET /auth/session MUST say whether and who, without a token, for no cache',
    async check(start) {
      const world = await start();
      assert.deepEqual((await world.send({ path: '/auth/session' })).json, { authenticated: false });
      await world.signIn();
      const answer = await world.send({ path: '/auth/session' });
      const { authenticated, identity } = answer.json as { authenticated: boolean; identity: { persona: string } };
      assert.deepEqual([authenticated, identity.persona], [true, 'user']);
      assert(!answer.text.includes('eyJ'), 'a token');
      assertOwnHeaders(answer);
    },
  },
  {
    id: 'RT15',
    text: 'paths beside the adapter’s own MUST be left to the application',
    async check(start) {
      const world = await start();
      for (const path of [
        '/auth',
        '/auth/',
        '/auth/other',
        '/auth/login/',
        '/AUTH/LOGIN',
        '/auth/login%2f',
        '/xauth/login',
      ]) {
        const { status, setCookies } = await world.send({ path, headers: NAVIGATION });
        assert.deepEqual([path, status, setCookies], [path, 404, []]);
      }
    },
  },
  {
    id: 'RT16',
    text: 'a script or a frame MUST NOT start a login at the login route',
    async check(start) {
      const world = await start();
      for (const headers of [SCRIPT, { ...NAVIGATION, 'sec-fetch-dest': 'iframe' }]) {
        const { status, setCookies } = await world.send({ path: '/auth/login', headers });
        assert.deepEqual([status, setCookies], [403, []]);
      }
    },
  },
  {
    id: 'RT17',
    text: 'nothing of an answer MUST come from Host or X-Forwarded-*',
    async check(start) {
      const world = await start();
      const headers = {
        ...NAVIGATION,
        host: 'evil.example',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'https',
        'x-forwarded-prefix': '/evil',
      };
      const { callback, cookie } = await reachCallback(world);
      for (const request of [
        { path: '/auth/login', headers },
        { path: '/any', headers },
        { path: callback, headers: { ...headers, cookie } },
        { method: 'POST', path: '/auth/logout?returnTo=/bye', headers: { ...headers, ...SAME_ORIGIN_FORM } },
        { method: 'POST', path: '/leave', headers },
      ]) {
        const answer = await world.send(request);
        assert.equal(answer.status, 303);
        assert(!JSON.stringify(answer).includes('evil'), request.path);
        assert(!answer.setCookies.some((line) => line.includes('Secure')), 'Secure follows baseUrl');
      }
    },
  },
  {
    id: 'RT18',
    text: 'several logins in one browser MUST each lead to their own page',
    async check(start) {
      const world = await start();
      const [person] = world.emulator.users;
      assert(person);
      const pages = [];
      for (const tab of [1, 2, 3]) pages.push(await world.open(`/any?tab=${tab}`));
      for (const [index, { url }] of pages.entries()) {
        const { username, password } = person;
        const landed = await world.browser.post(url.href, { username, password, action: 'sign-in' });
        assert.equal(landed.url.search, `?tab=${index + 1}`);
      }
    },
  },
  {
    id: 'RT19',
    text: 'the callback of a login that another browser started MUST NOT be answered with the cookie of one’s own',
    async check(start) {
      const world = await start();
      const { callback } = await reachCallback(world);
      const { cookie } = await startLogin(world);
      const answer = await world.send({ path: callback, headers: { ...NAVIGATION, cookie } });
      assert.deepEqual([answer.status, answer.setCookies], [400, []]);
      assert.deepEqual(world.emulator.journal('token'), []);
    },
  },
  {
    id: 'RT20',
    text: 'a login that names no page MUST lead to baseUrl',
    async check(start) {
      const world = await start({ mount: '/app' });
      await world.open('/auth/login');
      const [person] = world.emulator.users;
      assert(person);
      assert.equal((await world.browser.signIn(person)).url.href, world.baseUrl);
    },
  },
  {
    id: 'RT21',
    text: 'behind a proxy that strips a prefix, each route MUST answer without it, and each URL for the browser MUST have it',
    async check(start) {
      for (const mount of ['', '/app']) {
        const world = await start({ mount, options: { strippedPrefix: '/desk' } });
        assert.equal(world.baseUrl, `${world.host.origin}/desk${mount}`);
        const guarded = await world.send({ path: '/any?tab=2', headers: NAVIGATION });
        assert.equal(authorizeUrl(guarded).searchParams.get('redirect_uri'), `${world.baseUrl}/auth/callback`);
        const { callback, cookie } = await signInAtEgain(world, guarded);
        const answer = await world.send({ path: callback, headers: { ...NAVIGATION, cookie } });
        assert.deepEqual([answer.status, answer.headers.location], [303, `${world.baseUrl}/any?tab=2`]);
        const refused = (await world.send({ path: '/any' })).json as { error: { loginUrl: string } };
        assert.equal(refused.error.loginUrl, `/desk${mount}/auth/login`);
      }
    },
  },
  {
    id: 'RT22',
    text: 'a request target in absolute form MUST be answered like one in origin form, and nothing MUST come from its authority',
    async check(start) {
      const world = await start();
      const { callback, cookie } = await reachCallback(world);
      for (const authority of [world.host.origin, 'http://evil.example']) {
        const login = await world.send({ path: `${authority}/auth/login?returnTo=/any`, headers: NAVIGATION });
        assert.equal(authorizeUrl(login).searchParams.get('redirect_uri'), `${world.baseUrl}/auth/callback`);
        const status = await world.send({ path: `${authority}/auth/session` });
        assert.deepEqual(status.json, { authenticated: false });
      }
      const headers = { ...NAVIGATION, cookie };
      const answer = await world.send({ path: `http://evil.example${callback}`, headers });
      assert.deepEqual([answer.status, answer.headers.location], [303, `${world.baseUrl}/`]);
    },
  },
];

/** A login up to the moment when eGain sends the browser back. */
async function reachCallback(world: Started): Promise<{ callback: string; cookie: string }> {
  return signInAtEgain(world, await world.send({ path: '/auth/login', headers: NAVIGATION }));
}

/** @param login the redirect to eGain's sign-in page */
async function signInAtEgain(world: Started, login: RawAnswer): Promise<{ callback: string; cookie: string }> {
  const { signInPage, cookie } = readLogin(login);
  const [person] = world.emulator.users;
  assert(person);
  const { username, password } = person;
  const answer = await fetch(signInPage, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ username, password, action: 'sign-in' }),
  });
  const location = answer.headers.get('location') ?? '';
  return { callback: location.replace(world.baseUrl, ''), cookie };
}

type Started = Awaited<ReturnType<Parameters<AdapterRule['check']>[0]>>;

async function startLogin(world: Started) {
  return readLogin(await world.send({ path: '/auth/login', headers: NAVIGATION }));
}

function readLogin(answer: RawAnswer) {
  const [cookie = ''] = answer.setCookies;
  return { signInPage: authorizeUrl(answer).href, cookie: cookie.split(';', 1).join('') };
}
