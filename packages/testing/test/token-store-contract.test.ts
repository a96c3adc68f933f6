import { setTimeout as sleep } from 'node:timers/promises';
import { createMemoryTokenStore, type TokenStore } from '@egain-auth/core';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { describeTokenStore, type TokenStoreContractOptions } from '../src/index.ts';

type Store = Required<TokenStore>;
type MakeStore = Parameters<typeof describeTokenStore>[1];

interface CollectedRule {
  readonly id: string;
  readonly title: string;
  readonly body: () => Promise<void>;
}

/** The contract without a test framework. */
function collectRules(makeStore: MakeStore, options?: Pick<TokenStoreContractOptions, 'without'>): CollectedRule[] {
  const rules: CollectedRule[] = [];
  describeTokenStore('collected', makeStore, {
    describe: (_name, body) => body(),
    test: (title, body) => rules.push({ id: title.slice(0, 4), title, body }),
    ...options,
  });
  return rules;
}

/** The ids of the rules that a store breaks. */
async function brokenRules(makeStore: MakeStore, options?: Pick<TokenStoreContractOptions, 'without'>) {
  const rules = collectRules(makeStore, options);
  const outcomes = await Promise.allSettled(rules.map(({ body }) => body()));
  return rules.filter((_rule, index) => outcomes[index]?.status === 'rejected').map(({ id }) => id);
}

/** A memory store, broken: by default as good as the original. */
const broken = (change: (store: Store) => Partial<Store>) => (): Store => {
  const store = createMemoryTokenStore();
  return { ...store, ...change(store) };
};

const LATER = { ttlMs: 3_600_000, tags: [] };
const EVERYTHING = 'everything';

