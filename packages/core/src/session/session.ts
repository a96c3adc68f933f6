import { EgainAuthError } from '../errors.ts';
import type { Persona } from '../protocol/endpoints.ts';
import type { IssuedTokenSet } from '../protocol/token-set.ts';

/** Who signed in, as eGain's API says; nothing here comes out of an unverified token. */
export interface EgainIdentity {
  readonly persona: Persona;
  /** eGain's id of the user. Absent where it could not be looked up. */
  readonly id?: string;
  readonly name?: string;
  readonly roles?: readonly string[];
}

/** One browser's login. Its tokens stay inside: ask the request context for a token or for `api`. */
export interface EgainSession<P extends Persona = Persona> {
  /** New at each login. Says who is who in a log: nobody is signed in by it. */
  readonly id: string;
  readonly persona: P;
  readonly identity: EgainIdentity;
  /** What the login was granted. */
  readonly scope: ReadonlySet<string>;
  /** When the login took place, in epoch milliseconds. */
  readonly startedAt: number;
}

/** A session with what only the session layer may see. */
export interface SessionRecord extends EgainSession {
  tokens: IssuedTokenSet;
  /** When they were, in epoch milliseconds. */
  obtainedAt: number;
  /** What the login asked for: what is missing from `scope` all the same was refused. */
  readonly requestedScope: readonly string[];
  /** The last request that was written down, in epoch milliseconds. */
  touchedAt: number;
}

/** What a record is made of. */
export type SessionFields = Readonly<Omit<SessionRecord, 'scope'>>;

/**
 * The tokens are not enumerable: an application that prints its session prints none. Member by member, since one is made
 * for each request.
 */
export function createSessionRecord(fields: SessionFields): SessionRecord {
  const { id, persona, identity, requestedScope, startedAt, touchedAt, obtainedAt, tokens } = fields;
  const record = { id, persona, identity, requestedScope, startedAt, touchedAt, obtainedAt };
  Object.defineProperty(record, 'tokens', { value: tokens, writable: true });
  return Object.defineProperty(record, 'scope', SCOPE) as SessionRecord;
}

/** What the tokens of now were granted: a renewal may have narrowed it (T068). */
const SCOPE: PropertyDescriptor & ThisType<SessionRecord> = {
  enumerable: true,
  get() {
    return this.tokens.scope;
  },
};

/** @param problem why the session is of no use */
export function loginRequired(problem: string): EgainAuthError {
  return new EgainAuthError('login_required', `the session cannot be used: ${problem}`, {
    remedy: 'Send the person to sign in again.',
  });
}
