import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
// By path: as a dependency it would close a circle, since the emulator names core's types.
import { createEgainEmulator } from '../../../testing/src/index.ts';
import {
  createEgainAuth,
  createMemoryTokenStore,
  customer,
  type EgainAuth,
  type EgainAuthOptions,
  type TokenStore,
  type TokenStoreSetOptions,
  user,
} from '../../src/index.ts';
import { createTokenSet } from '../../src/protocol/token-set.ts';
import { createSealer } from '../../src/seal.ts';
import {
  createSharedTokens,
  type SharedKey,
  type SharedTokens,
  type SharedTokensSettings,
  type StoredTokens,
} from '../../src/tokens/shared-tokens.ts';
import { NOON, passTime, stopClock } from '../clock.ts';
import { rejectionOf } from '../failure.ts';
import { type Answer, json, serversToClose } from '../loopback.ts';
import { soon } from '../soon.ts';
import { collectWarnings } from '../warnings.ts';

const { serve, closeAll } = serversToClose();
const instances: EgainAuth[] = [];
afterEach(async () => {
  await Promise.all(instances.splice(0).map((egain) => egain.close()));
  await closeAll();
  jest.restoreAllMocks();
});

const OLD = 'the old encryption key, of more than 32 bytes';
const NEW = 'the new encryption key, of more than 32 bytes';
const HOUR_MS = 3_600_000;
const SCOPE = { scope: ['knowledge.portalmgr.onbehalfof.read'] as const };
const PA = user({ username: 'canary-pa' });

/** A store that can be looked into, and that does what `change` says. */
function openStore(change: Partial<TokenStore> = {}) {
  const inner = createMemoryTokenStore();
  const sets = new Map<string, { readonly value: string; readonly options: TokenStoreSetOptions }>();
  const asked: string[] = [];
  const store: Required<TokenStore> = {
    ...inner,
    get(key) {
      asked.push(key);
      return inner.get(key);
    },
    async set(key, value, options) {
      sets.set(key, { value, options });
      await inner.set(key, value, options);
    },
    ...change,
  };
  /** The tokens that were stored, in order. */
  const tokens = () => [...sets].filter(([key]) => key.startsWith('t:')).map(([key, entry]) => ({ key, ...entry }));
  return { ...store, inner, sets, asked, tokens };
}

/** A token endpoint that numbers what it issues. */
async function startIssuer(answer: (number: number) => Answer = issue) {
  let count = 0;
  const { origin, received } = await serve((response, request) => {
    count += 1;
    answer(count)(response, request);
  });
  function egainWith(store: TokenStore, tokens: EgainAuthOptions['tokens'] = {}): EgainAuth {
    const egain = createEgainAuth({
      clientId: 'client-1',
      clientSecret: 'canary-secret',
      tenantId: 'TM1',
      domainUrl: origin,
      apiUrl: origin,
      endpoints: { tokenExchange: { tokenUrl: `${origin}/exchange` } },
      authorizeSubject: () => true,
      tokens: { store, encryptionKeys: OLD, ...tokens },
    });
    instances.push(egain);
    return egain;
  }
  return { received, egainWith };
}
const issue = (number: number) => json({ access_token: `canary.token.${number}`, expires_in: 3600 });
const tokenOf = async (egain: EgainAuth, subject = PA) => (await egain.onBehalfOf(subject, SCOPE)).accessToken;

const share = (store: TokenStore, more: Partial<SharedTokensSettings> = {}) =>
  createSharedTokens({ store, encryptionKeys: [OLD], onStoreError: 'throw', ...more });

async function keyOf(shared: SharedTokens, key = 'key', subject: string | undefined = 'pa'): Promise<SharedKey> {
  const opened = await shared.open(key, subject);
  if (!opened) throw new Error('the key was not opened');
  return opened;
}

function stored(accessToken = 'token', lifetimeMs = HOUR_MS): StoredTokens {
  const tokens = createTokenSet({ accessToken, expiresAt: Date.now() + lifetimeMs, scope: ['a'], source: 'issuer' });
  return { tokens, lifetimeMs };
}

const read = async (key: SharedKey) => (await key.read())?.tokens.accessToken;
const readNew = async (shared: SharedTokens) => read(await keyOf(shared));
const writeNew = async (shared: SharedTokens, value = stored()) => (await keyOf(shared)).write(value);

