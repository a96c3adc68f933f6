import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionStore } from '@egain-auth/core';
import type { StoreRule, Unique } from './store-contract.ts';
import { GRACE_MS, LONG_MS, MANY, SECOND_MS } from './value-store-rules.ts';

const LONG = { ttlMs: LONG_MS } as const;
/** More than a session has without an identity of unusual size. */
export const LARGE_KIB = 64;
const LARGE = 'v1.A-_z:'.repeat((LARGE_KIB * 1024) / 8);

/** What a session store must keep about `replace`, its compare and swap. */
export const REPLACE_RULES: readonly StoreRule<SessionStore>[] = [
  {
    id: 'SS15',
    text: `replace MUST replace the value that equals previous, also by the same value or by one of ${LARGE_KIB} KiB, and MUST resolve to true`,
    async check(store, unique) {
      const key = unique('key');
      await store.set(key, 'first', LONG);
      const values = ['first', 'second', 'second', LARGE, 'third', LARGE];
      const replaced = [];
      for (const [index, value] of values.entries()) {
        replaced.push(await store.replace(key, values[index - 1] ?? 'first', value, LONG));
      }
      assert.deepEqual(
        replaced,
        values.map(() => true),
      );
      const found = await store.get(key);
      // A difference of this size would be printed.
      assert(found === LARGE, `${found?.length} characters came back of ${LARGE.length}, or others`);
    },
  },
  {
    id: 'SS16',
    text: 'replace MUST NOT change a value that differs from previous in any character, and MUST resolve to false',
    async check(store, unique) {
      const value = 'Sealed.A-_z:Value';
      const others = ['another', '', `${value}:`, value.slice(0, -1), value.toLowerCase(), value.toUpperCase(), LARGE];
      const cases = [
        ...others.map((previous) => [value, previous] as const),
        [LARGE, `${LARGE.slice(0, -1)}.`] as const,
      ];
      for (const [current, previous] of cases) {
        const key = unique('key');
        await store.set(key, current, LONG);
        const replaced = await store.replace(key, previous, 'changed', LONG);
        const isLeft = (await store.get(key)) !== 'changed';
        assert.deepEqual({ replaced, isLeft }, { replaced: false, isLeft: true });
      }
    },
  },
  {
    id: 'SS17',
    text: 'replace MUST NOT set a value where none is, and MUST NOT resolve to true: never set, deleted, or expired',
    async check(store, unique) {
      const [unknown, deleted, expired] = [unique('unknown'), unique('key'), unique('key')];
      await store.set(deleted, 'value', LONG);
      await store.delete(deleted);
      await store.set(expired, 'value', { ttlMs: SECOND_MS });
      await sleep(SECOND_MS + GRACE_MS);
      for (const key of [unknown, deleted, expired]) {
        // Another rule checks that it is gone by now.
        if ((await store.get(key)) === 'value') continue;
        for (const previous of ['value', '']) {
          assert(!(await store.replace(key, previous, 'revived', LONG)), 'it says that it replaced nothing');
        }
        assert.notEqual(await store.get(key), 'revived');
      }
    },
  },
  {
    id: 'SS18',
    text: 'a value MUST end after the ttlMs of its last replace, sooner or later than before',
    async check(store, unique) {
      const [sooner, later] = [unique('key'), unique('key')];
      await store.set(sooner, 'value', LONG);
      await store.replace(sooner, 'value', 'value', { ttlMs: SECOND_MS });
      await store.set(later, 'value', { ttlMs: SECOND_MS });
      await store.replace(later, 'value', 'value', LONG);
      await sleep(SECOND_MS + GRACE_MS);
      assert.equal(await store.get(sooner), undefined);
      assert.notEqual(await store.get(later), undefined);
    },
  },
  {
    id: 'SS19',
    text: 'a replace that resolves to false MUST NOT change when the value ends',
    async check(store, unique) {
      if (!(await canReplace(store, unique))) return;
      const [shortened, prolonged, left] = [unique('key'), unique('key'), unique('key')];
      await store.set(shortened, 'value', LONG);
      await store.replace(shortened, 'another', 'value', { ttlMs: SECOND_MS });
      for (const key of [prolonged, left]) await store.set(key, 'value', { ttlMs: SECOND_MS });
      await store.replace(prolonged, 'another', 'value', LONG);
      await sleep(SECOND_MS + GRACE_MS);
      assert.notEqual(await store.get(shortened), undefined, 'it was shortened');
      // Another rule checks that values expire at all.
      const expires = (await store.get(left)) === undefined;
      if (expires) assert.equal(await store.get(prolonged), undefined, 'it was prolonged');
    },
  },
  {
    id: 'SS20',
    text: `of ${MANY} replaces at a time of one value, exactly one MUST win, and its value MUST stay`,
    async check(store, unique) {
      if (!(await canReplace(store, unique))) return;
      assert.equal(await isWonOnce(store, unique), true);
    },
  },
  {
    id: 'SS21',
    text: `${MANY} replaces at a time with a delete or a set MUST NOT undo it`,
    async check(store, unique) {
      if (!(await canReplace(store, unique)) || !(await isWonOnce(store, unique))) return;
      for (const [decide, outcome] of [
        [(key: string) => store.delete(key), undefined],
        [(key: string) => store.set(key, 'set', LONG), 'set'],
      ] as const) {
        const keys = Array.from({ length: 5 }, () => unique('key'));
        for (const key of keys) await store.set(key, 'value', LONG);
        const replaces = (key: string) =>
          Array.from({ length: MANY / 2 }, () => store.replace(key, 'value', 'value', LONG));
        await Promise.all(
          keys.flatMap((key, index) => [...replaces(key), sleep(index).then(() => decide(key)), ...replaces(key)]),
        );
        const found = await Promise.all(keys.map((key) => store.get(key)));
        assert.deepEqual(
          found.map((value) => value ?? undefined),
          keys.map(() => outcome),
        );
      }
    },
  },
];

/**
 * Whether the store does what the rule at hand builds on, while nothing else is under way. Other rules check this, and a
 * store that breaks one of them says nothing about this rule.
 */
async function canReplace(store: SessionStore, unique: Unique): Promise<boolean> {
  const key = unique('key');
  for (const value of ['first', 'second']) await store.set(key, value, LONG);
  if (await store.replace(key, 'first', 'third', LONG)) return false;
  if ((await store.get(key)) !== 'second') return false;
  await store.replace(key, 'second', 'third', LONG);
  if ((await store.get(key)) !== 'third') return false;
  await store.delete(key);
  await store.replace(key, 'third', 'revived', LONG);
  return ((await store.get(key)) ?? undefined) === undefined;
}

async function isWonOnce(store: SessionStore, unique: Unique): Promise<boolean> {
  const key = unique('key');
  await store.set(key, 'value', LONG);
  const values = Array.from({ length: MANY }, (_, index) => `value ${index}`);
  const replaced = await Promise.all(values.map((value) => store.replace(key, 'value', value, LONG)));
  const won = values.filter((_value, index) => replaced[index]);
  return won.length === 1 && (await store.get(key)) === won[0];
}
