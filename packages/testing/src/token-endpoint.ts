import { acceptAnyCredentials, authenticateClient } from './client-authentication.ts';
import type { TokenEndpoint } from './generations/generation.ts';
import type { Grant, GrantHandler } from './grants/grant.ts';
import type { GrantTypes } from './grants/grant-types.ts';
import { type EmulatorRequest, json, type Reply, readForm } from './http.ts';
import type { Note } from './journal.ts';
import { OAuthError } from './oauth-error.ts';
import { assertNotRepeated, type RequestParameters, readParameters, requireParameter } from './parameters.ts';
import type { Tenant } from './tenant.ts';
import { createTokenAnswer } from './token-answer.ts';
import { NO_STORE, tokenErrorReply } from './token-error.ts';

/** One request to a token URL: method, body, query, client, grant type, in this order; then the grant's own rules. */
export async function answerToken(
  request: EmulatorRequest,
  endpoint: TokenEndpoint,
  tenant: Tenant,
  note: Note,
): Promise<Reply> {
  const { persona, scopePrefix, grantTypes } = endpoint;
  note({ persona });
  try {
    const parameters = readTokenRequest(request);
    endpoint.assertQuery(request.query);
    const client =
      endpoint.isAnonymous && tenant.behaviour.anonymousCredentials === 'present'
        ? acceptAnyCredentials(parameters)
        : authenticateClient(request.headers, parameters, tenant);
    note({ client: client.clientId });
    const [grantType, handler] = findGrant(parameters, grantTypes);
    note({ grant: grantType });
    const grant: Grant = await handler({ persona, scopePrefix, tenant, parameters, client });
    note({ actor: grant.actor, subject: grant.subject, scope: grant.scope });
    return json(200, await createTokenAnswer(grant, { clientId: client.clientId, scopePrefix, tenant }), NO_STORE);
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    note({ error: error.error });
    return tokenErrorReply(error, tenant.behaviour);
  }
}

function readTokenRequest(request: EmulatorRequest): RequestParameters {
  if (request.method !== 'POST') {
    const rejection = { status: 405, headers: { allow: 'POST' } };
    throw new OAuthError('invalid_request', 'Token requests are POST requests.', rejection);
  }
  if (request.body === undefined) {
    throw new OAuthError('invalid_request', 'The body is larger than 64 KiB.', { status: 413 });
  }
  const form = readForm(request);
  if (form === undefined) {
    throw new OAuthError('invalid_request', 'The Content-Type must be application/x-www-form-urlencoded.');
  }
  assertNotRepeated(form);
  return readParameters(form);
}

function findGrant(parameters: RequestParameters, grantTypes: GrantTypes): readonly [string, GrantHandler] {
  const grantType = requireParameter(parameters, 'grant_type');
  const handler = grantTypes.get(grantType);
  if (handler !== undefined) return [grantType, handler];
  const known = [...grantTypes.keys()].join(', ');
  throw new OAuthError('unsupported_grant_type', `grant_type '${grantType}' is not one of: ${known}.`);
}