describe('two processes with one store', () => {
  test('ask eGain for one token, also at a time', async () => {
    const emulator = await createEgainEmulator({ users: [{ username: 'pa' }] }).listen();
    try {
      const store = createMemoryTokenStore();
      const [one, other] = [0, 1].map(() =>
        createEgainAuth({ ...emulator.config(), authorizeSubject: () => true, tokens: { store, encryptionKeys: OLD } }),
      ) as [EgainAuth, EgainAuth];
      instances.push(one, other);
      const pa = user({ username: 'pa' });
      const [first, second] = await Promise.all([one.onBehalfOf(pa, SCOPE), other.onBehalfOf(pa, SCOPE)]);
      expect(second.accessToken).toBe(first.accessToken);
      expect([first.source, second.source].sort()).toEqual(['issuer', 'store']);
      expect([...second.scope]).toEqual([...first.scope]);
      expect(emulator.journal('token')).toHaveLength(1);
    } finally {
      await emulator.close();
    }
  });

  test('ask for one token one after the other, of every actor', async () => {
    const { received, egainWith } = await startIssuer();
    const store = openStore();
    const requests = [
      (egain: EgainAuth) => egain.onBehalfOf(PA, SCOPE),
      (egain: EgainAuth) => egain.onBehalfOf(customer({ email: 'pa@example.com' }), SCOPE),
      (egain: EgainAuth) => egain.clientCredentials({ scope: ['app.core.aiservices.read'] }),
      (egain: EgainAuth) => egain.tokenExchange({ registrationId: 'okta', subjectToken: () => 'external' }),
    ];
    const [one, other] = [egainWith(store), egainWith(store)];
    for (const [index, request] of requests.entries()) {
      const [first, second] = [await request(one), await request(other)];
      expect([second.accessToken, second.source]).toEqual([first.accessToken, 'store']);
      expect(received).toHaveLength(index + 1);
    }
  });

  test('R3: whoever waited for the lock takes what its holder stored', async () => {
    let respond = (): void => {};
    const { received, egainWith } = await startIssuer((number) => (...given) => {
      respond = () => issue(number)(...given);
    });
    const locked: string[] = [];
    const store = openStore();
    const { lock } = store.inner;
    store.lock = (key, options) => {
      locked.push(key);
      return lock(key, options);
    };
    const both = [egainWith(store), egainWith(store)].map((egain) => tokenOf(egain));
    await soon(() => expect([locked.length, received.length]).toEqual([2, 1]));
    respond();
    expect(await Promise.all(both)).toEqual(['canary.token.1', 'canary.token.1']);
    expect(received).toHaveLength(1);
  });

  test('R7: replace a token that the API rejects once for both', async () => {
    stopClock();
    const { received, egainWith } = await startIssuer((number) => (response, request) => {
      if (request.method === 'POST') return issue(number)(response, request);
      const isRejected = request.headers.authorization === 'Bearer canary.token.1';
      return json({}, isRejected ? 401 : 200)(response, request);
    });
    const store = openStore();
    const both = [egainWith(store), egainWith(store)];
    for (const egain of both) expect(await tokenOf(egain)).toBe('canary.token.1');
    passTime(2000);
    for (const egain of both) await egain.api({ type: 'on-behalf-of', subject: PA }, SCOPE).get('/articles');
    expect(received.map(({ method }) => method)).toEqual(['POST', 'GET', 'POST', 'GET', 'GET', 'GET']);
  });

  test('renew a token once, behind the callers: the one in the store is no news to who has it', async () => {
    stopClock();
    const { received, egainWith } = await startIssuer();
    const store = openStore();
    const both = [egainWith(store), egainWith(store)];
    for (const egain of both) expect(await tokenOf(egain)).toBe('canary.token.1');
    passTime(HOUR_MS - 60_000);
    for (const egain of both) {
      expect(await tokenOf(egain)).toBe('canary.token.1');
      // Waits for the renewal.
      await egain.close();
      expect(await tokenOf(egain)).toBe('canary.token.2');
    }
    expect(received).toHaveLength(2);
  });

  test('share a token that was renewed by force', async () => {
    const { egainWith } = await startIssuer();
    const store = openStore();
    const accessToken = await tokenOf(egainWith(store));
    const renewed = await egainWith(store).onBehalfOf(PA, { ...SCOPE, forceRenewal: true });
    expect(renewed.accessToken).not.toBe(accessToken);
    expect(await tokenOf(egainWith(store))).toBe(renewed.accessToken);
  });

  test('need neither tags nor locks of the store', async () => {
    const { egainWith } = await startIssuer();
    const { get, set, delete: remove } = createMemoryTokenStore();
    const store = { get, set, delete: remove };
    const [one, other] = [egainWith(store), egainWith(store)];
    expect([await tokenOf(one), await tokenOf(other)]).toEqual(['canary.token.1', 'canary.token.1']);
    await one.revoke(PA);
    expect(await tokenOf(egainWith(store))).toBe('canary.token.2');
  });

  test('R3: do not share a token with less than was asked for', async () => {
    const { egainWith } = await startIssuer((number) =>
      json({ access_token: `canary.token.${number}`, expires_in: 3600, scope: 'knowledge.contentmgr.onbehalfof.read' }),
    );
    const store = openStore();
    expect(await tokenOf(egainWith(store))).toBe('canary.token.1');
    expect(store.tokens()).toEqual([]);
    expect(await tokenOf(egainWith(store))).toBe('canary.token.2');
  });

  test('R3, T088: a token that is about to end is not taken from the store', async () => {
    const { egainWith } = await startIssuer();
    stopClock();
    const store = openStore();
    await tokenOf(egainWith(store));
    passTime(HOUR_MS - 31_000);
    expect(await tokenOf(egainWith(store))).toBe('canary.token.1');
    passTime(2000);
    expect(await tokenOf(egainWith(store))).toBe('canary.token.2');
  });
});

