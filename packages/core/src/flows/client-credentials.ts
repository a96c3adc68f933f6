import { requireConfidentialClient, requireConfigured } from '../protocol/require-configured.ts';
import { assertFlowScopes } from '../protocol/scopes.ts';
import type { IssuedTokenSet } from '../protocol/token-set.ts';
import type { FlowContext, FlowRequest } from './flow-context.ts';

/**
 * A token for the application itself: application scopes (`app.…`). eGain grants delegated ones too, but the token then
 * lacks the user context that the APIs behind them need.
 * @see eGain authentication guide, "Client Credentials Flow", for a Client App; RFC 6749 §4.4
 */
export async function requestClientCredentialsToken(
  { options, requestToken }: FlowContext,
  { scope, parameters, signal }: FlowRequest,
): Promise<IssuedTokenSet> {
  assertFlowScopes('client', scope, options);
  return requestToken({
    tokenUrl: requireConfigured(options.endpoints.client.tokenUrl, 'endpoints.client.tokenUrl'),
    client: requireConfidentialClient(options.clients.client, 'clients.client'),
    parameters: { ...parameters, grant_type: 'client_credentials' },
    scope,
    scopePrefix: options.scopePrefix.client,
    signal,
  });
}
