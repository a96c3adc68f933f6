import { describe, expect, test } from '@jest/globals';
import { resolveOptions } from '../../src/configuration/resolve-options.ts';
import type { EgainAuthOptions } from '../../src/options.ts';
import type { ResolvedLogin } from '../../src/resolved-options.ts';
import { createMemorySessionStore } from '../../src/session/memory-session-store.ts';
import { createMemoryTokenStore } from '../../src/tokens/memory-token-store.ts';
import { failureOf } from '../failure.ts';
import { LOGIN_OPTIONS, OPTIONS } from '../options.ts';

const SECRET = LOGIN_OPTIONS.session.secret;

function resolve(changes: object = {}): ResolvedLogin {
  const { login } = resolveOptions({ ...LOGIN_OPTIONS, ...changes } as EgainAuthOptions, false);
  if (!login) throw new Error('there is no login');
  return login;
}

describe('a login that is configured', () => {
  test('gets every default', () => {
    const login = resolve();
    expect(login.redirectUri).toBe('https://desk.example.com/auth/callback');
    expect(login.personas).toEqual({ user: { scope: ['knowledge.portalmgr.read'] } });
    expect(login.routes).toEqual({
      login: '/auth/login',
      callback: '/auth/callback',
      logout: '/auth/logout',
      session: '/auth/session',
    });
    expect(login.session).toEqual({
      secrets: expect.any(Function),
      cookieName: '__Host-egain_session',
      secure: true,
      idleMs: 3_600_000,
      absoluteMs: 28_800_000,
    });
  });

  test.each(['https://desk.example.com/app', 'https://desk.example.com/app/'])('has its routes below %s', (baseUrl) => {
    const login = resolve({ baseUrl });
    expect(login.redirectUri).toBe('https://desk.example.com/app/auth/callback');
    expect(login.routes.logout).toBe('/app/auth/logout');
  });

  test('lets each route be moved or turned off', () => {
    const { routes, redirectUri } = resolve({ routes: { login: '/in', callback: '/cb.v1', session: false } });
    expect(routes).toEqual({ login: '/in', callback: '/cb.v1', logout: '/auth/logout' });
    expect(redirectUri).toBe('https://desk.example.com/cb.v1');
  });

  test('T021: keeps a redirect URI even where the application answers the callback itself', () => {
    const { routes, redirectUri } = resolve({ routes: { callback: false } });
    expect(routes).not.toHaveProperty('callback');
    expect(redirectUri).toBe('https://desk.example.com/auth/callback');
  });

  test('T030: has a prefix and Secure on https, and neither on loopback http', () => {
    const local = { domainUrl: 'http://localhost:4000', apiUrl: 'http://localhost:4001' };
    expect(resolve({ session: { secret: SECRET, cookieName: 'desk' } }).session).toMatchObject({
      cookieName: '__Host-desk',
      secure: true,
    });
    expect(resolve({ ...local, baseUrl: 'http://localhost:3000' }).session).toMatchObject({
      cookieName: 'egain_session',
      secure: false,
    });
    expect(resolve({ ...local, baseUrl: 'https://localhost:3000' }).session).toMatchObject({ secure: true });
  });

  test('T039: has one secret or several', () => {
    const secret = ['n'.repeat(32), 'o'.repeat(32)];
    expect(resolve({ session: { secret } }).session.secrets()).toEqual(secret);
  });

  test('T038: counts the bytes of a secret, not its characters', () => {
    expect(resolve({ session: { secret: '\u00e9'.repeat(16) } }).session.secrets()).toHaveLength(1);
  });

  test('may be for customers, or for both', () => {
    const customer = { scope: ['a'] };
    expect(Object.keys(resolve({ login: { customer } }).personas)).toEqual(['customer']);
    expect(Object.keys(resolve({ login: { user: customer, customer } }).personas)).toEqual(['user', 'customer']);
  });
});