describe('T077, T087: what the store sees', () => {
  test('names nobody and shows no token', async () => {
    const { egainWith } = await startIssuer();
    const seen: string[] = [];
    const inner = createMemoryTokenStore();
    const store: TokenStore = {
      get: (key) => inner.get(key),
      delete: (key) => inner.delete(key),
      async set(key, value, options) {
        seen.push(key, value, ...options.tags);
        await inner.set(key, value, options);
      },
      async deleteByTag(tag) {
        seen.push(tag);
        await inner.deleteByTag(tag);
      },
      lock(key, options) {
        seen.push(key);
        return inner.lock(key, options);
      },
    };
    const egain = egainWith(store);
    await tokenOf(egain);
    await egain.onBehalfOf(customer({ email: 'canary@example.com' }), SCOPE);
    await egain.tokenExchange({ registrationId: 'canary-okta', subjectToken: () => 'canary.external' });
    await egain.revoke(PA);
    expect(seen.length).toBeGreaterThan(10);
    const readable = seen.flatMap((text) => [text, Buffer.from(text.replace(/^.*[.:]/, ''), 'base64url').toString()]);
    for (const text of readable) expect(text).not.toMatch(/canary|example|portalmgr|client-1|TM1/);
    for (const text of seen) expect(text).toMatch(/^((l:)?[trs]:[\w-]{43}|v1\.[\w-]+|[\da-f-]{36})$/);
  });

  test('T077: a value under the key of somebody else is a miss', async () => {
    const { egainWith } = await startIssuer();
    const store = openStore();
    const qa = user({ username: 'canary-qa' });
    await tokenOf(egainWith(store));
    await tokenOf(egainWith(store), qa);
    const [ofPa, ofQa] = store.tokens();
    if (!ofPa || !ofQa) throw new Error('nothing was stored');
    expect(ofQa.key).not.toBe(ofPa.key);
    expect(await tokenOf(egainWith(store), qa)).toBe('canary.token.2');
    await store.inner.set(ofQa.key, ofPa.value, ofPa.options);
    expect(await tokenOf(egainWith(store), qa)).toBe('canary.token.3');
  });

  test('T077: without the key names cannot be tried', async () => {
    const [ours, theirs] = [openStore(), openStore()];
    for (const [store, encryptionKeys] of [
      [ours, [OLD]],
      [theirs, [NEW]],
    ] as const) {
      const shared = share(store, { encryptionKeys });
      await shared.revoke('pa');
      await writeNew(shared);
    }
    const names = (store: ReturnType<typeof openStore>) => [
      ...store.sets.keys(),
      ...[...store.sets.values()].flatMap(({ options }) => options.tags),
    ];
    expect(names(ours)).toHaveLength(3);
    expect(names(ours).filter((name) => names(theirs).includes(name))).toEqual([]);
  });

  test.each<[string, (sealed: string) => unknown]>([
    ['tampered', (sealed) => sealed.slice(0, -3) + (sealed.endsWith('AAA') ? 'BBB' : 'AAA')],
    ['cut', (sealed) => sealed.slice(0, -20)],
    ['empty', () => ''],
    ['of another version', (sealed) => sealed.replace('v1.', 'v2.')],
    ['not sealed', () => JSON.stringify({ accessToken: 'x', expiresAt: 9e15, scope: [], lifetimeMs: 9e15 })],
    ['null', () => null],
    ['a number', () => 1],
    ['an object', (sealed) => ({ sealed, length: 1, startsWith: () => true })],
    ['bytes', (sealed) => Buffer.from(sealed)],
  ])('T087: a value that is %s is a miss', async (_what, change) => {
    const store = openStore();
    await writeNew(share(store));
    expect(await readNew(share(store))).toBe('token');
    const [{ key, value } = { key: '', value: '' }] = store.tokens();
    const changed = { ...store, get: async (name: string) => (name === key ? change(value) : undefined) as string };
    expect(await readNew(share(changed))).toBeUndefined();
    // And is replaced, whatever it is.
    await writeNew(share(changed), stored('another'));
    expect(await readNew(share(store))).toBe('another');
  });

  test('F73: a token store that returns Buffers is named once in a warning', async () => {
    const store = openStore();
    await writeNew(share(store));
    const warnings = collectWarnings();
    const get = async (name: string) => {
      const value = await store.get(name);
      return value && (Buffer.from(value) as unknown as string);
    };
    const shared = share({ ...store, get });
    for (const _read of [1, 2, 3]) expect(await readNew(shared)).toBeUndefined();
    expect(warnings).toEqual([
      {
        code: 'store_value_not_text',
        message: expect.stringContaining('"tokens.store": get() returned a Buffer, not a string'),
      },
    ]);
  });

  const TOKEN = { accessToken: 'x', expiresAt: 9e15, scope: [], lifetimeMs: 9e15 };

  test.each<[string, string]>([
    ...['null', '[]', '{}', '"x"', '5', 'x', ''].map((text): [string, string] => [text, text]),
    ...[{ accessToken: 5 }, { accessToken: '' }, { scope: 'a' }, { scope: [5] }, { scope: null }].map(asJson),
    ...[{ expiresAt: '9e15' }, { expiresAt: null }, { lifetimeMs: null }, { lifetimeMs: '1' }].map(asJson),
  ])('F69: a value that is sealed with our key and is not a token is a miss: %s', async (_name, plaintext) => {
    const store = openStore();
    await writeNew(share(store));
    const [{ key, options } = { key: '', options: { ttlMs: 1, tags: [] } }] = store.tokens();
    const seal = (text: string) => createSealer([OLD], 'tokens', '').seal(key, text);
    await store.set(key, seal(JSON.stringify(TOKEN)), options);
    expect(await readNew(share(store))).toBe('x');
    await store.set(key, seal(plaintext), options);
    expect(await readNew(share(store))).toBeUndefined();
    await writeNew(share(store), stored('another'));
    expect(await readNew(share(store))).toBe('another');
  });

  function asJson(change: Record<string, unknown>): [string, string] {
    return [JSON.stringify(change), JSON.stringify({ ...TOKEN, ...change })];
  }

  test('T087: a value that is longer than any token is not even opened', async () => {
    const store = openStore();
    await writeNew(share(store), stored('x'.repeat(190_000)));
    expect(await readNew(share(store))).toHaveLength(190_000);
    await writeNew(share(store), stored('x'.repeat(200_000), 2 * HOUR_MS));
    expect(await readNew(share(store))).toBeUndefined();
  });
});

