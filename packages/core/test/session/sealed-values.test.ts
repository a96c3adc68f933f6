import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Agent } from 'undici';
import { send } from '../../../testing/src/adapter-contract/request.ts';
import { forgeSession } from '../../../testing/src/index.ts';
import {
  createEgainAuth,
  createMemorySessionStore,
  type EgainAuthOptions,
  type SessionStore,
} from '../../src/index.ts';
import { createSealer } from '../../src/seal.ts';
import { LOGIN_FORMAT } from '../../src/session/login-transaction.ts';
import { SESSION_FORMAT } from '../../src/session/session-format.ts';
import { sha256 } from '../../src/sha256.ts';
import { createBrowser, createReply } from '../browser.ts';
import { NOON, stopClock } from '../clock.ts';
import { hostsToClose } from '../plain-host.ts';

/** What one version sealed, with everything that is needed to open it. */
interface SealedValues {
  readonly sessionFormat: number;
  readonly loginFormat: number;
  /** When it was sealed, in epoch milliseconds. */
  readonly clock: number;
  readonly options: EgainAuthOptions;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** The `Cookie` header of a session that is in its cookie. */
  readonly cookie: string;
  /** The `Cookie` header of a session in a store, and what the store has. */
  readonly ticketCookie: string;
  readonly stored: readonly (readonly [key: string, value: string])[];
  /** The `Cookie` header and the state of a pending login. */
  readonly loginCookie: string;
  readonly state: string;
}

/** Values of this version and of the release before it. Never sealed again: they are what browsers and stores have. */
const VALUES = JSON.parse(
  readFileSync(new URL('../data/sealed-values.json', import.meta.url), 'utf8'),
) as readonly SealedValues[];

const OPTIONS = {
  baseUrl: 'http://localhost:3000',
  tenantId: 'TMPRODB88619984',
  domainUrl: 'http://localhost:4000',
  clientId: 'client-1',
  clientSecret: 'client-secret',
  apiUrl: 'http://localhost:4001',
  endpoints: { user: { authorizationUrl: 'http://localhost:4000/authorize', tokenUrl: 'http://localhost:4000/token' } },
  login: { user: { scope: ['knowledge.portalmgr.read', 'core.aiservices.read'] } },
  session: { secret: 'a session secret of more than 32 bytes' },
} satisfies EgainAuthOptions;

const closing: (() => unknown)[] = [];
const { start, closeAll } = hostsToClose();
afterEach(async () => {
  await closeAll();
  for (const close of closing.splice(0)) await close();
});

function createInstance({ options, store }: { options: EgainAuthOptions; store?: SessionStore }, more = {}) {
  const session = { ...options.session, ...(store && { store }) };
  const egain = createEgainAuth({ authorizeSubject: () => true, ...options, session, ...more });
  closing.push(() => egain.close());
  return egain;
}

/** What this version seals: to be added to the data with each new format. */
async function sealNow(): Promise<SealedValues> {
  stopClock();
  const values = new Map<string, string>();
  const store = {
    ...createMemorySessionStore(),
    set: async (key: string, value: string) => void values.set(key, value),
  };
  const tokens = {
    accessToken: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJwYXQifQ.c2lnbmF0dXJl',
    refreshToken: 'refresh~token',
  };
  const { cookie } = await forgeSession(createInstance({ options: OPTIONS }), tokens);
  const { cookie: ticketCookie } = await forgeSession(createInstance({ options: OPTIONS, store }), tokens);
  const browser = createBrowser();
  const { headers } = createInstance({ options: OPTIONS }).startLogin({ returnTo: '/desk' }, browser.request());
  browser.receive(headers['set-cookie'] as string[]);
  return {
    ...{ sessionFormat: SESSION_FORMAT, loginFormat: LOGIN_FORMAT, clock: NOON, options: OPTIONS, ...tokens },
    ...{ cookie, ticketCookie, stored: [...values], loginCookie: String(browser.request().headers['cookie']) },
    state: new URL(String(headers['location'])).searchParams.get('state') ?? '',
  };
}

test('F68: the data has values of this version', async () => {
  const isThere = VALUES.some(
    (values) => values.sessionFormat === SESSION_FORMAT && values.loginFormat === LOGIN_FORMAT,
  );
  if (!isThere)
    throw new Error(`Add to test/data/sealed-values.json:\n${JSON.stringify(await sealNow(), undefined, 2)}`);
});

