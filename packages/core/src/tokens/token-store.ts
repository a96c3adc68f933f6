/**
 * A place that several processes share tokens by, such as Redis. Keys are keyed hashes and values are sealed before they
 * get here: a store sees neither tokens nor names. It may forget anything at any time. What throws, or takes longer than
 * 250 ms (`lock`: than `waitMs` and 250 ms), is done without for a second, unless `tokens.onStoreError` says otherwise.
 * `describeTokenStore` of `@egain-auth/testing` has a test for each rule.
 */
export interface TokenStore {
  /** @returns the value, or `undefined` when there is none or its time is over */
  get(key: string): Promise<string | undefined>;
  /** Replaces what was there. */
  set(key: string, value: string, options: TokenStoreSetOptions): Promise<void>;
  delete(key: string): Promise<void>;
  /** Deletes every value that was set with this tag. Without it, revoked tokens are unreadable at once but stay until their time is over. */
  deleteByTag?(tag: string): Promise<void>;
  /**
   * Asks to be the only one, in all processes, who renews a key. An optimization: without a lock, or when none is had in
   * time, each process asks eGain itself.
   * @returns how to end the lock, or `undefined` when somebody else kept it for all of `waitMs`
   */
  lock?(key: string, options: TokenStoreLockOptions): Promise<(() => Promise<void>) | undefined>;
}

export interface TokenStoreSetOptions {
  /** How long the value is good for. */
  readonly ttlMs: number;
  /** What `deleteByTag` may be asked to delete it by. */
  readonly tags: readonly string[];
}

export interface TokenStoreLockOptions {
  /** After this long a lock is over by itself: its holder may have died. */
  readonly ttlMs: number;
  /** How long to wait for somebody else's. */
  readonly waitMs: number;
}
