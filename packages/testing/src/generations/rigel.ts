import { GRANT_TYPES } from '../grants/grant-types.ts';
import { OAuthError } from '../oauth-error.ts';
import { assertNotRepeated } from '../parameters.ts';
import { type Persona, personaSuffix } from '../persona.ts';
import type { Generation, TenantUrls, TokenEndpoint } from './generation.ts';

const LOGIN_HOST_PATH = /^\/system\/auth\/([^/]+)-([UC])\/oauth2\/(authorize|token)$/;
const ANONYMOUS_TOKEN_PATH = '/core/authmgr/v3/oauth2/v2.0/anonymous/token';

/** The generation that the guide documents: `/system/auth/<TENANT>-U|-C/oauth2/authorize|token`, and bare scopes. */
export function createRigel({ tenantId, loginUrl, apiUrl }: TenantUrls): Generation {
  const issuerOf = (persona: Persona) => `${loginUrl}/system/auth/${tenantId}-${personaSuffix(persona)}`;
  const anonymous: TokenEndpoint = {
    action: 'token',
    persona: 'customer',
    // Guide: "For anonymous customer, each scope will need to be prefix with https://api.ai.egain.cloud/auth/".
    scopePrefix: `${apiUrl}/auth/`,
    grantTypes: GRANT_TYPES.anonymousCustomer,
    isAnonymous: true,
    assertQuery: (query) => assertAnonymousQuery(query, tenantId),
  };
  return {
    findAtLoginHost: ({ path }) => {
      const [, tenant, suffix, action] = LOGIN_HOST_PATH.exec(path) ?? [];
      if (tenant !== tenantId) return undefined;
      const endpoint = { persona: suffix === 'U' ? 'user' : 'customer', scopePrefix: '' } as const;
      if (action === 'authorize') return { action, ...endpoint };
      return {
        action: 'token',
        ...endpoint,
        grantTypes: GRANT_TYPES.all,
        isAnonymous: false,
        assertQuery: () => {},
      };
    },
    // The one token URL that is not on the login host.
    findAtApiHost: ({ path }) => (path === ANONYMOUS_TOKEN_PATH ? anonymous : undefined),
    issuerOf,
    hasDefaultScope: false,
    description: `${loginUrl}/system/auth/${tenantId}-U|-C/oauth2/authorize|token`,
    options: { tenantId, domainUrl: loginUrl },
  };
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