describe.each(VALUES)('F68: what format $sessionFormat of sessions and $loginFormat of logins sealed', (values) => {
  const { options, clock, accessToken } = values;

  async function open(store: SessionStore | undefined, cookie: string) {
    stopClock(clock + 60_000);
    const egain = createInstance({ options, ...(store && { store }) });
    const context = await egain.authenticate({ headers: { cookie } }, createReply());
    expect(context).toMatchObject({ isAuthenticated: true, signedOutReason: undefined });
    expect(context.identity).toEqual({ persona: 'user', id: 'test-user', name: 'Test User' });
    expect(context.session).toMatchObject({ persona: 'user', startedAt: clock });
    expect([...(context.session?.scope ?? [])]).toEqual(options.login?.user?.scope);
    expect((await context.getToken()).accessToken).toBe(accessToken);
  }

  test('opens as a session in a cookie', () => open(undefined, values.cookie));

  test('opens as a session in a store', async () => {
    stopClock(clock);
    const store = createMemorySessionStore();
    for (const [key, value] of values.stored) await store.set(key, value, { ttlMs: 3_600_000 });
    await open(store, values.ticketCookie);
  });

  test('is a pending login that its callback completes', async () => {
    stopClock(clock + 60_000);
    const forms: URLSearchParams[] = [];
    const port = await startTokenServer(async (request) => void forms.push(new URLSearchParams(await text(request))));
    const dispatcher = new Agent({ connect: (_target, done) => onceConnected(port, done) });
    closing.push(() => dispatcher.close());
    const login = { ...options.login, resolveIdentity: () => Promise.resolve({ name: 'Pat' }) };
    const egain = createInstance({ options }, { login, http: { dispatcher } });
    const url = `/auth/callback?code=the-code&state=${values.state}`;
    const answer = await egain.completeLogin({ url, headers: { cookie: values.loginCookie } });
    expect([answer.status, answer.headers['location']]).toEqual([303, 'http://localhost:3000/desk']);
    expect(forms.map((form) => [form.get('code'), form.get('code_verifier')?.length])).toEqual([['the-code', 43]]);
  });
});

/** Node's `connect`, as undici wants it. Every connection ends at this port. */
function onceConnected(port: number, done: (...given: [error: null, socket: ReturnType<typeof connect>]) => void) {
  const socket = connect(port, '127.0.0.1', () => done(null, socket));
}

async function startTokenServer(onRequest: (request: IncomingMessage) => Promise<void>): Promise<number> {
  const server = createServer((request, response) => {
    void onRequest(request).then(() => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ access_token: 'issued', token_type: 'Bearer', expires_in: 3600 }));
    });
  });
  closing.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Sealed with our secret, for us: by the version after this one, by another library, or by mistake. */
const FOREIGN: readonly [name: string, plaintext: string][] = [
  ['a session of the next version', `[[${SESSION_FORMAT + 1},"user",{}],[]]\0`],
  ['a login of the next version', JSON.stringify({ format: LOGIN_FORMAT + 1, startedAt: NOON })],
  ['a login without its members', JSON.stringify({ format: LOGIN_FORMAT })],
  ['null', 'null'],
  ['a list', '[]'],
  ['an object', '{}'],
  ['a text', '"x"'],
  ['a number', '5'],
  ['no JSON', 'x'],
  ['nothing', ''],
];

describe.each(['a cookie', 'a store'])('F68, F69: with sessions in %s,', (kind) => {
  const secret = OPTIONS.session.secret;
  const state = 's'.repeat(43);
  const ticket = 't'.repeat(43);

  async function startWith(seal: (purpose: string, baseUrl: string, name: string) => string) {
    const store = kind === 'a store' ? createMemorySessionStore() : undefined;
    const host = await start(
      { session: { secret, ...(store && { store }) } },
      { handler: async (context) => ({ status: 200, headers: {}, body: context.signedOutReason ?? 'signed in' }) },
    );
    const baseUrl = `${host.baseUrl}/`;
    const key = `s:${sha256(ticket)}`;
    await store?.set(key, seal('stored-session', baseUrl, key), { ttlMs: 60_000 });
    const loginName = `egain_session_login_${sha256(state).slice(0, 16)}`;
    const session = store ? ticket : seal('session', baseUrl, 'egain_session');
    const cookie = `egain_session=${session}; ${loginName}=${seal('login', baseUrl, loginName)}`;
    return (path: string) => send(host.baseUrl, { path, headers: { cookie } });
  }

  const expectNobody = async (visit: Awaited<ReturnType<typeof startWith>>) => {
    expect(await visit('/')).toMatchObject({ status: 200, text: 'unreadable' });
    expect(await visit('/auth/session')).toMatchObject({ status: 200, json: { authenticated: false } });
    const callback = await visit(`/auth/callback?code=c&state=${state}`);
    expect(callback).toMatchObject({ status: 400, json: { error: { code: 'login_expired' } } });
    expect((await visit('/auth/login?as=user')).status).toBe(303);
  };

  test.each(FOREIGN)('%s signs in nobody, and is not an error', async (_name, plaintext) => {
    const seal = (purpose: string, baseUrl: string, name: string) =>
      createSealer([secret], purpose, baseUrl).seal(name, plaintext);
    await expectNobody(await startWith(seal));
  });

  test('a value that the next version sealed in another way signs in nobody', async () => {
    await expectNobody(await startWith(() => `v2.${'A'.repeat(200)}`));
  });
});
