import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { resolveOptions } from '../../src/configuration/resolve-options.ts';
import type { EgainAuthOptions } from '../../src/options.ts';
import { failureOf } from '../failure.ts';
import { LOGIN_OPTIONS, OPTIONS } from '../options.ts';

const resolve = (options: unknown, production = false) => resolveOptions(options as EgainAuthOptions, production);
const problemsOf = (options: unknown): string[] => {
  const error = failureOf(() => resolve(options));
  expect(error).toMatchObject({ code: 'invalid_configuration', status: 500 });
  return error.message
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
};

describe('options that are enough', () => {
  test('get every default', async () => {
    const resolved = resolve(OPTIONS);
    expect(resolved).toMatchObject({
      tenantId: 'TMPRODB88619984',
      login: undefined,
      http: { timeoutMs: 10_000, maxConnections: 64, maxStreams: 64, dispatcher: undefined },
      authorizeSubject: OPTIONS.authorizeSubject,
      warnings: [],
    });
    expect(resolved.apiUrl?.href).toBe('https://api.ai.egain.cloud/');
    expect(resolved.endpoints.client.tokenUrl?.href).toBe(
      'https://ai.egain.cloud/system/auth/TMPRODB88619984-U/oauth2/token',
    );
  });

  test('give every flow the one client, its secret behind a function', async () => {
    const { clients } = resolve(OPTIONS);
    const flows = ['anonymousCustomer', 'client', 'customer', 'onBehalfOf', 'tokenExchange', 'user'] as const;
    expect(Object.keys(clients).sort()).toEqual(flows);
    for (const flow of flows) {
      expect(clients[flow]).toMatchObject({ clientId: 'client-1', pkce: true });
      expect(await clients[flow]?.clientSecret?.()).toBe('canary-secret');
    }
  });

  test('let a flow have a client of its own, which takes nothing from the shared one', () => {
    const { clients } = resolve({ ...OPTIONS, clients: { user: { clientId: 'spa' } } });
    expect(clients.user).toEqual({ clientId: 'spa', clientSecret: undefined, pkce: true });
    expect(clients.customer?.clientId).toBe('client-1');
  });

  test('may state clients per flow only', () => {
    const { clientId: _id, clientSecret: _secret, ...rest } = OPTIONS;
    const { clients } = resolve({ ...rest, clients: { client: { clientId: 'a', clientSecret: 'b', pkce: false } } });
    expect(clients.client).toMatchObject({ clientId: 'a', pkce: false });
    expect(clients.user).toBeUndefined();
  });

  test('keep the numbers of connections', () => {
    const http = { maxConnections: 2, maxStreams: 3 };
    expect(resolve({ ...OPTIONS, http }).http).toMatchObject(http);
  });

  test('T085: keep the function that fetches a secret', () => {
    const clientSecret = () => 'from the vault';
    expect(resolve({ ...OPTIONS, clientSecret }).clients.client?.clientSecret).toBe(clientSecret);
  });

  test('put a prefix before the scopes of the anonymous customer only, unless they say otherwise', () => {
    const none = { user: '', customer: '', client: '', onBehalfOf: '', tokenExchange: '' };
    expect(resolve(OPTIONS).scopePrefix).toEqual({ ...none, anonymousCustomer: 'https://api.ai.egain.cloud/auth/' });
    const scopePrefix = { anonymousCustomer: '', client: 'https://p/' };
    expect(resolve({ ...OPTIONS, scopePrefix }).scopePrefix).toEqual({
      ...none,
      anonymousCustomer: '',
      client: 'https://p/',
    });
  });

  test('may consist of full URLs alone', () => {
    const endpoints = { client: { tokenUrl: 'https://login.egain.cloud/global/x/oauth2/v2.0/token?p=1' } };
    const resolved = resolve({ clientId: 'client-1', endpoints });
    expect(resolved.endpoints.client.tokenUrl?.href).toBe(endpoints.client.tokenUrl);
    expect(resolved.endpoints.user.tokenUrl).toBeUndefined();
    expect(resolved.apiUrl).toBeUndefined();
  });

  test.each([
    ['clients', { clients: { onBehalfOf: { clientId: 'a', clientSecret: 'b' } } }],
    ['endpoints', { endpoints: { onBehalfOf: { user: { tokenUrl: 'https://login.example.com/token' } } } }],
  ])('T084, F75: warn when nobody judges impersonation, but %s name it', (_which, changes) => {
    const { authorizeSubject: _policy, ...open } = OPTIONS;
    expect(resolve({ ...open, ...changes }).warnings.map(({ code }) => code)).toEqual(['impersonation_unrestricted']);
    expect(resolve({ ...OPTIONS, ...changes }).warnings).toEqual([]);
    expect(resolve(open).warnings).toEqual([]);
  });
});

