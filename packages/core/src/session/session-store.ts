/**
 * A place that holds the sessions of all processes, such as Redis. Keys are hashes of what the browsers hold and values
 * are sealed before they get here: whoever reads a store can neither take over a session nor see whose it is. Unlike a
 * token store it is no cache: what it forgets is signed out, and while it fails nobody is signed in.
 */
export interface SessionStore {
  /** @returns the value, or `undefined` when there is none or its time is over */
  get(key: string): Promise<string | undefined>;
  /** Replaces what was there. */
  set(key: string, value: string, options: SessionStoreSetOptions): Promise<void>;
  /** Deletes what is there, if anything is. */
  delete(key: string): Promise<void>;
  /**
   * Replaces what is there, and does nothing if nothing is, in one step. Without it a request that is under way can
   * revive a session that another process is just ending.
   * @returns whether something was there
   */
  update?(key: string, value: string, options: SessionStoreSetOptions): Promise<boolean>;
  /**
   * Takes a key that nobody has, in one step. Without it two processes can answer one callback, or refresh one session,
   * at once.
   * @returns whether nobody had it
   */
  claim?(key: string, options: SessionStoreSetOptions): Promise<boolean>;
}

export interface SessionStoreSetOptions {
  /** How long it is good for, in milliseconds. */
  readonly ttlMs: number;
}
