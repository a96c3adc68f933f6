import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  createEgainAuth,
  createMemorySessionStore,
  createMemoryTokenStore,
  type EgainAuth,
  EgainAuthError,
  errorResponse,
  type HttpRequest,
  type HttpResponse,
  loadMetadata,
  optionsFromEnv,
  user,
} from '../src/index.ts';
import { createBrowser, createReply } from './browser.ts';
import { type CaptureServer, startCapturing } from './capture-server.ts';
import { polluted } from './pollution.ts';

/** Every member of every public type of options, as the report of the public API has them, and every header that core reads. */
const read = (path: string) => readFileSync(resolve(import.meta.dirname, path), 'utf8');
const INTERFACES = read('../etc/core.api.md').matchAll(
  /^export interface (?:\w*Options|AuthRequirement|HttpRequest|TokenRequest)\b[^{]*\{$(.*?)^\}$/gms,
);
const MEMBERS = [...INTERFACES].flatMap(([, body = '']) =>
  [...body.matchAll(/^ {4,8}(?:readonly )?(\w+)\??[:(]/gm)].map(([, name = '']) => name),
);
const EXCHANGE = read('../src/http/exchange.ts');
const HEADERS = [
  ...[...EXCHANGE.matchAll(/'((?:sec|x|next|hx)-[\w-]+)'/g)].map(([, name = '']) => name),
  ...[
    'sec-fetch-site',
    'origin',
    'accept',
    'cookie',
    'purpose',
    'host',
    'authorization',
    'content-type',
    'retry-after',
  ],
  ...['location', 'x-forwarded-host', 'EGAIN_CLIENT_ID', 'EGAIN_LOGIN_USER_SCOPE', 'NODE_ENV', 'status'],
];
/** With these on every object, nothing in JavaScript or Node works any more: descriptors, iterators, modules and sockets. */
const UNUSABLE = [
  'get',
  'set',
  'value',
  'return',
  'then',
  'constructor',
  'close',
  'end',
  'error',
  'timeout',
  'type',
  'cancel',
];
const NAMES = [...new Set([...MEMBERS, ...HEADERS])].filter((name) => !UNUSABLE.includes(name)).sort();

/** One of each shape that options have. */
const VALUES: readonly unknown[] = [
  'evil',
  '/evil',
  ['core.evil.read'],
  { 'x-evil': 'evil', 'set-cookie': 'evil=1' },
  new URL('https://evil.example/'),
];

/** One answer for tokens and for APIs, from a thread of its own: nothing is polluted there. */
const BODY = JSON.stringify({ access_token: 'a.b.c', token_type: 'Bearer', expires_in: 3600 });
const ANSWER = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`;

let server: CaptureServer;
let egain: EgainAuth;
beforeAll(async () => {
  server = await startCapturing(ANSWER);
  const origin = `http://127.0.0.1:${server.port}`;
  egain = createEgainAuth({
    clientId: 'client-1',
    clientSecret: 'a-secret',
    apiUrl: origin,
    endpoints: {
      user: { authorizationUrl: `${origin}/authorize`, tokenUrl: `${origin}/token` },
      client: { tokenUrl: `${origin}/token` },
      anonymousCustomer: { tokenUrl: `${origin}/token` },
      onBehalfOf: { user: { tokenUrl: `${origin}/token` } },
      tokenExchange: { tokenUrl: `${origin}/token` },
    },
    baseUrl: 'http://localhost:3000',
    login: { user: { scope: ['core.aiservices.read'] }, resolveIdentity: async () => ({ id: 'u1' }) },
    session: { secret: 'a session secret of more than 32 bytes' },
    authorizeSubject: () => true,
    silenceWarnings: 'all',
  });
});
afterAll(async () => {
  await egain.close();
  await server.close();
});

const APP = { scope: ['app.core.aiservices.read'] } as const;
const OBO = { scope: ['knowledge.portalmgr.onbehalfof.read'] } as const;

/** What an entry point gave, without what is random. */
const outcomeOf = async (run: () => unknown): Promise<unknown> => {
  try {
    const given = (await run()) as object | undefined;
    return given === undefined
      ? 'undefined'
      : JSON.stringify(given, (_key, value: unknown) => (typeof value === 'function' ? 'function' : value));
  } catch (error) {
    if (!(error instanceof EgainAuthError)) return String(error);
    const answer = errorResponse(error, { headers: {} });
    return JSON.stringify([error.code, error.loginUrl, error.headers, error.status, { ...answer, body: '' }]);
  }
};

