import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TokenStore } from '@egain-auth/core';
import type { StoreRule } from './store-contract.ts';
import {
  GRACE_MS,
  LONG_MS,
  MANY,
  SECOND_MS,
  sameCharacters,
  sameLength,
  VALUE_RULES,
  type ValueRule,
} from './value-store-rules.ts';

/** More than core ever stores under one key. */
const LARGE_KIB = 256;
/** More than core ever uses: a store for tokens is a store for others too. */
const VALUES = ['{"a": 1}', 'null', '0', ' \t padded \r\n', 'a\0b', '"\'\\$1%s', 'é e\u0301 ß 𝒳 🔑', 'v1.A-_z'];

export const TOKEN_STORE_RULES: readonly StoreRule<TokenStore, 'deleteByTag' | 'lock'>[] = [
  { id: 'TS01', ...untagged(VALUE_RULES.found) },
  { id: 'TS02', ...untagged(VALUE_RULES.unknown) },
  { id: 'TS03', ...untagged(VALUE_RULES.replaced) },
  { id: 'TS04', ...untagged(VALUE_RULES.deleted) },
  { id: 'TS05', ...untagged(VALUE_RULES.deletedUnknown) },
  { id: 'TS06', ...untagged(sameCharacters(VALUES)) },
  { id: 'TS07', ...untagged(sameLength(LARGE_KIB)) },
  { id: 'TS08', ...untagged(VALUE_RULES.keys) },
  { id: 'TS09', ...untagged(VALUE_RULES.ended) },
  { id: 'TS10', ...untagged(VALUE_RULES.endedSoon) },
  { id: 'TS11', ...untagged(VALUE_RULES.shortened) },
  { id: 'TS12', ...untagged(VALUE_RULES.prolonged) },
  {
    id: 'TS13',
    text: 'deleteByTag MUST remove every value that was set with the tag',
    of: 'deleteByTag',
    async check(store, unique) {
      const tag = unique('tag');
      const keys = Array.from({ length: MANY }, () => unique('key'));
      for (const key of keys) await store.set(key, 'value', { ttlMs: LONG_MS, tags: [tag] });
      await store.deleteByTag(tag);
      const found = await Promise.all(keys.map((key) => store.get(key)));
      assert.equal(found.filter((value) => value !== undefined).length, 0);
    },
  },
  {
    id: 'TS14',
    text: 'deleteByTag MUST NOT remove a value that was set without the tag',
    of: 'deleteByTag',
    async check(store, unique) {
      const tag = unique('Tag');
      const others = [[], [unique('Tag')], [tag.toLowerCase()], [tag.toUpperCase()], [`${tag}:1`], [tag.slice(0, -1)]];
      const keys = others.map(() => unique('key'));
      for (const [index, key] of keys.entries()) {
        await store.set(key, 'value', { ttlMs: LONG_MS, tags: others[index] ?? [] });
      }
      await store.set(unique('key'), 'value', { ttlMs: LONG_MS, tags: [tag] });
      await store.deleteByTag(tag);
      for (const [index, key] of keys.entries())
        assert.equal(await store.get(key), 'value', `of ${others[index]?.join()}`);
    },
  },
  {
    id: 'TS15',
    text: 'a value with several tags MUST go with any of them',
    of: 'deleteByTag',
    async check(store, unique) {
      const tags = [unique('tag'), unique('tag'), unique('tag')];
      for (const tag of tags) {
        const key = unique('key');
        await store.set(key, 'value', { ttlMs: LONG_MS, tags });
        await store.deleteByTag(tag);
        assert.equal(await store.get(key), undefined);
      }
    },
  },
  {
    id: 'TS16',
    text: 'a value that replaces or follows another MUST NOT have its tags',
    of: 'deleteByTag',
    async check(store, unique) {
      const [replaced, deleted, old, current] = [unique('key'), unique('key'), unique('tag'), unique('tag')];
      for (const key of [replaced, deleted]) await store.set(key, 'old', { ttlMs: LONG_MS, tags: [old] });
      await store.delete(deleted);
      for (const key of [replaced, deleted]) await store.set(key, 'new', { ttlMs: LONG_MS, tags: [current] });
      await store.deleteByTag(old);
      assert.notEqual(await store.get(replaced), undefined);
      assert.notEqual(await store.get(deleted), undefined);
    },
  },
  {
    id: 'TS17',
    text: 'deleteByTag MUST NOT fail for a tag that no value has',
    of: 'deleteByTag',
    async check(store, unique) {
      await store.deleteByTag(unique('unknown'));
    },
  },
  {
    id: 'TS18',
    text: 'values that are set after deleteByTag MUST stay, with the same tag and key too',
    of: 'deleteByTag',
    async check(store, unique) {
      const [key, another] = [unique('key'), unique('key')];
      const options = { ttlMs: LONG_MS, tags: [unique('tag')] };
      await store.set(key, 'before', options);
      await store.deleteByTag(options.tags[0] as string);
      for (const name of [key, another]) await store.set(name, 'after', options);
      assert.deepEqual([await store.get(key), await store.get(another)], ['after', 'after']);
    },
  },
  { id: 'TS19', ...untagged(VALUE_RULES.manyKeys) },
  { id: 'TS20', ...untagged(VALUE_RULES.manyValues) },
  {
    id: 'TS21',
    text: 'of values set at a time for one key, the one that stays MUST go with its own tags',
    of: 'deleteByTag',
    async check(store, unique) {
      const key = unique('key');
      const tags = Array.from({ length: 20 }, () => unique('tag'));
      await Promise.all(tags.map((tag) => store.set(key, tag, { ttlMs: LONG_MS, tags: [tag] })));
      const winner = (await store.get(key)) ?? '';
      // A mixture is another rule's.
      if (!tags.includes(winner)) return;
      await store.deleteByTag(winner);
      assert.equal(await store.get(key), undefined);
    },
  },
  {
    id: 'TS22',
    text: 'a lock MUST have no more than one holder at a time',
    of: 'lock',
    async check(store, unique) {
      const key = unique('lock');
      let [holders, most, granted] = [0, 0, 0];
      async function contend(): Promise<void> {
        const unlock = await tryLock(store, key, SECOND_MS);
        if (!unlock) return;
        granted += 1;
        holders += 1;
        most = Math.max(most, holders);
        await sleep(5);
        holders -= 1;
        await unlock();
      }
      await Promise.all(Array.from({ length: MANY }, contend));
      assert.equal(most, 1);
      assert(granted > 0);
    },
  },
  {
    id: 'TS23',
    text: 'to unlock MUST end the lock, for who waits and for who comes next',
    of: 'lock',
    async check(store, unique) {
      const key = unique('lock');
      const unlock = await tryLock(store, key);
      const waiting = tryLock(store, key, SECOND_MS);
      await sleep(50);
      await unlock?.();
      const unlockNext = await waiting;
      assert(unlockNext, 'who waited did not get it');
      await unlockNext();
      assert(await tryLock(store, key), 'who came next did not get it');
    },
  },
  {
    id: 'TS24',
    text: 'a lock MUST end after its ttlMs, for who waits and for who comes later',
    of: 'lock',
    async check(store, unique) {
      const [waitedFor, left] = [unique('lock'), unique('lock')];
      await tryLock(store, waitedFor, 0, 200);
      const unlock = await tryLock(store, waitedFor, SECOND_MS);
      assert(unlock, 'who waited did not get it');
      await unlock();
      await tryLock(store, left, 0, 50);
      await sleep(50 + GRACE_MS);
      assert(await tryLock(store, left), 'who came later did not get it');
    },
  },
  {
    id: 'TS25',
    text: 'to unlock what ended already MUST NOT end the lock of somebody else',
    of: 'lock',
    async check(store, unique) {
      const key = unique('lock');
      const unlockLate = await tryLock(store, key, 0, 50);
      await sleep(50 + GRACE_MS);
      const unlock = await tryLock(store, key);
      // That locks end by themselves is another rule's.
      if (!unlock) return;
      await unlockLate?.();
      assert.equal(await tryLock(store, key), undefined);
    },
  },
  {
    id: 'TS26',
    text: 'lock MUST resolve to undefined when somebody else keeps the lock for all of waitMs',
    of: 'lock',
    async check(store, unique) {
      const key = unique('lock');
      await store.lock(key, { ttlMs: LONG_MS, waitMs: 0 });
      for (const waitMs of [0, 100]) {
        assert.equal(await orTooLate(store.lock(key, { ttlMs: LONG_MS, waitMs }), waitMs), undefined);
      }
    },
  },
  {
    id: 'TS27',
    text: 'locks of different keys MUST NOT wait for each other',
    of: 'lock',
    async check(store, unique) {
      const keys = Array.from({ length: MANY }, () => unique('lock'));
      const unlocks = await Promise.all(keys.map((key) => tryLock(store, key)));
      assert.equal(unlocks.filter(Boolean).length, MANY);
    },
  },
];

/** A rule that is not about tags. */
function untagged(rule: ValueRule): Pick<StoreRule<TokenStore, never>, 'text' | 'check'> {
  return {
    text: rule.text,
    check: (store, unique) =>
      rule.check(
        {
          get: (key) => store.get(key),
          set: (key, value, { ttlMs }) => store.set(key, value, { ttlMs, tags: [] }),
          delete: (key) => store.delete(key),
        },
        unique,
      ),
  };
}

/** A lock, where there is one to be had: how it is refused is one rule's business. */
async function tryLock(
  store: Required<TokenStore>,
  key: string,
  waitMs = 0,
  ttlMs = LONG_MS,
): Promise<(() => Promise<void>) | undefined> {
  try {
    const unlock = await orTooLate(store.lock(key, { ttlMs, waitMs }), waitMs);
    return unlock === 'too late' ? undefined : unlock;
  } catch {
    return undefined;
  }
}

async function orTooLate<T>(promise: Promise<T>, waitMs: number): Promise<T | 'too late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'too late'>((resolve) => {
    timer = setTimeout(() => resolve('too late'), waitMs + SECOND_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
