import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createMemorySessionStore } from '../../src/index.ts';
import type { PlainHost } from '../plain-host.ts';
import { CUTS, NOBODY, NOBODY_IN_PARTS, POSITIONS, SAME_PERSON, SAME_PERSON_IN_PARTS } from './cookies.ts';
import { type Jar, sendCallback, signIn, startGuardedHost, startSignIn } from './guarded-host.ts';
import { BEHIND_THE_GUARD, expectHarmless } from './harmless.ts';
import { type Headers, type RawAnswer, sendRaw } from './raw-client.ts';

const NAME = 'egain_session';
const secret = 'a session secret of more than 32 bytes';
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const named = (headers: readonly string[]) =>
  headers.map((header) => [JSON.stringify(header).slice(0, 90), header] as const);

describe.each([
  ['in cookies', () => ({ secret })],
  ['in a store', () => ({ secret, store: createMemorySessionStore() })],
])('sessions %s', (kind, session) => {
  const started: PlainHost[] = [];
  const values: Record<string, string> = { n: NAME };
  let host: PlainHost;
  /** Its sessions are too long for one cookie. */
  let large: PlainHost;

  async function start(options: Parameters<typeof startGuardedHost>[0]): Promise<PlainHost> {
    const each = await startGuardedHost({ session: session(), ...options });
    started.push(each);
    return each;
  }

  beforeAll(async () => {
    host = await start({});
    const [[pn, p] = []] = (await startSignIn(host)).jar;
    const [s, elsewhere] = [await signIn(host), await signIn(await start({}))].map((jar) => jar.get(NAME));
    const resolveIdentity = async () => ({ id: '1', name: 'x'.repeat(2500) });
    large = await start({ login: { user: { scope: ['knowledge.portalmgr.read'] }, resolveIdentity } });
    const [l, m] = [await signIn(large), await signIn(large)];
    const [l0, m0] = [l, m].map((jar) => jar.get(NAME));
    const [l1, m1] = [l, m].map((jar) => jar.get(`${NAME}.1`));
    Object.assign(values, { pn, p, s, elsewhere, l0, l1, m0, m1 });
  });
  afterAll(async () => {
    await Promise.all(started.map((each) => each[Symbol.asyncDispose]()));
  });

  const fill = (template: string) => template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  const cookies = (template: string): Headers =>
    fill(template)
      .split('\n')
      .map((line) => ['cookie', line]);
  const sizeOf = ({ setCookies }: RawAnswer) => setCookies.join('').length;

  async function expectNobody(template: string, at = host): Promise<void> {
    const headers = cookies(template);
    const page = await sendRaw(at.baseUrl, { target: '/desk', headers });
    const login = await sendRaw(at.baseUrl, { target: '/auth/login', headers });
    const status = await sendRaw(at.baseUrl, { target: '/auth/session', headers });
    const origin = ['origin', at.baseUrl] as const;
    const logout = await sendRaw(at.baseUrl, { method: 'POST', target: '/auth/logout', headers: [origin, ...headers] });
    const callback = await sendRaw(at.baseUrl, { target: '/auth/callback?code=x&state=x', headers });
    for (const answer of [page, login, status, logout, callback]) {
      expectHarmless(answer, at);
      // What a proxy in front takes: a header that it refuses is a failure to whoever asked.
      expect(sizeOf(answer)).toBeLessThan(8192);
    }
    expect(status.text).not.toContain('"authenticated":true');
  }

  async function expectSomebody(template: string, at = host): Promise<void> {
    const answer = await sendRaw(at.baseUrl, { target: '/desk', headers: cookies(template) });
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining(BEHIND_THE_GUARD)]);
  }

  describe.each(NOBODY)('$title', ({ headers }) => {
    test.each(named(headers))('%s', async (_title, template) => {
      await expectNobody(template);
    });
  });

  describe('T036: with one bit turned', () => {
    test.each(POSITIONS.flatMap((position) => [0, 1, 2, 3, 4, 5].map((bit) => [position, bit] as const)))(
      'of the character at %i, bit %i',
      async (position, bit) => {
        const value = values['s'] ?? '';
        const old = value.at(position) ?? '';
        const index = BASE64URL.indexOf(old);
        const turned = index < 0 ? String.fromCharCode(old.charCodeAt(0) ^ (1 << bit)) : BASE64URL[index ^ (1 << bit)];
        const at = position < 0 ? value.length + position : position;
        await expectNobody(`{n}=${value.slice(0, at)}${turned ?? ''}${value.slice(at + 1)}`);
      },
    );
  });

  test.each(CUTS)('T036: cut short by %i', async (length) => {
    const value = values['s'] ?? '';
    await expectNobody(`{n}=${value.slice(0, -length)}`);
    await expectNobody(`{n}=${value.slice(length)}`);
    await expectNobody(`{n}=${value.slice(0, length)}`);
  });

  describe.each(SAME_PERSON)('$title', ({ headers }) => {
    test.each(named(headers))('%s', async (_title, template) => {
      await expectSomebody(template);
    });
  });

  if (kind === 'in cookies') {
    describe(NOBODY_IN_PARTS.title, () => {
      test.each(named(NOBODY_IN_PARTS.headers))('%s', async (_title, template) => {
        await expectNobody(template, large);
      });
    });

    describe(SAME_PERSON_IN_PARTS.title, () => {
      test.each(named(SAME_PERSON_IN_PARTS.headers))('%s', async (_title, template) => {
        await expectSomebody(template, large);
      });
    });
  }

  test('T011: a callback takes a login of its own state only', async () => {
    const [login, other] = [await startSignIn(host), await startSignIn(host)];
    const [name = ''] = login.jar.keys();
    const [value = ''] = other.jar.values();
    for (const swapped of [value, values['s'] ?? '', values['p'] ?? '']) {
      const jar: Jar = new Map([[name, swapped]]);
      const answer = await sendCallback(host, { ...login, jar });
      expectHarmless(answer, host);
      expect(answer.status).toBe(400);
    }
  });
});
