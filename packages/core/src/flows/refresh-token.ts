import { isEgainAuthError } from '../errors.ts';
import { bare } from '../http/agent.ts';
import type { Persona } from '../protocol/endpoints.ts';
import { requireConfigured } from '../protocol/require-configured.ts';
import type { IssuedTokenSet } from '../protocol/token-set.ts';
import type { FlowContext, FlowRequest } from './flow-context.ts';

export interface RefreshRequest extends FlowRequest {
  readonly persona: Persona;
  readonly refreshToken: string;
}

/**
 * Renews the tokens of a login. `scope` is what the login was granted: the request does not repeat it, so that it
 * cannot narrow the grant. eGain documents no refresh tokens; its commercial generation issues and rotates them.
 * @see RFC 6749 §6
 */
export async function requestRefreshedToken(
  { options, requestToken }: FlowContext,
  request: RefreshRequest,
): Promise<IssuedTokenSet> {
  const { persona, refreshToken, scope, timeoutMs, signal } = bare(request);
  return requestToken({
    tokenUrl: requireConfigured(options.endpoints[persona].tokenUrl, `endpoints.${persona}.tokenUrl`),
    client: requireConfigured(options.clients[persona], `clients.${persona}`),
    parameters: { grant_type: 'refresh_token', refresh_token: refreshToken },
    impliedScope: scope,
    scopePrefix: options.scopePrefix[persona],
    timeoutMs,
    signal,
  });
}

/** Whether the refresh token is spent, too old or withdrawn (RFC 6749 §5.2). Only a new login brings another one. */
export function isRefreshRefused(error: unknown): boolean {
  return isEgainAuthError(error, 'token_request_failed') && error.oauthError === 'invalid_grant';
}
