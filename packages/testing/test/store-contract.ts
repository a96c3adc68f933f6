import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from '@jest/globals';
import type { MakeStore, StoreContractOptions } from '../src/store-contract.ts';
import { VALUE_RULES, type ValueStore } from '../src/value-store-rules.ts';

/** A store that breaks one rule as a real store might, and no other. */
export type Mutant<Store> = readonly [id: string, mistake: string, makeStore: () => Store];

const MAX_RUNS = 5;

interface CollectedRule {
  readonly id: string;
  readonly title: string;
  readonly body: () => Promise<void>;
}

export interface TestedContract<Store, Part extends string = never> {
  readonly describeStore: (name: string, makeStore: MakeStore<Store>, options?: StoreContractOptions<Part>) => void;
  readonly createStore: () => Required<Store>;
  readonly mutants: readonly Mutant<Store>[];
  /** Of the ids. */
  readonly prefix: string;
  /** Everything that a store need not have, and how the titles of its rules are known. */
  readonly parts?: Readonly<Record<Part, RegExp>>;
}

/** What is true of every contract of stores. */
export function testContract<Store extends object, Part extends string = never>({
  describeStore,
  createStore,
  mutants,
  prefix,
  parts = {} as Record<Part, RegExp>,
}: TestedContract<Store, Part>): void {
  const everyPart = Object.keys(parts) as Part[];

  /** The contract without a test framework. */
  function collectRules(makeStore: MakeStore<Store>, without: readonly Part[] = []): CollectedRule[] {
    const rules: CollectedRule[] = [];
    describeStore('collected', makeStore, {
      describe: (_name, body) => body(),
      test: (title, body) => rules.push({ id: title.slice(0, 4), title, body }),
      without,
    });
    return rules;
  }

  /** The ids of the rules that a store breaks. */
  async function brokenRules(makeStore: MakeStore<Store>, without?: readonly Part[]) {
    const rules = collectRules(makeStore, without);
    const outcomes = await Promise.allSettled(rules.map(({ body }) => body()));
    return rules.filter((_rule, index) => outcomes[index]?.status === 'rejected').map(({ id }) => id);
  }

  test('has ids that are its own, in order, and says what MUST be', () => {
    const rules = collectRules(createStore);
    expect(rules.map(({ id }) => id)).toEqual(
      rules.map((_rule, index) => `${prefix}${String(index + 1).padStart(2, '0')}`),
    );
    for (const { title } of rules) expect(title).toMatch(/^[A-Z]{2}\d\d: .* MUST /);
  });

  test('has a broken store for each rule', () => {
    const ids = collectRules(createStore).map(({ id }) => id);
    expect([...new Set(mutants.map(([id]) => id))].sort()).toEqual(ids);
    // By their mistakes they are told apart below.
    expect(new Set(mutants.map(([, mistake]) => mistake)).size).toBe(mutants.length);
  });

  // Together, since most of it is waiting, but one after the other, so that no time is up before it is looked at.
  let found: ReadonlyMap<string, readonly string[]>;
  beforeAll(async () => {
    const runs = mutants.map(async ([, mistake, makeStore], index) => {
      await sleep(index * 50);
      return [mistake, await brokenRules(makeStore)] as const;
    });
    const outcomes = new Map(await Promise.all(runs));
    // A machine that stood still meanwhile cannot tell a second from 50 ms. These run again, with nothing beside them.
    for (const [id, mistake, makeStore] of mutants) {
      for (let run = 1; run < MAX_RUNS && outcomes.get(mistake)?.join() !== id; run += 1) {
        outcomes.set(mistake, await brokenRules(makeStore));
      }
    }
    found = outcomes;
  });

  test.each(mutants.map(([id, mistake]) => [id, mistake] as const))(
    '%s alone is broken by a store that %s',
    (id, mistake) => {
      expect(found.get(mistake)).toEqual([id]);
    },
  );

  if (everyPart.length > 0) {
    test.concurrent('takes what has only what every store must have, if that is said', async () => {
      const makeStore = () => {
        const entries = Object.entries(createStore()).filter(([name]) => !everyPart.includes(name as Part));
        return Object.fromEntries(entries) as Store;
      };
      expect(await brokenRules(makeStore, everyPart)).toEqual([]);
      const rules = collectRules(makeStore);
      const of = (part: Part) => rules.filter(({ title }) => parts[part].test(title));
      const broke = await brokenRules(makeStore);
      expect(broke).toEqual(
        rules.filter((rule) => everyPart.some((part) => of(part).includes(rule))).map(({ id }) => id),
      );
      expect(collectRules(makeStore, everyPart).map(({ id }) => id)).toEqual(
        rules.map(({ id }) => id).filter((id) => !broke.includes(id)),
      );
      for (const part of everyPart) await expect(of(part)[0]?.body()).rejects.toThrow(`say without: ['${part}']`);
    });
  }

  test.concurrent('lets connections take turns: what one has set the others must see', async () => {
    const shared = createStore();
    expect(await brokenRules(async () => [{ ...shared }, { ...shared }, { ...shared }])).toEqual([]);
    expect(await brokenRules(() => [createStore(), createStore()])).toEqual(
      expect.arrayContaining([`${prefix}01`, `${prefix}03`]),
    );
  });

  test.concurrent('needs no empty store', async () => {
    const used = createStore();
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
      describeStore('mine', createStore);
      expect(titles.slice(0, 2)).toEqual([
        expect.stringMatching(/^mine: the contract of /),
        expect.stringMatching(new RegExp(`^${prefix}01: get MUST`)),
      ]);
      globals.test = undefined;
      expect(() => describeStore('mine', createStore)).toThrow(`${describeStore.name}: there is no global`);
    } finally {
      Object.assign(globals, { describe: before.describe, test: before.test });
    }
  });
}

