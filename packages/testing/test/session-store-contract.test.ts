import { createMemorySessionStore, type SessionStore } from '@egain-auth/core';
import { describe, expect, test } from '@jest/globals';
import { describeSessionStore } from '../src/index.ts';
import { SESSION_STORE_RULES } from '../src/session-store-rules.ts';
import { CLAIM_MUTANTS } from './claim-mutants.ts';
import { broken, REPLACE_MUTANTS } from './replace-mutants.ts';
import { type Mutant, testContract, valueMutants } from './store-contract.ts';

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
  ...REPLACE_MUTANTS,
  ...CLAIM_MUTANTS,
];

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
  });

  test.each(['get', 'set', 'delete', 'replace', 'claim', 'release'])('fails for a store without %s', async (name) => {
    const store = { ...createMemorySessionStore(), [name]: undefined } as unknown as SessionStore;
    const bodies: (() => Promise<void>)[] = [];
    describeSessionStore('collected', () => store, {
      describe: (_title, body) => body(),
      test: (_title, body) => bodies.push(body),
    });
    const outcomes = await Promise.allSettled(bodies.map((body) => body()));
    expect(outcomes).toContainEqual({
      status: 'rejected',
      reason: expect.objectContaining({ message: `has no method ${name}` }),
    });
  });
});
