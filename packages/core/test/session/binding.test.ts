import { afterEach, describe, expect, test } from '@jest/globals';
import { send } from '../../../testing/src/adapter-contract/request.ts';
import { forgeSession } from '../../../testing/src/index.ts';
import { resolveOptions } from '../../src/configuration/resolve-options.ts';
import { createMemorySessionStore, type EgainAuthOptions } from '../../src/index.ts';
import { bindingOf, sessionBindings } from '../../src/session/binding.ts';
import { LOGIN_OPTIONS } from '../options.ts';
import { hostsToClose, type PlainHandler, type PlainHost } from '../plain-host.ts';

const { start, closeAll } = hostsToClose();
afterEach(closeAll);

const PORTALS = '/knowledge/portalmgr/v4/portals';

/** Asks eGain for something if a person is signed in, and says why not otherwise. */
const handler: PlainHandler = async ({ api, signedOutReason }) => {
  if (!signedOutReason) await api.get(PORTALS);
  return { status: 200, headers: {}, body: signedOutReason ?? 'answered' };
};

const visit = async ({ baseUrl }: PlainHost, cookie: string): Promise<string> =>
  (await send(baseUrl, { headers: { cookie } })).text;

type Change = (other: PlainHost) => Partial<EgainAuthOptions>;

/** Configurations of B. Everything else is what A has, the secret, the base URL and the cookie's name included. */
const OTHERS: readonly [name: string, persona: 'user' | 'customer', change: Change][] = [
  ['another tenant', 'user', () => ({ tenantId: 'TMPRODB00000001' })],
  ['another client application', 'user', () => ({ clientId: 'another-client' })],
  [
    'another client application for customers alone',
    'customer',
    ({ emulator }) => ({
      clients: { customer: { clientId: 'another-client', clientSecret: clientSecretOf(emulator) } },
    }),
  ],
  [
    'another token URL',
    'customer',
    ({ emulator }) => ({ endpoints: { customer: { tokenUrl: `${emulator.loginUrl}/another/token` } } }),
  ],
  ['another API', 'user', ({ emulator }) => ({ apiUrl: emulator.apiUrl.replace('127.0.0.1', 'localhost') })],
  ['users alone', 'customer', () => ({ login: { user: { scope: ['knowledge.portalmgr.read'] } } })],
];

const clientSecretOf = ({ clients }: PlainHost['emulator']) =>
  clients.find(({ platform }) => platform === 'web')?.clientSecret ?? '';

const SAME: readonly [name: string, change: Change][] = [
  ['the same configuration', () => ({})],
  ['another redirect URI', () => ({ routes: { callback: '/somewhere/else' } })],
  ['other scopes', () => ({ login: { user: { scope: ['core.aiservices.read'] } } })],
  ['another client secret', () => ({ clientSecret: 'another secret' })],
  ['another path of the API', ({ emulator }) => ({ apiUrl: `${emulator.apiUrl}/` })],
];

describe.each([
  ['in a cookie', () => undefined],
  ['in a store', createMemorySessionStore],
])('T103: a session %s', (_kind, createStore) => {
  async function signIn(persona: 'user' | 'customer') {
    const store = createStore();
    const session = { secret: 'a session secret of more than 32 bytes', ...(store && { store }) };
    const host = await start({ session }, { handler });
    const options = { ...host.emulator.config({ baseUrl: host.baseUrl }), session };
    const accessToken = await host.emulator.issueToken({ persona });
    const { cookie } = await forgeSession(host.egain, { persona, accessToken });
    expect(await visit(host, cookie)).toBe('answered');
    return { host, options, cookie };
  }

  test.each(OTHERS)('does not open at an instance with %s', async (_name, persona, change) => {
    const { host, options, cookie } = await signIn(persona);
    const asked = host.emulator.journal('api').length;
    const other = await start({ ...options, ...change(host) }, { handler });
    expect(await visit(other, cookie)).toBe('other_configuration');
    const status = await send(other.baseUrl, { path: '/auth/session', headers: { cookie } });
    expect(status.json).toMatchObject({ authenticated: false });
    expect(host.emulator.journal('api')).toHaveLength(asked);
    // The other instance refused the session, which ended nothing here.
    expect(await visit(host, cookie)).toBe('answered');
  });

  test.each(SAME)('opens at an instance with %s', async (_name, change) => {
    const { host, options, cookie } = await signIn('user');
    expect(await visit(await start({ ...options, ...change(host) }, { handler }), cookie)).toBe('answered');
  });
});

describe('T103: the binding of a session', () => {
  const scope = ['knowledge.portalmgr.read'] as const;
  const tokenUrl = 'https://ai.egain.cloud/token';
  /** Every URL is explicit, so that no change of one option changes another part of the binding. */
  const optionsOf = (change: Partial<EgainAuthOptions> = {}) => {
    const endpoints = { user: { tokenUrl }, customer: { tokenUrl } };
    const login = { user: { scope }, customer: { scope } };
    return resolveOptions({ ...LOGIN_OPTIONS, endpoints, login, ...change } as EgainAuthOptions, false);
  };
  const { user: ours, customer: theirs } = sessionBindings(optionsOf());

  test.each<[name: string, change: Partial<EgainAuthOptions>]>([
    ['tenant', { tenantId: 'TMPRODB00000001' }],
    ['client id', { clientId: 'client-2' }],
    ['token URL', { endpoints: { user: { tokenUrl: 'https://ai.egain.cloud/another/token' } } }],
    ['query of the token URL', { endpoints: { user: { tokenUrl: `${tokenUrl}?b=2` } } }],
    ['API', { apiUrl: 'https://api.example.com' }],
    ['port of the API', { apiUrl: 'https://api.ai.egain.cloud:8443' }],
  ])('changes with the %s', (_name, change) => {
    expect(sessionBindings(optionsOf(change)).user).not.toBe(ours);
  });

  test('is another one for each persona, and none for a persona that cannot sign in', () => {
    for (const binding of [ours, theirs]) expect(binding).toMatch(/^[\w-]{16}$/);
    expect(theirs).not.toBe(ours);
    expect(sessionBindings(optionsOf({ login: { user: { scope } } }))).toEqual({ user: ours, customer: undefined });
  });

  test('T006: the binding of a pending login also changes with the redirect URI', () => {
    const options = optionsOf();
    expect(bindingOf(options, 'user', 'https://a.example/cb')).not.toBe(
      bindingOf(options, 'user', 'https://b.example/cb'),
    );
  });
});