describe('a problem is stated with its option', () => {
  const { clientId: _id, clientSecret: _secret, ...anonymous } = OPTIONS;
  const { tenantId: _tenant, domainUrl: _domain, ...nowhere } = OPTIONS;

  test.each<[problem: string, options: object]>([
    ['clientId is not set.', anonymous],
    ['clientId is not a non-empty string.', { ...OPTIONS, clientId: '' }],
    ['clientId is not a non-empty string.', { ...OPTIONS, clientId: ' ' }],
    ['clientId is not a non-empty string.', { ...OPTIONS, clientId: 5 }],
    ['clientId is not a non-empty string.', { ...OPTIONS, clientId: null }],
    ['clients.user.clientId is not a non-empty string.', { ...OPTIONS, clients: { user: {} } }],
    [
      'clients.onBehalfOf.clientId is not a non-empty string.',
      { ...OPTIONS, clients: { onBehalfOf: { clientId: '', clientSecret: 'b' } } },
    ],
    ['clientSecret is empty.', { ...OPTIONS, clientSecret: '' }],
    ['clientSecret is neither a string nor a function.', { ...OPTIONS, clientSecret: 5 }],
    ['clientSecret is neither a string nor a function.', { ...OPTIONS, clientSecret: null }],
    ['clients.client.clientSecret is empty.', { ...OPTIONS, clients: { client: { clientId: 'a', clientSecret: '' } } }],
    [
      'clients.user.pkce is off for a client without secret.',
      { ...OPTIONS, clients: { user: { clientId: 'a', pkce: false } } },
    ],
    ['tenantId is not set, but domainUrl is.', { ...nowhere, domainUrl: 'https://ai.egain.cloud' }],
    ['domainUrl is not set, but tenantId is.', { ...nowhere, tenantId: 'T' }],
    ['tenantId is not set, nor is any endpoint.', nowhere],
    ['domainUrl has no scheme.', { ...OPTIONS, domainUrl: 'ai.egain.cloud' }],
    ['apiUrl cannot be derived from login.example.com.', { ...OPTIONS, domainUrl: 'https://login.example.com' }],
    ['apiUrl has no scheme.', { ...OPTIONS, apiUrl: 'api.ai.egain.cloud' }],
    ['apiUrl has a path or a query.', { ...OPTIONS, apiUrl: 'https://api.ai.egain.cloud/core' }],
    ['endpoints.user.tokenUrl is not an absolute URL.', { ...OPTIONS, endpoints: { user: { tokenUrl: 'x' } } }],
    [
      'endpoints.onBehalfOf.user.tokenUrl is not a plain https URL.',
      { ...OPTIONS, endpoints: { onBehalfOf: { user: { tokenUrl: 'ftp://x' } } } },
    ],
    ['http.timeoutMs is no whole number of milliseconds.', { ...OPTIONS, http: { timeoutMs: 0 } }],
    ['http.maxConnections must be a positive integer.', { ...OPTIONS, http: { maxConnections: 0 } }],
    ['http.maxStreams must be a positive integer.', { ...OPTIONS, http: { maxStreams: 1.5 } }],
    ['authorizeSubject is not a function.', { ...OPTIONS, authorizeSubject: true }],
    ['authorizeSubject is not a function.', { ...OPTIONS, authorizeSubject: null }],
  ])('%s', (problem, options) => {
    expect(problemsOf(options)).toEqual([expect.stringContaining(problem)]);
  });

  test('and several are stated at once, none with a secret in it', () => {
    const problems = problemsOf({
      ...LOGIN_OPTIONS,
      clientSecret: '',
      clients: { user: { clientId: 5, clientSecret: 'canary' } },
      domainUrl: 'nowhere',
      http: { timeoutMs: -1 },
      session: { secret: 'canary', cookieName: 'a b' },
      authorizeSubject: 'yes',
    });
    expect(problems.map((problem) => problem.split(' ', 1)[0])).toEqual([
      'clientSecret',
      'clients.user.clientId',
      'domainUrl',
      'endpoints.user.authorizationUrl',
      'endpoints.user.tokenUrl',
      'session.secret',
      'session.cookieName',
      'http.timeoutMs',
      'authorizeSubject',
    ]);
    expect(problems.join()).not.toContain('canary');
  });

  test.each([[undefined], [null], ['x'], [5], [true]])('but no options at all are a wrong argument: %p', (options) => {
    expect(() => resolve(options)).toThrow(TypeError);
  });
});

