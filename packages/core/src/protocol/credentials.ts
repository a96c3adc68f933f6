import { type EgainAuthError, isEgainAuthError, repeatError } from '../errors.ts';
import type { ResolvedClient } from '../resolved-options.ts';
import { readSecret } from './token-endpoint.ts';
import { invalidClientError, isUnexplained401 } from './token-refusal.ts';

/** How long a secret that eGain refused is not shown to it again. */
const REFUSED_SECRET_MS = 30_000;
/** How often a secret function is asked meanwhile whether there is a new one. */
const SECRET_CHECK_MS = 1000;

/** The secret of one client, and whether eGain refused it. */
export interface Credentials {
  /** @throws {EgainAuthError} what eGain said of this very secret, for a while; `client_secret_unavailable` */
  read(client: ResolvedClient): Promise<string | undefined>;
  /**
   * What an error of the token endpoint says about the client. A 401 without an OAuth error may come from a gateway that
   * refuses one subject; it means `invalid_client` only after a second key got one (F58).
   * @returns `invalid_client`, or undefined if the error is not about the client
   */
  refusalIn(error: unknown, key: string): EgainAuthError | undefined;
  /** @returns whether there is another secret now */
  refused(error: EgainAuthError, secret: string | undefined, client: ResolvedClient): Promise<boolean>;
  /** The token endpoint issued a token for this client. */
  accepted(): void;
}

export function guardCredentials(timeoutMs: number, now: () => number): Credentials {
  let refusal: { error: EgainAuthError; secret: string | undefined; until: number; checkedAt: number } | undefined;
  let unexplained: string | undefined;

  return {
    async read(client) {
      if (!refusal || now() >= refusal.until) return readSecret(client, timeoutMs);
      const { error, secret, until } = refusal;
      if (now() - refusal.checkedAt >= SECRET_CHECK_MS) {
        refusal.checkedAt = now();
        const current = await readSecret(client, timeoutMs);
        if (current !== secret) {
          refusal = undefined;
          return current;
        }
      }
      throw repeatError(error, until - now());
    },
    refusalIn(error, key) {
      if (isEgainAuthError(error, 'token_request_failed') && error.oauthError === 'invalid_client') return error;
      if (!isUnexplained401(error)) return undefined;
      unexplained ??= key;
      return unexplained === key ? undefined : invalidClientError(error);
    },
    async refused(error, secret, client) {
      const current = await readSecret(client, timeoutMs).catch(() => secret);
      if (current !== secret) return true;
      refusal = { error, secret, until: now() + REFUSED_SECRET_MS, checkedAt: now() };
      return false;
    },
    accepted() {
      unexplained = undefined;
    },
  };
}
