import type { Behaviour } from './behaviour.ts';
import type { ClientApplication } from './client-applications.ts';
import type { AuthorizationEndpoint } from './generations/generation.ts';
import type { EmulatorRequest } from './http.ts';
import { OAuthError } from './oauth-error.ts';
import { assertNotRepeated, type RequestParameters, readParameters, requireParameter } from './parameters.ts';
import { isCodeChallenge } from './pkce.ts';
import { resolveScope, SCOPE_RULES } from './scopes.ts';
import type { Tenant } from './tenant.ts';

/** Where the answer may go: a registered redirect URL of a known client application. */
export interface RedirectTarget {
  readonly client: ClientApplication;
  readonly redirectUri: string;
  /** Goes back exactly as it came. */
  readonly state: string | undefined;
}

/** A login that may start. */
export interface AuthorizationRequest {
  readonly client: ClientApplication;
  readonly scope: readonly string[];
  readonly codeChallenge: string | undefined;
}

/**
 * The part of the request that decides whether its answer may be redirected at all.
 *
 * @throws {OAuthError} invalid_request, to be shown on a page.
 */
export function resolveRedirectTarget({ method, query }: EmulatorRequest, tenant: Tenant): RedirectTarget {
  if (method !== 'GET' && method !== 'POST') {
    throw new OAuthError('invalid_request', 'Send the browser here with GET.', { status: 405 });
  }
  assertNotRepeated(query, ['client_id', 'redirect_uri']);
  const parameters = readParameters(query);
  const clientId = requireParameter(parameters, 'client_id');
  const redirectUri = requireParameter(parameters, 'redirect_uri');
  const client = tenant.clients.find(clientId);
  if (client === undefined) {
    throw new OAuthError('invalid_request', `There is no client application with the client_id '${clientId}'.`);
  }
  assertRegistered(redirectUri, client);
  // Of two states neither is the one to echo.
  return { client, redirectUri, state: query.getAll('state').length === 1 ? parameters.get('state') : undefined };
}

// "This must exactly match one of the URLs you registered": byte for byte, so a trailing slash or port counts.
function assertRegistered(redirectUri: string, client: ClientApplication): void {
  if (client.redirectUrls.includes(redirectUri)) return;
  const registered = client.redirectUrls.map((url) => `'${url}'`).join(', ') || 'none';
  throw new OAuthError(
    'invalid_request',
    `redirect_uri '${redirectUri}' is not exactly one of the Redirect URLs of '${client.name}'. Registered: ${registered}.`,
  );
}

/** The rest of the request. @throws {OAuthError} to be sent to the redirect URL. */
export function parseAuthorizationRequest(
  query: URLSearchParams,
  client: ClientApplication,
  { scopePrefix }: AuthorizationEndpoint,
  { behaviour }: Tenant,
): AuthorizationRequest {
  assertNotRepeated(query);
  const parameters = readParameters(query);
  const responseType = requireParameter(parameters, 'response_type');
  if (responseType !== 'code') {
    throw new OAuthError('unsupported_response_type', `response_type must be 'code', not '${responseType}'.`);
  }
  const scope = resolveScope(parameters.get('scope'), SCOPE_RULES.login, { client, scopePrefix, behaviour });
  return { client, scope, codeChallenge: judgeCodeChallenge(parameters, client, behaviour) };
}

function judgeCodeChallenge(
  parameters: RequestParameters,
  { platform }: ClientApplication,
  { pkceOnWebClients }: Behaviour,
): string | undefined {
  // Guide: a public client "must use the Proof Key for Code Exchange (PKCE) flow".
  const pkce = platform === 'spa' ? 'required' : pkceOnWebClients;
  if (pkce === 'ignored') return undefined;
  if (pkce === 'rejected' && parameters.has('code_challenge')) {
    throw new OAuthError('invalid_request', 'A Web Application sends no code_challenge: PKCE is for public clients.');
  }
  return readCodeChallenge(parameters, pkce === 'required');
}

function readCodeChallenge(parameters: RequestParameters, isRequired: boolean): string | undefined {
  const challenge = parameters.get('code_challenge');
  const method = parameters.get('code_challenge_method');
  if (challenge === undefined) {
    if (isRequired)
      throw new OAuthError('invalid_request', 'This client application must use PKCE: code_challenge is missing.');
    if (method !== undefined)
      throw new OAuthError('invalid_request', 'code_challenge_method is sent without a code_challenge.');
    return undefined;
  }
  // Guide: "Must be S256". RFC 7636 4.3 reads a missing method as 'plain', which is refused with it.
  if (method !== 'S256') throw new OAuthError('invalid_request', "code_challenge_method must be 'S256'.");
  if (!isCodeChallenge(challenge)) {
    throw new OAuthError(
      'invalid_request',
      'code_challenge is not the base64url form of a SHA-256 hash (43 characters).',
    );
  }
  return challenge;
}
