import { setTimeout as sleep } from 'node:timers/promises';
import { createMemorySessionStore, type SessionStore } from '@egain-auth/core';
import type { Mutant } from './store-contract.ts';

/** A memory store, broken: by default as good as the original. */
export const broken = (change: (store: SessionStore) => Partial<SessionStore>) => (): SessionStore => {
  const store = createMemorySessionStore();
  return { ...store, ...change(store) };
};

/** Rules and the stores that break them by what `replace` does. */
export const REPLACE_MUTANTS: readonly Mutant<SessionStore>[] = [
  [
    'SS15',
    'sets only the end of a value',
    broken((store) => ({
      replace: (key, previous, _value, options) => store.replace(key, previous, previous, options),
    })),
  ],
  [
    'SS15',
    'counts the rows that changed, as MySQL does',
    broken((store) => ({
      replace: async (key, previous, value, options) =>
        (await store.replace(key, previous, value, options)) && previous !== value,
    })),
  ],
  ...answering('SS15', 'answers OK for a replace, as Redis does', 'OK', false),
  ...answering('SS15', 'answers how many it replaced', 1, false),
  [
    'SS15',
    'cuts what replaces a value after 32 KiB',
    broken((store) => ({
      replace: (key, previous, value, options) => store.replace(key, cut(previous), cut(value), options),
    })),
  ],
  [
    'SS16',
    'sets without comparing',
    broken((store) => ({
      async replace(key, _previous, value, options) {
        const current = await store.get(key);
        return current !== undefined && store.replace(key, current, value, options);
      },
    })),
  ],
  ...comparing('compares the first eight characters', (value) => value.slice(0, 8)),
  ...comparing('compares an index of 255 characters', (value) => value.slice(0, 255)),
  ...comparing('compares without case, as the collations of some databases do', (value) => value.toLowerCase()),
  ...answering('SS16', 'answers null when it refuses', true, null),
  ...answering('SS16', 'answers 0 when it refuses', true, 0),
  [
    'SS16',
    'does not say that it refused another value',
    broken((store) => ({
      async replace(key, previous, value, options) {
        return (await store.replace(key, previous, value, options)) || (await store.get(key)) !== undefined;
      },
    })),
  ],
  [
    'SS17',
    'sets what it does not know',
    broken((store) => {
      const known = new Set<string>();
      return {
        async set(key, ...rest) {
          known.add(key);
          await store.set(key, ...rest);
        },
        async replace(key, previous, value, options) {
          if (known.has(key)) return store.replace(key, previous, value, options);
          await store.set(key, value, options);
          return false;
        },
      };
    }),
  ],
  [
    'SS17',
    'takes an empty previous for no value',
    broken((store) => ({
      async replace(key, previous, value, options) {
        if (previous === '' && (await store.get(key)) === undefined) await store.set(key, value, options);
        return store.replace(key, previous, value, options);
      },
    })),
  ],
  ['SS17', 'compares with a value that expired', broken((store) => withHistory(store, { isKeptByDelete: false }))],
  [
    'SS17',
    'marks values as deleted and still compares',
    broken((store) => withHistory(store, { isKeptByDelete: true })),
  ],
  [
    'SS17',
    'does not say that there was nothing to replace',
    broken((store) => ({
      async replace(key, previous, value, options) {
        return (await store.get(key)) === undefined || store.replace(key, previous, value, options);
      },
    })),
  ],
  ['SS18', 'keeps the end when it replaces, as KEEPTTL does', broken((store) => withReplacedEnds(store, (end) => end))],
  ['SS18', 'keeps the later end when it replaces', broken((store) => withReplacedEnds(store, Math.max))],
  ['SS18', 'keeps the sooner end when it replaces', broken((store) => withReplacedEnds(store, Math.min))],
  [
    'SS19',
    'sets the end before it compares',
    broken((store) => ({
      async replace(key, previous, value, options) {
        const current = await store.get(key);
        if (current !== undefined) await store.replace(key, current, current, options);
        return store.replace(key, previous, value, options);
      },
    })),
  ],
  [
    'SS20',
    'reads, compares, and then sets',
    broken((store) => ({ replace: (...given) => compareThenSet(store, ...given) })),
  ],
  [
    'SS21',
    'locks replaces against each other and not against a delete',
    broken((store) => ({ ...oneByOne(store, ['set']) })),
  ],
  [
    'SS21',
    'locks replaces against each other and not against a set',
    broken((store) => ({ ...oneByOne(store, ['delete']) })),
  ],
];

const cut = (value: string) => value.slice(0, 32_768);

function answering(id: string, mistake: string, replaced: unknown, refused: unknown): Mutant<SessionStore>[] {
  const change = (store: SessionStore): Partial<SessionStore> => ({
    replace: async (...given) => ((await store.replace(...given)) ? replaced : refused) as boolean,
  });
  return [[id, mistake, broken(change)]];
}

/** @param part the part of a value that it compares */
function comparing(mistake: string, part: (value: string) => string): Mutant<SessionStore>[] {
  const change = (store: SessionStore): Partial<SessionStore> => ({
    async replace(key, previous, value, options) {
      const current = await store.get(key);
      const isSame = current !== undefined && part(current) === part(previous);
      return store.replace(key, isSame ? current : previous, value, options);
    },
  });
  return [['SS16', mistake, broken(change)]];
}

async function compareThenSet(store: SessionStore, ...given: Parameters<SessionStore['replace']>): Promise<boolean> {
  const [key, previous, value, options] = given;
  const isCurrent = (await store.get(key)) === previous;
  await sleep(1);
  if (isCurrent) await store.set(key, value, options);
  return isCurrent;
}

/** Replaces what it has ever had under a key. */
function withHistory(store: SessionStore, { isKeptByDelete }: { isKeptByDelete: boolean }): Partial<SessionStore> {
  const last = new Map<string, string>();
  return {
    async set(key, value, options) {
      last.set(key, value);
      await store.set(key, value, options);
    },
    async replace(key, previous, value, options) {
      const isPast = (await store.get(key)) === undefined && last.get(key) === previous;
      if (isPast) await store.set(key, value, options);
      return isPast || store.replace(key, previous, value, options);
    },
    async delete(key) {
      if (!isKeptByDelete) last.delete(key);
      await store.delete(key);
    },
  };
}

function withReplacedEnds(
  store: SessionStore,
  choose: (before: number, replaced: number) => number,
): Partial<SessionStore> {
  const ends = new Map<string, number>();
  return {
    async set(key, value, options) {
      ends.set(key, Date.now() + options.ttlMs);
      await store.set(key, value, options);
    },
    async replace(key, previous, value, { ttlMs }) {
      const end = choose(ends.get(key) ?? 0, Date.now() + ttlMs);
      return store.replace(key, previous, value, { ttlMs: end - Date.now() });
    },
  };
}

/** `replace` in several steps: one at a time for each key, and together with these methods. */
function oneByOne(store: SessionStore, locked: readonly ('set' | 'delete')[]): Partial<SessionStore> {
  const last = new Map<string, Promise<unknown>>();
  function inTurn<T>(key: string, operation: () => Promise<T>): Promise<T> {
    const turn = (last.get(key) ?? Promise.resolve()).then(operation);
    last.set(key, turn);
    return turn;
  }
  return {
    ...(locked.includes('set') && { set: (key, ...rest) => inTurn(key, () => store.set(key, ...rest)) }),
    ...(locked.includes('delete') && { delete: (key) => inTurn(key, () => store.delete(key)) }),
    replace: (key, ...rest) => inTurn(key, () => compareThenSet(store, key, ...rest)),
  };
}
