import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stopClock } from '../clock.ts';
import { alike, INSTANCES, isOneKey, type KeyParts, keyParts, mixed, requestOf } from './key-parts.ts';
import {
  claimOf,
  createRecordingStore,
  HOUR_MS,
  type ManagedTokens,
  manageTokens,
  nameOf,
  type RecordingStore,
} from './managed-tokens.ts';

beforeEach(stopClock);

const DESTINATIONS = Object.values(INSTANCES);

/** One process for each destination, all with one store. */
function startProcesses(store: RecordingStore): { for(parts: KeyParts): ManagedTokens } {
  const processes = new Map<number, ManagedTokens>();
  return {
    for({ instance }) {
      const process = processes.get(instance) ?? manageTokens({ store, options: DESTINATIONS[instance] ?? {} });
      processes.set(instance, process);
      return process;
    },
  };
}

const SUBJECT: KeyParts = {
  instance: 0,
  actor: 'on-behalf-of',
  named: 'username',
  subject: 'pa',
  registrationId: 'okta',
  externalToken: 'e.x.t',
  scope: ['a', 'b'],
  parameters: [],
};
const EXCHANGE: KeyParts = { ...SUBJECT, actor: 'exchanged' };
const instanceOf = (name: string) => Object.keys(INSTANCES).indexOf(name);

type Difference = Partial<KeyParts>;

/** T076: who might be taken for each other. [what, one, the other], as they differ from {@link SUBJECT}. */
const COLLISIONS: readonly [name: string, a: Difference, b: Difference][] = [
  ['two tenants', {}, { instance: instanceOf('tenant') }],
  ['two token URLs of one host', {}, { instance: instanceOf('token URL') }],
  ['two hosts', {}, { instance: instanceOf('host of the token URL') }],
  ['two client applications', {}, { instance: instanceOf('client application') }],
  ['two prefixes', {}, { instance: instanceOf('scope prefix') }],
  ['two subjects', {}, { subject: 'admin' }],
  ['letter case', {}, { subject: 'PA' }],
  ['letter case of a domain', { subject: 'a@b.c' }, { subject: 'a@B.C' }],
  ['a space in front', {}, { subject: ' pa' }],
  ['a space behind', {}, { subject: 'pa ' }],
  ['a no-break space behind', { subject: 'pa ' }, { subject: 'pa\u00a0' }],
  ['a zero width space', {}, { subject: 'pa\u200b' }],
  ['what stands behind a line separator', { subject: 'pa\u2028' }, { subject: 'pa\u2028admin' }],
  ['a zero-width space', {}, { subject: 'p\u200ba' }],
  ['composed and decomposed (NFC, NFD)', { subject: 'Jos\u00e9' }, { subject: 'Jose\u0301' }],
  ['a ligature (NFKC)', { subject: 'fi' }, { subject: '\ufb01' }],
  ['a fullwidth @', { subject: 'a@b.c' }, { subject: 'a\uff20b.c' }],
  ['a Cyrillic letter', {}, { subject: 'p\u0430' }],
  ['a Kelvin sign', { subject: 'K' }, { subject: '\u212a' }],
  ['a dotted capital I', { subject: 'i\u0307' }, { subject: '\u0130' }],
  ['sharp s', { subject: 'ss' }, { subject: '\u00df' }],
  ['numbers of one value', { subject: '42' }, { subject: '042' }],
  ['digits of another script', { subject: '42' }, { subject: '\u0664\u0662' }],
  ['a username and a user id', { subject: '42' }, { subject: '42', named: 'userId' }],
  ['a username and a customer’s address', { subject: 'a@b.c' }, { subject: 'a@b.c', named: 'email' }],
  ['a user id and a customer’s address', { subject: '42', named: 'userId' }, { subject: '42', named: 'email' }],
  ['a quoted name', {}, { subject: '"pa"' }],
  ['a name that is a list', {}, { subject: '["pa"]' }],
  ['a list of two names', {}, { subject: 'pa,pa' }],
  ['a name that ends a string', { subject: 'pa"]' }, { subject: 'pa' }],
  ['an escape and what it means', { subject: 'p\\u0061' }, { subject: 'pa' }],
  ['percent signs and what they mean', { subject: 'p%61' }, { subject: 'pa' }],
  ['__proto__ and constructor', { subject: '__proto__' }, { subject: 'constructor' }],
  ['__proto__ and nobody in particular', { subject: '__proto__' }, { subject: 'null' }],
  ['a subject that is a scope', { subject: 'a', scope: ['b'] }, { subject: 'b', scope: ['a'] }],
  ['a separator at the seam of subject and scope', { subject: 'pa|a', scope: ['b'] }, { scope: ['a|b'] }],
  ['a narrower scope', {}, { scope: ['a'] }],
  ['a wider scope', {}, { scope: ['a', 'b', 'c'] }],
  ['one scope and two', { scope: ['a|b'] }, { scope: ['a', 'b'] }],
  ['scopes that read the same in a row', { scope: ['ab', 'c'] }, { scope: ['a', 'bc'] }],
  ['letter case of a scope', { scope: ['a'] }, { scope: ['A'] }],
  ['a parameter', {}, { parameters: [['audience', 'x']] }],
  ['an empty parameter', {}, { parameters: [['audience', '']] }],
  ['two audiences', { parameters: [['audience', 'x']] }, { parameters: [['audience', 'y']] }],
  ['audience and resource', { parameters: [['audience', 'x']] }, { parameters: [['resource', 'x']] }],
  [
    'values of two parameters, exchanged',
    {
      parameters: [
        ['audience', 'x'],
        ['resource', 'y'],
      ],
    },
    {
      parameters: [
        ['audience', 'y'],
        ['resource', 'x'],
      ],
    },
  ],
  [
    'two parameters in the value of one',
    {
      parameters: [
        ['audience', 'x'],
        ['resource', 'y'],
      ],
    },
    { parameters: [['audience', 'x&resource=y']] },
  ],
  ['__proto__ as a parameter', {}, { parameters: [['__proto__', 'x']] }],
  ['a client and an anonymous customer', { actor: 'client' }, { actor: 'anonymous-customer' }],
  ['a client and a subject named like it', { actor: 'client' }, { subject: 'client' }],
  [
    'an anonymous customer and somebody of no name',
    { actor: 'anonymous-customer' },
    { named: 'email', subject: 'anonymous-customer' },
  ],
  ['a subject and an exchange with their name', { subject: 'e.x.t' }, EXCHANGE],
  ['two registrations', EXCHANGE, { ...EXCHANGE, registrationId: 'Okta' }],
  ['two external tokens', EXCHANGE, { ...EXCHANGE, externalToken: 'e.x.u' }],
  ['two signatures of one external token', EXCHANGE, { ...EXCHANGE, externalToken: 'e.x.T' }],
  [
    'registration and external token, exchanged',
    EXCHANGE,
    { ...EXCHANGE, registrationId: 'e.x.t', externalToken: 'okta' },
  ],
  [
    'a seam of registration and scope',
    { ...EXCHANGE, registrationId: 'okta', scope: ['a', 'b'] },
    { ...EXCHANGE, registrationId: 'a', scope: ['b', 'okta'] },
  ],
  ['an exchange with and without scopes', EXCHANGE, { ...EXCHANGE, scope: [] }],
];