const scrub = (location: unknown) => String(location).replace(/(state|code_challenge)=[\w-]+/g, '$1=…');
/** A reply that takes a whole answer. */
const createTakingReply = () => {
  const sent: HttpResponse[] = [];
  return { ...createReply(), sent, send: (response: HttpResponse) => void sent.push(response) };
};
const requestOf = (url: string, headers: HttpRequest['headers'] = {}, method = 'GET'): HttpRequest => ({
  ...{ method, url },
  headers,
});

/** Login and callback: where the person ends is the `returnTo` of the login. */
async function signIn(instance: EgainAuth) {
  const browser = createBrowser();
  const toEgain = instance.startLogin({}, browser.request('/auth/login'));
  browser.receive(toEgain.headers['set-cookie'] as string[]);
  const state = new URL(String(toEgain.headers['location'])).searchParams.get('state');
  const back = await instance.completeLogin(browser.request(`/auth/callback?code=c&state=${state}`));
  browser.receive(back.headers['set-cookie'] as string[]);
  return [
    scrub(toEgain.headers['location']),
    toEgain.status,
    back.status,
    back.headers['location'],
    [...browser.jar.keys()],
  ];
}

const ENTRY_POINTS: Readonly<Record<string, () => unknown>> = {
  'getToken for a client': () => egain.getToken({ type: 'client' }, { ...APP, forceRenewal: true }),
  'getToken from memory': () => egain.getToken({ type: 'client' }, APP),
  clientCredentials: () => egain.clientCredentials(APP),
  anonymousCustomer: () => egain.anonymousCustomer({ scope: ['core.aiservices.read'] }),
  onBehalfOf: () => egain.onBehalfOf(user({ username: 'pa' }), OBO),
  tokenExchange: () => egain.tokenExchange({ registrationId: 'r', subjectToken: () => 'external' }),
  'api.get': () => egain.api({ type: 'client' }, APP).get('/unpublished'),
  'api.get without scope': () => egain.api({ type: 'client' }).get('/unpublished'),
  'api.post': () => egain.api({ type: 'client' }, APP).post('/unpublished', { body: { a: 1 } }),
  'api.post without body': () => egain.api({ type: 'client' }, APP).post('/unpublished'),
  'api.request': async () => {
    const { status, body } = await egain.api({ type: 'client' }, APP).request('GET', '/unpublished');
    body.resume();
    return [status];
  },
  'api.paginate': async () => {
    for await (const page of egain.api({ type: 'client' }, APP).paginate('/unpublished')) return page;
    return undefined;
  },
  fetch: async () => (await egain.fetch({ type: 'client' }, APP)('/unpublished')).status,
  'fetch with init': async () =>
    (await egain.fetch({ type: 'client' }, APP)('/unpublished', { method: 'POST', body: 'x' })).status,
  'fetch without scope': async () => (await egain.fetch({ type: 'client' })('/unpublished')).status,
  tokenProvider: () => egain.tokenProvider({ type: 'client' }, APP)(),
  'tokenProvider without scope': () => egain.tokenProvider({ type: 'client' })(),
  permissions: () => egain.permissions([{ actor: 'client', scope: APP.scope }]),
  'permissions without operations': () => egain.permissions([{ actor: 'user' }]),
  'startLogin and completeLogin': () => signIn(egain),
  'handle: login': async () => {
    const answer = await egain.handle(requestOf('/auth/login?returnTo=/mine'), createReply());
    return [answer?.status, scrub(answer?.headers['location'])];
  },
  'handle: not ours': () => egain.handle(requestOf('/mine'), createReply()),
  'handle: logout of this origin': () =>
    egain.handle(requestOf('/auth/logout', { origin: 'http://localhost:3000' }, 'POST'), createReply()),
  'handle: logout of nowhere': () => egain.handle(requestOf('/auth/logout', {}, 'POST'), createReply()),
  'handle: session': () => egain.handle(requestOf('/auth/session'), createReply()),
  'handle: wrong method': () => egain.handle(requestOf('/auth/login', {}, 'PUT'), createReply()),
  'authenticate: nobody': async () => {
    const context = await egain.authenticate(requestOf('/mine'), createReply());
    return [context.isAuthenticated, context.identity, context.signedOutReason, context.actor];
  },
  'challenge: a program': async () => (await egain.authenticate(requestOf('/mine'), createReply())).challenge({}),
  'challenge: a navigation': async () => {
    const context = await egain.authenticate(requestOf('/mine', { 'sec-fetch-mode': 'navigate' }), createReply());
    const answer = await context.challenge({});
    return [answer?.status, scrub(answer?.headers['location'])];
  },
  'context.api without a session': async () =>
    (await egain.authenticate(requestOf('/mine'), createReply())).api.get('/unpublished'),
  'context.getToken of an actor': async () =>
    (await egain.authenticate(requestOf('/mine'), createReply())).withActor({ type: 'client' }, APP).getToken(),
  'context.apiAs': async () =>
    (await egain.authenticate(requestOf('/mine'), createReply())).apiAs({ type: 'client' }).get('/unpublished'),
  'context.apiAs of several': async () =>
    (await egain.authenticate(requestOf('/mine'), createReply())).apiAs(['anonymous-customer']).get('/unpublished'),
  'context.login': async () => {
    const reply = createTakingReply();
    await (await egain.authenticate(requestOf('/mine'), reply)).login();
    return [reply.sent[0]?.status, scrub(reply.sent[0]?.headers['location'])];
  },
  'context.logout': async () => {
    const reply = createTakingReply();
    await (await egain.authenticate(requestOf('/mine'), reply)).logout();
    return [reply.sent[0]?.status, reply.sent[0]?.headers['location']];
  },
  errorResponse: () =>
    errorResponse(new EgainAuthError('login_required', 'p', { remedy: 'r' }), { headers: {} })?.headers,
  EgainAuthError: () => new EgainAuthError('token_request_failed', 'p', { remedy: 'r' }),
  loadMetadata: () => loadMetadata('https://127.0.0.1/metadata', { allowedHosts: ['127.0.0.1'] }),
  optionsFromEnv: () => [optionsFromEnv({}), optionsFromEnv({ EGAIN_CLIENT_ID: 'mine' })],
  createEgainAuth: () =>
    createEgainAuth({ clientId: 'a', tenantId: 'T', domainUrl: 'https://ai.egain.cloud' }).warnings,
  createMemorySessionStore: () => typeof createMemorySessionStore().get,
  createMemoryTokenStore: () => typeof createMemoryTokenStore().get,
};

