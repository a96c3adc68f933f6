import { setTimeout as sleep } from 'node:timers/promises';
import { createMemorySessionStore, type SessionStore } from '@egain-auth/core';
import { describe, test } from '@jest/globals';
import { describeSessionStore } from '../src/index.ts';
import { SESSION_STORE_RULES } from '../src/session-store-rules.ts';
import { type Mutant, testContract, valueMutants } from './store-contract.ts';

type Store = Required<SessionStore>;

/** A memory store, broken: by default as good as the original. */
const broken = (change: (store: Store) => Partial<Store>) => (): Store => {
  const store = createMemorySessionStore();
  return { ...store, ...change(store) };
};

const LONG_MS = 3_600_000;

const MUTANTS: readonly Mutant<SessionStore>[] = [
  ...valueMutants(SESSION_STORE_RULES, broken),
  ...(
    [
      ['reads JSON', (value: string) => (value === 'null' ? (null as unknown as string) : value)],
      ['takes values for numbers', (value: string) => (Number.isNaN(Number(value)) ? value : String(Number(value)))],
      ['knows another base64', (value: string) => (value.startsWith('v1.') ? value.replaceAll('_', '/') : value)],
      ['folds the case of values', (value: string) => (value.startsWith('v1.') ? value.toLowerCase() : value)],
      ['has colons for itself', (value: string) => (value.startsWith(':') ? value.slice(1) : value)],
    ] as const
  ).map(
    ([mistake, change]): Mutant<SessionStore> => [
      'SS06',
      mistake,
      broken((store) => ({ set: (key, value, options) => store.set(key, change(value), options) })),
    ],
  ),
  [
    'SS07',
    'cuts what is longer than 32 KiB',
    broken((store) => ({ set: (key, value, options) => store.set(key, value.slice(0, 32_768), options) })),
  ],
  [
    'SS15',
    'updates the end alone',
    broken((store) => ({
      async update(key, _value, options) {
        const value = await store.get(key);
        return value !== undefined && store.update(key, value, options);
      },
    })),
  ],
  [
    'SS15',
    'counts what was changed, as MySQL does',
    broken((store) => ({
      async update(key, value, options) {
        const before = await store.get(key);
        return (await store.update(key, value, options)) && before !== value;
      },
    })),
  ],
  [
    'SS15',
    'answers OK, as Redis does',
    broken((store) => ({
      update: async (key, value, options) =>
        (await store.update(key, value, options)) ? ('OK' as unknown as boolean) : false,
    })),
  ],
  [
    'SS15',
    'cuts an update that is longer than 32 KiB',
    broken((store) => ({ update: (key, value, options) => store.update(key, value.slice(0, 32_768), options) })),
  ],
  [
    'SS16',
    'sets what it does not know',
    broken((store) => {
      const known = new Set<string>();
      return {
        async set(key, ...rest) {
          known.add(key);
          await store.set(key, ...rest);
        },
        async update(key, value, options) {
          if (known.has(key)) return store.update(key, value, options);
          await store.set(key, value, options);
          return false;
        },
      };
    }),
  ],
  [
    'SS16',
    'revives what ended',
    broken((store) => {
      const known = new Set<string>();
      return {
        async set(key, ...rest) {
          known.add(key);
          await store.set(key, ...rest);
        },
        async update(key, value, options) {
          if (known.has(key)) await store.set(key, value, options);
          return known.has(key);
        },
        async delete(key) {
          known.delete(key);
          await store.delete(key);
        },
      };
    }),
  ],
  [
    'SS16',
    'does not say that it updated nothing',
    broken((store) => ({
      async update(key, value, options) {
        await store.update(key, value, options);
        return true;
      },
    })),
  ],
  ['SS17', 'keeps the end', broken((store) => withUpdatedEnds(store, (end) => end))],
  ['SS17', 'keeps the later end of the two', broken((store) => withUpdatedEnds(store, Math.max))],
  ['SS17', 'keeps the sooner end of the two', broken((store) => withUpdatedEnds(store, Math.min))],
  [
    'SS18',
    'looks, and then sets',
    broken((store) => ({
      async update(key, value, options) {
        const isThere = (await store.get(key)) !== undefined;
        await sleep(1);
        if (isThere) await store.set(key, value, options);
        return isThere;
      },
    })),
  ],
  [
    'SS19',
    'answers OK or null, as Redis does',
    broken((store) => ({
      claim: async (key, options) => ((await store.claim(key, options)) ? 'OK' : null) as unknown as boolean,
    })),
  ],
  [
    'SS20',
    'looks, and then takes',
    broken((store) => ({
      async claim(key, options) {
        const isFree = (await store.get(key)) === undefined;
        await sleep(1);
        if (isFree) await store.set(key, '1', options);
        return isFree;
      },
    })),
  ],
  ['SS21', 'claims for ever', broken((store) => ({ claim: (key) => store.claim(key, { ttlMs: LONG_MS }) }))],
  [
    'SS21',
    'counts claims in whole seconds',
    broken((store) => ({ claim: (key, { ttlMs }) => store.claim(key, { ttlMs: Math.ceil(ttlMs / 1000) * 1000 }) })),
  ],
  [
    'SS22',
    'counts claims, and sets their end each time',
    broken((store) => ({
      async claim(key, options) {
        const isFree = await store.claim(key, options);
        if (isFree) return true;
        await store.delete(key);
        await store.claim(key, options);
        return isFree;
      },
    })),
  ],
  [
    'SS23',
    'has claims where delete does not look',
    broken(() => {
      const { claim } = createMemorySessionStore();
      return { claim };
    }),
  ],
  [
    'SS24',
    'refuses every claim while it takes one',
    broken((store) => {
      let isBusy = false;
      return {
        async claim(key, options) {
          if (isBusy) return false;
          isBusy = true;
          await sleep(1);
          isBusy = false;
          return store.claim(key, options);
        },
      };
    }),
  ],
];

function withUpdatedEnds(store: Store, choose: (before: number, updated: number) => number): Partial<Store> {
  const ends = new Map<string, number>();
  return {
    async set(key, value, options) {
      ends.set(key, Date.now() + options.ttlMs);
      await store.set(key, value, options);
    },
    async update(key, value, { ttlMs }) {
      const updated = Date.now() + ttlMs;
      return store.update(key, value, { ttlMs: choose(ends.get(key) ?? updated, updated) - Date.now() });
    },
  };
}

describeSessionStore('createMemorySessionStore', () => createMemorySessionStore(), {
  describe,
  // Many of them wait for an entry to expire.
  test: (title, body) => test.concurrent(title, body),
});

describe('the contract of session stores', () => {
  testContract({
    describeStore: describeSessionStore,
    createStore: createMemorySessionStore,
    mutants: MUTANTS,
    prefix: 'SS',
    parts: { update: /update/, claim: /claim/ },
  });
});
