import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Unique } from './store-contract.ts';

/** Longer than any test. */
export const LONG_MS = 60_000;
export const SECOND_MS = 1000;
/** How late a store may notice that a time is over. */
export const GRACE_MS = 150;
export const MANY = 100;

const LONG = { ttlMs: LONG_MS } as const;

/** What every store is, whatever else it can do. */
export interface ValueStore {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, options: { readonly ttlMs: number }): Promise<void>;
  delete(key: string): Promise<void>;
}

export interface ValueRule {
  readonly text: string;
  check(store: ValueStore, unique: Unique): Promise<void>;
}

/** The rules that stores have in common, for each contract to number. */
export const VALUE_RULES = {
  found: {
    text: 'get MUST resolve to what was set, each time it is asked',
    async check(store, unique) {
      const key = unique('key');
      await store.set(key, 'value', LONG);
      assert.deepEqual([await store.get(key), await store.get(key), await store.get(key)], ['value', 'value', 'value']);
    },
  },
  unknown: {
    text: 'get MUST resolve to undefined for a key that was never set',
    async check(store, unique) {
      assert.equal(await store.get(unique('unknown')), undefined);
    },
  },
  replaced: {
    text: 'set MUST replace the value that was there',
    async check(store, unique) {
      const key = unique('key');
      for (const value of ['first', 'second', 'third']) await store.set(key, value, LONG);
      assert.equal(await store.get(key), 'third');
    },
  },
  deleted: {
    text: 'delete MUST remove the value, and MUST NOT remove another',
    async check(store, unique) {
      const [key, other] = [unique('key'), unique('key')];
      await store.set(key, 'value', LONG);
      await store.set(other, 'other', LONG);
      await store.delete(key);
      assert.equal(await store.get(key), undefined);
      assert.equal(await store.get(other), 'other');
    },
  },
  deletedUnknown: {
    text: 'delete MUST NOT fail for a key that was never set',
    async check(store, unique) {
      await store.delete(unique('unknown'));
    },
  },
  keys: {
    text: 'keys that differ in case or in a part MUST be different keys',
    async check(store, unique) {
      const key = unique('Key_-');
      const keys = [key, key.toLowerCase(), key.toUpperCase(), `${key}:`, `${key}:1`, `:${key}`];
      for (const name of keys) await store.set(name, `value of ${name}`, LONG);
      for (const name of keys) assert.equal(await store.get(name), `value of ${name}`);
    },
  },
  ended: {
    text: 'a value MUST NOT be had after its ttlMs',
    async check(store, unique) {
      const key = unique('key');
      await store.set(key, 'value', { ttlMs: SECOND_MS });
      await sleep(SECOND_MS + GRACE_MS);
      assert.equal(await store.get(key), undefined);
    },
  },
  endedSoon: {
    text: 'a ttlMs below a second MUST be taken, and MUST NOT be rounded up to one',
    async check(store, unique) {
      const keys = [unique('key'), unique('key')] as const;
      await store.set(keys[0], 'value', { ttlMs: 1 });
      await store.set(keys[1], 'value', { ttlMs: 50 });
      await sleep(50 + GRACE_MS);
      assert.deepEqual([await store.get(keys[0]), await store.get(keys[1])], [undefined, undefined]);
    },
  },
  shortened: {
    text: 'a shorter ttlMs MUST replace a longer one',
    async check(store, unique) {
      const key = unique('key');
      await store.set(key, 'value', LONG);
      await store.set(key, 'value', { ttlMs: SECOND_MS });
      await sleep(SECOND_MS + GRACE_MS);
      assert.equal(await store.get(key), undefined);
    },
  },
  prolonged: {
    text: 'a longer ttlMs MUST replace a shorter one',
    async check(store, unique) {
      const key = unique('key');
      await store.set(key, 'value', { ttlMs: SECOND_MS });
      await store.set(key, 'value', LONG);
      await sleep(SECOND_MS + GRACE_MS);
      assert.equal(await store.get(key), 'value');
    },
  },
  manyKeys: {
    text: `${MANY} operations at a time on different keys MUST NOT mix them up`,
    async check(store, unique) {
      const keys = Array.from({ length: MANY }, () => unique('key'));
      await Promise.all(keys.map((key) => store.set(key, `value of ${key}`, LONG)));
      const found = await Promise.all(keys.map((key) => store.get(key)));
      assert.deepEqual(
        found,
        keys.map((key) => `value of ${key}`),
      );
    },
  },
  manyValues: {
    text: `of ${MANY} values set at a time for one key, one MUST stay, and no mixture MUST ever be had`,
    async check(store, unique) {
      const key = unique('key');
      const values = Array.from({ length: MANY }, (_, index) => `${index}.`.repeat(500));
      const found = await Promise.all(
        values.map(async (value) => {
          const isSet = store.set(key, value, LONG);
          const meanwhile = await store.get(key);
          await isSet;
          return meanwhile;
        }),
      );
      const isWhole = (value: string | undefined) => value !== undefined && values.includes(value);
      const isSound = found.every((value) => value === undefined || isWhole(value));
      assert(isSound, 'a mixture was had');
      assert(isWhole(await store.get(key)), 'a mixture stayed, or nothing');
    },
  },
} as const satisfies Record<string, ValueRule>;

/** Each of these values comes back as it was. */
export function sameCharacters(values: readonly string[]): ValueRule {
  return {
    text: 'values MUST come back character for character',
    async check(store, unique) {
      for (const value of values) {
        const key = unique('key');
        await store.set(key, value, LONG);
        assert.equal(await store.get(key), value);
      }
    },
  };
}

export function sameLength(kibibytes: number): ValueRule {
  const length = kibibytes * 1024;
  return {
    text: `values of ${kibibytes} KiB MUST come back whole`,
    async check(store, unique) {
      const key = unique('key');
      const value = 'egain-auth.'.repeat(length / 11).padEnd(length, '.');
      await store.set(key, value, LONG);
      const found = await store.get(key);
      // A difference of this size would be printed.
      assert(found === value, `${found?.length} characters came back of ${value.length}, or others`);
    },
  };
}
