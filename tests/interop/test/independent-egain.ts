import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EgainAuthOptions } from '@egain-auth/core';
import { type Configuration, type JWK, Provider } from 'oidc-provider';
import { sendJson, startLoopbackServer } from './loopback-server.ts';
import { type Account, registerVendorGrants, TOKEN_EXCHANGE, type TrustedIssuer } from './vendor-grants.ts';

// `-U` knows the users, `-C` the customers.
const USERS: readonly Account[] = [
  { id: 'pa', email: 'pa@example.com', subjects: { subject_username: 'pa', subject_userid: '1067' } },
];
const CUSTOMERS: readonly Account[] = [
  { id: 'jane@example.com', email: 'jane@example.com', subjects: { subject_email: 'jane@example.com' } },
];

const DELEGATED = ['knowledge.portalmgr.read', 'core.aiservices.read'];
const SCOPES = [...DELEGATED, 'knowledge.portalmgr.onbehalfof.read', 'app.knowledge.portalmgr.read'];

const TENANT_ID = 'TMPRODB88619984';

/** A token as the API sees it: what the server remembers of how it was asked for. */
export interface Caller {
  readonly issuer: string;
  readonly grant: string | undefined;
  readonly client: string | undefined;
  readonly account: string | undefined;
  readonly scope: string | undefined;
}

export interface IndependentEgain {
  /** A client with a secret that may use every flow. */
  readonly options: Required<Pick<EgainAuthOptions, 'clientId' | 'clientSecret' | 'tenantId' | 'domainUrl' | 'apiUrl'>>;
  /** A client without a secret, for logins. */
  readonly publicClientId: string;
  close(): Promise<void>;
}

/**
 * eGain's endpoints, answered by oidc-provider: one server per persona at the guide's URLs, the vendor's two grants, the
 * anonymous customer's URL at the API host, and an API that answers who called. The tokens are opaque, where the
 * emulator's are JWTs.
 */
export async function startIndependentEgain(redirectUri: string, issuer: TrustedIssuer): Promise<IndependentEgain> {
  const login = await startLoopbackServer('127.0.0.1');
  const api = await startLoopbackServer('127.0.0.1');
  const clientSecret = randomBytes(32).toString('base64url');
  const clients = registerClients(redirectUri, clientSecret);
  const create = (suffix: 'U' | 'C', accounts: readonly Account[]) => {
    const path = `/system/auth/${TENANT_ID}-${suffix}`;
    return { path, provider: createProvider(`${login.origin}${path}`, api.origin, { accounts, clients, issuer }) };
  };
  const users = create('U', USERS);
  const customers = create('C', CUSTOMERS);

  login.serve((request, response) => {
    const found = [users, customers].find(({ path }) => request.url?.startsWith(`${path}/`));
    if (!found) return sendJson(response, 404, { error: 'not_found' });
    return forward(found.provider, request, response, request.url?.slice(found.path.length));
  });
  api.serve(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', api.origin);
    if (pathname !== '/core/authmgr/v3/oauth2/v2.0/anonymous/token') {
      return answerApi(request, response, [users.provider, customers.provider]);
    }
    const isComplete = searchParams.get('user_type') === 'customer' && searchParams.get('domain_hint') === TENANT_ID;
    if (!isComplete) return sendJson(response, 400, { error: 'invalid_request' });
    return forward(customers.provider, request, response, '/oauth2/token');
  });

  return {
    options: { clientId: 'web', clientSecret, tenantId: TENANT_ID, domainUrl: login.origin, apiUrl: api.origin },
    publicClientId: 'spa',
    async close() {
      await Promise.all([login.close(), api.close()]);
    },
  };
}

function registerClients(redirectUri: string, secret: string): Configuration['clients'] {
  const LOGIN = ['authorization_code', 'refresh_token'];
  return [
    {
      client_id: 'web',
      client_secret: secret,
      token_endpoint_auth_method: 'client_secret_post',
      grant_types: [...LOGIN, 'client_credentials', 'password', TOKEN_EXCHANGE],
      redirect_uris: [redirectUri],
    },
    {
      client_id: 'spa',
      token_endpoint_auth_method: 'none',
      grant_types: LOGIN,
      redirect_uris: [redirectUri],
    },
  ];
}

/** As Express mounts: oidc-provider finds its own prefix by the difference. The body stays unread, it reads it itself. */
async function forward(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
  url: string | undefined,
): Promise<void> {
  Object.assign(request, { originalUrl: request.url, url });
  await provider.callback()(request, response);
}

interface Registrations {
  readonly accounts: readonly Account[];
  readonly clients: Configuration['clients'];
  readonly issuer: TrustedIssuer;
}

function createProvider(url: string, apiOrigin: string, { accounts, clients, issuer }: Registrations): Provider {
  // The anonymous customer's scopes carry a prefix: here they are scopes like any other.
  const scopes = [...SCOPES, ...DELEGATED.map((scope) => `${apiOrigin}/auth/${scope}`)];
  const api = { scope: scopes.join(' '), accessTokenFormat: 'opaque' } as const;
  const provider = new Provider(url, {
    clients,
    scopes,
    jwks: { keys: [exportKey(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    routes: { authorization: '/oauth2/authorize', token: '/oauth2/token' },
    pkce: { required: () => true },
    findAccount: async (_ctx, id) =>
      accounts.some((account) => account.id === id) ? { accountId: id, claims: async () => ({ sub: id }) } : undefined,
    // A refresh token for every login, each good for one use.
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    features: {
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: async () => apiOrigin,
        useGrantedResource: async () => true,
        getResourceServerInfo: async () => api,
      },
    },
  });
  registerVendorGrants(provider, { accounts, issuer, resource: new provider.ResourceServer(apiOrigin, api) });
  return provider;
}

const exportKey = (key: KeyObject): JWK => ({ ...key.export({ format: 'jwk' }), use: 'sig' }) as JWK;

/** Says who called. `portals/user` says it in eGain's own shape, for the identity of whoever signs in. */
async function answerApi(
  request: IncomingMessage,
  response: ServerResponse,
  providers: readonly Provider[],
): Promise<void> {
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
  const callers = token === undefined ? [] : await Promise.all(providers.map((provider) => callerOf(provider, token)));
  const caller = callers.find((found) => found !== undefined);
  if (!caller) return sendJson(response, 401, { code: '401-101', developerMessage: 'no such token' });
  if (request.url !== '/knowledge/portalmgr/v4/portals/user') return sendJson(response, 200, caller);
  return sendJson(response, 200, { user: [{ id: caller.account, firstName: caller.account }] });
}

async function callerOf(provider: Provider, value: string): Promise<Caller | undefined> {
  const token = (await provider.AccessToken.find(value)) ?? (await provider.ClientCredentials.find(value));
  if (!token?.isValid) return undefined;
  const isPersonal = token instanceof provider.AccessToken;
  return {
    issuer: provider.issuer,
    grant: isPersonal ? token.gty : 'client_credentials',
    client: token.clientId,
    account: isPersonal ? token.accountId : undefined,
    scope: token.scope,
  };
}
