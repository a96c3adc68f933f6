import type { Actor } from '../actor.ts';
import { assertScopeList } from '../protocol/scopes.ts';
import type { TokenRequest } from './token-source.ts';

/** No scopes: what an actor brings itself is asked for, or refused. */
const NONE: readonly string[] = Object.freeze([]);

export type TokenRequestOptions = {
  readonly [name in Exclude<keyof TokenRequest, 'actor'>]?: TokenRequest[name] | undefined;
};

/** The scopes that a caller's options state themselves (T098). */
export const ownScope = <S extends string>(options: { readonly scope?: readonly S[] } | undefined) =>
  options !== undefined && Object.hasOwn(options, 'scope') ? options.scope : undefined;

/** Every member is the caller's own, none inherited (T098). */
export function tokenRequest(actor: Actor, options: TokenRequestOptions = {}): TokenRequest {
  const { scope, parameters, forceRenewal, rejected, signal } = options;
  // What is not there at all need not be asked whose it is, which costs more than all the rest.
  const isOwn = (name: string) => Object.hasOwn(options, name);
  return {
    actor,
    scope: scope !== undefined && isOwn('scope') ? scope : NONE,
    parameters: parameters !== undefined && isOwn('parameters') ? parameters : undefined,
    forceRenewal: forceRenewal !== undefined && isOwn('forceRenewal') ? forceRenewal : undefined,
    rejected: rejected !== undefined && isOwn('rejected') ? rejected : undefined,
    signal: signal !== undefined && isOwn('signal') ? signal : undefined,
  };
}

/**
 * One copy of a request, whose actor and scopes are frozen. The policy, the cache and the flow read it at different times, with waits between them. If they
 * read the caller's own array or getters, a scope that nobody judged could be minted, and cached for an honest caller (T108).
 * @throws {EgainAuthError} `invalid_scope` when the scopes are not an array
 */
export function frozenRequest(request: TokenRequest): TokenRequest {
  const { actor, scope, parameters, forceRenewal, rejected, signal } = request;
  assertScopeList(scope);
  const copy = Object.freeze([...scope]);
  // Only our own code holds this object, and freezing it too would cost more than the search for a token in memory.
  return { actor: frozenActor(actor), scope: copy, parameters, forceRenewal, rejected, signal };
}

/** Each member is read once, so a getter cannot make another actor of it later. Subjects are frozen already. */
export function frozenActor(actor: Actor): Actor {
  const { type } = actor;
  if (type === 'on-behalf-of') return Object.freeze({ type, subject: actor.subject });
  if (type === 'session') return Object.freeze({ type, session: actor.session });
  if (type === 'exchanged') {
    return Object.freeze({ type, registrationId: actor.registrationId, subjectToken: actor.subjectToken });
  }
  // Also of an unknown type (untyped JavaScript caller): the issuer throws the TypeError.
  return Object.freeze({ type });
}
