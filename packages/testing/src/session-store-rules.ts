import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionStore } from '@egain-auth/core';
import type { StoreRule, Unique } from './store-contract.ts';
import { GRACE_MS, LONG_MS, MANY, SECOND_MS, sameCharacters, sameLength, VALUE_RULES } from './value-store-rules.ts';

const LONG = { ttlMs: LONG_MS } as const;
/** More than a session has without an identity of unusual size. */
const LARGE_KIB = 64;
/** Sealed values have these characters and no other. */
const VALUES = ['v1.A-_z', '-', '_', '.', ':', '0', '1.0', '1e3', '::..--__', 'null', 'true'];

export const SESSION_STORE_RULES: readonly StoreRule<SessionStore, 'update' | 'claim'>[] = [
  { id: 'SS01', ...VALUE_RULES.found },
  { id: 'SS02', ...VALUE_RULES.unknown },
  { id: 'SS03', ...VALUE_RULES.replaced },
  { id: 'SS04', ...VALUE_RULES.deleted },
  { id: 'SS05', ...VALUE_RULES.deletedUnknown },
  { id: 'SS06', ...sameCharacters(VALUES) },
  { id: 'SS07', ...sameLength(LARGE_KIB) },
  { id: 'SS08', ...VALUE_RULES.keys },
  { id: 'SS09', ...VALUE_RULES.ended },
  { id: 'SS10', ...VALUE_RULES.endedSoon },
  { id: 'SS11', ...VALUE_RULES.shortened },
  { id: 'SS12', ...VALUE_RULES.prolonged },
  { id: 'SS13', ...VALUE_RULES.manyKeys },
  { id: 'SS14', ...VALUE_RULES.manyValues },
  {
    id: 'SS15',
    text: `update MUST replace the value that is there, by one of ${LARGE_KIB} KiB too, and MUST resolve to true, also if it is the same`,
    of: 'update',
    async check(store, unique) {
      const key = unique('key');
      const large = 'v1.A-_z:'.repeat((LARGE_KIB * 1024) / 8);
      await store.set(key, 'first', LONG);
      for (const value of ['second', 'second', large]) assert.equal(await store.update(key, value, LONG), true);
      const found = await store.get(key);
      // A difference of this size would be printed.
      assert(found === large, `${found?.length} characters came back of ${large.length}, or others`);
    },
  },
  {
    id: 'SS16',
    text: 'update MUST NOT set a value where none is, and MUST resolve to false: never set, deleted, or ended',
    of: 'update',
    async check(store, unique) {
      const [unknown, deleted, ended] = [unique('unknown'), unique('key'), unique('key')];
      await store.set(deleted, 'value', LONG);
      await store.delete(deleted);
      await store.set(ended, 'value', { ttlMs: SECOND_MS });
      await sleep(SECOND_MS + GRACE_MS);
      for (const key of [unknown, deleted, ended]) {
        // That it is gone by now is another rule's.
        if ((await store.get(key)) === 'value') continue;
        assert.equal(await store.update(key, 'revived', LONG), false);
        assert.notEqual(await store.get(key), 'revived');
      }
    },
  },
  {
    id: 'SS17',
    text: 'a value MUST end after the ttlMs of its update, sooner or later than before',
    of: 'update',
    async check(store, unique) {
      const [sooner, later] = [unique('key'), unique('key')];
      await store.set(sooner, 'value', LONG);
      await store.update(sooner, 'value', { ttlMs: SECOND_MS });
      await store.set(later, 'value', { ttlMs: SECOND_MS });
      await store.update(later, 'value', LONG);
      await sleep(SECOND_MS + GRACE_MS);
      assert.equal(await store.get(sooner), undefined);
      assert.notEqual(await store.get(later), undefined);
    },
  },
  {
    id: 'SS18',
    text: `of ${MANY} updates at a time with a delete, none MUST revive the value`,
    of: 'update',
    async check(store, unique) {
      if (!(await canDelete(store, unique))) return;
      const keys = Array.from({ length: 5 }, () => unique('key'));
      for (const key of keys) await store.set(key, 'value', LONG);
      const update = (key: string) => store.update(key, 'revived', LONG);
      const half = Array.from({ length: MANY / 2 });
      await Promise.all(
        keys.map((key) =>
          Promise.all([...half.map(() => update(key)), store.delete(key), ...half.map(() => update(key))]),
        ),
      );
      const found = await Promise.all(keys.map((key) => store.get(key)));
      assert.equal(found.filter((value) => value === 'revived').length, 0);
    },
  },
  {
    id: 'SS19',
    text: 'claim MUST resolve to true for a key that nobody has, and to false from then on',
    of: 'claim',
    async check(store, unique) {
      const key = unique('claim');
      const claims = [await store.claim(key, LONG), await store.claim(key, LONG), await store.claim(key, LONG)];
      assert.deepEqual(claims, [true, false, false]);
    },
  },
  {
    id: 'SS20',
    text: `of ${MANY} claims at a time of one key, exactly one MUST win`,
    of: 'claim',
    async check(store, unique) {
      const key = unique('claim');
      const claims = await Promise.all(Array.from({ length: MANY }, () => store.claim(key, LONG)));
      assert.equal(claims.filter(Boolean).length, 1);
    },
  },
  {
    id: 'SS21',
    text: 'a claim MUST end after its ttlMs, and somebody else can have the key',
    of: 'claim',
    async check(store, unique) {
      const [soon, late] = [unique('claim'), unique('claim')];
      await store.claim(soon, { ttlMs: 50 });
      await store.claim(late, { ttlMs: SECOND_MS });
      await sleep(50 + GRACE_MS);
      assert(await store.claim(soon, LONG), 'one of 50 ms did not end');
      await sleep(SECOND_MS - 50);
      assert(await store.claim(late, LONG), 'one of a second did not end');
    },
  },
  {
    id: 'SS22',
    text: 'a claim that is refused MUST NOT prolong the one that is there',
    of: 'claim',
    async check(store, unique) {
      const [key, left] = [unique('claim'), unique('claim')];
      for (const name of [key, left]) await store.claim(name, { ttlMs: SECOND_MS });
      // Won, if this comes more than a second late.
      if (await store.claim(key, LONG)) return;
      await sleep(SECOND_MS + GRACE_MS);
      // That claims end at all is another rule's.
      if (await store.claim(left, LONG)) assert(await store.claim(key, LONG), 'it was prolonged');
    },
  },
  {
    id: 'SS23',
    text: 'delete MUST end a claim, and somebody else can have the key',
    of: 'claim',
    async check(store, unique) {
      if (!(await canDelete(store, unique))) return;
      const key = unique('claim');
      await store.claim(key, LONG);
      await store.delete(key);
      assert(await store.claim(key, LONG), 'it was not ended');
    },
  },
  {
    id: 'SS24',
    text: 'claims of different keys MUST NOT be in the way of each other',
    of: 'claim',
    async check(store, unique) {
      const keys = Array.from({ length: MANY }, () => unique('claim'));
      const claims = await Promise.all(keys.map((key) => store.claim(key, LONG)));
      assert.equal(claims.filter(Boolean).length, MANY);
    },
  },
];

/** Where it cannot, another rule says so. */
async function canDelete(store: SessionStore, unique: Unique): Promise<boolean> {
  const key = unique('key');
  await store.set(key, 'value', LONG);
  await store.delete(key);
  return (await store.get(key)) === undefined;
}
