import { resolveScope, SCOPE_RULES } from '../scopes.ts';
import { assertConfidential, assertUserTokenUrl, type Grant, type GrantRequest } from './grant.ts';

/** Guide, "Client Credentials Flow … For a Client App (Server-to-Server)". */
export function clientCredentials({ parameters, client, persona }: GrantRequest): Grant {
  assertConfidential(client, 'The client credentials flow');
  assertUserTokenUrl(persona, 'The client credentials flow');
  const scope = resolveScope(parameters.get('scope'), client, SCOPE_RULES.client);
  return { actor: 'client', subject: client.clientId, scope };
}
