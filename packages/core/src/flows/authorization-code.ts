import { bare } from '../http/agent.ts';
import type { Persona } from '../protocol/endpoints.ts';
import { requireConfigured } from '../protocol/require-configured.ts';
import { assertFlowScopes, serializeScopes } from '../protocol/scopes.ts';
import type { IssuedTokenSet } from '../protocol/token-set.ts';
import type { ResolvedOptions } from '../resolved-options.ts';
import { sha256 } from '../sha256.ts';
import type { FlowContext, FlowRequest } from './flow-context.ts';

export interface AuthorizationRequest {
  readonly persona: Persona;
  readonly scope: readonly string[];
  readonly redirectUri: string;
  readonly state: string;
  /** Absent where the client does without PKCE. */
  readonly codeVerifier: string | undefined;
}

/**
 * Where to send the browser. A query that the authorization URL carries already is kept; our parameters replace any of
 * the same name, so that no configuration can send two (RFC 6749 §3.1).
 * @see eGain authentication guide, "Authorization Code Flow", part 1; RFC 7636 §4.3
 */
export function buildAuthorizationUrl(options: ResolvedOptions, request: AuthorizationRequest): URL {
  const { persona, scope, redirectUri, state, codeVerifier } = request;
  assertFlowScopes(persona, scope, options);
  const client = requireConfigured(options.clients[persona], `clients.${persona}`);
  const url = new URL(
    requireConfigured(options.endpoints[persona].authorizationUrl, `endpoints.${persona}.authorizationUrl`),
  );
  const parameters = {
    client_id: client.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: serializeScopes(scope, options.scopePrefix[persona]),
    state,
    ...(codeVerifier !== undefined && {
      code_challenge: sha256(codeVerifier),
      code_challenge_method: 'S256',
    }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

export interface CodeExchange extends FlowRequest {
  readonly persona: Persona;
  readonly code: string;
  /** Byte for byte the one of the first leg (RFC 6749 §4.1.3). */
  readonly redirectUri: string;
  readonly codeVerifier: string | undefined;
}

/**
 * Exchanges the code of a callback, with the client's secret, the PKCE verifier, or both. `scope` is what the first leg
 * asked for; the guide's second leg does not repeat it.
 * @see eGain authentication guide, "Authorization Code Flow", part 2; RFC 7636 §4.5
 */
export async function requestAuthorizationCodeToken(
  { options, requestToken }: FlowContext,
  exchange: CodeExchange,
): Promise<IssuedTokenSet> {
  const { persona, code, redirectUri, codeVerifier, scope, timeoutMs, signal } = bare(exchange);
  return requestToken({
    tokenUrl: requireConfigured(options.endpoints[persona].tokenUrl, `endpoints.${persona}.tokenUrl`),
    client: requireConfigured(options.clients[persona], `clients.${persona}`),
    parameters: {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      ...(codeVerifier !== undefined && { code_verifier: codeVerifier }),
    },
    impliedScope: scope,
    scopePrefix: options.scopePrefix[persona],
    timeoutMs,
    signal,
  });
}
