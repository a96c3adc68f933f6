import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import {
  type Actor,
  createEgainAuth,
  createMemorySessionStore,
  createMemoryTokenStore,
  type EgainAuth,
  type EgainAuthOptions,
  type SessionStore,
  type TokenStore,
} from '@egain-auth/core';
import { createEgainEmulator, createUserAgent, type EgainEmulator, type UserAgent } from '@egain-auth/testing';
import type express from 'express';
import type { Express, NextFunction, Request, Response } from 'express';
import { customer, egainAuth, egainErrorHandler, onBehalfOf, requiresAuth, user } from '../../src/index.ts';
import { createCanary } from './canaries.ts';
import { type Relay, startRelay } from './relay.ts';
import { openSinks, type Sinks } from './sinks.ts';

/** What must be nowhere, by what it is. */
export type Canaries = Map<string, Set<string>>;

export interface HuntingGround extends AsyncDisposable {
  readonly baseUrl: string;
  readonly egain: EgainAuth;
  readonly emulator: EgainEmulator;
  readonly sinks: Sinks;
  readonly canaries: Canaries;
  readonly desk: Relay;
  readonly login: Relay;
  readonly api: Relay;
  readonly stores: { readonly sessions: SessionStore; readonly tokens: TokenStore };
  /** Which stores fail. */
  readonly failing: { sessions: boolean; tokens: boolean };
  readonly people: ReturnType<typeof createPeople>;
  newBrowser: (this: void) => UserAgent;
  /** Adds what went over the wire to the sinks, and what was made up on the way to the canaries. */
  collect(): void;
}

export interface GroundOptions {
  readonly express: typeof express;
  /** Sessions and tokens in stores, or sealed and in memory. */
  readonly stores: boolean;
  readonly routes?: (app: Express, sinks: Sinks) => void;
}

const READ = 'knowledge.portalmgr.read';
const ON_BEHALF_OF = ['knowledge.portalmgr.onbehalfof.read'] as const;
/** An operation for everybody. */
const SEARCH = '/knowledge/portalmgr/v4/PROD-1000/search?q=card&$lang=en-US';

