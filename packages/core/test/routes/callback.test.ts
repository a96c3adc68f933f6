import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createEgainAuth, type EgainAuthOptions } from '../../src/index.ts';
import { rejectionOf } from '../failure.ts';
import { LOGIN_OPTIONS } from '../options.ts';
import { hostsToClose, type PlainHost } from '../plain-host.ts';

const { start, closeAll } = hostsToClose();
afterEach(closeAll);

/** Goes through eGain's sign-in page and stops with the callback URL in hand. */
async function callbackOf({ baseUrl, emulator, browser }: PlainHost, login = '/auth/login?as=user'): Promise<URL> {
  const signInPage = await browser.open(`${baseUrl}${login}`);
  const [person] = emulator.users;
  const answer = await fetch(signInPage.url, {
    method: 'POST',
    body: new URLSearchParams({
      username: person?.username ?? '',
      password: person?.password ?? '',
      action: 'sign-in',
    }),
    redirect: 'manual',
  });
  return new URL(answer.headers.get('location') ?? '');
}

const isSignedIn = async ({ browser, baseUrl }: PlainHost): Promise<boolean> =>
  (JSON.parse((await browser.fetch(`${baseUrl}/auth/session`)).text) as { authenticated: boolean }).authenticated;

describe('the callback', () => {
  test('turns a code into a session and leads to where the login was asked for', async () => {
    const host = await start();
    const callback = await callbackOf(host, '/auth/login?as=user&returnTo=%2Fdesk%3Ftab%3D2%23top');
    const landed = await host.browser.open(callback.href);
    expect(landed.visited.at(-1)).toBe(`${host.baseUrl}/desk?tab=2#top`);
    expect(await isSignedIn(host)).toBe(true);
  });

  test('T017, T045: leads on by 303 with no body, no referrer and nothing to cache', async () => {
    const host = await start();
    const callback = await callbackOf(host);
    const cookie = [...host.browser.cookies('localhost')].map((pair) => pair.join('=')).join('; ');
    const answer = await fetch(callback, { redirect: 'manual', headers: { cookie } });
    expect(answer.status).toBe(303);
    expect(await answer.text()).toBe('');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    for (const line of answer.headers.getSetCookie()) expect(line).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  const refusals: [string, (callback: URL, host: PlainHost) => void, number, string][] = [
    ['T001: a state that nobody started', (url) => url.searchParams.set('state', 'x'.repeat(43)), 400, 'login_expired'],
    ['T001: no state', (url) => url.searchParams.delete('state'), 400, 'invalid_callback'],
    ['T001: an empty state', (url) => url.searchParams.set('state', ''), 400, 'invalid_callback'],
    ['T001: a browser without the login cookie', (_url, { browser }) => clearCookies(browser), 400, 'login_expired'],
    ['T005: no code', (url) => url.searchParams.delete('code'), 400, 'invalid_callback'],
    ['T014: two states', (url) => url.searchParams.append('state', 'other'), 400, 'invalid_callback'],
    ['T014: two codes', (url) => url.searchParams.append('code', 'other'), 400, 'invalid_callback'],
    ['T019: an access token', (url) => url.searchParams.set('access_token', 'a.b.c'), 400, 'invalid_callback'],
    ['T019: an id token', (url) => url.searchParams.set('id_token', 'a.b.c'), 400, 'invalid_callback'],
    ['T019: a signed response', (url) => url.searchParams.set('response', 'a.b.c'), 400, 'invalid_callback'],
    ['T015: an error with a foreign state', (url) => setError(url, 'x'.repeat(43)), 400, 'login_expired'],
  ];
  test.each(refusals)('%s spends no code and signs nobody in', async (_name, change, status, code) => {
    const host = await start();
    const callback = await callbackOf(host);
    change(callback, host);
    const answer = await host.browser.open(callback.href);
    expect({ status: answer.status, errors: host.errors }).toEqual({ status, errors: [code] });
    expect(host.emulator.journal('token')).toEqual([]);
    expect(await isSignedIn(host)).toBe(false);
  });

  test('T016: HEAD spends no code', async () => {
    const host = await start();
    const callback = await callbackOf(host);
    expect((await fetch(callback, { method: 'HEAD' })).status).toBe(405);
    await host.browser.open(callback.href);
    expect(await isSignedIn(host)).toBe(true);
  });

  test('a POST is answered 405 with what is allowed', async () => {
    const host = await start();
    const answer = await fetch(await callbackOf(host), { method: 'POST' });
    expect({ status: answer.status, allow: answer.headers.get('allow') }).toEqual({ status: 405, allow: 'GET' });
  });

  test('a refusal of eGain is login_refused, and the attempt is over', async () => {
    const host = await start();
    const callback = await callbackOf(host);
    setError(callback, callback.searchParams.get('state') ?? '');
    expect((await host.browser.open(callback.href)).status).toBe(403);
    expect(host.errors).toEqual(['login_refused']);
    expect(host.browser.cookies('localhost').size).toBe(0);
  });

  test('a used callback, opened again, leads on and asks eGain for nothing', async () => {
    const host = await start();
    const callback = await callbackOf(host);
    await host.browser.open(callback.href);
    const again = await host.browser.open(callback.href);
    expect([again.status, again.url.href]).toEqual([200, `${host.baseUrl}/`]);
    expect(host.emulator.journal('token')).toHaveLength(1);
    expect(await isSignedIn(host)).toBe(true);
  });

  test('T028: a code that eGain refuses ends the attempt with its cookie', async () => {
    const host = await start();
    const callback = await callbackOf(host);
    callback.searchParams.set('code', 'not-a-code');
    expect((await host.browser.open(callback.href)).status).toBe(400);
    expect(host.errors).toEqual(['login_expired']);
    expect(host.browser.cookies('localhost').size).toBe(0);
  });

  describe('a login that one configuration started and another finishes', () => {
    const secret = 'a session secret that both instances share';

    async function finish(before: Partial<EgainAuthOptions>, after: Partial<EgainAuthOptions>, iss: string[] = []) {
      const { emulator, baseUrl } = await start();
      const common = { ...emulator.config({ baseUrl }), session: { secret }, authorizeSubject: () => true };
      const started = createEgainAuth({ ...common, ...before }).startLogin(
        { as: 'user' },
        { method: 'GET', url: '/', headers: {} },
      );
      const state = new URL(String(started.headers['location'])).searchParams.get('state') ?? '';
      const cookie = String(started.headers['set-cookie']).split(';', 1)[0] ?? '';
      const url = `/auth/callback?${new URLSearchParams([['code', 'any'], ['state', state], ...iss.map((value): [string, string] => ['iss', value])]).toString()}`;
      const finished = createEgainAuth({ ...common, ...after }).completeLogin({
        method: 'GET',
        url,
        headers: { cookie },
      });
      return { error: await rejectionOf(finished), requests: emulator.journal('token') };
    }

    // Else they would be other ones for another tenant.
    const ENDPOINTS = {
      user: { authorizationUrl: 'http://127.0.0.1:9/authorize', tokenUrl: 'http://127.0.0.1:9/token' },
    };
    test.each<[part: string, options: Partial<EgainAuthOptions>]>([
      ['the client', { clientId: 'another-client' }],
      ['the tenant', { tenantId: 'ANOTHER', endpoints: ENDPOINTS }],
      ['the token URL', { endpoints: { user: { tokenUrl: 'http://127.0.0.1:9/token' } } }],
      ['the redirect URI', { routes: { callback: '/auth/another' } }],
      ['the API', { apiUrl: 'http://127.0.0.1:9' }],
    ])('T006: is refused when %s is another', async (_part, after) => {
      const { error, requests } = await finish(after.tenantId === undefined ? {} : { endpoints: ENDPOINTS }, after);
      expect([error.code, requests.length]).toEqual(['invalid_callback', 0]);
      expect(error.message).toContain('another tenant, client or endpoint');
    });

    test('T005: is refused when it lacks the verifier that is now required', async () => {
      const { clientId = '', clientSecret = '' } = (await start()).emulator.config();
      const { error, requests } = await finish({ clients: { user: { clientId, clientSecret, pkce: false } } }, {});
      expect([error.code, requests.length]).toEqual(['invalid_callback', 0]);
      expect(error.message).toContain('without PKCE');
    });

    test.each<[name: string, iss: string[], code: string]>([
      ['is missing', [], 'invalid_callback'],
      ['is another', ['https://evil.example'], 'invalid_callback'],
      ['differs by a slash', ['https://ai.egain.cloud/system/auth/T-U/'], 'invalid_callback'],
      ['is there twice', ['https://ai.egain.cloud/system/auth/T-U', 'https://evil.example'], 'invalid_callback'],
      ['is the one', ['https://ai.egain.cloud/system/auth/T-U'], 'login_expired'],
    ])('T007: with an issuer configured, iss that %s: %s', async (_name, iss, code) => {
      const endpoints = { user: { issuer: 'https://ai.egain.cloud/system/auth/T-U' } };
      const { error } = await finish({ endpoints }, { endpoints }, iss);
      expect(error.code).toBe(code);
    });

    test('T007: without one, iss is not looked at', async () => {
      expect((await finish({}, {}, ['https://anybody.example'])).error.code).toBe('login_expired');
    });

    test('and goes on to ask for the token when nothing changed', async () => {
      const { error, requests } = await finish({}, {});
      expect([error.code, requests.length]).toEqual(['login_expired', 1]);
    });
  });

  test('T004: every login has a verifier of its own, and its challenge is S256', async () => {
    const host = await start();
    const [one, other] = [
      await host.browser.open(`${host.baseUrl}/auth/login`),
      await host.browser.open(`${host.baseUrl}/auth/login`),
    ];
    const challenges = [one, other].map(({ url }) => url.searchParams.get('code_challenge'));
    expect(challenges[0]).toMatch(/^[\w-]{43}$/);
    expect(challenges[0]).not.toBe(challenges[1]);
    expect(one.url.searchParams.get('code_challenge_method')).toBe('S256');
  });

  test('T009: a login replaces the session of whoever was signed in before', async () => {
    const host = await start();
    await host.browser.open((await callbackOf(host)).href);
    const first = host.browser.cookies('localhost').get('egain_session');
    await host.browser.open(`${host.baseUrl}/auth/login?as=customer`);
    const [customer] = host.emulator.customers;
    if (!customer) throw new Error('no customer');
    await host.browser.signIn(customer);
    const status = JSON.parse((await host.browser.fetch(`${host.baseUrl}/auth/session`)).text) as object;
    expect(status).toMatchObject({ authenticated: true, identity: { persona: 'customer' } });
    expect(host.browser.cookies('localhost').get('egain_session')).not.toBe(first);
  });

  test('an identity that cannot be looked up does not fail the login', async () => {
    const host = await start({
      login: {
        user: { scope: ['knowledge.portalmgr.read'] },
        resolveIdentity: async () => {
          throw new Error('down');
        },
      },
    });
    await host.browser.open((await callbackOf(host)).href);
    expect(JSON.parse((await host.browser.fetch(`${host.baseUrl}/auth/session`)).text)).toEqual({
      authenticated: true,
      identity: { persona: 'user' },
      expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });
});

describe('T022: what fails leaves nobody signed in', () => {
  test.each<[name: string, fault: Parameters<PlainHost['emulator']['fail']>[1]]>([
    ['eGain fails', { status: 500 }],
    ['eGain is overloaded', { status: 503 }],
    ['eGain does not answer', { drop: 'request' }],
    ['eGain answers half', { drop: 'answer' }],
    ['eGain answers something else', { garbage: true }],
  ])('%s', async (_name, fault) => {
    const host = await start({}, { handler: async (context) => context.challenge({}) });
    const callback = await callbackOf(host);
    host.emulator.fail('token', fault);
    expect((await host.browser.open(callback.href)).status).toBeGreaterThanOrEqual(500);
    expect(await isSignedIn(host)).toBe(false);
    expect(host.browser.cookies('localhost').size).toBe(0);
    expect((await host.browser.fetch(`${host.baseUrl}/desk`)).status).toBe(401);
  });
});

test('T018: no token, secret, code or verifier is in a URL, but the code in the callback’s', async () => {
  const urls: string[] = [];
  const onRequest = (message: unknown) => {
    const { origin, path } = (message as { request: { origin: string; path: string } }).request;
    urls.push(`${origin}${path}`);
  };
  const tokens: string[] = [];
  const host = await start(
    {},
    {
      emulator: { refreshTokens: 'rotating' },
      handler: async (context) => {
        const first = await context.getToken();
        await context.api.get('/knowledge/portalmgr/v4/portals/user');
        const second = await context.getToken({ forceRenewal: true });
        tokens.push(first.accessToken, second.accessToken);
        return undefined;
      },
    },
  );
  const callback = await callbackOf(host, '/auth/login?as=user&returnTo=/desk');
  subscribe('undici:request:create', onRequest);
  const { visited } = await host.browser.open(callback.href);
  unsubscribe('undici:request:create', onRequest);
  expect(tokens).toHaveLength(2);
  expect(urls.length).toBeGreaterThanOrEqual(3);
  const secrets = [...tokens, String(host.emulator.config().clientSecret), callback.searchParams.get('code') ?? ''];
  for (const url of [...urls, ...visited.filter((each) => each !== callback.href)]) {
    expect(secrets.filter((secret) => decodeURIComponent(url).includes(secret))).toEqual([]);
    expect(url).not.toMatch(/token=|secret=|verifier=|password=/i);
  }
});

describe('what eGain says of a login that it refused', () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');

  /** Starts a login and answers it with these parameters. */
  async function refusedWith(parametersFor: (state: string) => ConstructorParameters<typeof URLSearchParams>[0]) {
    const egain = createEgainAuth(LOGIN_OPTIONS);
    const request = { method: 'GET', headers: {} };
    const started = egain.startLogin({ as: 'user' }, { ...request, url: '/' });
    const state = new URL(String(started.headers['location'])).searchParams.get('state') ?? '';
    const cookie = String(started.headers['set-cookie']).split(';', 1)[0] ?? '';
    const query = new URLSearchParams(parametersFor(state));
    query.set('state', state);
    const url = `/auth/callback?${query.toString()}`;
    return rejectionOf(egain.completeLogin({ ...request, url, headers: { cookie } }));
  }

  test.each<[name: string, error: string, description: string | undefined, code: string, said: string]>([
    ['a code', 'access_denied', undefined, 'access_denied', 'access_denied'],
    ['a code and why', 'access_denied', 'You may not.', 'access_denied', 'access_denied: You may not.'],
    ['a code in base64', base64('access_denied'), undefined, 'access_denied', 'access_denied'],
    [
      'both in base64',
      base64('invalid_scope'),
      base64('No such scope.'),
      'invalid_scope',
      'invalid_scope: No such scope.',
    ],
    [
      'base64 of URL encoding',
      'access_denied',
      base64('The%20user%20has%20cancelled.'),
      'access_denied',
      'access_denied: The user has cancelled.',
    ],
    ['T096: line breaks and colours', 'x', 'a\r\nINFO\u001b[2J', 'x', 'x: a??INFO?[2J'],
    ['T096: line breaks in base64', 'x', base64('a b\r\nINFO'), 'x', 'x: a b??INFO'],
    ['T063: more than anybody reads', 'x', 'y'.repeat(2000), 'x', `x: ${'y'.repeat(1024)}`],
    ['a code that is none', '<script>', undefined, 'unknown', 'unknown'],
    ['a code that is none, in base64', base64('<script>alert(1)'), undefined, 'unknown', 'unknown'],
  ])('%s', async (_name, error, description, code, said) => {
    const refused = await refusedWith(() => ({
      error,
      ...(description !== undefined && { error_description: description }),
    }));
    expect(refused).toMatchObject({ code: 'login_refused', oauthError: code });
    expect(refused.message).toBe(`login_refused: eGain answered the login with ${said}`);
  });

  test('T095: nothing, if it repeats the code or the state', async () => {
    for (const code of ['canary-code-5f0c1e', undefined]) {
      const refused = await refusedWith((state) => ({
        error: base64(code ?? state),
        error_description: base64(`no ${code ?? state} here`),
        ...(code !== undefined && { code }),
      }));
      expect(refused.message).toMatch(/with unknown: \(description withheld: it repeats a secret of the request\)$/);
    }
  });

  test('T014: a description that is there twice makes the callback unusable', async () => {
    const refused = await refusedWith(() => 'error=access_denied&error_description=a&error_description=b');
    expect(refused.code).toBe('invalid_callback');
  });
});

function setError(url: URL, state: string): void {
  url.search = new URLSearchParams({ error: 'access_denied', error_description: '<b>no</b>', state }).toString();
}

function clearCookies(browser: PlainHost['browser']): void {
  for (const name of browser.cookies('localhost').keys()) browser.setCookie('localhost', name, undefined);
}

describe('T003, T012: the same callback more than once', () => {
  test('at once: one token request, one session', async () => {
    const host = await start();
    const callback = await callbackOf(host);
    const cookie = [...host.browser.cookies('localhost')].map((pair) => pair.join('=')).join('; ');
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => fetch(callback, { redirect: 'manual', headers: { cookie } })),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(host.errors).toEqual(Array.from({ length: 19 }, () => 'login_expired'));
    expect(host.emulator.journal('token')).toHaveLength(1);
    const sessions = answers.filter(({ headers }) =>
      headers.getSetCookie().some((line) => /^egain_session=./.test(line)),
    );
    expect(sessions).toHaveLength(1);
  });

  test('afterwards, by the back button: leads on, asks nothing and leaves the session alone', async () => {
    const host = await start();
    const callback = await callbackOf(host, '/auth/login?as=user&returnTo=%2Fdesk');
    const pending = [...host.browser.cookies('localhost')].map((pair) => pair.join('=')).join('; ');
    await host.browser.open(callback.href);
    const signedIn = [...host.browser.cookies('localhost')].map((pair) => pair.join('=')).join('; ');
    const again = await fetch(callback, { redirect: 'manual', headers: { cookie: `${pending}; ${signedIn}` } });
    expect([again.status, again.headers.get('location')]).toEqual([303, `${host.baseUrl}/desk`]);
    expect(again.headers.getSetCookie()).toEqual([expect.stringMatching(/^egain_session_late=/)]);
    expect(host.emulator.journal('token')).toHaveLength(1);
  });
});