describe('T088: the end of a token', () => {
  test('is the end of what is stored', async () => {
    stopClock();
    const store = openStore();
    await writeNew(share(store), stored('token', 90_000.5));
    expect(store.tokens().map(({ options }) => options.ttlMs)).toEqual([90_000]);
  });

  test('is kept even by a store that does not', async () => {
    stopClock();
    const inner = openStore();
    const store = { ...inner, set: (key: string, value: string) => inner.set(key, value, { ttlMs: 9e12, tags: [] }) };
    await writeNew(share(store));
    passTime(HOUR_MS - 1);
    expect(await readNew(share(store))).toBe('token');
    passTime(1);
    expect(await readNew(share(store))).toBeUndefined();
  });

  test('that has come leaves nothing to store', async () => {
    const store = openStore();
    await writeNew(share(store), stored('token', 0));
    expect(store.tokens()).toEqual([]);
  });

  test('that is sooner does not replace a later one that came meanwhile', async () => {
    stopClock();
    const store = openStore();
    const [slow, fast] = [await keyOf(share(store)), await keyOf(share(store))];
    expect([await read(slow), await read(fast)]).toEqual([undefined, undefined]);
    await fast.write(stored('long', HOUR_MS));
    await slow.write(stored('short', HOUR_MS - 1));
    expect(await readNew(share(store))).toBe('long');
    await slow.write(stored('longer', HOUR_MS + 1));
    expect(await readNew(share(store))).toBe('longer');
  });

  test('that is sooner replaces what was read and found useless', async () => {
    const store = openStore();
    await writeNew(share(store), stored('rejected'));
    const key = await keyOf(share(store));
    expect(await read(key)).toBe('rejected');
    await key.write(stored('short', 60_000));
    expect(await readNew(share(store))).toBe('short');
  });

  test('comes with all that is known of the token', async () => {
    stopClock();
    const store = openStore();
    await writeNew(share(store));
    passTime(1000);
    const { tokens, lifetimeMs } = (await (await keyOf(share(store))).read()) as StoredTokens;
    expect([tokens.expiresAt, lifetimeMs, tokens.source]).toEqual([NOON + HOUR_MS, HOUR_MS, 'store']);
    expect([...tokens.scope]).toEqual(['a']);
  });
});

