import { EgainAuthError } from '../errors.ts';
import type { HttpClient } from '../http/client.ts';
import type { ResolvedClient } from '../resolved-options.ts';
import { postForm, readSecret } from './token-endpoint.ts';

/** A logout waits no longer for the sake of tokens that end by themselves. */
const TIMEOUT_MS = 3000;

export interface RevocationRequest {
  readonly revocationUrl: URL;
  readonly client: ResolvedClient;
  readonly token: string;
  readonly kind: 'access_token' | 'refresh_token';
}

/** @throws {EgainAuthError} where the token may still be good */
export type RevokeToken = (request: RevocationRequest) => Promise<void>;

/**
 * Takes a token back, so that whoever has a copy cannot use it (T050). A token that the server does not know is revoked
 * too.
 * @see RFC 7009 §2
 */
export function createRevocation(http: HttpClient): RevokeToken {
  return async ({ revocationUrl, client, token, kind }) => {
    const clientSecret = await readSecret(client, TIMEOUT_MS);
    const form = new URLSearchParams({
      ...{ token, token_type_hint: kind, client_id: client.clientId },
      ...(clientSecret !== undefined && { client_secret: clientSecret }),
    });
    const { status } = await postForm(http, { url: revocationUrl, form, timeoutMs: TIMEOUT_MS });
    if (status === 200) return;
    throw new EgainAuthError('token_request_failed', `${revocationUrl.origin} answered a revocation with ${status}`, {
      remedy: 'Check endpoints.<persona>.revocationUrl.',
    });
  };
}