describe('T076: who might be taken for each other', () => {
  test('are more than the 32 pairs of the rule, and no pair is one request', () => {
    expect(COLLISIONS.length).toBeGreaterThanOrEqual(32);
    for (const [name, a, b] of COLLISIONS) {
      expect([name, isOneKey({ ...SUBJECT, ...a }, { ...SUBJECT, ...b })]).toEqual([name, false]);
    }
  });

  test.each(COLLISIONS)('one after the other: %s', async (_name, a, b) => {
    const store = createRecordingStore();
    const processes = startProcesses(store);
    for (const parts of [a, b, a, b].map((difference) => ({ ...SUBJECT, ...difference }))) {
      const request = requestOf(parts);
      const tokens = await processes.for(parts).get(request);
      expect(claimOf(tokens)).toEqual(await nameOf(request));
    }
    expect(store.tokenKeys.size).toBe(2);
    expect(
      DESTINATIONS.map((_, instance) => processes.for({ ...SUBJECT, instance }).issuer.requests.length).reduce(
        (sum, count) => sum + count,
      ),
    ).toBe(2);
  });

  test.each(COLLISIONS)('F12: at the same time: %s', async (_name, a, b) => {
    const processes = startProcesses(createRecordingStore());
    const all = [a, b, b, a].map((difference) => ({ ...SUBJECT, ...difference }));
    const requests = all.map(requestOf);
    const given = await Promise.all(all.map((parts, index) => processes.for(parts).get(requests[index]!)));
    expect(given.map(claimOf)).toEqual(await Promise.all(requests.map(nameOf)));
    expect(new Set(given.map(({ accessToken }) => accessToken)).size).toBe(2);
  });
});

