import { isObject, isTexts, isTime } from '../json.ts';
import type { Persona } from '../protocol/endpoints.ts';
import { createTokenSet } from '../protocol/token-set.ts';
import { packTexts, unpackTexts } from './packed-texts.ts';
import type { EgainIdentity, SessionFields, SessionRecord } from './session.ts';

/**
 * Changes with the tuple below. A version reads its own format and the one of the release before, and treats every other
 * as unreadable (F68, docs/decisions/0011-sealed-formats.md).
 */
export const SESSION_FORMAT = 1;

/** Without names, and without what the other members already say: this is in every request of a browser. */
type StoredSession = readonly [
  format: number,
  persona: Persona,
  /** Without the persona, if that is the one of the session. */
  identity: Partial<EgainIdentity>,
  requestedScope: readonly string[],
  /** `null` if all requested scopes were granted, in the same order. */
  scope: readonly string[] | null,
  startedAt: number,
  /** After the start, in milliseconds. */
  touchedAfter: number,
  obtainedAfter: number,
  expiresAt: number,
];

/**
 * A record as bytes that contain its tokens, so they must be sealed.
 * @param binding what the session depends on (T103)
 */
export function serializeSession(session: SessionRecord, binding: string): Buffer {
  const { id, persona, identity, requestedScope, startedAt, touchedAt, obtainedAt, tokens } = session;
  const { accessToken, refreshToken, expiresAt } = tokens;
  const { persona: identityPersona, ...visible } = identity;
  const scope = [...tokens.scope];
  const isAsRequested = scope.length === requestedScope.length && scope.every((one, at) => one === requestedScope[at]);
  const stored: StoredSession = [
    SESSION_FORMAT,
    persona,
    identityPersona === persona ? visible : identity,
    requestedScope,
    isAsRequested ? null : scope,
    startedAt,
    touchedAt - startedAt,
    obtainedAt - startedAt,
    expiresAt,
  ];
  return packTexts(stored, [id, binding, accessToken, ...(refreshToken === undefined ? [] : [refreshToken])]);
}

/**
 * Reads what {@link serializeSession} of this version wrote. Its writer had the secret, but may have been another
 * version of this package, or other code of the application: anything else is not a session, and not an exception (F69).
 * @returns fields that are frozen, so that several requests can share them, and the binding
 */
export function parseSession(
  plaintext: Buffer,
): { readonly fields: SessionFields; readonly binding: string } | undefined {
  const { value, texts } = unpackTexts(plaintext) ?? {};
  if (!isStoredSession(value) || !texts) return undefined;
  const [, persona, identity, requestedScope, scope, startedAt, touchedAfter, obtainedAfter, expiresAt] = value;
  const [id, binding, accessToken, refreshToken] = texts;
  const times = { startedAt, touchedAt: startedAt + touchedAfter, obtainedAt: startedAt + obtainedAfter };
  if (!id || !binding || !accessToken || !Object.values(times).every(isTime)) return undefined;
  const roles = Array.isArray(identity.roles) && { roles: Object.freeze([...identity.roles]) };
  const fields = Object.freeze({
    ...{ id, persona, ...times },
    identity: Object.freeze({ persona, ...identity, ...roles }),
    requestedScope: Object.freeze([...requestedScope]),
    tokens: createTokenSet({
      ...{ accessToken, refreshToken, expiresAt, source: 'memory' },
      scope: scope ?? requestedScope,
    }),
  });
  return { fields, binding };
}

/** The identity comes from the application, which may put anything into its members. */
function isStoredSession(value: unknown): value is StoredSession {
  if (!Array.isArray(value) || value[0] !== SESSION_FORMAT) return false;
  const [, persona, identity, requestedScope, scope, startedAt, touchedAfter, obtainedAfter, expiresAt] = value;
  return (
    (persona === 'user' || persona === 'customer') &&
    isObject(identity) &&
    isTexts(requestedScope) &&
    (scope === null || isTexts(scope)) &&
    [startedAt, touchedAfter, obtainedAfter].every(Number.isSafeInteger) &&
    // `expires_in` may have decimal places.
    Number.isFinite(expiresAt) &&
    expiresAt >= 0
  );
}
