import type { Actor } from '../actor.ts';
import type { TokenSet } from '../protocol/token-set.ts';

export interface TokenRequest {
  readonly actor: Actor;
  /** Scopes without prefix. Empty only where the actor brings its own: a session, an exchange. */
  readonly scope: readonly string[];
  /** Further parameters of the token request, such as `resource` (RFC 8707) or `audience` (RFC 8693). */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** Do not use what is cached. */
  readonly forceRenewal?: boolean | undefined;
  /** The access token that eGain's API rejected: renewed only if it is still the one in the cache (R7). */
  readonly rejected?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Where tokens come from. Everything that needs one — the API client, the request context, the application — goes
 * through this seam; guards and caches are token sources around another.
 */
export interface TokenSource {
  /** @returns a token that is there at once, or the promise of one */
  getToken(request: TokenRequest): TokenSet | Promise<TokenSet>;
}
