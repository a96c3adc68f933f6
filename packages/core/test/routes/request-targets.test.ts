import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createEgainAuth, type DelegatedScope, type HttpResponse, type WarningEvent } from '../../src/index.ts';
import { rejectionOf } from '../failure.ts';
import { LOGIN_OPTIONS } from '../options.ts';
import { cookieHeader, signIn, signInAtEgain, startGuardedHost } from '../payloads/guarded-host.ts';
import { expectHarmless } from '../payloads/harmless.ts';
import { jarAfter, sendRaw } from '../payloads/raw-client.ts';
import type { PlainHost } from '../plain-host.ts';

let host: PlainHost;
beforeAll(async () => {
  host = await startGuardedHost();
});
afterAll(async () => host[Symbol.asyncDispose]());

/** Where a sign-in ends that began with this request. */
async function landingOf(target: string): Promise<string | undefined> {
  const login = await sendRaw(host.baseUrl, { target });
  expectHarmless(login, host);
  expect(login.status).toBe(303);
  const { callback, jar } = await signInAtEgain(host, login);
  const answer = await sendRaw(host.baseUrl, {
    target: callback.pathname + callback.search,
    headers: [cookieHeader(jar)],
  });
  expect(answer.status).toBe(303);
  return answer.location?.slice(host.baseUrl.length);
}

describe('F82: a request target in absolute form is handled like one in origin form (RFC 9112 §3.2.2)', () => {
  const AUTHORITIES = [
    'http://localhost',
    'HTTP://LOCALHOST:80',
    'https://evil.example',
    'http://user:pass@evil.example:1',
  ];

  test.each(AUTHORITIES)('each route answers, and nothing comes from the authority (T051): %s', async (authority) => {
    expect(await landingOf(`${authority}/auth/login?as=user&returnTo=/desk`)).toBe('/desk');
    expect(await landingOf(`${authority}/articles?q=1`)).toBe('/articles?q=1');
    expect(await landingOf(`${authority}?q=1`)).toBe('/?q=1');
    expect(await landingOf(authority)).toBe('/');
    const jar = await signIn(host);
    const headers = [cookieHeader(jar), ['origin', host.baseUrl]] as const;
    const status = await sendRaw(host.baseUrl, { target: `${authority}/auth/session`, headers });
    expect(JSON.parse(status.text)).toMatchObject({ authenticated: true });
    const target = `${authority}/auth/logout?returnTo=/bye`;
    const logout = await sendRaw(host.baseUrl, { method: 'POST', target, headers });
    expect(logout.location).toBe(`${host.baseUrl}/bye`);
    expect(jarAfter(jar, logout.setCookies).size).toBe(0);
  });

  test('the callback too', async () => {
    const { callback, jar } = await signInAtEgain(host, await sendRaw(host.baseUrl, { target: '/auth/login?as=user' }));
    const answer = await sendRaw(host.baseUrl, { target: callback.href, headers: [cookieHeader(jar)] });
    expect([answer.status, answer.location]).toEqual([303, `${host.baseUrl}/`]);
  });

  test.each([
    'http://localhost//auth/login',
    'http:/auth/login',
    'http:///auth/login',
    'ftp://localhost/auth/login',
    '*',
  ])('what is neither is not a route of ours, and no failure: %s', async (target) => {
    const answer = await sendRaw(host.baseUrl, { target, method: target === '*' ? 'OPTIONS' : 'GET' });
    expectHarmless(answer, host);
    expect(answer.location ?? '').not.toContain('evil');
  });

  test('an application that answers a route itself may hand on any target', async () => {
    const egain = createEgainAuth(LOGIN_OPTIONS);
    for (const url of ['//', '//[', 'http://[', '*', '', '/auth/callback?state=%zz#a', undefined]) {
      const request = { method: 'GET', url, headers: {} };
      expect((await rejectionOf(egain.completeLogin(request))).code).toMatch(/^(?:invalid_callback|login_expired)$/);
    }
  });
});