describe('T031: plain http', () => {
  const local = {
    ...LOGIN_OPTIONS,
    domainUrl: 'http://localhost:4000',
    apiUrl: 'http://127.0.0.1:4001',
    baseUrl: 'http://[::1]:3000',
  };

  test('works when every URL is on loopback, with a warning', () => {
    expect(resolve(local).warnings.map(({ code }) => code)).toEqual(['insecure_loopback']);
  });

  test.each(['domainUrl', 'apiUrl', 'baseUrl'] as const)('does not work when %s is elsewhere', (name) => {
    const others = ['domainUrl', 'apiUrl', 'baseUrl'].filter((other) => other !== name);
    const problems = problemsOf({ ...local, [name]: 'https://desk.example.com' });
    expect(problems.map((problem) => problem.split(' ', 1)[0])).toEqual(others);
  });

  test('does not work in production', () => {
    expect(failureOf(() => resolve(local, true)).message).toContain('3 to mend');
    expect(resolve(LOGIN_OPTIONS, true).warnings).toEqual([]);
  });
});

describe('what is resolved', () => {
  const ofTheCaller = () => JSON.parse(JSON.stringify(LOGIN_OPTIONS)) as typeof LOGIN_OPTIONS;

  test('is a copy: later changes of the caller’s object do not reach it', () => {
    const given = ofTheCaller();
    const resolved = resolve(given);
    given.login.user.scope.push('knowledge.portalmgr.read');
    given.clientId = 'other';
    expect(resolved.login?.personas.user?.scope).toEqual(['knowledge.portalmgr.read']);
    expect(resolved.clients.client?.clientId).toBe('client-1');
  });

  test('leaves the caller’s object as it was', () => {
    const freeze = (value: object): object => {
      for (const part of Object.values(value) as unknown[]) if (typeof part === 'object' && part) freeze(part);
      return Object.freeze(value);
    };
    const given = freeze(ofTheCaller());
    expect(() => resolve(given)).not.toThrow();
    expect(given).toEqual(ofTheCaller());
  });

  test('cannot be given another client, secret, API or policy', () => {
    const resolved = resolve(LOGIN_OPTIONS);
    for (const part of [
      resolved,
      resolved.clients,
      ...Object.values(resolved.clients),
      resolved.scopePrefix,
      resolved.login,
    ]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  test('T095: does not show the client secret', () => {
    const resolved = resolve({ ...LOGIN_OPTIONS, clients: { user: { clientId: 'a', clientSecret: 'canary-2' } } });
    const shown = [JSON.stringify(resolved), inspect(resolved, { depth: null, showHidden: true, getters: true })];
    for (const text of shown) expect(text).not.toContain('canary');
  });
});

test('T098: an unknown option is refused by name, at any depth', () => {
  const given = {
    ...OPTIONS,
    clientID: 'x',
    http: { timeout: 5 },
    endpoints: { user: { url: 'x' } },
  } as EgainAuthOptions;
  expect(problemsOf(given).map((problem) => problem.split(' ', 1)[0])).toEqual([
    'clientID',
    'http.timeout',
    'endpoints.user.url',
  ]);
});

test('T095: printed with everything in it, the resolved options show no secret', () => {
  const secret = 'canary-session-secret-of-more-than-32-bytes';
  const resolved = resolveOptions({ ...LOGIN_OPTIONS, clientSecret: 'canary', session: { secret } }, false);
  expect(inspect(resolved, { depth: null, showHidden: true }) + JSON.stringify(resolved)).not.toContain('canary');
});

test.each([
  ['tenantId', ['', ' ', 5, '\ud800', 'a/b']],
  ['apiUrl', [5, {}, '']],
  ['scopePrefix', [{ client: 5 }, { client: 'a b' }]],
  ['http', [{ timeoutMs: 1500.5 }, { timeoutMs: 1e12 }, { timeoutMs: 3e9 }]],
  ['baseUrl', ['https://desk.example.com//evil/', 5]],
  ['session', [{ secret: 5 }, { secret: {} }, { secret: [5] }, 'secret']],
  ['login', [{ user: { scope: ['a b'] } }, { user: { scope: 'a' } }, { user: 'a' }, true]],
  ['routes', [{ login: '//evil.example' }, { login: 5 }, { login: '/a?b' }]],
  ['clients', [{ user: 'x' }, { user: { clientId: 5 } }]],
])('%s of a wrong kind is a problem with a remedy, not a crash', (name, values) => {
  for (const value of values) {
    const given = { ...LOGIN_OPTIONS, [name]: value } as EgainAuthOptions;
    expect(problemsOf(given).join()).toContain(name);
  }
});

describe('F70: a duration beyond what a date, a cookie or a timer can hold is refused', () => {
  const DAY = 24 * 60 * 60 * 1000;
  const with_ = (group: string, name: string, value: number) => ({
    ...LOGIN_OPTIONS,
    [group]: { ...(LOGIN_OPTIONS as unknown as Record<string, object>)[group], [name]: value },
  });
  const SESSIONS = [
    ['session', 'idleMs'],
    ['session', 'absoluteMs'],
  ] as const;
  const TIMERS = [
    ['http', 'timeoutMs'],
    ['tokens', 'renewAheadMs'],
    ['tokens', 'minTtlMs'],
  ] as const;

  test.each(SESSIONS)('F70: %s.%s is 400 days at most, as a cookie of a browser', (group, name) => {
    expect(() => resolve(with_(group, name, 400 * DAY))).not.toThrow();
    for (const value of [400 * DAY + 1, 8.64e15, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY]) {
      expect(problemsOf(with_(group, name, value))).toEqual([expect.stringContaining(`${group}.${name} is no whole`)]);
    }
  });

  test.each(TIMERS)('F70: %s.%s is what a timer can wait at most', (group, name) => {
    expect(() => resolve(with_(group, name, 2 ** 31 - 1))).not.toThrow();
    for (const value of [2 ** 31, Number.MAX_SAFE_INTEGER]) {
      expect(problemsOf(with_(group, name, value))).toEqual([expect.stringContaining(`${group}.${name} is no whole`)]);
    }
  });

  test('F70: no duration of the options is without a bound', () => {
    const all = [...SESSIONS, ...TIMERS].map(([group, name]) => `${group}.${name}`);
    const source = readFileSync(new URL('../../src/configuration/option-shape.ts', import.meta.url), 'utf8');
    const named = [...source.matchAll(/(\w+Ms): true/g)].map(([, name]) => name);
    expect(named).toHaveLength(all.length);
    expect(new Set(named)).toEqual(new Set(all.map((option) => option.split('.')[1])));
  });
});

test('F82: the scope that an error suggests is a scope', () => {
  for (const [login, option] of [
    [{ user: { scope: [] } }, 'user'],
    [{ customer: { scope: [] } }, 'customer'],
  ] as const) {
    const [problem = ''] = problemsOf({ ...LOGIN_OPTIONS, login });
    expect(problem).toContain(`login.${option}.scope is not a list of scopes. Such as ['knowledge.portalmgr.read'].`);
  }
  expect(problemsOf({ ...OPTIONS, defaultClientScope: [] })[0]).toContain("Such as ['app.knowledge.portalmgr.read'].");
});
