import { afterEach, describe, expect, test } from '@jest/globals';
import {
  type Actor,
  type ApplicationScope,
  type EgainAuthOptions,
  type Scope,
  type Subject,
  user,
} from '../../src/index.ts';
import { rejectionOf } from '../failure.ts';
import { json } from '../loopback.ts';
import { stagesToClose } from '../outbound/stage.ts';

const { stage, closeAll } = stagesToClose();
afterEach(closeAll);

const pa = user({ username: 'pa' });
const jo = user({ username: 'jo' });

interface Flow {
  readonly actor: Actor;
  /** What is requested, and what must not be minted in its place. */
  readonly read: Scope;
  readonly manage: Scope;
}

const FLOWS: Readonly<Record<string, Flow>> = {
  client: { actor: { type: 'client' }, read: 'app.core.aiservices.read', manage: 'app.core.aiservices.manage' },
  'an anonymous customer': {
    actor: { type: 'anonymous-customer' },
    read: 'core.aiservices.read',
    manage: 'core.aiservices.manage',
  },
  'on behalf of a user': {
    actor: { type: 'on-behalf-of', subject: pa },
    read: 'knowledge.portalmgr.onbehalfof.read',
    manage: 'knowledge.portalmgr.onbehalfof.manage',
  },
  'an exchanged token': {
    actor: { type: 'exchanged', registrationId: 'idp-1', subjectToken: async () => 'external-token' },
    read: 'knowledge.portalmgr.read',
    manage: 'knowledge.portalmgr.manage',
  },
};

/** An array whose elements say something else each time they are read. */
const changing = (first: Scope, then: Scope): Scope[] => {
  let reads = 0;
  return Object.defineProperty([first], 0, { get: () => (reads++ === 0 ? first : then), enumerable: true });
};

/** Ways to hand over scopes that change after the first look. */
const CHANGES: readonly (readonly [name: string, make: (flow: Flow) => { scope: Scope[]; change: () => void }])[] = [
  [
    'that the caller changes while a secret is waited for',
    ({ read, manage }) => {
      const scope = [read];
      return { scope, change: () => void scope.splice(0, 1, manage) };
    },
  ],
  [
    'that the caller adds to',
    ({ read, manage }) => {
      const scope = [read];
      return { scope, change: () => void scope.push(manage) };
    },
  ],
  ['with a getter', ({ read, manage }) => ({ scope: changing(read, manage), change: () => {} })],
  [
    'of a proxy',
    ({ read, manage }) => {
      const own = changing(read, manage);
      return {
        scope: new Proxy([read], { get: (target, name) => Reflect.get(name === '0' ? own : target, name) }),
        change: () => {},
      };
    },
  ],
  [
    'of an array that iterates over something else each time',
    ({ read, manage }) => {
      let reads = 0;
      const scope = Object.assign([read], {
        *[Symbol.iterator]() {
          yield reads++ === 0 ? read : manage;
        },
      });
      return { scope, change: () => {} };
    },
  ],
];

/** Scopes that each token request held, without a prefix. */
const scopesOf = (bodies: readonly { readonly body: string }[]) =>
  bodies.map(({ body }) => new URLSearchParams(body).get('scope')?.replace('https://api.example/auth/', ''));

async function started(authorizeSubject: EgainAuthOptions['authorizeSubject'] = () => true) {
  return stage(json({}), {
    // A vault takes a moment.
    clientSecret: () => new Promise<string>((resolve) => setImmediate(() => resolve('canary-secret-5f0c1e'))),
    authorizeSubject,
  });
}

describe.each(Object.entries(FLOWS))('T108: a token for %s', (_name, flow) => {
  test.each(CHANGES)('is minted for the scopes that were judged, with a list %s', async (_change, make) => {
    const judged: (readonly string[])[] = [];
    const { egain, tokens } = await started(async (_subject, { scope }) => {
      judged.push(scope);
      return true;
    });
    const { scope, change } = make(flow);
    const first = egain.getToken(flow.actor, { scope });
    change();
    await first;
    expect(scopesOf(tokens.received)).toEqual([flow.read]);
    expect(judged.flat().filter((name) => name !== flow.read)).toEqual([]);
    // An honest caller shares it, and a caller who asks for more does not.
    expect((await egain.getToken(flow.actor, { scope: [flow.read] })).accessToken).toBe((await first).accessToken);
    await egain.getToken(flow.actor, { scope: [flow.manage] });
    expect(scopesOf(tokens.received)).toEqual([flow.read, flow.manage]);
  });

  test.each<[name: string, scope: (name: string) => unknown]>([
    ['a Set', (name) => new Set([name])],
    ['an iterable', (name) => [name].values()],
    ['an object like a list', (name) => ({ 0: name, length: 1 })],
    ['text', (name) => name],
    ['null', () => null],
  ])('is refused with %s in the place of a list', async (_kind, scope) => {
    const { egain, tokens } = await started();
    const error = await rejectionOf(egain.getToken(flow.actor, { scope: scope(flow.read) as never }));
    expect([error.code, tokens.received]).toEqual(['invalid_scope', []]);
  });
});

