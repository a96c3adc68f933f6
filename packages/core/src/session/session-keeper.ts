import type { EgainAuthError } from '../errors.ts';
import type { SignedOutReason } from '../events.ts';
import type { HttpReply, HttpRequest } from '../http/exchange.ts';
import type { IssuedTokenSet } from '../protocol/token-set.ts';
import type { SessionRecord } from './session.ts';

export interface KeptSession {
  readonly session: SessionRecord;
  /** Sealed with a secret that is about to be removed (T039). */
  readonly isOutdated: boolean;
  /** The text that it was opened from. A store replaces this text only, so a newer session stays (F65). */
  readonly sealed: string;
}

/** Where sessions are: sealed in the browser's cookies, or in a store. Whether one is over is not decided here. */
export interface SessionKeeper {
  /** Opens sessions without waiting. */
  readonly isImmediate: boolean;
  /** @throws {EgainAuthError} `session_store_unavailable` */
  read(request: HttpRequest): KeptSession | SignedOutReason | Promise<KeptSession | SignedOutReason>;
  /**
   * Keeps a new session.
   * @param ticket what its id is a hash of: whoever has it is signed in, so that the id can be logged
   * @returns its cookies
   * @throws {EgainAuthError} `session_too_large`, `session_store_unavailable`
   */
  create(session: SessionRecord, ticket: string, request: HttpRequest): string[] | Promise<string[]>;
  /** Keeps when a session was last used. If that fails, the session is idle sooner and nothing else happens. */
  touch(kept: KeptSession, exchange: Exchange): void;
  /** Whether renewed tokens could be kept. */
  canRenew(exchange: Exchange): boolean;
  /**
   * Has `refresh` done once for all who ask, and returns what came of it to all.
   * @param name of this very renewal
   * @throws {EgainAuthError} `session_store_unavailable`, `login_required`
   */
  renew(session: SessionRecord, name: string, refresh: () => Promise<IssuedTokenSet>): Promise<IssuedTokenSet>;
  /** Tells the browser of a request what is new since {@link renew}. */
  renewed(session: SessionRecord, exchange: Exchange): void;
  /** @throws {EgainAuthError} `session_store_unavailable` */
  end(request: HttpRequest): void | Promise<void>;
  /** @returns the cookies that remove those of a request */
  expire(request: HttpRequest): string[];
  /**
   * Takes a name for one owner among all processes.
   * @returns whether `owner` holds it now
   * @throws {EgainAuthError} `session_store_unavailable`
   */
  claim(name: string, owner: string, ttlMs: number): boolean | Promise<boolean>;
  /** Releases a claim that `owner` still holds. @throws {EgainAuthError} `session_store_unavailable` */
  release(name: string, owner: string): void | Promise<void>;
}

export interface Exchange {
  readonly request: HttpRequest;
  readonly reply: HttpReply;
}

/** What is known of whoever sent a request. */
export interface SessionLookup {
  readonly session: SessionRecord | undefined;
  /** Why there is none. */
  readonly reason: SignedOutReason | undefined;
  /** Of `store_unavailable`: thrown wherever it matters who somebody is. */
  readonly failure: EgainAuthError | undefined;
}
