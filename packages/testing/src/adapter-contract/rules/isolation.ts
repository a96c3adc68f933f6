import assert from 'node:assert/strict';
import { DELAY_HEADER, NAME_HEADER } from '../application.ts';
import { NAVIGATION } from '../request.ts';
import type { AdapterRule } from '../rule.ts';
import { authorizeUrl } from './expect.ts';

export const ISOLATION_RULES: readonly AdapterRule[] = [
  {
    id: 'IS01',
    text: '200 interleaved requests for several subjects MUST each act as their own',
    async check(start) {
      const world = await start();
      const names = world.emulator.users.map(({ username }) => username);
      const calls = Array.from({ length: 200 }, (_, index) => names[(index * 7) % names.length] as string);
      const answers = await Promise.all(
        calls.map((name, index) =>
          world.send({ path: '/crm', headers: { [NAME_HEADER]: name, [DELAY_HEADER]: String((index * 13) % 50) } }),
        ),
      );
      const found = answers.map(
        ({ json }) => (json as { user: { userName?: string; firstName: string }[] }).user[0]?.firstName,
      );
      const expected = new Map<string, string | undefined>();
      for (const [index, name] of calls.entries()) {
        if (!expected.has(name)) expected.set(name, found[index]);
        assert.equal(found[index], expected.get(name));
      }
      assert.equal(new Set(expected.values()).size, names.length);
      const served = world.emulator.journal('api').map(({ subject }) => subject);
      for (const name of names) {
        assert.equal(served.filter((subject) => subject === name).length, calls.filter((call) => call === name).length);
      }
    },
  },
  {
    id: 'IS02',
    text: 'sessions of two browsers MUST NOT meet, whatever runs at once',
    async check(start) {
      const world = await start();
      await world.signIn('user');
      const user = world.cookie();
      await world.browser.open(`${world.baseUrl}/`);
      for (const name of world.browser.cookies('localhost').keys())
        world.browser.setCookie('localhost', name, undefined);
      await world.signIn('customer');
      const customer = world.cookie();
      const cookies = Array.from({ length: 60 }, (_, index) => (index % 2 ? user : customer));
      const answers = await Promise.all(
        cookies.map((cookie, index) => world.send({ headers: { cookie, [DELAY_HEADER]: String((index * 11) % 30) } })),
      );
      for (const [index, { json }] of answers.entries()) {
        assert.equal((json as { persona: string }).persona, cookies[index] === user ? 'user' : 'customer');
      }
    },
  },
  {
    id: 'IS03',
    text: 'below a path, routes, redirects and pages asked for MUST be below it, and the adapter’s paths beside it not its own',
    async check(start) {
      const world = await start({ mount: '/app' });
      const answer = await world.send({ path: '/any?x=1', headers: NAVIGATION });
      assert.equal(authorizeUrl(answer).searchParams.get('redirect_uri'), `${world.host.origin}/app/auth/callback`);
      const page = await world.signIn('user', '/any?x=1');
      assert.equal(page.url.href, `${world.host.origin}/app/any?x=1`);
      assert.equal((await fetch(`${world.host.origin}/auth/login`, { redirect: 'manual' })).status, 404);
    },
  },
  {
    id: 'IS04',
    text: 'two applications of two tenants in one process MUST NOT take each other’s sessions or tokens',
    async check(start) {
      const [one, other] = [
        await start({ emulator: { tenantId: 'TMONE' } }),
        await start({ emulator: { tenantId: 'TMOTHER' } }),
      ];
      await one.signIn();
      const headers = { cookie: one.cookie() };
      assert.equal((await one.send({ path: '/me', headers })).status, 200);
      assert.equal((await other.send({ path: '/me', headers })).status, 401);
      // One after the other: two concurrent misses would both mint, even if the tenants shared one cache.
      for (const world of [one, other]) await world.send({ path: '/crm', headers: { [NAME_HEADER]: 'pa' } });
      assert.equal(other.emulator.journal('token').length, 1);
      assert.equal(other.emulator.journal('api').length, 1);
    },
  },
  {
    id: 'IS05',
    text: 'two applications on one host MUST NOT take each other’s sessions, even with one secret',
    async check(start) {
      const session = { secret: 'x'.repeat(32) };
      const one = await start({ options: { session } });
      // Of one tenant and client too: only where they are open differs.
      const other = await start({ options: { ...one.emulator.config(), session } });
      await one.signIn();
      assert.equal((await other.send({ path: '/any', headers: { cookie: one.cookie() } })).status, 401);
    },
  },
];
