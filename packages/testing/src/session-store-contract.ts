import type { SessionStore } from '@egain-auth/core';
import { SESSION_STORE_RULES } from './session-store-rules.ts';
import { describeContract, type MakeStore, type StoreTestFramework } from './store-contract.ts';

/** For {@link describeSessionStore}. */
export type SessionStoreContractOptions = StoreTestFramework;

/**
 * Defines one test for each rule that a `SessionStore` must keep, with the test framework you use. MUST and MUST NOT are
 * those of RFC 2119; the ids, `SS01` and on, do not change. No test takes longer than two seconds with a store that keeps
 * the rules. Keys are random, so the store need not be empty; what the tests leave behind ends after a minute.
 *
 * All six methods of a `SessionStore` are required, so no rule can be left out.
 *
 * @param name of the store, for the title
 * @param makeStore called for each rule. It may return the same store each time, for you to close in the end, or several
 *   connections to one and the same: they take turns, so that what one has set the others must see
 * @throws {TypeError} when neither the options nor the globals have `describe` and `test`
 */
export function describeSessionStore(
  name: string,
  makeStore: MakeStore<SessionStore>,
  options: SessionStoreContractOptions = {},
): void {
  const title = `${name}: the contract of session stores`;
  describeContract({ caller: 'describeSessionStore', title, rules: SESSION_STORE_RULES }, makeStore, options);
}
