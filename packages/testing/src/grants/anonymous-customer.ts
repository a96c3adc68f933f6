import { OAuthError } from '../oauth-error.ts';
import { parseScope, resolveScope, SCOPE_RULES } from '../scopes.ts';
import { assertConfidential, type Grant, type GrantRequest } from './grant.ts';

/**
 * Guide, "Client Credentials Flow … For an Anonymous Customer". INFERRED: the secret is verified like any other, although
 * eGain's own widget gets by with a dummy.
 */
export function anonymousCustomer({ parameters, client, tenant }: GrantRequest): Grant {
  assertConfidential(client, 'The anonymous customer flow');
  const requested = parameters.get('scope') ?? '';
  const prefix = `${tenant.apiUrl}/auth/`;
  const names = parseScope(requested).map((name) => stripPrefix(name, prefix));
  const scope = resolveScope(names.join(' '), client, SCOPE_RULES.anonymousCustomer);
  // INFERRED: the answer names the scopes as they were requested, with prefix; the token names what was granted.
  return { actor: 'anonymous-customer', subject: 'anonymous', scope, answeredScope: requested };
}

/** "For anonymous customer, each scope will need to be prefix with https://api.ai.egain.cloud/auth/". */
function stripPrefix(name: string, prefix: string): string {
  if (name.startsWith(prefix)) return name.slice(prefix.length);
  throw new OAuthError('invalid_scope', `'${name}' lacks the prefix of the anonymous flow: send '${prefix}${name}'.`);
}