describe('F82: a deep link that cannot be kept', () => {
  async function warningsOf(action: () => unknown): Promise<WarningEvent[]> {
    const heard: WarningEvent[] = [];
    const listen = (event: unknown) => void heard.push(event as WarningEvent);
    subscribe('egain-auth:warning', listen);
    try {
      await action();
    } finally {
      unsubscribe('egain-auth:warning', listen);
    }
    return heard.filter(({ code }) => code === 'return_to_ignored');
  }

  test.each([
    ['a backslash in its path', '/desk\\articles'],
    ['more than 2048 characters', `/desk?q=${'a'.repeat(2041)}`],
    ['backslashes that encoding makes too long', `/desk?q=${'\\'.repeat(700)}`],
  ])('%s starts a login that ends at baseUrl, and is warned of', async (_name, target) => {
    const warnings = await warningsOf(async () => expect(await landingOf(target)).toBe('/'));
    expect(warnings).toEqual([{ code: 'return_to_ignored', message: expect.not.stringContaining('/desk') }]);
    // A backslash in the query is kept, encoded.
    expect(warnings[0]?.message).toContain('without a backslash before its query');
  });

  test('one that is kept is not warned of, and neither is a login without one', async () => {
    const warnings = await warningsOf(async () => {
      expect(await landingOf(`/desk?q=${'a'.repeat(2040)}`)).toHaveLength(2048);
      expect(await landingOf('/desk?path=C:\\files')).toBe('/desk?path=C:%5Cfiles');
      expect(await landingOf('/auth/login?as=user')).toBe('/');
    });
    expect(warnings).toEqual([]);
  });

  test('a long one beside many scopes does not fail the login: the cookie holds what fits', async () => {
    const scope = Array.from({ length: 40 }, (_, index) => `knowledge.portalmgr${index}.read` as DelegatedScope);
    const egain = createEgainAuth({ ...LOGIN_OPTIONS, login: { user: { scope } } });
    const request = { method: 'GET', url: '/', headers: {} };
    const answers: HttpResponse[] = [];
    const warnings = await warningsOf(() => {
      answers.push(
        egain.startLogin({ returnTo: `/${'a'.repeat(2047)}` }, request),
        egain.startLogin({ returnTo: '/desk' }, request),
      );
    });
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect(warnings).toHaveLength(1);
  });
});

describe('F82: the remedy of a refused logout names the cause', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ['Referrer-Policy: no-referrer without Fetch Metadata', { origin: 'null' }, /Referrer-Policy: same-origin/],
    [
      'another site',
      { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
      /^Post a form .* from a page at baseUrl\.$/,
    ],
    [
      'another site under no-referrer',
      { 'sec-fetch-site': 'cross-site', origin: 'null' },
      /^Post a form .* from a page at baseUrl\.$/,
    ],
    ['another origin by Origin', { origin: 'https://www.desk.example.com' }, /baseUrl .*the very origin/],
    ['a client that says nothing', {}, /neither Sec-Fetch-Site nor Origin/],
  ])('%s', async (_name, headers, remedy) => {
    const egain = createEgainAuth(LOGIN_OPTIONS);
    const reply = { headersSent: false, appendHeader() {}, send() {} };
    const error = await rejectionOf(egain.handle({ method: 'POST', url: '/auth/logout', headers }, reply));
    expect(error.code).toBe('cross_site_request');
    expect(error.remedy).toMatch(remedy);
    expect(error.message).not.toContain('evil');
  });

  test('a form under Referrer-Policy: no-referrer of this origin signs out', async () => {
    const jar = await signIn(host);
    const headers = [cookieHeader(jar), ['origin', 'null'], ['sec-fetch-site', 'same-origin']] as const;
    const answer = await sendRaw(host.baseUrl, { method: 'POST', target: '/auth/logout', headers });
    expect([answer.status, jarAfter(jar, answer.setCookies).size]).toEqual([303, 0]);
  });
});
