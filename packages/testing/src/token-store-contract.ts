import type { TokenStore } from '@egain-auth/core';
import { describeContract, type MakeStore, type StoreContractOptions } from './store-contract.ts';
import { TOKEN_STORE_RULES } from './token-store-rules.ts';

/** For {@link describeTokenStore}. */
export type TokenStoreContractOptions = StoreContractOptions<'deleteByTag' | 'lock'>;

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
  makeStore: MakeStore<TokenStore>,
  options: TokenStoreContractOptions = {},
): void {
  const title = `${name}: the contract of token stores`;
  describeContract({ caller: 'describeTokenStore', title, rules: TOKEN_STORE_RULES }, makeStore, options);
}
