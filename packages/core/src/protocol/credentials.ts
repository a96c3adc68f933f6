import { type EgainAuthError, isEgainAuthError, repeatError } from '../errors.ts';
import type { ResolvedClient } from '../resolved-options.ts';
import { readSecret } from './token-endpoint.ts';
import { invalidClientError, isUnexplained401 } from './token-refusal.ts';

/** How long a secret that eGain refused is not shown to it again. */
const REFUSED_SECRET_MS = 30_000;
/** How often a secret function is asked meanwhile whether there is a new one. */
const SECRET_CHECK_MS = 1000;
/** How many keys must get a 401 without an OAuth error until it is about the client; more if the secret has worked. */
const KEYS_AGAINST_SECRET = 2;
const KEYS_AGAINST_PROVEN_SECRET = 5;

/** The secret of one client, and whether eGain refused it. */
export interface Credentials {
  /** @throws {EgainAuthError} what eGain said of this very secret, for a while; `client_secret_unavailable` */
  read(client: ResolvedClient, limitMs: number): Promise<string | undefined>;
  /**
   * What an error of the token endpoint says about the client. A 401 without an OAuth error may come from a gateway that
   * refuses one subject. It means `invalid_client` only after a second key got one, or a fifth one if the secret has worked
   * before, with no token issued in between (F58).
   * @returns `invalid_client`, or undefined if the error is not about the client
   */
  refusalIn(error: unknown, key: string, secret: string | undefined): EgainAuthError | undefined;
  /** @returns whether there is another secret now */
  refused(error: EgainAuthError, secret: string | undefined, client: ResolvedClient): Promise<boolean>;
  /** The token endpoint issued a token for this secret, so no earlier refusal of it holds. */
  accepted(secret: string | undefined): void;
}

export function guardCredentials(timeoutMs: number, now: () => number): Credentials {
  let refusal: { error: EgainAuthError; secret: string | undefined; until: number; checkedAt: number } | undefined;
  /** The keys that got a 401 without an OAuth error since the last token was issued. */
  const unexplained = new Set<string>();
  let proven: { readonly secret: string | undefined } | undefined;

  return {
    async read(client, limitMs) {
      if (!refusal || now() >= refusal.until) return readSecret(client, limitMs);
      const { error, secret, until } = refusal;
      if (now() - refusal.checkedAt >= SECRET_CHECK_MS) {
        refusal.checkedAt = now();
        const current = await readSecret(client, limitMs);
        if (current !== secret) {
          refusal = undefined;
          return current;
        }
      }
      throw repeatError(error, until - now());
    },
    refusalIn(error, key, secret) {
      if (isEgainAuthError(error, 'token_request_failed') && error.oauthError === 'invalid_client') return error;
      if (!isUnexplained401(error)) return undefined;
      unexplained.add(key);
      const isProven = proven !== undefined && proven.secret === secret;
      if (unexplained.size < (isProven ? KEYS_AGAINST_PROVEN_SECRET : KEYS_AGAINST_SECRET)) return undefined;
      unexplained.clear();
      return invalidClientError(error);
    },
    async refused(error, secret, client) {
      const current = await readSecret(client, timeoutMs).catch(() => secret);
      if (current !== secret) return true;
      if (proven?.secret === secret) proven = undefined;
      refusal = { error, secret, until: now() + REFUSED_SECRET_MS, checkedAt: now() };
      return false;
    },
    accepted(secret) {
      unexplained.clear();
      proven = { secret };
      if (refusal?.secret === secret) refusal = undefined;
    },
  };
}