describe('T083: a revocation', () => {
  test('in one process is seen by the others, and concerns nobody else', async () => {
    const { egainWith } = await startIssuer();
    const store = openStore();
    const qa = user({ username: 'canary-qa' });
    const one = egainWith(store);
    expect([await tokenOf(one), await tokenOf(one, qa)]).toEqual(['canary.token.1', 'canary.token.2']);
    await egainWith(store).revoke(PA);
    const other = egainWith(store);
    expect([await tokenOf(other), await tokenOf(other, qa)]).toEqual(['canary.token.3', 'canary.token.2']);
    expect(await tokenOf(egainWith(store))).toBe('canary.token.3');
  });

  test('removes the tokens from a store with tags', async () => {
    const store = openStore();
    await writeNew(share(store));
    const [{ key } = { key: '' }] = store.tokens();
    expect(await store.inner.get(key)).toBeDefined();
    await share(store).revoke('pa');
    expect(await store.inner.get(key)).toBeUndefined();
  });

  test('wins over a request in flight: what that obtains is nobody else’s', async () => {
    const pending: (() => void)[] = [];
    const { received, egainWith } = await startIssuer((number) => (...given) => {
      if (number === 1) pending.push(() => issue(number)(...given));
      else issue(number)(...given);
    });
    const store = openStore();
    const slow = tokenOf(egainWith(store));
    await soon(() => expect(pending).toHaveLength(1));
    await egainWith(store).revoke(PA);
    for (const respond of pending) respond();
    await slow;
    expect(store.tokens()).toEqual([]);
    expect(await tokenOf(egainWith(store))).toBe('canary.token.2');
    expect(received).toHaveLength(2);
  });

  test('wins over what was stored too late to be deleted', async () => {
    const store = openStore({ deleteByTag: async () => {} });
    await writeNew(share(store));
    const late = await keyOf(share(store));
    await share(store).revoke('pa');
    expect(await readNew(share(store))).toBeUndefined();
    const before = store.tokens();
    await late.write(stored('late'));
    // Nor is anything written that could be read again, should the store lose the revocation.
    expect(store.tokens()).toEqual(before);
  });

  test('while somebody waits for the lock leaves them nothing to read', async () => {
    const store = openStore({ deleteByTag: async () => {} });
    await writeNew(share(store));
    let grant = (): void => {};
    store.lock = () =>
      new Promise((resolve) => {
        grant = () => resolve(async () => {});
      });
    const key = await keyOf(share(store));
    const waiting = key.withLock(() => read(key));
    await share(store).revoke('pa');
    grant();
    expect(await waiting).toBeUndefined();
    // As it does without a revocation.
    const again = share(store);
    await writeNew(again);
    const other = await keyOf(again);
    const waitingToo = other.withLock(() => read(other));
    grant();
    expect(await waitingToo).toBe('token');
  });

  test('that failed is over: it can be tried again', async () => {
    const store = openStore({ set: () => Promise.reject(new Error('down')) });
    const shared = share(store);
    await expect(shared.revoke('pa')).rejects.toMatchObject({ code: 'token_store_unavailable' });
    expect(await shared.open('key', 'pa')).toBeDefined();
  });

  test('is another each time', async () => {
    const store = openStore({ deleteByTag: async () => {} });
    const shared = share(store);
    await shared.revoke('pa');
    await writeNew(shared);
    expect(await readNew(shared)).toBe('token');
    await shared.revoke('pa');
    expect(await readNew(shared)).toBeUndefined();
  });

  test('outlives every token that was there before', async () => {
    const store = openStore();
    await share(store).revoke('pa');
    const [{ options } = { options: { ttlMs: 0 } }] = [...store.sets.values()];
    expect(options.ttlMs).toBeGreaterThan(24 * HOUR_MS);
  });
});