/** An application of every kind of call, with a relay in front of it, of eGain's login host and of its API host. */
export async function startHuntingGround({ express, stores, routes }: GroundOptions): Promise<HuntingGround> {
  const sinks = openSinks();
  const people = createPeople();
  const secrets = {
    'client secret': [createCanary('client-secret')],
    'session secret': [createCanary('session-secret'), createCanary('old-session-secret')],
    'encryption key': [createCanary('encryption-key'), createCanary('old-encryption-key')],
  };
  const canaries: Canaries = new Map(
    Object.entries({ ...secrets, ...people.canaries }).map(([k, v]) => [k, new Set(v)]),
  );
  const emulator = await createEgainEmulator({
    refreshTokens: 'rotating',
    client: { clientSecret: secrets['client secret'][0] ?? '' },
    users: people.users,
    customers: people.customers,
    behaviour: { tokenFormat: stores ? 'opaque' : 'jwt', idToken: 'present' },
  }).listen();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const desk = await startRelay('localhost', () => `http://localhost:${(server.address() as AddressInfo).port}`);
  const login = await startRelay('127.0.0.1', () => emulator.loginUrl);
  const api = await startRelay('127.0.0.1', () => emulator.apiUrl);

  const failing = { sessions: false, tokens: false };
  const kept = {
    sessions: watched('session store', createMemorySessionStore(), () => failing.sessions),
    tokens: watched('token store', createMemoryTokenStore(), () => failing.tokens),
  };
  const options = {
    ...emulator.config({ baseUrl: desk.url }),
    ...{ domainUrl: login.url, apiUrl: api.url, scopePrefix: { anonymousCustomer: `${emulator.apiUrl}/auth/` } },
    endpoints: { user: { revocationUrl: `${login.url}/revoke` } },
    session: {
      secret: secrets['session secret'],
      ...(stores && { store: kept.sessions }),
    },
    tokens: {
      encryptionKeys: secrets['encryption key'],
      ...(stores && { store: kept.tokens }),
    },
    authorizeSubject: (subject) => subject.value !== people.refused.username,
    http: { timeoutMs: 2000 },
  } satisfies EgainAuthOptions;

  /** What a store is given, and how it fails. */
  function watched<T extends object>(name: string, store: T, isFailing: () => boolean): T {
    return new Proxy(store, {
      get(target, method, receiver) {
        const found: unknown = Reflect.get(target, method, receiver);
        if (typeof found !== 'function') return found;
        return async (...given: unknown[]) => {
          sinks.add(name, ...given.map((value) => inspect(value, { depth: null, maxStringLength: null })));
          if (isFailing()) throw new Error(`${name}.${String(method)}(${inspect(given)}) failed`);
          return (found as (...values: unknown[]) => unknown).apply(target, given);
        };
      },
    });
  }

  const egain = createEgainAuth(options);
  const app = express();
  app.set('env', 'test');
  app.use(egainAuth(egain));
  routes?.(app, sinks);
  const call = async (req: Request, res: Response, next: NextFunction) => {
    try {
      const { egain: context } = req;
      for (const part of [context, context.session, context.identity, context.api]) sinks.object('req.egain', part);
      const tokens = await context.getToken();
      sinks.object('token set', tokens);
      await context.api.get(SEARCH);
      sinks.object('req.egain', context);
      res.json({ is: context.isAuthenticated, scope: [...tokens.scope] });
    } catch (error) {
      next(error);
    }
  };
  app.get('/desk', requiresAuth({ as: 'user' }), call);
  app.get('/help', requiresAuth({ as: 'customer' }), call);
  app.get('/manage', requiresAuth({ as: 'user', scope: ['core.casemgr.manage'] }), call);
  app.get('/renew', requiresAuth(), (req, res, next) => {
    req.egain.getToken({ forceRenewal: true }).then((tokens) => res.json({ scope: [...tokens.scope] }), next);
  });
  app.get('/me', (req, res, next) => void req.egain.api.get(SEARCH).then(() => res.json({}), next));
  app.get('/leave', (req, _res, next) => void req.egain.logout().catch(next));
  for (const [name, subject] of Object.entries(people.subjects)) {
    app.get(
      `/crm/${name}`,
      onBehalfOf(() => subject, { scope: ON_BEHALF_OF }),
      call,
    );
  }
  const external = await emulator.identityProvider.issueToken({ email: people.exchanged.email });
  const actors: Record<string, Actor> = {
    client: { type: 'client' },
    anonymous: { type: 'anonymous-customer' },
    exchanged: {
      type: 'exchanged',
      registrationId: emulator.identityProvider.registrationId,
      subjectToken: () => external,
    },
  };
  canaries.set('external token', new Set([external]));
  for (const [name, actor] of Object.entries(actors)) {
    const scope = [name === 'client' ? `app.${READ}` : READ] as never;
    app.get(`/server/${name}`, (req, res, next) => {
      const forceRenewal = req.query['renew'] !== undefined;
      egain
        .getToken(actor, { scope, forceRenewal })
        .then((tokens) => {
          sinks.object('token set', tokens);
          return req.egain.apiAs(actor, { scope }).get(SEARCH);
        })
        .then(() => res.json({}), next);
    });
  }
  app.get(
    '/elsewhere',
    (_req, _res, next) => void egain.api(actors['client']!).get('https://evil.example/').catch(next),
  );
  app.use(egainErrorHandler({ onError: sinks.error }));
  app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    sinks.error(error);
    res.sendStatus(500);
  });
  server.on('request', app);

  return {
    ...{ baseUrl: desk.url, egain, emulator, sinks, canaries, desk, login, api, failing, people, stores: kept },
    newBrowser: createUserAgent,
    collect() {
      collectFrom({ desk, login, api, sinks, canaries }, stores);
      sinks.object('egain', egain);
      sinks.add('journal', JSON.stringify(emulator.journal()));
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await Promise.all([egain.close(), emulator.close()]);
      await Promise.all([desk, login, api].map((relay) => relay[Symbol.asyncDispose]()));
      sinks[Symbol.dispose]();
    },
  };
}

