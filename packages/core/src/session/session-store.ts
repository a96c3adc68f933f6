/**
 * A place that holds the sessions of all processes, such as Redis. Keys are hashes of what the browsers hold, and values
 * are sealed before they get here: a person who can read the store can neither take over a session nor see whose it is.
 * Unlike a token store it is not a cache. A session that it forgets is signed out, and while it fails nobody is signed in.
 *
 * All six methods are required. `replace` and the claims each act in one step: without them a request that is under way
 * could undo a renewal, or two processes could spend one refresh token.
 */
export interface SessionStore {
  /** @returns the value as text, or `undefined` if there is none or its time to live is over */
  get(key: string): Promise<string | undefined>;
  /** Sets the value, whatever was there. */
  set(key: string, value: string, options: SessionStoreSetOptions): Promise<void>;
  /** Deletes the value, if there is one. */
  delete(key: string): Promise<void>;
  /**
   * Replaces the value only if it still is `previous`, in one step (compare and swap). An old value thus never overwrites
   * a newer one, and a deleted session is not revived.
   * @returns whether the value was replaced
   */
  replace(key: string, previous: string, value: string, options: SessionStoreSetOptions): Promise<boolean>;
  /**
   * Takes a key that no other owner holds, in one step. An owner that holds it already extends its claim: the time to live
   * starts again. Claims and values have separate keys.
   * @param owner random, and the same for each call of one owner
   * @returns whether `owner` holds the key now
   */
  claim(key: string, owner: string, options: SessionStoreSetOptions): Promise<boolean>;
  /** Releases a claim, if `owner` still holds it, in one step. */
  release(key: string, owner: string): Promise<void>;
}

export interface SessionStoreSetOptions {
  /** Time to live, in milliseconds. */
  readonly ttlMs: number;
}
