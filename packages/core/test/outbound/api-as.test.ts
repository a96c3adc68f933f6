import { afterEach, describe, expect, test } from '@jest/globals';
// By path: as a dependency it would close a circle, since the emulator names core's types.
import { forgeSession } from '../../../testing/src/index.ts';
import {
  type Actor,
  createMemorySessionStore,
  customer,
  type EgainAuthOptions,
  type HttpReply,
  user,
} from '../../src/index.ts';
import type { OperationActor } from '../../src/operations/operation.ts';
import { rejectionOf } from '../failure.ts';
import { json } from '../loopback.ts';
import { ACTORS } from '../operations/published-operations.ts';
import { optionsFor, stagesToClose } from './stage.ts';

const { serve, createAuth, closeAll } = stagesToClose();
afterEach(closeAll);

const PORTAL = '/knowledge/portalmgr/v4/portals/PROD-1';
/** Whom each of these accepts. */
const OPERATIONS = {
  all: { path: `${PORTAL}/articles`, accepted: ACTORS },
  people: {
    path: `${PORTAL}/articles/PROD-2`,
    accepted: ['user', 'customer', 'anonymous-customer', 'on-behalf-of-user', 'on-behalf-of-customer'],
  },
  clients: { path: `${PORTAL}/articles/PROD-2/breadcrumb`, accepted: ['client'] },
  users: { path: `${PORTAL}/articles/PROD-2/personalization`, accepted: ['user', 'on-behalf-of-user'] },
  unknown: { path: '/no/such/path', accepted: ACTORS },
} as const satisfies Record<string, { path: string; accepted: readonly OperationActor[] }>;

const SUBJECTS: Readonly<Record<'user' | 'customer', Actor>> = {
  user: { type: 'on-behalf-of', subject: user({ username: 'sam' }) },
  customer: { type: 'on-behalf-of', subject: customer({ email: 'pat@example.com' }) },
};
const EXCHANGED: Actor = { type: 'exchanged', registrationId: 'sso-1', subjectToken: () => 'external.token' };

const NO_REPLY: HttpReply = { headersSent: false, appendHeader: () => {}, send: () => {} };

async function applicationWith(options: Partial<EgainAuthOptions> = {}) {
  const server = await serve(json({}));
  const tokens = await serve(json({ access_token: 'a.b.c', expires_in: 3600 }));
  const { endpoints, ...rest } = optionsFor(server.origin, tokens.origin);
  const login = (name: string) => ({
    authorizationUrl: `${tokens.origin}/${name}/authorize`,
    tokenUrl: `${tokens.origin}/${name}`,
  });
  const egain = createAuth({
    ...rest,
    endpoints: { ...endpoints, user: login('-U'), customer: login('-C') },
    defaultClientScope: ['app.knowledge.portalmgr.read'],
    baseUrl: 'http://127.0.0.1:1',
    login: { user: { scope: ['knowledge.portalmgr.read'] }, customer: { scope: ['knowledge.portalmgr.read'] } },
    session: { secret: 'a session secret of more than 32 bytes' },
    ...options,
  });
  const contextOf = async (persona: 'user' | 'customer' | undefined, stated?: Actor) => {
    const headers = persona ? { cookie: (await forgeSession(egain, { persona })).cookie } : {};
    const context = await egain.authenticate({ method: 'GET', url: '/', headers }, NO_REPLY);
    return stated ? context.withActor(stated) : context;
  };
  return { server, tokens, egain, contextOf };
}

/** What makes an actor be there: nobody, whoever signed in, and whom a middleware names. */
const SITUATIONS = [undefined, 'user', 'customer'].flatMap((persona) =>
  [undefined, 'on-behalf-of-user', 'on-behalf-of-customer', 'exchanged', 'client'].map((stated) => ({
    persona,
    stated,
  })),
) as { persona: 'user' | 'customer' | undefined; stated: string | undefined }[];

const STATED: Readonly<Record<string, Actor>> = {
  'on-behalf-of-user': SUBJECTS.user,
  'on-behalf-of-customer': SUBJECTS.customer,
  exchanged: EXCHANGED,
  client: { type: 'client' },
};

/** Said once more, in a table's words: who of the six is there. */
function isThere(name: OperationActor, { persona, stated }: (typeof SITUATIONS)[number]): boolean {
  switch (name) {
    case 'client':
    case 'anonymous-customer':
      return true;
    case 'user':
    case 'customer':
      return persona === name || stated === 'exchanged';
    case 'on-behalf-of-user':
    case 'on-behalf-of-customer':
      return stated === name;
  }
}