/** One for each way to be named, so that each name can be told from the others. */
function createPeople() {
  const email = (name: string) => `${name}.${createCanary('x').slice(-16)}@example.com`;
  const agent = { username: createCanary('agent'), password: createCanary('password'), firstName: 'Pat' };
  const named = { username: createCanary('named'), firstName: 'Maria' };
  const numbered = { username: createCanary('numbered'), userId: '734920518', firstName: 'Tom' };
  const exchanged = { username: createCanary('exchanged'), email: email('exchanged'), firstName: 'Eve' };
  const refused = { username: createCanary('refused'), firstName: 'Rob' };
  const signingIn = { email: email('jane'), password: createCanary('password'), name: 'Jane' };
  const customers = [signingIn, { email: email('omar'), name: 'Omar' }];
  const users = [agent, named, numbered, exchanged, refused];
  const unknown = createCanary('unknown');
  return {
    ...{ agent, customer: signingIn, exchanged, refused, users, customers },
    subjects: {
      named: user({ username: named.username }),
      numbered: user({ userId: numbered.userId }),
      mailed: customer({ email: customers[1]!.email }),
      refused: user({ username: refused.username }),
      unknown: user({ username: unknown }),
    },
    canaries: {
      password: [agent.password, signingIn.password],
      subject: [
        ...users.map(({ username }) => username),
        ...customers.map((one) => one.email),
        exchanged.email,
        unknown,
      ],
      'user id': [numbered.userId],
    },
  };
}

function collectFrom(
  { desk, login, api, sinks, canaries }: Pick<HuntingGround, 'desk' | 'login' | 'api' | 'sinks' | 'canaries'>,
  stores: boolean,
): void {
  const plant = (kind: string, value: string | null | undefined) => {
    if (value) canaries.set(kind, (canaries.get(kind) ?? new Set()).add(value));
  };
  for (const { request, answer } of desk.exchanges) {
    const url = new URL(request.target, desk.url);
    sinks.add(url.pathname === '/auth/callback' ? 'callback URL' : 'URL', url.href);
    if (url.pathname === '/auth/callback') plant('code', url.searchParams.get('code'));
    const { location, 'set-cookie': cookies = [], ...headers } = answer.headers;
    sinks.add('body', answer.body);
    sinks.add('header', JSON.stringify(headers));
    sinks.add('set-cookie', ...cookies);
    if (location?.includes('/authorize?')) sinks.add('authorize URL', location);
    else if (location) sinks.add('location', location);
    plant('state', location && new URL(location, desk.url).searchParams.get('state'));
    const session = cookies.find((cookie) => cookie.startsWith('egain_session='))?.split(/[=;]/)[1];
    if (stores) plant('session cookie', session);
  }
  for (const { request, answer, isGenuine } of [...login.exchanges, ...api.exchanges]) {
    const isAuthorize = request.target.includes('/authorize');
    sinks.add(isAuthorize ? 'authorize URL' : 'outgoing URL', request.target);
    const { authorization, ...headers } = request.headers;
    sinks.add('outgoing header', JSON.stringify(headers));
    plant('access token', authorization?.replace('Bearer ', ''));
    plant('code verifier', new URLSearchParams(request.body).get('code_verifier'));
    if (isAuthorize || !isGenuine) continue;
    if (!answer.body.startsWith('{')) continue;
    for (const [member, value] of Object.entries(parse(answer.body))) {
      if (['access_token', 'refresh_token', 'id_token'].includes(member))
        plant(member.replace('_', ' '), String(value));
    }
  }
}

function parse(body: string): object {
  try {
    return JSON.parse(body) as object;
  } catch {
    return {};
  }
}
