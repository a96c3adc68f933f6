import type { Actor } from '../actor.ts';
import type { TokenSet } from '../protocol/token-set.ts';

export interface TokenRequest {
  readonly actor: Actor;
  /** Scopes without prefix. Empty only where the actor brings its own: a session, an exchange. */
  readonly scope: readonly string[];
  /** Do not use what is cached: it was rejected. */
  readonly forceRenewal?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Where tokens come from. Everything that needs one — the API client, the request context, the application — goes
 * through this seam; guards and caches are token sources around another.
 */
export interface TokenSource {
  getToken(request: TokenRequest): Promise<TokenSet>;
}
