import { randomBytes } from 'node:crypto';
import { scopeKind } from './scopes.ts';

/** `web`: a confidential client with a secret. `spa`: a public client with PKCE and without a secret. */
export type Platform = 'web' | 'spa';

/** A client application as the Administration Console has it (guide, "Step 1: Create a Client Application"). */
export interface ClientApplication {
  readonly name: string;
  readonly clientId: string;
  /** Only on platform `web`. */
  readonly clientSecret?: string;
  readonly platform: Platform;
  /** Compared byte for byte with `redirect_uri`: "must exactly match one of the URLs you registered". */
  readonly redirectUrls: readonly string[];
  /** The checkbox "Client On-Behalf-Of Flow". */
  readonly onBehalfOf: boolean;
  /** The checkbox "Token Exchange Grant Type". */
  readonly tokenExchange: boolean;
  /** The scopes of the Permissions tab, without prefix. */
  readonly permissions: readonly string[];
}

/** A client application to register. What is left out is what the console starts with: nothing allowed. */
export type ClientApplicationOptions = Pick<ClientApplication, 'clientId'> & Partial<ClientApplication>;

/** The client applications of one tenant. */
export interface ClientRegistry {
  readonly find: (clientId: string) => ClientApplication | undefined;
  readonly all: () => readonly ClientApplication[];
  readonly addRedirectUrl: (clientId: string, url: string) => void;
}

const RESOURCES = [
  'knowledge.portalmgr',
  'knowledge.contentmgr',
  'core.aiservices',
  'core.usermgr',
  'core.customermgr',
  'core.casemgr',
  'core.workassignmentmgr',
];

const DELEGATED_PERMISSIONS = RESOURCES.flatMap((resource) => [`${resource}.read`, `${resource}.manage`]);

const ALL_PERMISSIONS = [
  ...DELEGATED_PERMISSIONS,
  'knowledge.portalmgr.onbehalfof.read',
  'knowledge.portalmgr.onbehalfof.manage',
  ...DELEGATED_PERMISSIONS.map((permission) => `app.${permission}`),
];

/** A Web Application that may do everything; its id is the one of the guide's examples. */
const DEFAULT_WEB_APPLICATION: ClientApplicationOptions = {
  name: 'Agent desk',
  clientId: 'b4b2c1d9-4c19-4e8a-8e7a-9a0b1c2d3e4f',
  platform: 'web',
  onBehalfOf: true,
  tokenExchange: true,
  permissions: ALL_PERMISSIONS,
};

/** A Single Page Application with the delegated permissions. */
const DEFAULT_SINGLE_PAGE_APPLICATION: ClientApplicationOptions = {
  name: 'Agent desk in the browser',
  clientId: '5d0f3c1e-6a0b-4a7e-9c58-2f3f7e1b9d64',
  platform: 'spa',
  permissions: DELEGATED_PERMISSIONS,
};

/** The delegated permissions of a client application: what an interactive login may ask for. */
export const delegatedPermissions = (client: ClientApplication): readonly string[] =>
  client.permissions.filter((permission) => scopeKind(permission) === 'delegated');

/** The client application of an anonymous customer whose credentials nobody looks at. */
export const createAnonymousApplication = (clientId: string): ClientApplication =>
  createClientApplication({ clientId, permissions: DELEGATED_PERMISSIONS });

/**
 * Registers the two default applications (the Web Application with `overrides`) and then `further` ones, which replace
 * earlier ones of the same id.
 *
 * @throws {TypeError} when a redirect URL is not an absolute URL, or a Single Page Application has a secret.
 */
export function createClientRegistry(
  overrides: Partial<ClientApplication>,
  further: readonly ClientApplicationOptions[],
): ClientRegistry {
  const clients = new Map<string, ClientApplication>();
  for (const options of [{ ...DEFAULT_WEB_APPLICATION, ...overrides }, DEFAULT_SINGLE_PAGE_APPLICATION, ...further]) {
    clients.set(options.clientId, createClientApplication(options));
  }
  return {
    find: (clientId) => clients.get(clientId),
    all: () => [...clients.values()],
    addRedirectUrl: (clientId, url) => {
      assertRedirectUrl(url);
      const client = clients.get(clientId);
      if (client === undefined || client.redirectUrls.includes(url)) return;
      clients.set(clientId, Object.freeze({ ...client, redirectUrls: [...client.redirectUrls, url] }));
    },
  };
}

function createClientApplication(options: ClientApplicationOptions): ClientApplication {
  const { clientSecret, platform = 'web', redirectUrls = [], permissions = [], ...rest } = options;
  if (platform === 'spa' && clientSecret !== undefined) {
    throw new TypeError(`Client application ${options.clientId}: a Single Page Application has no client secret.`);
  }
  for (const url of redirectUrls) assertRedirectUrl(url);
  return Object.freeze({
    name: options.clientId,
    onBehalfOf: false,
    tokenExchange: false,
    ...rest,
    platform,
    permissions: [...permissions],
    redirectUrls: [...redirectUrls],
    ...(platform === 'web' && { clientSecret: clientSecret ?? randomBytes(32).toString('base64url') }),
  });
}

function assertRedirectUrl(url: string): void {
  // RFC 6749 3.1.2: an absolute URI without a fragment.
  if (!URL.canParse(url) || url.includes('#')) throw new TypeError(`'${url}' is not an absolute URL without fragment.`);
}