const withoutChance = (text: string): string =>
  text
    .replace(/[0-9a-f]{8}-[\w-]{27}/g, 'an id')
    .replaceAll(/code_verifier=[\w-]+/g, 'a verifier')
    .replaceAll(/expiresAt\W+\d+/g, 'soon');

/** What came of everything. */
async function observe(): Promise<Record<string, string>> {
  const observed: Record<string, string> = Object.create(null);
  for (const [name, run] of Object.entries(ENTRY_POINTS)) {
    observed[name] = withoutChance(JSON.stringify(await outcomeOf(run)));
  }
  return observed;
}

/** What reached the server since it was asked last: every byte. */
async function sent(): Promise<string[]> {
  return (await server.take()).filter((bytes) => bytes !== '').map(withoutChance);
}

describe('T098: a polluted prototype changes nothing at any public entry point', () => {
  let clean: Record<string, string>;
  let cleanBytes: string[];
  beforeAll(async () => {
    await observe();
    await sent();
    clean = await observe();
    cleanBytes = await sent();
  });

  test('T098: the names are those of the public types', () => {
    for (const name of [
      'headers',
      'scope',
      'parameters',
      'forceRenewal',
      'authorizeSubject',
      'loginUrl',
      'returnTo',
      'status',
    ]) {
      expect(NAMES).toContain(name);
    }
    expect(NAMES).toContain('sec-fetch-site');
  });

  test.each(NAMES)('T098: %s', async (name) => {
    await sent();
    for (const value of VALUES) {
      const observed = await polluted(name, value, observe);
      const changed = Object.keys(clean).filter((entryPoint) => observed[entryPoint] !== clean[entryPoint]);
      expect(changed.map((entryPoint) => [entryPoint, value, observed[entryPoint]])).toEqual([]);
      expect({ value, bytes: await sent() }).toEqual({ value, bytes: cleanBytes });
    }
  });
});
