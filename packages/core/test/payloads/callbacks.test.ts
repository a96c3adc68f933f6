import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PlainHost } from '../plain-host.ts';
import {
  FATAL,
  FOREIGN_ISSUER,
  NO_NAVIGATIONS,
  PASSED_OVER,
  WITH_AN_UNKNOWN_STATE,
  WITHOUT_ONE_STATE,
} from './callbacks.ts';
import { cookieHeader, type Jar, sendCallback, signIn, startGuardedHost, startSignIn } from './guarded-host.ts';
import { expectHarmless } from './harmless.ts';
import { type Headers, jarAfter, sendRaw } from './raw-client.ts';

const ISSUER = 'https://ai.egain.cloud/system/auth/T-U';

let host: PlainHost;
let withIssuer: PlainHost;
beforeAll(async () => {
  host = await startGuardedHost();
  withIssuer = await startGuardedHost({ endpoints: { user: { issuer: ISSUER } } });
});
afterAll(() => Promise.all([host, withIssuer].map((started) => started[Symbol.asyncDispose]())));

const stateOf = (callback: URL) => callback.searchParams.get('state') ?? '';

/** A login of this browser that waits for its callback, and what the payloads may refer to. */
async function underWay(at = host) {
  const [own, foreign] = [await startSignIn(at), await startSignIn(at)];
  const login = await sendRaw(at.baseUrl, { target: '/auth/login?as=customer', headers: [cookieHeader(own.jar)] });
  const values: Readonly<Record<string, string>> = {
    code: own.callback.searchParams.get('code') ?? '',
    state: stateOf(own.callback),
    foreign: stateOf(foreign.callback),
    other: stateOf(new URL(login.location ?? '')),
    iss: ISSUER,
  };
  return { ...own, jar: jarAfter(own.jar, login.setCookies), values };
}

const fill = (query: string, values: Readonly<Record<string, string>>) =>
  query.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

/** The same callback as it should have been. */
async function finishes(login: { callback: URL; jar: Jar }): Promise<boolean> {
  const { status, setCookies } = await sendCallback(host, login);
  return status === 303 && setCookies.some((line) => /^egain_session=./.test(line));
}

const tokenRequests = (at = host) => at.emulator.journal('token').length;
const named = (queries: readonly string[]) => queries.map((query) => [query.slice(0, 90), query] as const);
const callback = (query: string) => (query === '' ? '/auth/callback' : `/auth/callback?${query}`);

describe.each(PASSED_OVER)('$title', ({ queries }) => {
  test.each(named(queries))('%s', async (_title, query) => {
    const login = await underWay();
    const before = tokenRequests();
    const headers: Headers = [cookieHeader(login.jar), ['accept', 'text/html']];
    const answer = await sendRaw(host.baseUrl, { target: callback(fill(query, login.values)), headers });
    expectHarmless(answer, host);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(tokenRequests()).toBe(before);
    expect(await finishes({ ...login, jar: jarAfter(login.jar, answer.setCookies) })).toBe(true);
  });
});

describe('T001, F71: a callback in the browser of a signed-in person', () => {
  /** A session, and beside it a login of the same browser that is under way. */
  async function send(query: string) {
    const login = await underWay();
    const jar = new Map([...login.jar, ...(await signIn(host))]);
    const before = tokenRequests();
    const headers: Headers = [cookieHeader(jar), ['accept', 'text/html']];
    const answer = await sendRaw(host.baseUrl, { target: callback(fill(query, login.values)), headers });
    expectHarmless(answer, host);
    expect(tokenRequests()).toBe(before);
    expect(answer.setCookies.filter((line) => !line.startsWith('egain_session_late='))).toEqual([]);
    for (const value of [login.values['code'] ?? '', 'evil']) expect(JSON.stringify(answer)).not.toContain(value);
    expect(await finishes({ ...login, jar: jarAfter(jar, answer.setCookies) })).toBe(true);
    return answer;
  }

  test.each(named(WITHOUT_ONE_STATE))('is refused without one state: %s', async (_title, query) => {
    const { status, setCookies } = await send(query);
    expect([status, setCookies]).toEqual([400, []]);
  });

  test.each(named(WITH_AN_UNKNOWN_STATE))(
    'leads to baseUrl with a state it does not have: %s',
    async (_title, query) => {
      const { status, location } = await send(query);
      expect([status, location]).toEqual([303, `${host.baseUrl}/`]);
    },
  );
});

describe.each(FATAL)('$title', ({ queries }) => {
  test.each(named(queries))('%s', async (_title, query) => {
    const login = await underWay();
    const headers: Headers = [cookieHeader(login.jar), ['accept', 'text/html']];
    const answer = await sendRaw(host.baseUrl, { target: callback(fill(query, login.values)), headers });
    expectHarmless(answer, host);
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });
});

describe(FOREIGN_ISSUER.title, () => {
  test.each(named(FOREIGN_ISSUER.queries))('%s', async (_title, query) => {
    const login = await underWay(withIssuer);
    const before = tokenRequests(withIssuer);
    const target = callback(fill(`code={code}&state={state}${query}`, login.values));
    const answer = await sendRaw(withIssuer.baseUrl, { target, headers: [cookieHeader(login.jar)] });
    expectHarmless(answer, withIssuer);
    expect(answer.status).toBe(400);
    expect(tokenRequests(withIssuer)).toBe(before);
  });

  test('but the right one signs in', async () => {
    const login = await underWay(withIssuer);
    const target = callback(fill('code={code}&state={state}&iss={iss}', login.values));
    const answer = await sendRaw(withIssuer.baseUrl, { target, headers: [cookieHeader(login.jar)] });
    expect(answer.setCookies).toContainEqual(expect.stringMatching(/^egain_session=./));
  });
});

describe('T016, T049: a good callback that no person opened', () => {
  test.each(NO_NAVIGATIONS)('%j', async ({ method, headers = [] }) => {
    const login = await underWay();
    const before = tokenRequests();
    const { pathname, search } = login.callback;
    const answer = await sendRaw(host.baseUrl, {
      ...(method !== undefined && { method }),
      target: `${pathname}${search}`,
      headers: [...headers, cookieHeader(login.jar)],
    });
    expectHarmless(answer, host);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(tokenRequests()).toBe(before);
    expect(await finishes(login)).toBe(true);
  });
});

describe('T001, T003, T008: a good callback', () => {
  test('in the browser of somebody else', async () => {
    const [login, other] = [await underWay(), await underWay()];
    expectHarmless(await sendCallback(host, { ...login, jar: other.jar }), host);
    expectHarmless(await sendCallback(host, { ...login, jar: new Map() }), host);
    expect(await finishes(login)).toBe(true);
  });

  test('that was used', async () => {
    const login = await underWay();
    expect(await finishes(login)).toBe(true);
    const before = tokenRequests();
    expectHarmless(await sendCallback(host, login), host);
    expectHarmless(await sendCallback(host, { ...login, jar: new Map() }), host);
    expect(tokenRequests()).toBe(before);
  });
});
