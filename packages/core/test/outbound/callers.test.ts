import { afterEach, describe, expect, test } from '@jest/globals';
import { type Actor, customer, type EgainAuthOptions, type EgainSession, user } from '../../src/index.ts';
import { findOperation } from '../../src/operations/find-operation.ts';
import type { OperationActor } from '../../src/operations/operation.ts';
import { identityOf } from '../../src/outbound/caller.ts';
import { createTokenSet } from '../../src/protocol/token-set.ts';
import type { TokenRequest } from '../../src/tokens/token-source.ts';
import { failureOf, rejectionOf } from '../failure.ts';
import { json } from '../loopback.ts';
import { ACTORS, PUBLISHED } from '../operations/published-operations.ts';
import { stagesToClose } from './stage.ts';

const { stage, closeAll } = stagesToClose();
afterEach(closeAll);

const PORTAL = '/knowledge/portalmgr/v4/portals/PROD-1';
/** Accepts each of the six. */
const FOR_ALL = `${PORTAL}/articles`;
/** Accepts all but the application itself. */
const FOR_PEOPLE = `${PORTAL}/articles/PROD-2`;
/** Accepts the application alone. */
const FOR_CLIENTS = `${PORTAL}/articles/PROD-2/breadcrumb`;
/** Accepts users, present or not. */
const FOR_USERS = `${PORTAL}/articles/PROD-2/personalization`;
/** Accepts customers, known or not. */
const FOR_CUSTOMERS = `${PORTAL}/escalate/1/avert`;
/** Needs two scopes. */
const OF_TWO = '/core/aiservices/v4/PROD-1/answers';
/** Published, and says of nobody that they may call it. */
const UNDECLARED = '/core/aiservices/v4/aiagent/ops/tenant/1/storage/statistics';
const UNKNOWN = '/no/such/path';

const SAM = user({ username: 'sam' });
const PAT = customer({ email: 'pat@example.com' });
const EXCHANGED: Actor = { type: 'exchanged', registrationId: 'sso-1', subjectToken: () => 'external.token' };

async function stageWith(options: Partial<EgainAuthOptions> = {}) {
  const { egain, server, tokens } = await stage(json({}), options);
  return {
    ...{ egain, server, tokens },
    /** The scopes that token requests asked for, in turn; where there was no such parameter, `undefined`. */
    scopesAsked: () => tokens.received.map(({ url, body }) => [url, new URLSearchParams(body).get('scope')]),
  };
}

