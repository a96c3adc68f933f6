import { EgainAuthError } from '../errors.ts';
import type { Persona } from '../protocol/endpoints.ts';
import type { IssuedTokenSet, TokenSetFields } from '../protocol/token-set.ts';
import { createTokenSet } from '../protocol/token-set.ts';

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

/** Changes with the shape below: what another version of this package wrote is not read (F32). */
const FORMAT = 1;

/** The record as text, tokens included: only ever to be sealed. */
export function serializeSession(session: SessionRecord): string {
  const { id, persona, identity, requestedScope, startedAt, touchedAt, obtainedAt, tokens } = session;
  const { accessToken, refreshToken, expiresAt, scope } = tokens;
  return JSON.stringify({
    ...{ format: FORMAT, id, persona, identity, requestedScope, startedAt, touchedAt, obtainedAt },
    tokens: { accessToken, refreshToken, expiresAt, scope: [...scope] },
  } satisfies StoredSession);
}

/** What a record is made of. */
export type SessionFields = Readonly<Omit<SessionRecord, 'scope'>>;

/**
 * @param text what {@link serializeSession} of some version returned: it was sealed, so nobody else wrote it
 * @returns nothing where another version wrote something else; frozen, so that several requests can share it
 */
export function parseSession(text: string): SessionFields | undefined {
  const { format, tokens, ...visible } = JSON.parse(text) as StoredSession;
  if (format !== FORMAT) return undefined;
  const { accessToken, refreshToken, expiresAt, scope } = tokens;
  const { identity, requestedScope } = visible;
  return Object.freeze({
    ...visible,
    identity: Object.freeze({ ...identity, ...(identity.roles && { roles: Object.freeze([...identity.roles]) }) }),
    requestedScope: Object.freeze(requestedScope),
    tokens: createTokenSet({ accessToken, refreshToken, expiresAt, scope, source: 'memory' }),
  });
}

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

interface StoredSession extends Omit<SessionRecord, 'tokens' | 'scope'> {
  readonly format: number;
  readonly tokens: Omit<TokenSetFields, 'source'>;
}

/** @param problem why the session is of no use */
export function loginRequired(problem: string): EgainAuthError {
  return new EgainAuthError('login_required', `the session cannot be used: ${problem}`, {
    remedy: 'Send the person to sign in again.',
  });
}
