import type { Actor } from '../actor.ts';
import type { TokenRequest } from './token-source.ts';

/** No scopes: what an actor brings itself is asked for, or refused. */
const NONE: readonly string[] = Object.freeze([]);

export type TokenRequestOptions = {
  readonly [name in Exclude<keyof TokenRequest, 'actor'>]?: TokenRequest[name] | undefined;
};

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