describe('without a scope of its own a call asks for what its operation declares', () => {
  const ROWS: [name: string, actor: Actor, path: string, asked: [url: string, scope: string | null]][] = [
    ['a user', { type: 'on-behalf-of', subject: SAM }, FOR_ALL, ['/users', 'knowledge.portalmgr.onbehalfof.read']],
    [
      'a customer',
      { type: 'on-behalf-of', subject: PAT },
      FOR_ALL,
      ['/customers', 'knowledge.portalmgr.onbehalfof.read'],
    ],
    [
      'a visitor',
      { type: 'anonymous-customer' },
      FOR_ALL,
      ['/anonymous', 'https://api.example/auth/knowledge.portalmgr.read'],
    ],
    [
      'a visitor, where it is two',
      { type: 'anonymous-customer' },
      OF_TWO,
      ['/anonymous', 'https://api.example/auth/core.aiservices.read https://api.example/auth/core.aiservices.manage'],
    ],
    ['whose token was exchanged', EXCHANGED, FOR_ALL, ['/exchange', 'knowledge.portalmgr.read']],
    ['whose token was exchanged, of a customer', EXCHANGED, FOR_CUSTOMERS, ['/exchange', 'knowledge.portalmgr.manage']],
    ['whose token was exchanged, for a path nobody knows', EXCHANGED, UNKNOWN, ['/exchange', null]],
    ['whose token was exchanged, where nothing is declared', EXCHANGED, UNDECLARED, ['/exchange', null]],
  ];
  test.each(ROWS)('as %s', async (_name, actor, path, asked) => {
    const { egain, scopesAsked } = await stageWith();
    if (path === OF_TWO || path === FOR_CUSTOMERS) {
      await egain.api(actor).request(path === OF_TWO ? 'POST' : 'PUT', path);
    } else await egain.api(actor).get(path as string);
    expect(scopesAsked()).toEqual([asked]);
  });

  test('each operation by itself, and one token for two that need the same', async () => {
    const { egain, scopesAsked } = await stageWith();
    const api = egain.api({ type: 'on-behalf-of', subject: SAM });
    for (const path of [FOR_ALL, FOR_PEOPLE, FOR_USERS]) await api.get(path);
    await api.put(`${FOR_PEOPLE}/ratings` as string);
    expect(scopesAsked()).toEqual([
      ['/users', 'knowledge.portalmgr.onbehalfof.read'],
      ['/users', 'knowledge.portalmgr.onbehalfof.manage'],
    ]);
  });

  test('HEAD asks for what GET does', async () => {
    const { egain, scopesAsked } = await stageWith();
    await egain.api({ type: 'on-behalf-of', subject: SAM }).request('HEAD', FOR_PEOPLE as string);
    expect(scopesAsked()).toEqual([['/users', 'knowledge.portalmgr.onbehalfof.read']]);
  });

  test('the application asks for defaultClientScope, whatever the operation', async () => {
    const { egain, scopesAsked } = await stageWith({ defaultClientScope: ['app.knowledge.portalmgr.read'] });
    const api = egain.api({ type: 'client' });
    for (const path of [FOR_ALL, FOR_CLIENTS, UNKNOWN]) await api.get(path as string);
    expect(scopesAsked()).toEqual([['/client', 'app.knowledge.portalmgr.read']]);
  });

  test('the application without it is refused, and told what to set', async () => {
    const { egain, server, tokens } = await stageWith();
    const error = await rejectionOf(egain.api({ type: 'client' }).get(FOR_CLIENTS));
    expect([error.code, error.remedy]).toEqual(['invalid_scope', expect.stringContaining('defaultClientScope')]);
    expect([server.received, tokens.received]).toEqual([[], []]);
  });

  test.each([UNKNOWN, UNDECLARED])('somebody else is refused where none is declared: %s', async (path) => {
    const { egain, server, tokens } = await stageWith();
    const actors: Actor[] = [{ type: 'on-behalf-of', subject: SAM }, { type: 'anonymous-customer' }];
    for (const actor of actors) {
      const error = await rejectionOf(egain.api(actor).get(path));
      expect([error.code, error.remedy]).toEqual(['invalid_scope', expect.stringContaining('scope')]);
    }
    expect([server.received, tokens.received]).toEqual([[], []]);
  });

  test('a scope of its own is asked for instead, and nothing besides', async () => {
    const { egain, scopesAsked } = await stageWith({ defaultClientScope: ['app.knowledge.portalmgr.read'] });
    const own = { scope: ['core.aiservices.onbehalfof.read'] } as const;
    await egain.api({ type: 'on-behalf-of', subject: SAM }, own).get(FOR_PEOPLE);
    await egain.api({ type: 'client' }, { scope: ['app.core.aiservices.read'] }).get(FOR_CLIENTS);
    await egain.api({ type: 'on-behalf-of', subject: SAM }, own).get(UNKNOWN as string);
    expect(scopesAsked()).toEqual([
      ['/users', 'core.aiservices.onbehalfof.read'],
      ['/client', 'app.core.aiservices.read'],
    ]);
  });
});