const LISTS: readonly (readonly OperationActor[])[] = [
  ['customer', 'anonymous-customer'],
  ['anonymous-customer', 'customer'],
  ['user', 'customer'],
  ['customer', 'user'],
  ['on-behalf-of-user', 'user', 'client'],
  ['on-behalf-of-customer', 'customer'],
  ['client', 'user'],
  ['user'],
  ['customer'],
  ['on-behalf-of-user'],
  [...ACTORS],
  [...ACTORS].reverse(),
  [],
];

describe.each(LISTS.map((list) => [list] as const))('apiAs(%j)', (list) => {
  test.each(SITUATIONS)('with $persona signed in, and $stated named by a middleware', async (situation) => {
    const { server, contextOf } = await applicationWith();
    const { persona, stated } = situation;
    for (const [name, { path, accepted }] of Object.entries(OPERATIONS)) {
      const context = await contextOf(persona, stated === undefined ? undefined : STATED[stated]);
      const there = list.filter((actor) => isThere(actor, situation));
      const chosen = there.find((actor) => (accepted as readonly string[]).includes(actor));
      server.received.length = 0;
      const call = context.apiAs(list).get(path as string);
      const isOfExchange = stated === 'exchanged' && (chosen === 'user' || chosen === 'customer');
      if (chosen === undefined) {
        const error = await rejectionOf(call);
        const isRefused = there.length > 0 && name !== 'unknown';
        expect([name, error.code]).toEqual([name, isRefused ? 'actor_not_allowed' : 'login_required']);
        if (isRefused) expect(error.remedy).toContain(accepted.join(', '));
        expect(server.received).toEqual([]);
      } else if (name === 'unknown' && !['user', 'customer', 'client'].includes(chosen) && !isOfExchange) {
        // No scope is known for it.
        expect((await rejectionOf(call)).code).toBe('invalid_scope');
      } else {
        await call;
        // Whose an exchanged token is, only eGain knows.
        expect([name, context.ledger[0]?.actor]).toEqual([name, isOfExchange ? undefined : chosen]);
        expect(server.received).toHaveLength(1);
      }
    }
  });
});

describe('apiAs with a list', () => {
  test('settles for each operation anew who calls', async () => {
    const { contextOf } = await applicationWith();
    const context = await contextOf('user');
    const api = context.apiAs(['user', 'client']);
    await api.get(OPERATIONS.users.path);
    await api.get(OPERATIONS.clients.path);
    await api.get(OPERATIONS.all.path);
    expect(context.ledger.map(({ actor }) => actor)).toEqual(['user', 'client', 'user']);
  });

  test('sends whoever is to sign in to the login of the first persona', async () => {
    const { contextOf } = await applicationWith();
    const context = await contextOf(undefined);
    const loginUrlOf = async (list: readonly OperationActor[]) =>
      (await rejectionOf(context.apiAs(list).get(OPERATIONS.all.path))).loginUrl;
    expect(await loginUrlOf(['customer', 'user'])).toBe('/auth/login?as=customer');
    expect(await loginUrlOf(['on-behalf-of-user', 'user'])).toBe('/auth/login?as=user');
    expect(await loginUrlOf(['on-behalf-of-user'])).toBe('/auth/login');
  });

  test('F28: while nobody can be looked up, no call goes out as somebody else in their place', async () => {
    const store = createMemorySessionStore();
    let isDown = false;
    const get = (key: string) => (isDown ? Promise.reject(new Error('down')) : store.get(key));
    const session = { secret: 'a session secret of more than 32 bytes', store: { ...store, get } };
    const { contextOf, egain, server } = await applicationWith({ session });
    const { cookie } = await forgeSession(egain, { persona: 'customer' });
    isDown = true;
    const context = await egain.authenticate({ method: 'GET', url: '/', headers: { cookie } }, NO_REPLY);
    const error = await rejectionOf(context.apiAs(['customer', 'anonymous-customer']).get(OPERATIONS.all.path));
    expect(error.code).toBe('session_store_unavailable');
    expect(server.received).toEqual([]);
    // Whom that is no question of goes on.
    await context.apiAs(['anonymous-customer', 'customer']).get(OPERATIONS.all.path);
    await (await contextOf(undefined)).apiAs(['client']).get(OPERATIONS.all.path);
    expect(server.received).toHaveLength(2);
  });

  test('of a request without any login at all is for those who need none', async () => {
    const server = await serve(json({}));
    const tokens = await serve(json({ access_token: 'a.b.c', expires_in: 3600 }));
    const egain = createAuth(optionsFor(server.origin, tokens.origin));
    const context = await egain.authenticate({ method: 'GET', url: '/', headers: {} }, NO_REPLY);
    await context.apiAs(['user', 'customer', 'anonymous-customer']).get(OPERATIONS.all.path);
    expect(context.ledger).toMatchObject([{ actor: 'anonymous-customer', operationId: 'getArticlesInTopic' }]);
    expect((await rejectionOf(context.api.get(OPERATIONS.all.path))).code).toBe('login_required');
  });
});
