import { randomBytes } from 'node:crypto';
import type { DelegatedScope, EgainAuthOptions } from '@egain-auth/core';
import { type ClientApplication, delegatedPermissions, type Platform } from './client-applications.ts';
import type { Tenant } from './tenant.ts';

/** For which application, and of which kind, options are wanted. */
export interface ConfigRequest {
  /** @default 'web' */
  platform?: Platform;
  /** The application's own base URL, `http://localhost:3000`. Without it the options hold no login. */
  baseUrl?: string;
}

export const SAMPLE_SCOPE = 'knowledge.portalmgr.read';

/** Options that `createEgainAuth` takes unchanged. With a base URL its callback is registered as a redirect URL. */
export function createConfig(tenant: Tenant, { platform = 'web', baseUrl }: ConfigRequest): EgainAuthOptions {
  const client = tenant.clients.all().find((candidate) => candidate.platform === platform);
  if (client === undefined) throw new TypeError(`There is no client application on platform '${platform}'.`);
  const { clientId, clientSecret } = client;
  return {
    clientId,
    ...(clientSecret !== undefined && { clientSecret }),
    ...createEndpointConfig(tenant),
    apiUrl: tenant.apiUrl,
    ...(baseUrl !== undefined && createLoginConfig(tenant, client, baseUrl)),
    // Plain http is what the emulator speaks.
    silenceWarnings: ['insecure_loopback'],
  };
}

/** The issuers are told where `iss` comes: an application that knows them compares them. */
function createEndpointConfig({ generation, behaviour }: Tenant): EgainAuthOptions {
  if (!behaviour.issOnRedirect) return generation.options;
  const { endpoints } = generation.options;
  const user = { ...endpoints?.user, issuer: generation.issuerOf('user') };
  const customer = { ...endpoints?.customer, issuer: generation.issuerOf('customer') };
  return { ...generation.options, endpoints: { ...endpoints, user, customer } };
}

function createLoginConfig(tenant: Tenant, client: ClientApplication, baseUrl: string): EgainAuthOptions {
  tenant.clients.addRedirectUrl(client.clientId, `${baseUrl.replace(/\/+$/, '')}/auth/callback`);
  const assigned = delegatedPermissions(client);
  const scope = (assigned.includes(SAMPLE_SCOPE) ? [SAMPLE_SCOPE] : assigned) as readonly DelegatedScope[];
  return {
    baseUrl,
    login: { user: { scope }, customer: { scope } },
    session: { secret: randomBytes(32).toString('base64url') },
  };
}