describe('T039: encryption keys that are rotated', () => {
  const before = { encryptionKeys: [OLD] };
  const during = { encryptionKeys: [NEW, OLD] };
  const after = { encryptionKeys: [NEW] };

  test('a new one reads what the old one wrote, and writes what the old one does not read', async () => {
    const store = openStore();
    await writeNew(share(store, before));
    expect(await readNew(share(store, during))).toBe('token');
    expect(await readNew(share(store, after))).toBeUndefined();
    await writeNew(share(store, during), stored('new'));
    expect(await readNew(share(store, during))).toBe('new');
    expect(await readNew(share(store, after))).toBe('new');
    expect(await readNew(share(store, before))).toBe('token');
  });

  test.each([
    ['before the rotation', 'in it', before, during],
    ['in the rotation', 'before it', during, before],
    ['in the rotation', 'after it', during, after],
  ])('T083: what a process %s revokes is revoked for one %s', async (_when, _then, revoking, others) => {
    const store = openStore({ deleteByTag: async () => {} });
    for (const keys of [before, others]) await writeNew(share(store, keys));
    await share(store, revoking).revoke('pa');
    expect(await readNew(share(store, others))).toBeUndefined();
    expect(await readNew(share(store, revoking))).toBeUndefined();
    await writeNew(share(store, others), stored('new'));
    expect(await readNew(share(store, others))).toBe('new');
  });

  test('T083: a revocation deletes what was stored under every one', async () => {
    const store = openStore();
    for (const keys of [before, during]) await writeNew(share(store, keys));
    await share(store, during).revoke('pa');
    const left = await Promise.all(store.tokens().map(({ key }) => store.inner.get(key)));
    expect(left).toEqual([undefined, undefined]);
  });

  test('two processes go on sharing', async () => {
    const { egainWith } = await startIssuer();
    const store = openStore();
    const rotating = { encryptionKeys: [NEW, OLD] };
    expect(await tokenOf(egainWith(store))).toBe('canary.token.1');
    expect(await tokenOf(egainWith(store, rotating))).toBe('canary.token.1');
    await egainWith(store, rotating).revoke(PA);
    expect(await tokenOf(egainWith(store))).toBe('canary.token.2');
    expect(await tokenOf(egainWith(store, rotating))).toBe('canary.token.2');
  });
});

const never = () => new Promise<never>(() => {});
const fail = () => Promise.reject(new Error('ECONNREFUSED canary'));
const FAILURES = [
  ['throws', fail],
  [
    'throws at once',
    () => {
      throw new Error('not connected');
    },
  ],
  ['hangs', never],
] as const;

