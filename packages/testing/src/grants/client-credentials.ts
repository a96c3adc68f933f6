import { OAuthError } from '../oauth-error.ts';
import { parsePrefixedScope, SCOPE_RULES, scopeKind } from '../scopes.ts';
import { assertConfidential, assertUserTokenUrl, type Grant, type GrantRequest, grantScope } from './grant.ts';

const DEFAULT_SCOPE = '.default';

/** Guide, "Client Credentials Flow … For a Client App (Server-to-Server)". */
export function clientCredentials(request: GrantRequest): Grant {
  const { parameters, client, persona, tenant } = request;
  assertConfidential(client, 'The client credentials flow');
  assertUserTokenUrl(persona, 'The client credentials flow');
  const granted = { actor: 'client', subject: client.clientId } as const;
  if (!tenant.generation.hasDefaultScope) {
    return { ...granted, scope: grantScope(request, parameters.get('scope'), SCOPE_RULES.client) };
  }
  assertDefaultScope(request);
  // INFERRED: `.default` stands for every application permission assigned, as in Azure.
  const scope = client.permissions.filter((permission) => scopeKind(permission) === 'application');
  return { ...granted, scope, answeredScope: [DEFAULT_SCOPE] };
}

/** `.default` with prefix is the only scope that eGain's OpenAPI files have for the actor `client`. */
function assertDefaultScope({ parameters, scopePrefix }: GrantRequest): void {
  const requested = parsePrefixedScope(parameters.get('scope') ?? '', scopePrefix);
  if (requested.length === 1 && requested[0] === DEFAULT_SCOPE) return;
  throw new OAuthError('invalid_scope', `The client credentials flow takes the one scope '${scopePrefix}.default'.`);
}
