import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { TokenStore } from '@egain-auth/core';
import { TOKEN_STORE_RULES } from './token-store-rules.ts';

/** For {@link describeTokenStore}. */
export interface TokenStoreContractOptions {
  /** @default the global `describe` of jest, or of vitest with `globals: true` */
  describe?: (name: string, body: () => void) => unknown;
  /** @default the global `test` */
  test?: (name: string, body: () => Promise<void>) => unknown;
  /** What your store does not have: its rules are left out. @default [] */
  without?: readonly ('deleteByTag' | 'lock')[];
}

/**
 * Defines one test for each rule that a `TokenStore` must keep, with the test framework you use. MUST and MUST NOT are
 * those of RFC 2119; the ids, `TS01` and on, do not change. No test takes longer than two seconds with a store that keeps
 * the rules. Keys are random, so the store need not be empty; what the tests leave behind ends after a minute.
 *
 * @param name of the store, for the title
 * @param makeStore called for each rule. It may return the same store each time, for you to close in the end, or several
 *   connections to one and the same: they take turns, so that what one has set the others must see
 * @throws {TypeError} when neither the options nor the globals have `describe` and `test`
 */
export function describeTokenStore(
  name: string,
  makeStore: () => TokenStore | readonly TokenStore[] | Promise<TokenStore | readonly TokenStore[]>,
  options: TokenStoreContractOptions = {},
): void {
  const globals = globalThis as Pick<TokenStoreContractOptions, 'describe' | 'test'>;
  const { describe = globals.describe, test = globals.test, without = [] } = options;
  if (!describe || !test) {
    throw new TypeError('describeTokenStore: there is no global describe and test. Pass those of your test framework.');
  }
  describe(`${name}: the contract of token stores`, () => {
    for (const rule of TOKEN_STORE_RULES) {
      const { id, text, of } = rule;
      if (of && without.includes(of)) continue;
      test(`${id}: ${text}`, async () => {
        const stores = [await makeStore()].flat();
        const isWhole = !of || stores.every((store) => store[of]);
        assert(isWhole, `has no ${of}: if that is meant, say without: ['${of}']`);
        await rule.check(takingTurns(stores as Required<TokenStore>[]), (label) => `${label}:${randomUUID()}`);
      });
    }
  });
}

function takingTurns(stores: readonly Required<TokenStore>[]): Required<TokenStore> {
  let turn = 0;
  function next(): Required<TokenStore> {
    turn += 1;
    return stores[turn % stores.length] as Required<TokenStore>;
  }
  return {
    get: (...given) => next().get(...given),
    set: (...given) => next().set(...given),
    delete: (...given) => next().delete(...given),
    deleteByTag: (...given) => next().deleteByTag(...given),
    lock: (...given) => next().lock(...given),
  };
}