describe('a store that fails', () => {
  test.each(FAILURES)('and %s is done without', async (_how, failure) => {
    const { received, egainWith } = await startIssuer();
    const egain = egainWith({ get: failure, set: failure, delete: failure, deleteByTag: failure, lock: failure });
    expect((await egain.onBehalfOf(PA, SCOPE)).source).toBe('issuer');
    expect((await egain.onBehalfOf(PA, SCOPE)).source).toBe('memory');
    expect(received).toHaveLength(1);
  });

  test.each(FAILURES)('and %s is an error, if that is wanted', async (_how, failure) => {
    const { received, egainWith } = await startIssuer();
    const parts = ['get', 'set', 'lock'] as const;
    for (const part of parts.filter((name) => name !== 'lock' || failure !== never)) {
      const egain = egainWith({ ...openStore(), [part]: failure }, { onStoreError: 'throw' });
      const error = await rejectionOf(tokenOf(egain));
      expect(error).toMatchObject({ code: 'token_store_unavailable', cause: expect.any(Error) });
      expect(error.message).not.toContain('canary');
    }
    // That a token cannot be stored is only known when it is there.
    expect(received).toHaveLength(1);
  });

  test.each(FAILURES)('T083: and %s makes a revocation fail, always', async (_how, failure) => {
    const { egainWith } = await startIssuer();
    for (const part of ['set', 'deleteByTag']) {
      const egain = egainWith({ ...openStore(), [part]: failure });
      await expect(egain.revoke(PA)).rejects.toMatchObject({ code: 'token_store_unavailable' });
    }
  });

  test('T083: to say whether somebody was revoked is not asked for their tokens', async () => {
    const store = openStore();
    await writeNew(share(store));
    const { get } = store;
    store.get = (key) => (key.startsWith('r:') ? fail() : get(key));
    expect(await share(store, { onStoreError: 'fallback' }).open('key', 'pa')).toBeUndefined();
    expect(await share(store, { onStoreError: 'fallback' }).open('key', undefined)).toBeDefined();
  });

  test.each([[1], [{}], [Buffer.from('x')], [['x']]])(
    'T083: or says %p of a revocation is not asked for tokens either',
    async (value) => {
      const store = openStore({ get: async () => value as unknown as string });
      expect(await share(store, { onStoreError: 'fallback' }).open('key', 'pa')).toBeUndefined();
      await expect(share(store).open('key', 'pa')).rejects.toMatchObject({ code: 'token_store_unavailable' });
    },
  );

  test('has revoked nobody if it says null, as Redis clients do', async () => {
    const store = openStore();
    await writeNew(share(store));
    const { get } = store;
    store.get = async (key) => (await get(key)) ?? (null as unknown as undefined);
    expect(await readNew(share(store))).toBe('token');
  });

  describe('is left alone', () => {
    let elapsed = 0;
    beforeEach(() => {
      elapsed = 1000;
      jest.spyOn(performance, 'now').mockImplementation(() => elapsed);
    });

    test('for a second, then asked once, and when it is back by all', async () => {
      const store = openStore();
      const { get } = store;
      let asked = 0;
      store.get = () => {
        asked += 1;
        return fail();
      };
      const shared = share(store, { onStoreError: 'fallback' });
      const openBoth = () => Promise.all(['pa', 'qa'].map((subject) => shared.open('key', subject)));
      await shared.open('key', 'pa');
      await openBoth();
      elapsed += 999;
      await openBoth();
      expect(asked).toBe(1);
      elapsed += 1;
      await openBoth();
      expect(asked).toBe(2);
      await openBoth();
      expect(asked).toBe(2);
      elapsed += 1000;
      store.get = get;
      expect((await openBoth()).map(Boolean)).toEqual([true, false]);
      expect((await openBoth()).map(Boolean)).toEqual([true, true]);
    });

    test('since it failed, not since it was asked', async () => {
      let asked = 0;
      const store = openStore({
        get() {
          asked += 1;
          elapsed += 250;
          return fail();
        },
      });
      const shared = share(store, { onStoreError: 'fallback' });
      await shared.open('key', 'pa');
      elapsed += 1000;
      await shared.open('key', 'pa');
      elapsed += 999;
      await shared.open('key', 'pa');
      expect(asked).toBe(2);
    });

    test('only where it is done without: an error is one of its own', async () => {
      let asked = 0;
      const shared = share(
        openStore({
          get() {
            asked += 1;
            return fail();
          },
        }),
      );
      for (let count = 0; count < 3; count += 1) await shared.open('key', 'pa').catch(() => {});
      expect(asked).toBe(3);
    });
  });

  test('is a warning, at most every 30 seconds', async () => {
    stopClock();
    const warnings = collectWarnings();
    let elapsed = 1000;
    jest.spyOn(performance, 'now').mockImplementation(() => elapsed);
    const shared = share(openStore({ get: fail }), { onStoreError: 'fallback' });
    for (const passed of [0, 2000, 27_999, 1, 29_999]) {
      passTime(passed);
      elapsed += 1000;
      await shared.open('key', 'pa');
    }
    expect(warnings).toEqual([
      { code: 'token_store_unavailable', message: expect.any(String) },
      { code: 'token_store_unavailable', message: expect.any(String) },
    ]);
  });
});