describe('R1: key of the cache, of the flight and of the store', () => {
  test('requests that differ in anything share nothing; equal ones share everything', async () => {
    await fc.assert(
      fc.asyncProperty(mixed, async ([first, second]) => {
        const isOne = isOneKey(first, second);
        const store = createRecordingStore();
        const processes = startProcesses(store);
        const given = [];
        for (const parts of [first, second]) {
          const request = requestOf(parts);
          const tokens = await processes.for(parts).get(request);
          expect(claimOf(tokens)).toEqual(await nameOf(request));
          given.push(tokens.accessToken);
        }
        expect(given[0] === given[1]).toBe(isOne);
        expect(store.tokenKeys.size).toBe(isOne ? 1 : 2);
      }),
      { numRuns: 300 },
    );
  });

  test('F12: also when both are under way at once, with a store and without', async () => {
    await fc.assert(
      fc.asyncProperty(mixed, fc.boolean(), async ([first, second], isShared) => {
        const processes = isShared ? startProcesses(createRecordingStore()) : undefined;
        const [here, there] = [manageTokens(), manageTokens()];
        const processOf = (parts: KeyParts) =>
          processes?.for(parts) ?? (parts.instance === first.instance ? here : there);
        const requests = [first, second].map(requestOf);
        const given = await Promise.all([first, second].map((parts, index) => processOf(parts).get(requests[index]!)));
        expect(given.map(claimOf)).toEqual(await Promise.all(requests.map(nameOf)));
        expect(given[0]!.accessToken === given[1]!.accessToken).toBe(isOneKey(first, second));
      }),
      { numRuns: 300 },
    );
  });

  test('the order and repetition of scopes and the order of parameters change nothing', async () => {
    await fc.assert(
      fc.asyncProperty(alike, async ([parts, same]) => {
        const store = createRecordingStore();
        const [here, there] = [1, 2].map(() => manageTokens({ store, options: DESTINATIONS[parts.instance] ?? {} }));
        const [first, together, later, elsewhere] = [
          ...(await Promise.all([here!.get(requestOf(parts)), here!.get(requestOf(same))])),
          await here!.get(requestOf(same)),
          await there!.get(requestOf(same)),
        ];
        for (const tokens of [together, later, elsewhere]) expect(tokens?.accessToken).toBe(first?.accessToken);
        expect(store.tokenKeys.size).toBe(1);
        expect([here, there].map((process) => process?.issuer.requests.length)).toEqual([1, 0]);
      }),
      { numRuns: 200 },
    );
  });

  test('T077: nothing of a request can be read in the keys and values of the store', async () => {
    await fc.assert(
      fc.asyncProperty(keyParts, async (parts) => {
        const store = createRecordingStore();
        await manageTokens({ store, options: DESTINATIONS[parts.instance] ?? {} }).get(requestOf(parts));
        const written = [...store.values].flat().join(' ');
        expect(written).toMatch(/^t:[\w-]{43} v1\.[\w-]+$/);
        const names = [parts.subject, parts.registrationId, parts.externalToken].filter((name) => name.length > 5);
        for (const name of names) expect(written).not.toContain(name);
      }),
    );
  });
});

describe('T068: what was granted', () => {
  const scopes = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 });

  test('for some scopes is never given for other ones, be they more or less', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(scopes, { minLength: 2, maxLength: 6 }), async (asked) => {
        const tokens = manageTokens();
        for (const scope of asked) {
          const request = requestOf({ ...SUBJECT, scope });
          expect(claimOf(await tokens.get(request))).toEqual(await nameOf(request));
        }
      }),
    );
  });

  test('is what `scope` says; where it lacks something it is not used for more than a minute', async () => {
    await fc.assert(
      fc.asyncProperty(scopes, scopes, fc.integer({ min: 0, max: HOUR_MS }), async (asked, granted, afterMs) => {
        const tokens = manageTokens();
        const request = requestOf({ ...SUBJECT, scope: asked });
        tokens.issuer.next({ scope: granted });
        expect((await tokens.get(request)).scope).toEqual(new Set(granted));
        tokens.pass(afterMs);
        const second = await tokens.get(request);
        const isNarrow = asked.some((name) => !granted.includes(name));
        const goodForMs = isNarrow ? 60_000 : HOUR_MS - 30_000;
        expect(second.source).toBe(afterMs < goodForMs ? 'memory' : 'issuer');
      }),
      { numRuns: 300 },
    );
  });
});