/** Each breaks one rule as a real store might, and no other. */
const MUTANTS: readonly [id: string, mistake: string, makeStore: () => TokenStore][] = [
  [
    'TS01',
    'hands out a value twice',
    broken((store) => {
      const reads = new Map<string, number>();
      return {
        async get(key) {
          reads.set(key, (reads.get(key) ?? 0) + 1);
          return (reads.get(key) ?? 0) > 2 ? undefined : store.get(key);
        },
        async set(key, ...rest) {
          reads.delete(key);
          await store.set(key, ...rest);
        },
      };
    }),
  ],
  [
    'TS02',
    'answers null, as Redis clients do',
    broken((store) => {
      const known = new Set<string>();
      return {
        get: async (key) => (known.has(key) ? store.get(key) : (null as unknown as undefined)),
        async set(key, ...rest) {
          known.add(key);
          await store.set(key, ...rest);
        },
      };
    }),
  ],
  [
    'TS03',
    'keeps the first value',
    broken((store) => ({
      set: async (key, value, options) => store.set(key, (await store.get(key)) ?? value, options),
    })),
  ],
  ['TS04', 'does not delete', broken((store) => ({ delete: async (key) => void (await store.get(key)) }))],
  [
    'TS04',
    'deletes more than it was asked to',
    broken((store) => {
      const keys = new Set<string>();
      return {
        async set(key, ...rest) {
          keys.add(key);
          await store.set(key, ...rest);
        },
        async delete(key) {
          for (const name of keys) if (name.slice(0, 3) === key.slice(0, 3)) await store.delete(name);
          keys.clear();
        },
      };
    }),
  ],
  [
    'TS05',
    'does not know what to delete',
    broken((store) => {
      const known = new Set<string>();
      return {
        async set(key, ...rest) {
          known.add(key);
          await store.set(key, ...rest);
        },
        async delete(key) {
          if (!known.has(key)) throw new Error('no such key');
          await store.delete(key);
        },
      };
    }),
  ],
  ...(
    [
      ['normalizes Unicode', (value: string) => value.normalize('NFC')],
      ['stores one byte for each character', (value: string) => Buffer.from(value, 'latin1').toString('latin1')],
      ['trims', (value: string) => value.trim()],
      ['ends at a null character', (value: string) => value.split('\0')[0] ?? ''],
      ['reads JSON', (value: string) => (value === 'null' ? (null as unknown as string) : value)],
    ] as const
  ).map(([mistake, change]): (typeof MUTANTS)[number] => [
    'TS06',
    mistake,
    broken((store) => ({
      // What TS20 sets is not of one byte either, but the same character over and over.
      set: (key, value, options) => store.set(key, /^(.)\1+$/u.test(value) ? value : change(value), options),
    })),
  ]),
  [
    'TS07',
    'cuts what is longer than 64 KiB',
    broken((store) => ({ set: (key, value, options) => store.set(key, value.slice(0, 65_536), options) })),
  ],
  ['TS08', 'folds the case of keys', broken((store) => withKeys(store, (key) => key.toLowerCase()))],
  [
    'TS08',
    'takes what follows a third colon for a path',
    broken((store) => withKeys(store, (key) => key.split(':').slice(0, 2).join(':'))),
  ],
  [
    'TS09',
    'forgets the end of new values that live longer than a blink',
    broken((store) => ({
      async set(key, value, options) {
        const isNew = (await store.get(key)) === undefined;
        await store.set(
          key,
          value,
          isNew && options.ttlMs >= 1000 && options.ttlMs < 60_000 ? { ...options, ttlMs: 60_000 } : options,
        );
      },
    })),
  ],
  [
    'TS10',
    'counts in whole seconds',
    broken((store) => ({
      set: (key, value, { ttlMs, tags }) => store.set(key, value, { ttlMs: Math.ceil(ttlMs / 1000) * 1000, tags }),
    })),
  ],
  [
    'TS10',
    'refuses what rounds to no second',
    broken((store) => ({
      async set(key, value, options) {
        if (Math.floor(options.ttlMs / 1000) === 0) throw new Error('ERR invalid expire time');
        await store.set(key, value, options);
      },
    })),
  ],
  ['TS11', 'keeps the later end', broken((store) => withEnds(store, Math.max))],
  ['TS12', 'keeps the sooner end', broken((store) => withEnds(store, Math.min))],
  [
    'TS13',
    'deletes by page, and only the first',
    broken((store) => {
      const tagged = new Map<string, string[]>();
      return {
        async set(key, value, options) {
          for (const tag of options.tags) tagged.set(tag, [...(tagged.get(tag) ?? []), key]);
          await store.set(key, value, options);
        },
        async deleteByTag(tag) {
          const keys = tagged.get(tag) ?? [];
          if (keys.length <= 10) return store.deleteByTag(tag);
          for (const key of keys.slice(0, 10)) await store.delete(key);
        },
      };
    }),
  ],
  ...(
    [
      ['folds the case of tags', (tag: string) => tag.toLowerCase()],
      ['takes a tag for the start of a tag', (tag: string) => tag.replace(/:1$/, '')],
    ] as const
  ).map(([mistake, change]): (typeof MUTANTS)[number] => [
    'TS14',
    mistake,
    broken((store) => ({
      set: (key, value, { ttlMs, tags }) => store.set(key, value, { ttlMs, tags: tags.map(change) }),
      deleteByTag: (tag) => store.deleteByTag(change(tag)),
    })),
  ]),
  [
    'TS14',
    'has one tag for what has none',
    broken((store) => ({
      set: (key, value, { ttlMs, tags }) =>
        store.set(key, value, { ttlMs, tags: tags.length > 0 ? tags : [EVERYTHING] }),
      async deleteByTag(tag) {
        await store.deleteByTag(tag);
        await store.deleteByTag(EVERYTHING);
      },
    })),
  ],
  [
    'TS15',
    'knows the first tag only',
    broken((store) => ({
      set: (key, value, { ttlMs, tags }) => store.set(key, value, { ttlMs, tags: tags.slice(0, 1) }),
    })),
  ],
  ['TS16', 'adds tags to those that are there', broken((store) => withTagIndex(store, { isKeptByDelete: false }))],
  ['TS16', 'keeps tags of what was deleted', broken((store) => withTagIndex(store, { isKeptByDelete: true }))],
  [
    'TS17',
    'deletes nothing by mistake',
    broken((store) => {
      const known = new Set<string>();
      return {
        async set(key, value, options) {
          for (const tag of options.tags) known.add(tag);
          await store.set(key, value, options);
        },
        async deleteByTag(tag) {
          if (!known.has(tag)) throw new Error("ERR wrong number of arguments for 'del' command");
          await store.deleteByTag(tag);
        },
      };
    }),
  ],
  [
    'TS18',
    'remembers what was deleted by tag as deleted',
    broken((store) => {
      const deleted = new Set<string>();
      const tagsOf = new Map<string, readonly string[]>();
      return {
        async get(key) {
          return tagsOf.get(key)?.some((tag) => deleted.has(tag)) ? undefined : store.get(key);
        },
        async set(key, value, options) {
          await store.set(key, value, options);
          tagsOf.set(key, options.tags);
        },
        async deleteByTag(tag) {
          deleted.add(tag);
          await store.deleteByTag(tag);
        },
      };
    }),
  ],
  [
    'TS19',
    'has one buffer for all',
    broken((store) => {
      let [lastKey, buffer] = ['', ''];
      return {
        async set(key, value, options) {
          const isOther = key !== lastKey;
          [lastKey, buffer] = [key, value];
          await sleep(1);
          await store.set(key, isOther ? buffer : value, options);
        },
      };
    }),
  ],
  [
    'TS20',
    'writes in two halves',
    broken((store) => ({
      async set(key, value, options) {
        const half = value.length >= 1000 ? 500 : value.length;
        await store.set(key, value.slice(0, half), options);
        await sleep(1);
        await store.set(key, ((await store.get(key)) ?? '') + value.slice(half), options);
      },
    })),
  ],
  [
    'TS21',
    'writes the tags after the value',
    broken((store) => {
      const tagsOf = new Map<string, readonly string[]>();
      let turn = 0;
      return {
        async set(key, value, options) {
          await store.set(key, value, options);
          turn += 1;
          await sleep(turn % 2 === 0 ? 1 : 20);
          tagsOf.set(key, options.tags);
        },
        async deleteByTag(tag) {
          for (const [key, tags] of tagsOf) if (tags.includes(tag)) await store.delete(key);
        },
      };
    }),
  ],
  [
    'TS22',
    'looks, and then takes',
    broken(() => {
      const held = new Map<string, number>();
      return {
        async lock(key, { ttlMs, waitMs }) {
          for (const end = Date.now() + waitMs; ; await sleep(5)) {
            const isFree = (held.get(key) ?? 0) <= Date.now();
            await sleep(1);
            if (isFree) break;
            if (Date.now() >= end) return undefined;
          }
          const mine = Date.now() + ttlMs + Math.random();
          held.set(key, mine);
          return async () => {
            if (held.get(key) === mine) held.delete(key);
          };
        },
      };
    }),
  ],
  [
    'TS23',
    'does not unlock',
    broken((store) => ({
      lock: async (...given) => ((await store.lock(...given)) ? async () => {} : undefined),
    })),
  ],
  [
    'TS23',
    'tells nobody who waits that it unlocked',
    broken(() => {
      const held = new Map<string, number>();
      return {
        async lock(key, { ttlMs, waitMs }) {
          const leftMs = (held.get(key) ?? 0) - Date.now();
          await sleep(Math.min(Math.max(leftMs + 5, 0), waitMs));
          if (leftMs > waitMs || (held.get(key) ?? 0) > Date.now()) return undefined;
          const mine = Date.now() + ttlMs + Math.random();
          held.set(key, mine);
          return async () => {
            if (held.get(key) === mine) held.delete(key);
          };
        },
      };
    }),
  ],
  [
    'TS24',
    'trusts its holders to unlock',
    broken((store) => ({ lock: (key, options) => store.lock(key, { ...options, ttlMs: 3_600_000 }) })),
  ],
  [
    'TS24',
    'does not notice the end while somebody waits',
    broken(() => {
      const held = new Map<string, number>();
      return {
        async lock(key, { ttlMs, waitMs }) {
          const isFree = (held.get(key) ?? 0) <= Date.now();
          for (const end = Date.now() + waitMs; !isFree && held.has(key); await sleep(2)) {
            if (Date.now() >= end) return undefined;
          }
          const mine = Date.now() + ttlMs + Math.random();
          held.set(key, mine);
          return async () => {
            if (held.get(key) === mine) held.delete(key);
          };
        },
      };
    }),
  ],
  [
    'TS25',
    'deletes the lock, whosever it is',
    broken(() => {
      const held = new Map<string, number>();
      return {
        async lock(key, { ttlMs, waitMs }) {
          for (const end = Date.now() + waitMs; (held.get(key) ?? 0) > Date.now(); await sleep(2)) {
            if (Date.now() >= end) return undefined;
          }
          held.set(key, Date.now() + ttlMs);
          return async () => void held.delete(key);
        },
      };
    }),
  ],
  [
    'TS26',
    'waits for as long as it takes',
    broken((store) => ({ lock: (key, options) => store.lock(key, { ...options, waitMs: 3_600_000 }) })),
  ],
  [
    'TS26',
    'throws when the lock is not to be had',
    broken((store) => ({
      async lock(...given) {
        const unlock = await store.lock(...given);
        if (unlock) return unlock;
        throw new Error('lock not acquired');
      },
    })),
  ],
  ['TS27', 'has one lock for all', broken((store) => ({ lock: (_key, options) => store.lock('the lock', options) }))],
];