describe('the lock', () => {
  test('is returned, whatever the outcome', async () => {
    const store = openStore();
    const { lock } = store;
    const names: string[] = [];
    store.lock = (name, options) => {
      names.push(name);
      return lock(name, options);
    };
    const key = await keyOf(share(store));
    expect(await key.withLock(async () => 'done')).toBe('done');
    await expect(key.withLock(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    expect(names).toEqual([names[0], names[0]]);
    expect(await lock(names[0] ?? '', { ttlMs: 1000, waitMs: 0 })).toBeDefined();
  });

  test('that somebody else keeps is done without', async () => {
    const store = openStore({ lock: async () => undefined });
    const key = await keyOf(share(store));
    expect(await key.withLock(async () => 'done')).toBe('done');
  });

  test('ends by itself, and is waited for no longer than that', async () => {
    const asked: unknown[] = [];
    const store = openStore({
      lock: async (_key, options) => {
        asked.push(options);
        return undefined;
      },
    });
    await (await keyOf(share(store))).withLock(async () => {});
    expect(asked).toEqual([{ ttlMs: 5000, waitMs: 5000 }]);
  });

  test('is returned even if the store fails meanwhile', async () => {
    let isReturned = false;
    const store = openStore({
      lock: async () => async () => {
        isReturned = true;
      },
    });
    const key = await keyOf(share(store, { onStoreError: 'fallback' }));
    await key.withLock(async () => {
      store.get = fail;
      await key.read();
    });
    expect(isReturned).toBe(true);
  });

  describe('with timers that nobody advances', () => {
    beforeEach(() => {
      jest.useFakeTimers();
    });

    test.each(FAILURES)('that %s when it is returned keeps nobody waiting', async (_how, failure) => {
      const rejections: unknown[] = [];
      const onRejection = (reason: unknown) => rejections.push(reason);
      process.on('unhandledRejection', onRejection);
      const key = await keyOf(share(openStore({ lock: async () => failure as () => Promise<void> })));
      expect(await key.withLock(async () => 'done')).toBe('done');
      await jest.advanceTimersByTimeAsync(250);
      jest.useRealTimers();
      await new Promise((resolve) => setImmediate(resolve));
      process.off('unhandledRejection', onRejection);
      expect(rejections).toEqual([]);
    });

    test('that comes after seconds is still in time', async () => {
      let [isWorking, isReturned] = [false, false];
      const unlock = async () => {
        isReturned = true;
      };
      const store = openStore({
        lock: (_key, { waitMs }) => new Promise((resolve) => setTimeout(() => resolve(unlock), waitMs)),
      });
      const key = await keyOf(share(store));
      const outcome = key.withLock(async () => {
        isWorking = true;
      });
      await jest.advanceTimersByTimeAsync(4999);
      expect(isWorking).toBe(false);
      await jest.advanceTimersByTimeAsync(1);
      await outcome;
      expect([isWorking, isReturned]).toEqual([true, true]);
    });

    test.each(['fallback', 'throw'] as const)('that comes too late is given back: %s', async (onStoreError) => {
      let grant = (_unlock: () => Promise<void>): void => {};
      let isReturned = false;
      const store = openStore({
        lock: () =>
          new Promise((resolve) => {
            grant = resolve;
          }),
      });
      const key = await keyOf(share(store, { onStoreError }));
      const outcome = key.withLock(async () => 'done').catch(({ code }: { code: string }) => code);
      await jest.advanceTimersByTimeAsync(5250);
      expect(await outcome).toBe(onStoreError === 'throw' ? 'token_store_unavailable' : 'done');
      grant(async () => {
        isReturned = true;
      });
      await jest.advanceTimersByTimeAsync(0);
      expect(isReturned).toBe(true);
    });
  });
});
