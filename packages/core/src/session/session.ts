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
  /** Random, new at each login. */
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
  /** The last request that was written down, in epoch milliseconds. */
  touchedAt: number;
}

/** The record as text, tokens included: only ever to be sealed. */
export function serializeSession({ id, persona, identity, tokens, startedAt, touchedAt }: SessionRecord): string {
  const { accessToken, refreshToken, expiresAt, scope } = tokens;
  return JSON.stringify({
    id,
    persona,
    identity,
    startedAt,
    touchedAt,
    tokens: { accessToken, refreshToken, expiresAt, scope: [...scope] },
  });
}

/** @param text what {@link serializeSession} returned: it was sealed, so nobody else wrote it */
export function parseSession(text: string): SessionRecord {
  const { id, persona, identity, startedAt, touchedAt, tokens } = JSON.parse(text) as StoredSession;
  return createSessionRecord({
    id,
    persona,
    identity,
    startedAt,
    touchedAt,
    tokens: createTokenSet({ ...tokens, source: 'memory' }),
  });
}

/** The tokens are not enumerable: an application that prints its session prints none. */
export function createSessionRecord({ tokens, ...visible }: Omit<SessionRecord, 'scope'>): SessionRecord {
  return Object.defineProperties(visible, {
    tokens: { value: tokens, writable: true },
    // What the tokens of now were granted: a renewal may have narrowed it (T068).
    scope: {
      enumerable: true,
      get(this: SessionRecord) {
        return this.tokens.scope;
      },
    },
  }) as SessionRecord;
}

interface StoredSession extends Omit<SessionRecord, 'tokens' | 'scope'> {
  readonly tokens: Omit<TokenSetFields, 'source'>;
}
