import { setTimeout as sleep } from 'node:timers/promises';
import { createMemoryTokenStore, type TokenStore } from '@egain-auth/core';
import { describe, test } from '@jest/globals';
import { describeTokenStore } from '../src/index.ts';
import { TOKEN_STORE_RULES } from '../src/token-store-rules.ts';
import { type Mutant, testContract, valueMutants } from './store-contract.ts';

type Store = Required<TokenStore>;

/** A memory store, broken: by default as good as the original. */
const broken = (change: (store: Store) => Partial<Store>) => (): Store => {
  const store = createMemoryTokenStore();
  return { ...store, ...change(store) };
};

const EVERYTHING = 'everything';

const MUTANTS: readonly Mutant<TokenStore>[] = [
  ...valueMutants(TOKEN_STORE_RULES, broken),
  ...(
    [
      ['normalizes Unicode', (value: string) => value.normalize('NFC')],
      ['stores one byte for each character', (value: string) => Buffer.from(value, 'latin1').toString('latin1')],
      ['trims', (value: string) => value.trim()],
      ['ends at a null character', (value: string) => value.split('\0')[0] ?? ''],
      ['reads JSON', (value: string) => (value === 'null' ? (null as unknown as string) : value)],
    ] as const
  ).map(
    ([mistake, change]): Mutant<TokenStore> => [
      'TS06',
      mistake,
      broken((store) => ({
        set: (key, value, options) => store.set(key, change(value), options),
      })),
    ],
  ),
  [
    'TS07',
    'cuts what is longer than 64 KiB',
    broken((store) => ({ set: (key, value, options) => store.set(key, value.slice(0, 65_536), options) })),
  ],
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
  ).map(
    ([mistake, change]): Mutant<TokenStore> => [
      'TS14',
      mistake,
      broken((store) => ({
        set: (key, value, { ttlMs, tags }) => store.set(key, value, { ttlMs, tags: tags.map(change) }),
        deleteByTag: (tag) => store.deleteByTag(change(tag)),
      })),
    ],
  ),
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

describeTokenStore('createMemoryTokenStore', () => createMemoryTokenStore(), {
  describe,
  // Many of them wait for an entry to expire.
  test: (title, body) => test.concurrent(title, body),
});

describe('the contract of token stores', () => {
  testContract({
    describeStore: describeTokenStore,
    createStore: createMemoryTokenStore,
    mutants: MUTANTS,
    prefix: 'TS',
    parts: { deleteByTag: /[tT]ag/, lock: /lock/ },
  });
});
