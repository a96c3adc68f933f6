import { requireConfidentialClient, requireConfigured } from '../protocol/require-configured.ts';
import { assertFlowScopes } from '../protocol/scopes.ts';
import type { IssuedTokenSet } from '../protocol/token-set.ts';
import type { FlowContext, FlowRequest } from './flow-context.ts';

/**
 * A token for a visitor nobody knows. Its endpoint is on the API host and says `user_type` and `domain_hint` in its
 * query; its scopes are delegated ones, each with the prefix `<apiUrl>/auth/`.
 * @see eGain authentication guide, "Client Credentials Flow", for an Anonymous Customer
 */
export async function requestAnonymousCustomerToken(
  { options, requestToken }: FlowContext,
  { scope, parameters, signal }: FlowRequest,
): Promise<IssuedTokenSet> {
  assertFlowScopes('anonymousCustomer', scope, options);
  return requestToken({
    tokenUrl: requireConfigured(options.endpoints.anonymousCustomer.tokenUrl, 'endpoints.anonymousCustomer.tokenUrl'),
    client: requireConfidentialClient(options.clients.anonymousCustomer, 'clients.anonymousCustomer'),
    parameters: { ...parameters, grant_type: 'client_credentials' },
    scope,
    scopePrefix: options.scopePrefix.anonymousCustomer,
    signal,
  });
}
