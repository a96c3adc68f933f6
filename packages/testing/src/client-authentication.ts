import type { IncomingHttpHeaders } from 'node:http';
import type { ClientApplication, ClientRegistry } from './client-applications.ts';
import { OAuthError } from './oauth-error.ts';
import type { RequestParameters } from './parameters.ts';

const refuse = (description: string, headers: Readonly<Record<string, string>> = {}): OAuthError =>
  new OAuthError('invalid_client', description, { status: 401, headers });

/**
 * The client application of a token request, from `client_id` and `client_secret` in the body: the guide shows no other
 * way, in any flow.
 *
 * @throws {OAuthError} invalid_client, with status 401 (RFC 6749 5.2).
 */
export function authenticateClient(
  headers: IncomingHttpHeaders,
  parameters: RequestParameters,
  clients: ClientRegistry,
): ClientApplication {
  // INFERRED: whether eGain takes HTTP Basic is unknown. A client that relies on it would rely on an accident.
  if (headers.authorization !== undefined) {
    const challenge = { 'www-authenticate': 'Basic realm="eGain emulator"' };
    throw refuse('Send client_id and client_secret as body parameters, without an Authorization header.', challenge);
  }
  const clientId = parameters.get('client_id');
  if (clientId === undefined) throw refuse("The required parameter 'client_id' is missing.");
  const client = clients.find(clientId);
  if (client === undefined) throw refuse(`There is no client application with the client_id '${clientId}'.`);
  assertSecret(client, parameters.get('client_secret'));
  return client;
}

function assertSecret(client: ClientApplication, secret: string | undefined): void {
  if (client.platform === 'spa') {
    // The text is the one eGain's MCP server branches on (its AADB2C90084 is Azure AD B2C's).
    if (secret !== undefined)
      throw refuse('AADB2C90084: Public clients should not send a client_secret. Leave it out.');
    return;
  }
  if (secret === undefined) throw refuse("A Web Application sends its 'client_secret'; it is missing.");
  if (secret !== client.clientSecret) throw refuse('The client_secret is wrong. Generate a new one if it is lost.');
}