/**
 * A broken store for each rule that contracts have in common.
 * @param broken makes a store, and changes it
 */
export function valueMutants<Store>(
  rules: readonly { readonly id: string; readonly text: string }[],
  broken: (change: (store: ValueStore) => Partial<ValueStore>) => () => Store,
): Mutant<Store>[] {
  return VALUE_MUTANTS.map(([name, mistake, change]) => {
    const rule = rules.find(({ text }) => text === VALUE_RULES[name].text);
    return [rule?.id ?? `no rule ${name}`, mistake, broken(change)];
  });
}

const VALUE_MUTANTS: readonly (readonly [
  rule: keyof typeof VALUE_RULES,
  mistake: string,
  change: (store: ValueStore) => Partial<ValueStore>,
])[] = [
  [
    'found',
    'hands out a value twice',
    (store) => {
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
    },
  ],
  [
    'unknown',
    'answers null, as Redis clients do',
    (store) => {
      const known = new Set<string>();
      return {
        get: async (key) => (known.has(key) ? store.get(key) : (null as unknown as undefined)),
        async set(key, ...rest) {
          known.add(key);
          await store.set(key, ...rest);
        },
      };
    },
  ],
  [
    'replaced',
    'keeps the first value',
    (store) => ({
      set: async (key, value, options) => store.set(key, (await store.get(key)) ?? value, options),
    }),
  ],
  ['deleted', 'does not delete', (store) => ({ delete: async (key) => void (await store.get(key)) })],
  [
    'deleted',
    'deletes more than it was asked to',
    (store) => {
      const keys = new Set<string>();
      return {
        async set(key, ...rest) {
          keys.add(key);
          await store.set(key, ...rest);
        },
        async delete(key) {
          for (const name of [...keys, key]) if (name.slice(0, 3) === key.slice(0, 3)) await store.delete(name);
          keys.clear();
        },
      };
    },
  ],
  [
    'deletedUnknown',
    'does not know what to delete',
    (store) => ({
      async delete(key) {
        if ((await store.get(key)) === undefined) throw new Error('no such key');
        await store.delete(key);
      },
    }),
  ],
  ['keys', 'folds the case of keys', (store) => withKeys(store, (key) => key.toLowerCase())],
  [
    'keys',
    'takes what follows a third colon for a path',
    (store) => withKeys(store, (key) => key.split(':').slice(0, 2).join(':')),
  ],
  [
    'ended',
    'forgets the end of new values that live longer than a blink',
    (store) => ({
      async set(key, value, options) {
        const isNew = (await store.get(key)) === undefined;
        await store.set(
          key,
          value,
          isNew && options.ttlMs >= 1000 && options.ttlMs < 60_000 ? { ...options, ttlMs: 60_000 } : options,
        );
      },
    }),
  ],
  [
    'endedSoon',
    'counts in whole seconds',
    (store) => ({
      set: (key, value, { ttlMs, ...rest }) =>
        store.set(key, value, { ...rest, ttlMs: Math.ceil(ttlMs / 1000) * 1000 }),
    }),
  ],
  [
    'endedSoon',
    'refuses what rounds to no second',
    (store) => ({
      async set(key, value, options) {
        if (Math.floor(options.ttlMs / 1000) === 0) throw new Error('ERR invalid expire time');
        await store.set(key, value, options);
      },
    }),
  ],
  ['shortened', 'keeps the later end', (store) => withEnds(store, Math.max)],
  ['prolonged', 'keeps the sooner end', (store) => withEnds(store, Math.min)],
  [
    'manyKeys',
    'has one buffer for all',
    (store) => {
      let [lastKey, buffer] = ['', ''];
      return {
        async set(key, value, options) {
          const isOther = key !== lastKey;
          [lastKey, buffer] = [key, value];
          await sleep(1);
          await store.set(key, isOther ? buffer : value, options);
        },
      };
    },
  ],
  [
    'manyValues',
    'writes in two halves',
    (store) => ({
      async set(key, value, options) {
        const half = value.length >= 1000 ? 500 : value.length;
        await store.set(key, value.slice(0, half), options);
        await sleep(1);
        await store.set(key, ((await store.get(key)) ?? '') + value.slice(half), options);
      },
    }),
  ],
];

function withKeys(store: ValueStore, change: (key: string) => string): Partial<ValueStore> {
  return {
    get: (key) => store.get(change(key)),
    set: (key, ...rest) => store.set(change(key), ...rest),
    delete: (key) => store.delete(change(key)),
  };
}

function withEnds(store: ValueStore, choose: (one: number, other: number) => number): Partial<ValueStore> {
  const ends = new Map<string, number>();
  return {
    async set(key, value, { ttlMs, ...rest }) {
      const end = choose(Date.now() + ttlMs, ends.get(key) ?? Date.now() + ttlMs);
      ends.set(key, end);
      await store.set(key, value, { ...rest, ttlMs: end - Date.now() });
    },
  };
}