describe('an operation that does not accept the actor', () => {
  const ROWS: [name: string, actor: Actor, path: string, accepted: string][] = [
    [
      'the application',
      { type: 'client' },
      FOR_PEOPLE,
      'user, customer, anonymous-customer, on-behalf-of-user, on-behalf-of-customer',
    ],
    ['a visitor', { type: 'anonymous-customer' }, FOR_CLIENTS, 'client'],
    ['on behalf of a user', { type: 'on-behalf-of', subject: SAM }, FOR_CLIENTS, 'client'],
    ['on behalf of a customer', { type: 'on-behalf-of', subject: PAT }, FOR_USERS, 'user, on-behalf-of-user'],
    ['an exchanged token', EXCHANGED, FOR_CLIENTS, 'client'],
  ];
  test.each(ROWS)(
    'is not called by %s, not even with a scope, and says whom it accepts',
    async (_name, actor, path, accepted) => {
      const { egain, server, tokens } = await stageWith();
      for (const options of [{}, { scope: ['knowledge.portalmgr.read'] }]) {
        const api = egain.api(actor, options as object);
        for (const call of [() => api.get(path), () => api.request('GET', path), () => api.request('HEAD', path)]) {
          const error = await rejectionOf(call());
          expect([error.code, error.status]).toEqual(['actor_not_allowed', 403]);
          expect(error.remedy).toContain(`It accepts ${accepted}:`);
          // As eGain publishes it, without anybody's id.
          expect(error.message).not.toContain('PROD');
        }
      }
      expect([server.received, tokens.received]).toEqual([[], []]);
    },
  );

  test('is found by what the path is to eGain, however it is written', async () => {
    const { egain, tokens } = await stageWith();
    const api = egain.api({ type: 'client' }, { scope: ['app.core.aiservices.read'] });
    const spellings = [
      `${FOR_PEOPLE}?$lang=en-US`,
      `${FOR_PEOPLE}#x`,
      `${FOR_PEOPLE}/`,
      FOR_PEOPLE.slice(1),
      FOR_PEOPLE.replace('articles', '%61rticles'),
    ];
    for (const path of spellings) expect((await rejectionOf(api.get(path))).code).toBe('actor_not_allowed');
    expect(tokens.received).toEqual([]);
  });

  test('is no reason to refuse what nobody has published, or what declares nobody', async () => {
    const { egain, server } = await stageWith();
    const api = egain.api({ type: 'client' }, { scope: ['app.core.aiservices.read'] });
    for (const path of [UNKNOWN, UNDECLARED, `${FOR_PEOPLE}/more/and/more`]) await api.get(path);
    await api.delete(FOR_PEOPLE as string);
    expect(server.received).toHaveLength(4);
  });
});

describe('every published operation', () => {
  const session = (persona: 'user' | 'customer') => ({ persona }) as EgainSession;
  const AS: Readonly<Record<OperationActor, Actor>> = {
    user: { type: 'session', session: session('user') },
    customer: { type: 'session', session: session('customer') },
    'anonymous-customer': { type: 'anonymous-customer' },
    client: { type: 'client' },
    'on-behalf-of-user': { type: 'on-behalf-of', subject: SAM },
    'on-behalf-of-customer': { type: 'on-behalf-of', subject: PAT },
  };
  const tokenSet = createTokenSet({ accessToken: 'a', expiresAt: 1, scope: [], source: 'issuer' });

  test.each(ACTORS)('accepts or refuses %s as it says, and is asked for with what it says', async (name) => {
    for (const { method, path, isDeclared, scopes } of PUBLISHED) {
      const asked: TokenRequest[] = [];
      const tokens = {
        getToken(request: TokenRequest) {
          asked.push(request);
          return tokenSet;
        },
      };
      const operation = findOperation(method, path.replace(/\{[^}]+\}/g, 'PROD-1'));
      const identify = () =>
        identityOf({ tokens, defaultClientScope: ['app.core.aiservices.read'] }, AS[name], undefined, operation);
      if (isDeclared && !scopes[name]) {
        expect(failureOf(identify).code).toBe('actor_not_allowed');
        continue;
      }
      const identity = identify();
      expect(identity.actors).toEqual([name]);
      if (!isDeclared && name !== 'client' && !(name === 'user' || name === 'customer')) {
        expect(failureOf(() => identity.getToken({})).code).toBe('invalid_scope');
        continue;
      }
      await identity.getToken({ rejected: 'old' });
      const own = name === 'client' ? ['app.core.aiservices.read'] : (scopes[name] ?? []);
      // What a login was granted is all that a session has.
      const expected = name === 'user' || name === 'customer' ? [] : own;
      expect(asked).toEqual([expect.objectContaining({ actor: AS[name], scope: expected, rejected: 'old' })]);
    }
  });
});
