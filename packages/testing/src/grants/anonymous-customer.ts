import { SCOPE_RULES } from '../scopes.ts';
import { assertConfidential, type Grant, type GrantRequest, grantScope } from './grant.ts';

/** Guide, "Client Credentials Flow … For an Anonymous Customer". */
export function anonymousCustomer(request: GrantRequest): Grant {
  assertConfidential(request.client, 'The anonymous customer flow');
  const scope = grantScope(request, request.parameters.get('scope'), SCOPE_RULES.anonymousCustomer);
  return { actor: 'anonymous-customer', subject: 'anonymous', scope };
}