function withKeys(store: Store, change: (key: string) => string): Partial<Store> {
  return {
    get: (key) => store.get(change(key)),
    set: (key, ...rest) => store.set(change(key), ...rest),
    delete: (key) => store.delete(change(key)),
  };
}

function withEnds(store: Store, choose: (one: number, other: number) => number): Partial<Store> {
  const ends = new Map<string, number>();
  return {
    async set(key, value, { ttlMs, tags }) {
      const end = choose(Date.now() + ttlMs, ends.get(key) ?? Date.now() + ttlMs);
      ends.set(key, end);
      await store.set(key, value, { ttlMs: end - Date.now(), tags });
    },
  };
}

/** As a set of keys for each tag, which nobody tidies. */
function withTagIndex(store: Store, { isKeptByDelete }: { isKeptByDelete: boolean }): Partial<Store> {
  const keysByTag = new Map<string, Set<string>>();
  const untag = (key: string) => {
    for (const keys of keysByTag.values()) keys.delete(key);
  };
  return {
    async set(key, value, { ttlMs, tags }) {
      if (isKeptByDelete && (await store.get(key)) !== undefined) untag(key);
      for (const tag of tags) keysByTag.set(tag, (keysByTag.get(tag) ?? new Set()).add(key));
      await store.set(key, value, { ttlMs, tags: [] });
    },
    async delete(key) {
      if (!isKeptByDelete) untag(key);
      await store.delete(key);
    },
    async deleteByTag(tag) {
      for (const key of keysByTag.get(tag) ?? []) await store.delete(key);
      keysByTag.delete(tag);
    },
  };
}