test('T108: a policy that answers without a promise judges what is minted', async () => {
  const judged: string[] = [];
  const { egain, tokens } = await started((_subject, { scope }) => judged.push(...scope) > 0);
  const { actor, read, manage } = FLOWS['on behalf of a user'] as Flow;
  await egain.getToken(actor, { scope: changing(read, manage) });
  const scope = [read];
  const second = egain.getToken(actor, { scope, forceRenewal: true });
  scope.splice(0, 1, manage);
  await second;
  expect(judged).toEqual([read, read]);
  expect(scopesOf(tokens.received)).toEqual([read, read]);
});

describe('T108: an actor with getters', () => {
  const scope = ['knowledge.portalmgr.onbehalfof.read'] as const;
  const turns = <T>(...values: readonly T[]) => {
    let reads = 0;
    return () => values[Math.min(reads++, values.length - 1)] as T;
  };

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
    'cannot become another after %i looks: nobody is impersonated past the policy',
    async (looks) => {
      const judged: Subject[] = [];
      const { egain, tokens } = await started((subject) => judged.push(subject) > 0);
      const type = turns(...Array<string>(looks).fill('client'), 'on-behalf-of');
      const actor = Object.defineProperty({ subject: pa }, 'type', { get: type }) as unknown as Actor;
      await egain.getToken(actor, { scope: [...scope] }).catch(() => {});
      await egain
        .api(actor, { scope: [...scope] })
        .get('/x')
        .catch(() => {});
      const impersonated = tokens.received.filter(({ body }) => body.includes('subject_username'));
      expect(impersonated.length).toBeLessThanOrEqual(judged.length);
    },
  );

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
    'has the subject that the policy judged, although it names another after %i looks',
    async (looks) => {
      const judged: string[] = [];
      const { egain, tokens } = await started(async (subject) => judged.push(subject.value) > 0);
      const subject = turns(...Array<typeof pa>(looks).fill(jo), pa);
      const actor = Object.defineProperty({ type: 'on-behalf-of' }, 'subject', { get: subject }) as unknown as Actor;
      await egain.getToken(actor, { scope: [...scope] });
      const minted = tokens.received.map(({ body }) => new URLSearchParams(body).get('subject_username'));
      expect(minted).toEqual(judged);
      expect(minted).toHaveLength(1);
    },
  );

  test.each([1, 2, 3, 4, 5, 6])('has one registration, although it names another after %i looks', async (looks) => {
    const { egain, tokens } = await started();
    const registrationId = turns(...Array<string>(looks).fill('idp-1'), 'idp-2');
    const exchanged = { type: 'exchanged', subjectToken: async () => 'external' };
    const actor = Object.defineProperty(exchanged, 'registrationId', { get: registrationId }) as unknown as Actor;
    const mine = await egain.getToken(actor, { scope: ['knowledge.portalmgr.read'] });
    const [minted] = tokens.received.map(({ body }) => new URLSearchParams(body).get('registration_id'));
    const honest = { type: 'exchanged', registrationId: minted ?? '', subjectToken: () => 'external' } as const;
    const theirs = await egain.getToken(honest, { scope: ['knowledge.portalmgr.read'] });
    expect([theirs.accessToken, tokens.received.length]).toEqual([mine.accessToken, 1]);
  });
});

test('T108: what the caller passed is neither frozen nor changed', async () => {
  const { egain } = await started();
  const scope: ApplicationScope[] = ['app.core.aiservices.read'];
  const actor = { type: 'client' } as const;
  await egain.getToken(actor, { scope });
  expect([Object.isFrozen(scope), Object.isFrozen(actor)]).toEqual([false, false]);
});
