import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { resolveOptions } from '../../src/configuration/resolve-options.ts';
import type { EgainAuthOptions } from '../../src/options.ts';
import type { DelegatedScope } from '../../src/scope.ts';
import { LOGIN_OPTIONS, OPTIONS } from '../options.ts';

const EVIL = 'https://evil.example/';
const client = { clientId: 'evil', clientSecret: 'evil', tokenUrl: EVIL, authorizationUrl: EVIL, scope: ['evil'] };

/** What another library's bug may put on every object of the process. */
const GADGETS: [name: string, value: unknown][] = [
  ['clientId', 'evil'],
  ['clientSecret', 'evil'],
  ['pkce', false],
  ['client', client],
  ['user', client],
  ['customer', client],
  ['anonymousCustomer', client],
  ['onBehalfOf', { user: client, customer: client }],
  ['tokenExchange', client],
  ['clients', { client, user: client }],
  ['tenantId', 'EVIL'],
  ['domainUrl', EVIL],
  ['apiUrl', EVIL],
  ['endpoints', { client, user: client, onBehalfOf: { user: client } }],
  ['scopePrefix', { client: EVIL }],
  ['baseUrl', EVIL],
  ['login', { user: client, customer: client }],
  ['session', { secret: 'e'.repeat(32), cookieName: 'evil' }],
  ['routes', { login: '/evil' }],
  ['authorizeSubject', () => true],
  ['http', { timeoutMs: 1, maxConnections: 1, maxStreams: 1, dispatcher: {} }],
  ['tokenUrl', EVIL],
  ['authorizationUrl', EVIL],
  ['scope', ['evil']],
  ['resolveIdentity', async () => ({ id: 'evil' })],
  ['secret', 'e'.repeat(32)],
  ['cookieName', 'evil'],
  ['idleMs', 1],
  ['absoluteMs', 1],
  ['callback', '/evil'],
  ['logout', '/evil'],
  ['timeoutMs', 1],
  ['maxConnections', 1],
  ['maxStreams', 1],
  ['dispatcher', {}],
  ['length', 0],
  ['0', 'evil'],
];

const { clientSecret: _secret, ...PUBLIC_CLIENT } = LOGIN_OPTIONS;
const { tenantId: _tenant, domainUrl: _domain, authorizeSubject: _policy, ...CREDENTIALS } = OPTIONS;
const GIVEN: EgainAuthOptions[] = [
  OPTIONS,
  LOGIN_OPTIONS,
  PUBLIC_CLIENT,
  { ...CREDENTIALS, endpoints: { client: { tokenUrl: 'https://login.example.com/token' } } },
  { ...OPTIONS, clients: {}, endpoints: {}, scopePrefix: {}, routes: {}, http: {} },
  { ...LOGIN_OPTIONS, clients: { client: { clientId: 'own', clientSecret: 'own' } }, endpoints: { user: {} } },
];

const resolveAll = (): string[] =>
  GIVEN.map((options) => inspect(resolveOptions(options, false), { depth: null, sorted: true }));

function polluted<T>(name: string, value: unknown, run: () => T): T {
  Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
  try {
    return run();
  } finally {
    Reflect.deleteProperty(Object.prototype, name);
  }
}

describe('T098: a polluted prototype configures nothing', () => {
  test.each(GADGETS)('%s', (name, value) => {
    const clean = resolveAll();
    expect(polluted(name, value, resolveAll)).toEqual(clean);
  });

  test('nor does what an options object inherits, or the caller writes later', () => {
    class Inherited {
      clientSecret = 'own';
    }
    Object.defineProperty(Inherited.prototype, 'clientId', { value: 'inherited' });
    const given = new Inherited() as EgainAuthOptions;
    expect(() => resolveOptions(given, false)).toThrow('clientId is not set');
    const user: { scope: DelegatedScope[] } = { scope: ['core.aiservices.read'] };
    const { login } = resolveOptions({ ...LOGIN_OPTIONS, login: { user } }, false);
    user.scope.push('core.aiservices.manage');
    expect(login?.personas.user?.scope).toEqual(['core.aiservices.read']);
  });

  test('and __proto__ in parsed JSON is no way around', () => {
    const text = JSON.stringify(LOGIN_OPTIONS).replace('{', '{"__proto__":{"http":{"timeoutMs":1}},');
    const given = JSON.parse(text) as EgainAuthOptions;
    expect(() => resolveOptions(given, false)).toThrow('__proto__ is no option');
    expect({}).not.toHaveProperty('http');
  });
});