describe('a problem of a login is stated with its option', () => {
  const session = (members: object) => ({ session: { secret: SECRET, ...members } });

  test.each<[problem: string, changes: object]>([
    ['login names neither user nor customer.', { login: {} }],
    ['login.user.scope is not a list of scopes.', { login: { user: {} } }],
    ['login.user.scope is not a list of scopes.', { login: { user: { scope: [] } } }],
    ['login.customer.scope is not a list of scopes.', { login: { customer: { scope: 'a b' } } }],
    ['baseUrl is not set, but login is.', { baseUrl: undefined }],
    ['baseUrl has no scheme.', { baseUrl: 'desk.example.com' }],
    ['baseUrl is more than an origin and a path.', { baseUrl: 'https://desk.example.com/?a' }],
    ['baseUrl is not a plain https URL.', { baseUrl: 'https://desk.example.com/#a' }],
    ['baseUrl is plain http.', { baseUrl: 'http://localhost:3000' }],
    ['session.secret is not set, but login is.', session({ secret: [] })],
    ['session.secret is shorter than 32 bytes.', session({ secret: '' })],
    ['session.secret is shorter than 32 bytes.', session({ secret: 'x'.repeat(31) })],
    ['session.secret is shorter than 32 bytes.', session({ secret: [SECRET, 'short'] })],
    ['session.secret is shorter than 32 bytes.', session({ secret: [SECRET, undefined] })],
    ['session.store has no method get, set, delete, replace, claim, release.', session({ store: {} })],
    [
      'session.store has no method replace, claim, release. Implement replace, claim, release; createMemorySessionStore() is a model.',
      session({ store: { get() {}, set() {}, delete() {} } }),
    ],
    ['session.store is not a store.', session({ store: 'redis://localhost' })],
    ['session.cookieName is no plain cookie name.', session({ cookieName: '' })],
    ['login.postLogoutUrl is not an absolute URL.', { login: { user: { scope: ['a.read'] }, postLogoutUrl: '/bye' } }],
    ['session.cookieName is no plain cookie name.', session({ cookieName: 'a b' })],
    ['session.cookieName is no plain cookie name.', session({ cookieName: 'a;Domain=evil.example' })],
    ['session.cookieName is no plain cookie name.', session({ cookieName: 'x'.repeat(65) })],
    ['session.cookieName is no plain cookie name.', session({ cookieName: 5 })],
    ['session.idleMs is no whole number of milliseconds.', session({ idleMs: 0 })],
    ['session.absoluteMs is no whole number of milliseconds.', session({ absoluteMs: '8h' })],
    ['routes.login is not a path.', { routes: { login: 'auth/login' } }],
    ['routes.login is not a path.', { routes: { login: '/' } }],
    ['routes.logout is not a path.', { routes: { logout: '/a?b' } }],
    ['routes.callback is not a path.', { routes: { callback: '/a b' } }],
    ['routes.session is not a path.', { routes: { session: true } }],
    ['routes.logout is not a path.', { routes: { logout: null } }],
    ['routes.callback is not a path.', { routes: { callback: '/../callback' } }],
    ['routes.callback is not a path.', { routes: { callback: '/auth/.' } }],
    ['routes.callback is not a path.', { routes: { callback: '/auth/..' } }],
    ['routes share a path.', { routes: { login: '/auth/logout' } }],
  ])('%s', (problem, changes) => {
    const { message } = failureOf(() => resolve(changes));
    expect(message.split('\n').slice(1)).toEqual([expect.stringContaining(problem)]);
  });

  test.each([{ session: undefined }, session({ secret: undefined })])(
    'T038: no secret is an error in production, and a random one with a warning on loopback: %p',
    (changes) => {
      const given = { ...LOGIN_OPTIONS, ...changes, baseUrl: 'https://localhost:3000' } as EgainAuthOptions;
      const error = failureOf(() => resolveOptions(given, true));
      expect(error.problems).toMatchObject([{ option: 'session.secret', code: 'missing' }]);
      const [one, other] = [resolveOptions(given, false), resolveOptions(given, false)];
      const [secret = ''] = one.login?.session.secrets() ?? [];
      expect(Buffer.from(secret, 'base64')).toHaveLength(32);
      expect(other.login?.session.secrets()).not.toContain(secret);
      expect(one.warnings).toMatchObject([{ code: 'random_session_secret' }]);
      expect(JSON.stringify(one.warnings)).not.toContain(secret);
    },
  );

  test.each([
    'https://desk.example.com',
    'https://localhost.example.com',
    'https://127.0.0.1.example.com',
    'https://10.0.0.1',
    'https://0.0.0.0:3000',
    'https://desk.local',
  ])('T116: no secret is an error outside of production too, unless baseUrl is on loopback: %s', (baseUrl) => {
    for (const store of [undefined, createMemorySessionStore()]) {
      const given = { ...LOGIN_OPTIONS, baseUrl, session: { store } } as EgainAuthOptions;
      const error = failureOf(() => resolveOptions(given, false));
      expect(error.problems).toMatchObject([
        { option: 'session.secret', code: 'missing', remedy: expect.stringContaining('openssl rand -base64 33') },
      ]);
    }
  });

  test('T116: keys of a token store are never random ones', () => {
    const given = { ...OPTIONS, tokens: { store: createMemoryTokenStore() } };
    expect(failureOf(() => resolveOptions(given, false)).problems).toMatchObject([
      { option: 'tokens.encryptionKeys', code: 'missing', remedy: expect.stringContaining('openssl rand') },
    ]);
  });

  test('T038: no problem of a secret repeats it', () => {
    expect(failureOf(() => resolve(session({ secret: 'canary' }))).message).not.toContain('canary');
  });

  test('a persona that can sign in needs a client and both endpoints', () => {
    const { tenantId: _tenant, domainUrl: _domain, clientId: _id, clientSecret: _secret, ...rest } = LOGIN_OPTIONS;
    const options = {
      ...rest,
      clients: { client: { clientId: 'a', clientSecret: 'b' } },
      endpoints: { user: { tokenUrl: 'https://x.example/t' } },
    };
    const { message } = failureOf(() => resolveOptions(options, false));
    expect(message.split('\n').slice(1)).toEqual([
      expect.stringContaining('clients.user is not set.'),
      expect.stringContaining('endpoints.user.authorizationUrl is not set.'),
    ]);
  });

  test('without login, neither baseUrl nor session is needed', () => {
    expect(resolveOptions(OPTIONS, false).login).toBeUndefined();
  });
});
