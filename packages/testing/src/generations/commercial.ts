import { GRANT_TYPES } from '../grants/grant-types.ts';
import type { EmulatorRequest } from '../http.ts';
import { OAuthError } from '../oauth-error.ts';
import { assertNotRepeated } from '../parameters.ts';
import type { Persona } from '../persona.ts';
import type { Generation, OAuthEndpoint, TenantUrls, TokenEndpoint } from './generation.ts';

/** The gateway of eGain's own examples. */
const GATEWAY = 'f51302dd-7036-41b5-b619-e1a52a67c780';

/** The users' policy is the one in eGain's search widget; the customers' name is INFERRED from it. */
const POLICIES: Readonly<Record<Persona, string>> = {
  user: 'B2C_1A_User_V3_SignIn_OIDC',
  customer: 'B2C_1A_Customer_V3_SignIn_OIDC',
};

const CLIENT_TOKEN_PATH = `/global/${GATEWAY}/oauth2/v2.0/token`;
const ANONYMOUS_TOKEN_PATH = '/internal/oauth2/v2.0/anonymous/token';
const ON_BEHALF_OF_TOKEN_PATH = '/core/authmgr/v4/oauth2/v2.0/onbehalfof/token';

/**
 * The generation that eGain's OpenAPI files and search widget show, on Azure AD B2C: one policy URL per persona, URLs of
 * their own for the other flows, and every scope prefixed. INFERRED: token exchange at the policies' token URLs.
 */
export function createCommercial({ tenantId, loginUrl, apiUrl }: TenantUrls): Generation {
  const scopePrefix = `${apiUrl}/auth/`;
  const policyUrl = (persona: Persona, action: string) =>
    `${loginUrl}/${GATEWAY}/${POLICIES[persona]}/oauth2/v2.0/${action}`;
  const onBehalfOfUrl = (persona: Persona) =>
    `${apiUrl}${ON_BEHALF_OF_TOKEN_PATH}?tenantId=${tenantId}&user_type=${persona}`;
  const tokenEndpoint = (persona: Persona, grants: keyof typeof GRANT_TYPES): TokenEndpoint => ({
    ...{ action: 'token', persona, scopePrefix, grantTypes: GRANT_TYPES[grants] },
    isAnonymous: grants === 'anonymousCustomer',
    assertQuery: (query) => assertNotRepeated(query),
  });

  function findPolicyEndpoint(path: string): OAuthEndpoint | undefined {
    for (const persona of ['user', 'customer'] as const) {
      const base = `/${GATEWAY}/${POLICIES[persona]}/oauth2/v2.0`;
      if (path === `${base}/authorize`) return { action: 'authorize', persona, scopePrefix };
      if (path === `${base}/token`) return tokenEndpoint(persona, 'person');
    }
    return undefined;
  }

  function findAtLoginHost({ path }: EmulatorRequest): OAuthEndpoint | undefined {
    if (path === CLIENT_TOKEN_PATH) return tokenEndpoint('user', 'client');
    if (path !== ANONYMOUS_TOKEN_PATH) return findPolicyEndpoint(path);
    // INFERRED: the widget adds a domain_hint, the OpenAPI files do not, so its value cannot matter.
    return { ...tokenEndpoint('customer', 'anonymousCustomer'), assertQuery: assertUserType(['customer']) };
  }

  function findAtApiHost({ path, query }: EmulatorRequest): OAuthEndpoint | undefined {
    if (path !== ON_BEHALF_OF_TOKEN_PATH) return undefined;
    const endpoint = tokenEndpoint(query.get('user_type') === 'customer' ? 'customer' : 'user', 'onBehalfOf');
    return { ...endpoint, assertQuery: assertUserType(['user', 'customer'], tenantId) };
  }

  return {
    findAtLoginHost,
    findAtApiHost,
    // The B2C issuer formula of eGain's agent SDK.
    issuerOf: (persona) => `${loginUrl}/tfp/${GATEWAY}/${POLICIES[persona]}/v2.0/`,
    hasDefaultScope: true,
    description: `${policyUrl('user', 'authorize')} and token, the same of ${POLICIES.customer}, ${loginUrl}${CLIENT_TOKEN_PATH} and ${loginUrl}${ANONYMOUS_TOKEN_PATH}`,
    options: {
      endpoints: {
        user: { authorizationUrl: policyUrl('user', 'authorize'), tokenUrl: policyUrl('user', 'token') },
        customer: { authorizationUrl: policyUrl('customer', 'authorize'), tokenUrl: policyUrl('customer', 'token') },
        client: { tokenUrl: `${loginUrl}${CLIENT_TOKEN_PATH}` },
        anonymousCustomer: {
          tokenUrl: `${loginUrl}${ANONYMOUS_TOKEN_PATH}?user_type=customer&domain_hint=${new URL(loginUrl).host}`,
        },
        onBehalfOf: { user: { tokenUrl: onBehalfOfUrl('user') }, customer: { tokenUrl: onBehalfOfUrl('customer') } },
        tokenExchange: { tokenUrl: policyUrl('user', 'token') },
      },
      scopePrefix: {
        ...{ user: scopePrefix, customer: scopePrefix, client: scopePrefix },
        ...{ anonymousCustomer: scopePrefix, onBehalfOf: scopePrefix, tokenExchange: scopePrefix },
      },
    },
  };
}

/** OpenAPI files: `user_type` is in the URL of both flows. INFERRED: `tenantId`, of the only real call, may be absent. */
const assertUserType =
  (accepted: readonly string[], tenantId?: string) =>
  (query: URLSearchParams): void => {
    assertNotRepeated(query);
    if (!accepted.includes(query.get('user_type') ?? '')) {
      throw new OAuthError('invalid_request', `The query parameter 'user_type' must be ${accepted.join(' or ')}.`);
    }
    if (tenantId === undefined || (query.get('tenantId') ?? tenantId) === tenantId) return;
    throw new OAuthError('invalid_request', `The query parameter 'tenantId' must be '${tenantId}' where it is sent.`);
  };
