import type { IncomingHttpHeaders } from 'node:http';
import { type ClientApplication, createAnonymousApplication } from './client-applications.ts';
import { OAuthError } from './oauth-error.ts';
import type { RequestParameters } from './parameters.ts';
import type { Tenant } from './tenant.ts';

const BASIC_CHALLENGE = { 'www-authenticate': 'Basic realm="eGain emulator"' };

const refuse = (description: string, headers: Readonly<Record<string, string>> = {}): OAuthError =>
  new OAuthError('invalid_client', description, { status: 401, headers });

interface ClientCredentials {
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
}

/**
 * The client application of a token request, from `client_id` and `client_secret` in the body: the guide shows no other
 * way, in any flow.
 *
 * @throws {OAuthError} invalid_client, with status 401 (RFC 6749 5.2).
 */
export function authenticateClient(
  headers: IncomingHttpHeaders,
  parameters: RequestParameters,
  { clients, behaviour, clock }: Tenant,
): ClientApplication {
  const credentials = readCredentials(headers, parameters, behaviour.basicAuthentication === 'accepted');
  if (credentials.clientId === undefined) throw refuse("The required parameter 'client_id' is missing.");
  const client = clients.find(credentials.clientId);
  if (client === undefined) {
    throw refuse(`There is no client application with the client_id '${credentials.clientId}'.`);
  }
  const withoutSecret = behaviour.webClientSecret === 'optional-with-pkce' && isPkceOrRefresh(parameters);
  assertSecret(client, credentials.clientSecret, { isOptional: withoutSecret, now: clock.now() });
  return client;
}

/**
 * The same where nothing but the presence of the credentials counts, as eGain's own dummies suggest.
 *
 * @throws {OAuthError} invalid_client when one is missing.
 */
export function acceptAnyCredentials(parameters: RequestParameters): ClientApplication {
  const clientId = parameters.get('client_id');
  if (clientId !== undefined && parameters.has('client_secret')) return createAnonymousApplication(clientId);
  throw refuse("The parameters 'client_id' and 'client_secret' are required.");
}

function readCredentials(
  { authorization }: IncomingHttpHeaders,
  parameters: RequestParameters,
  acceptsBasic: boolean,
): ClientCredentials {
  const fromBody = { clientId: parameters.get('client_id'), clientSecret: parameters.get('client_secret') };
  if (authorization === undefined) return fromBody;
  if (!acceptsBasic) {
    // INFERRED: whether eGain takes HTTP Basic is unknown. A client that relies on it would rely on an accident.
    const description = 'Send client_id and client_secret as body parameters, without an Authorization header.';
    throw refuse(description, BASIC_CHALLENGE);
  }
  // RFC 6749 2.3: "The client MUST NOT use more than one authentication method in each request."
  if (fromBody.clientSecret !== undefined) {
    throw new OAuthError('invalid_request', 'Send the client_secret once: in the header or in the body.');
  }
  return parseBasic(authorization);
}

/** RFC 6749 2.3.1: both parts are form-encoded before they are joined. */
function parseBasic(authorization: string): ClientCredentials {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization)?.[1] ?? '';
  const [, id, secret] = /^([^:]+):(.*)$/.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  if (id === undefined || secret === undefined) throw refuse('The Authorization header is not Basic.', BASIC_CHALLENGE);
  const [clientId, clientSecret] = [id, secret].map((part) => new URLSearchParams(`part=${part}`).get('part') ?? '');
  return { clientId, clientSecret };
}

/** What a client without a secret can prove itself with: the verifier of its login, or what that login brought. */
const isPkceOrRefresh = (parameters: RequestParameters): boolean =>
  parameters.has('code_verifier') || parameters.get('grant_type') === 'refresh_token';

function assertSecret(
  client: ClientApplication,
  secret: string | undefined,
  { isOptional, now }: { readonly isOptional: boolean; readonly now: number },
): void {
  if (client.platform === 'spa') {
    // The text is the one eGain's MCP server branches on (its AADB2C90084 is Azure AD B2C's).
    if (secret !== undefined)
      throw refuse('AADB2C90084: Public clients should not send a client_secret. Leave it out.');
    return;
  }
  if (secret === undefined && isOptional) return;
  if (secret === undefined) throw refuse("A Web Application sends its 'client_secret'; it is missing.");
  const known = client.secrets.find(({ value }) => value === secret);
  if (known === undefined) throw refuse('The client_secret is wrong. Generate a new one if it is lost.');
  if (known.expiresAt === undefined || now < known.expiresAt) return;
  // eGain's product help 21.21.4: "Expiry Date: … after which the client secret expires". INFERRED: what is answered then.
  const expiredAt = new Date(known.expiresAt).toISOString();
  throw refuse(
    `The client_secret expired at ${expiredAt}. Generate a new one, next time before that: there can be two.`,
  );
}
