import { authenticateClient } from './client-authentication.ts';
import { anonymousCustomer } from './grants/anonymous-customer.ts';
import { redeemAuthorizationCode } from './grants/authorization-code.ts';
import { clientCredentials } from './grants/client-credentials.ts';
import type { Grant, GrantHandler, GrantRequest } from './grants/grant.ts';
import { onBehalfOf } from './grants/on-behalf-of.ts';
import { refreshToken } from './grants/refresh-token.ts';
import { tokenExchange } from './grants/token-exchange.ts';
import { type EmulatorRequest, json, type Reply, readForm } from './http.ts';
import type { Note } from './journal.ts';
import { OAuthError } from './oauth-error.ts';
import { assertNotRepeated, type RequestParameters, readParameters, requireParameter } from './parameters.ts';
import type { Persona } from './persona.ts';
import type { Tenant } from './tenant.ts';

/** Which `grant_type` values an endpoint takes. */
type GrantTypes = ReadonlyMap<string, GrantHandler>;

const LOGIN_HOST_GRANTS: GrantTypes = new Map<string, GrantHandler>([
  ['authorization_code', redeemAuthorizationCode],
  ['refresh_token', refreshToken],
  ['client_credentials', clientCredentials],
  ['password', onBehalfOf],
  ['urn:ietf:params:oauth:grant-type:token-exchange', tokenExchange],
]);

const ANONYMOUS_GRANTS: GrantTypes = new Map([['client_credentials', anonymousCustomer]]);

/** RFC 6749 5.1 and 5.2: a token must not be served twice by a cache. */
const NO_STORE = { 'cache-control': 'no-store' };

/** `POST /system/auth/<TENANT>-U|-C/oauth2/token` on the login host. */
export const answerToken = (request: EmulatorRequest, persona: Persona, tenant: Tenant, note: Note): Promise<Reply> => {
  note({ persona });
  return answerTokenRequest(request, { persona, tenant }, LOGIN_HOST_GRANTS, note);
};

/** `POST /core/authmgr/v3/oauth2/v2.0/anonymous/token?user_type=customer&domain_hint=<TENANT>` on the API host. */
export const answerAnonymousToken = (request: EmulatorRequest, tenant: Tenant, note: Note): Promise<Reply> => {
  note({ persona: 'customer' });
  return answerTokenRequest(request, { persona: 'customer', tenant }, ANONYMOUS_GRANTS, note, () =>
    assertAnonymousQuery(request.query, tenant.tenantId),
  );
};

async function answerTokenRequest(
  request: EmulatorRequest,
  context: Pick<GrantRequest, 'persona' | 'tenant'>,
  grantTypes: GrantTypes,
  note: Note,
  assertQuery: () => void = () => {},
): Promise<Reply> {
  try {
    const parameters = readTokenRequest(request);
    assertQuery();
    const client = authenticateClient(request.headers, parameters, context.tenant.clients);
    note({ client: client.clientId });
    const [grantType, handler] = findGrant(parameters, grantTypes);
    note({ grant: grantType });
    const grant = await handler({ ...context, parameters, client });
    note({ actor: grant.actor, subject: grant.subject, scope: grant.scope });
    return json(200, await createAnswer(grant, client.clientId, context.tenant), NO_STORE);
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    note({ error: error.error });
    const body = { error: error.error, error_description: error.description };
    return json(error.status, body, { ...NO_STORE, ...error.headers });
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

/** Guide, "For an Anonymous Customer", "Query Parameters": both are required, with exactly these values. */
function assertAnonymousQuery(query: URLSearchParams, tenantId: string): void {
  assertNotRepeated(query);
  if (query.get('user_type') !== 'customer') {
    throw new OAuthError('invalid_request', "The query parameter 'user_type' must be 'customer'.");
  }
  if (query.get('domain_hint') === tenantId) return;
  throw new OAuthError('invalid_request', `The query parameter 'domain_hint' must be the tenant id '${tenantId}'.`);
}

async function createAnswer(grant: Grant, clientId: string, tenant: Tenant): Promise<Record<string, unknown>> {
  const { actor, subject, scope, refreshToken: refresh, issuedTokenType } = grant;
  return {
    access_token: await tenant.accessTokens.issue({ clientId, actor, subject, scope }),
    token_type: 'Bearer',
    expires_in: tenant.accessTokens.lifetimeSeconds,
    scope: grant.answeredScope ?? scope.join(' '),
    ...(issuedTokenType !== undefined && { issued_token_type: issuedTokenType }),
    ...(refresh !== undefined && { refresh_token: refresh }),
  };
}