describeTokenStore('createMemoryTokenStore', () => createMemoryTokenStore(), { describe, test });

describe('the contract of token stores', () => {
  test('has ids that are its own, in order, and says what MUST be', () => {
    const rules = collectRules(createMemoryTokenStore);
    expect(rules.map(({ id }) => id)).toEqual(rules.map((_rule, index) => `TS${String(index + 1).padStart(2, '0')}`));
    for (const { title } of rules) expect(title).toMatch(/^TS\d\d: .* MUST /);
  });

  test('has a broken store for each rule', () => {
    const ids = collectRules(createMemoryTokenStore).map(({ id }) => id);
    expect([...new Set(MUTANTS.map(([id]) => id))].sort()).toEqual(ids);
  });

  // Together, since most of it is waiting, but one after the other, so that no time is up before it is looked at.
  let found: ReadonlyMap<string, readonly string[]>;
  beforeAll(async () => {
    const runs = MUTANTS.map(async ([, mistake, makeStore], index) => {
      await sleep(index * 50);
      return [mistake, await brokenRules(makeStore)] as const;
    });
    found = new Map(await Promise.all(runs));
  }, 20_000);

  test.each(MUTANTS)('%s alone is broken by a store that %s', (id, mistake) => {
    expect(found.get(mistake)).toEqual([id]);
  });

  test('takes what has neither tags nor locks, if that is said', async () => {
    const makeStore = () => {
      const { get, set, delete: remove } = createMemoryTokenStore();
      return { get, set, delete: remove };
    };
    expect(await brokenRules(makeStore, { without: ['deleteByTag', 'lock'] })).toEqual([]);
    const of = (part: RegExp) => collectRules(makeStore).filter(({ title }) => part.test(title));
    const [broke, left] = [await brokenRules(makeStore), collectRules(makeStore, { without: ['deleteByTag', 'lock'] })];
    expect(broke).toEqual([...of(/[tT]ag/), ...of(/lock/)].map(({ id }) => id).sort());
    expect(left.map(({ id }) => id)).toEqual(
      collectRules(makeStore)
        .map(({ id }) => id)
        .filter((id) => !broke.includes(id)),
    );
    await expect(of(/lock/)[0]?.body()).rejects.toThrow("without: ['lock']");
  });

  test('lets connections take turns: what one has set the others must see', async () => {
    const shared = createMemoryTokenStore();
    expect(await brokenRules(async () => [{ ...shared }, { ...shared }, { ...shared }])).toEqual([]);
    expect(await brokenRules(() => [createMemoryTokenStore(), createMemoryTokenStore()])).toEqual(
      expect.arrayContaining(['TS01', 'TS03']),
    );
  });

  test('needs no empty store', async () => {
    const used = createMemoryTokenStore();
    await used.set('key', 'value', LATER);
    for (let run = 0; run < 2; run += 1) expect(await brokenRules(() => used)).toEqual([]);
  });

  test('uses the globals of the test framework, and says so where there are none', () => {
    const globals = globalThis as { describe?: unknown; test?: unknown };
    const before = { ...globals };
    const titles: string[] = [];
    try {
      Object.assign(globals, {
        describe: (title: string, body: () => void) => {
          titles.push(title);
          body();
        },
        test: (title: string) => titles.push(title),
      });
      describeTokenStore('mine', createMemoryTokenStore);
      expect(titles.slice(0, 2)).toEqual([
        'mine: the contract of token stores',
        expect.stringMatching(/^TS01: get MUST/),
      ]);
      globals.test = undefined;
      expect(() => describeTokenStore('mine', createMemoryTokenStore)).toThrow(/no global describe and test/);
    } finally {
      Object.assign(globals, { describe: before.describe, test: before.test });
    }
  });
});
