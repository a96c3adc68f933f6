import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionStore } from '@egain-auth/core';
import type { StoreRule } from './store-contract.ts';
import { GRACE_MS, LONG_MS, MANY, SECOND_MS } from './value-store-rules.ts';

const LONG = { ttlMs: LONG_MS } as const;
const SECOND = { ttlMs: SECOND_MS } as const;
const SOON = { ttlMs: 50 } as const;

/** What a session store must keep about `claim` and `release`. */
export const CLAIM_RULES: readonly StoreRule<SessionStore>[] = [
  {
    id: 'SS22',
    text: 'claim MUST resolve to true for a free key and for the owner that holds it, and to false for every other owner',
    async check(store, unique) {
      const key = unique('claim');
      const owner = unique('Owner');
      const others = [unique('Owner'), owner.toLowerCase(), `${owner}:1`, owner.slice(0, -1)];
      const claims = [await store.claim(key, owner, LONG)];
      for (const name of [...others, owner, owner]) claims.push(await store.claim(key, name, LONG));
      assert.deepEqual(claims, [true, ...others.map(() => false), true, true]);
    },
  },
  {
    id: 'SS23',
    text: `of ${MANY} owners that claim one key at a time, exactly one MUST win`,
    async check(store, unique) {
      const key = unique('claim');
      const owners = Array.from({ length: MANY }, () => unique('owner'));
      const claims = await Promise.all(owners.map((owner) => store.claim(key, owner, LONG)));
      assert.equal(claims.filter(Boolean).length, 1);
    },
  },
  {
    id: 'SS24',
    text: 'a claim MUST end after its ttlMs, and another owner MUST get the key for itself',
    async check(store, unique) {
      const [soon, late] = [unique('claim'), unique('claim')];
      await store.claim(soon, 'first', SOON);
      await store.claim(late, 'first', SECOND);
      await sleep(SOON.ttlMs + GRACE_MS);
      assert(await store.claim(soon, 'second', LONG), 'a claim of 50 ms did not end');
      assert(!(await store.claim(soon, 'first', LONG)), 'the first owner took it back');
      await sleep(SECOND_MS - SOON.ttlMs);
      assert(await store.claim(late, 'second', LONG), 'a claim of a second did not end');
    },
  },
  {
    id: 'SS25',
    text: 'a claim that is refused MUST NOT prolong the claim of the owner that holds the key',
    async check(store, unique) {
      const [key, left] = [unique('claim'), unique('claim')];
      for (const name of [key, left]) await store.claim(name, 'holder', SECOND);
      // It wins if this machine took more than a second to get here.
      if (await store.claim(key, 'refused', LONG)) return;
      await sleep(SECOND_MS + GRACE_MS);
      // Another rule checks that claims end at all.
      if (await store.claim(left, 'next', LONG)) assert(await store.claim(key, 'next', LONG), 'it was prolonged');
    },
  },
  {
    id: 'SS26',
    text: 'a claim MUST end after the ttlMs that its owner claimed it with last, sooner or later than before',
    async check(store, unique) {
      const [sooner, later, left] = [unique('claim'), unique('claim'), unique('claim')];
      await store.claim(left, 'holder', SECOND);
      await store.claim(sooner, 'holder', LONG);
      await store.claim(later, 'holder', SECOND);
      // Another rule checks that the owner is not refused. It may win anew if this machine took more than a second.
      const isExtended = (await store.claim(sooner, 'holder', SECOND)) && (await store.claim(later, 'holder', LONG));
      if (!isExtended) return;
      await sleep(SECOND_MS + GRACE_MS);
      assert(!(await store.claim(later, 'next', LONG)), 'it was not prolonged');
      if (await store.claim(left, 'next', LONG))
        assert(await store.claim(sooner, 'next', LONG), 'it was not shortened');
    },
  },
  {
    id: 'SS27',
    text: 'while an owner extends its claim, no other owner MUST get the key',
    async check(store, unique) {
      const key = unique('claim');
      await store.claim(key, 'holder', LONG);
      const others = Array.from({ length: MANY }, () => unique('owner'));
      const claims = await Promise.all(
        others.flatMap((owner) => [
          store.claim(key, 'holder', LONG).then(() => false),
          sleep(1).then(() => store.claim(key, owner, LONG)),
        ]),
      );
      assert.equal(claims.filter(Boolean).length, 0);
    },
  },
  {
    id: 'SS28',
    text: 'release MUST end the claim of its owner, and another owner MUST get the key',
    async check(store, unique) {
      const key = unique('claim');
      await store.claim(key, 'first', LONG);
      await store.release(key, 'first');
      assert(await store.claim(key, 'second', LONG), 'it was not released');
    },
  },
  {
    id: 'SS29',
    text: 'release MUST NOT end the claim of another owner, also if the key was its own before',
    async check(store, unique) {
      const [held, taken] = [unique('claim'), unique('claim')];
      const owner = unique('Owner');
      await store.claim(taken, owner, SOON);
      await store.claim(held, owner, LONG);
      for (const other of ['other', owner.toLowerCase(), `${owner}:1`, owner.slice(0, -1)]) {
        await store.release(held, other);
        assert(!(await store.claim(held, 'next', LONG)), 'another owner released it');
      }
      await sleep(SOON.ttlMs + GRACE_MS);
      // Another rule checks that claims end.
      if (!(await store.claim(taken, 'second', LONG))) return;
      await store.release(taken, owner);
      assert(!(await store.claim(taken, 'next', LONG)), 'an earlier owner released it');
    },
  },
  {
    id: 'SS30',
    text: 'release MUST NOT fail where there is nothing to release: never claimed, released, or expired',
    async check(store, unique) {
      const [unknown, released, expired] = [unique('unknown'), unique('claim'), unique('claim')];
      await store.claim(released, 'owner', LONG);
      await store.release(released, 'owner');
      await store.claim(expired, 'owner', SOON);
      await sleep(SOON.ttlMs + GRACE_MS);
      for (const key of [unknown, released, expired]) await store.release(key, 'owner');
    },
  },
  {
    id: 'SS31',
    text: 'the claim and the value of one key MUST NOT touch each other',
    async check(store, unique) {
      const [valueFirst, claimFirst] = [unique('key'), unique('key')];
      const isHeld = async (key: string) => !(await store.claim(key, 'other', LONG));
      await store.set(valueFirst, 'value', LONG);
      assert(await store.claim(valueFirst, 'owner', LONG), 'a value was taken for a claim');
      assert.equal(await store.get(valueFirst), 'value', 'a claim changed a value');
      await store.release(valueFirst, 'owner');
      assert.equal(await store.get(valueFirst), 'value', 'release deleted a value');
      await store.claim(claimFirst, 'owner', LONG);
      assert.notEqual(await store.get(claimFirst), 'owner', 'a claim was taken for a value');
      await store.replace(claimFirst, 'owner', 'value', LONG);
      assert(await isHeld(claimFirst), 'replace ended a claim');
      await store.set(claimFirst, 'value', LONG);
      assert(await isHeld(claimFirst), 'set ended a claim');
      await store.delete(claimFirst);
      assert(await isHeld(claimFirst), 'delete ended a claim');
    },
  },
  {
    id: 'SS32',
    text: 'claims of different keys MUST NOT be in the way of each other',
    async check(store, unique) {
      const key = unique('Claim');
      const spellings = [key, key.toLowerCase(), key.toUpperCase(), `${key}:`, `${key}:1`, `:${key}`];
      const keys = [...spellings, ...Array.from({ length: MANY }, () => unique('claim'))];
      const claims = await Promise.all(keys.map((name) => store.claim(name, `owner of ${name}`, LONG)));
      assert.equal(claims.filter(Boolean).length, keys.length);
      // One process holds the claims of many sessions.
      const [released, held] = [unique('claim'), unique('claim')];
      for (const name of [released, held]) await store.claim(name, 'owner', LONG);
      await store.release(released, 'owner');
      assert(!(await store.claim(held, 'other', LONG)), 'another claim of its owner was released');
    },
  },
];
