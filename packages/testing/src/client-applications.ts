import { addSecret, type ClientSecret, removeSecret, resolveSecrets } from './client-secrets.ts';
import { isWhole } from './is-whole.ts';
import { scopeKind } from './scopes.ts';

/** `web`: a confidential client with a secret. `spa`: a public client with PKCE and without a secret. */
export type Platform = 'web' | 'spa';

/** A client application as the Administration Console has it (guide, "Step 1: Create a Client Application"). */
export interface ClientApplication {
  readonly name: string;
  readonly clientId: string;
  /** Only on platform `web`: the first of `secrets`, which `config()` hands out. @default a random one */
  readonly clientSecret?: string;
  /**
   * At most two, the newest first; none on platform `spa`. Each is good until it expires, so that one can take the place of
   * the other. `clientSecret` need not be repeated here.
   */
  readonly secrets: readonly ClientSecret[];
  readonly platform: Platform;
  /** Compared byte for byte with `redirect_uri`: "must exactly match one of the URLs you registered". */
  readonly redirectUrls: readonly string[];
  /** The checkbox "Client On-Behalf-Of Flow". */
  readonly onBehalfOf: boolean;
  /** The checkbox "Token Exchange Grant Type". */
  readonly tokenExchange: boolean;
  /**
   * "Access Token Expiry Time", which "becomes available when Token Exchange is enabled": how long an exchanged token
   * lives, and no other. The console's range is not known; any number of seconds from 1 on is taken.
   * @default 3600 ("If left unconfigured, the default expiry is 1 hour")
   */
  readonly accessTokenExpirySeconds?: number;
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
  /** @throws {TypeError} when the client application cannot have it. */
  readonly rotateSecret: (clientId: string, newSecret: string | ClientSecret) => void;
  /** @throws {TypeError} when the client application does not have it. */
  readonly removeSecret: (clientId: string, secret: string) => void;
}

/** Guide, "Access Token Expiry Time": "If left unconfigured, the default expiry is 1 hour." */
const DEFAULT_EXPIRY_SECONDS = 3600;

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
 * @throws {TypeError} when a redirect URL is not an absolute URL, a Single Page Application has a secret, another one has
 * more than two, or an expiry time makes no sense.
 */
export function createClientRegistry(
  overrides: Partial<ClientApplication>,
  further: readonly ClientApplicationOptions[],
): ClientRegistry {
  const clients = new Map<string, ClientApplication>();
  for (const options of [{ ...DEFAULT_WEB_APPLICATION, ...overrides }, DEFAULT_SINGLE_PAGE_APPLICATION, ...further]) {
    clients.set(options.clientId, createClientApplication(options));
  }
  const setSecrets = (clientId: string, change: (secrets: readonly ClientSecret[]) => readonly ClientSecret[]) => {
    const { clientSecret: _, ...client } = requireWebApplication(clients, clientId);
    clients.set(clientId, Object.freeze({ ...client, ...describeSecrets(change(client.secrets)) }));
  };
  return {
    find: (clientId) => clients.get(clientId),
    all: () => [...clients.values()],
    addRedirectUrl: (clientId, url) => {
      assertRedirectUrl(url);
      const client = clients.get(clientId);
      if (client === undefined || client.redirectUrls.includes(url)) return;
      clients.set(clientId, Object.freeze({ ...client, redirectUrls: [...client.redirectUrls, url] }));
    },
    rotateSecret: (clientId, added) => setSecrets(clientId, (secrets) => addSecret(clientId, secrets, added)),
    removeSecret: (clientId, removed) => setSecrets(clientId, (secrets) => removeSecret(clientId, secrets, removed)),
  };
}

function createClientApplication(options: ClientApplicationOptions): ClientApplication {
  const { clientId, clientSecret, secrets = [], accessTokenExpirySeconds, ...others } = options;
  const { platform = 'web', redirectUrls = [], permissions = [], tokenExchange = false, ...rest } = others;
  if (platform === 'spa' && (clientSecret !== undefined || secrets.length > 0)) throw createSecretError(clientId);
  for (const url of redirectUrls) assertRedirectUrl(url);
  return Object.freeze({
    clientId,
    name: clientId,
    onBehalfOf: false,
    ...rest,
    platform,
    tokenExchange,
    ...resolveExpiry(clientId, tokenExchange, accessTokenExpirySeconds),
    permissions: [...permissions],
    redirectUrls: [...redirectUrls],
    ...describeSecrets(platform === 'web' ? resolveSecrets(clientId, clientSecret, secrets) : []),
  });
}

function describeSecrets(secrets: readonly ClientSecret[]): Pick<ClientApplication, 'clientSecret' | 'secrets'> {
  const [newest] = secrets;
  return { secrets, ...(newest !== undefined && { clientSecret: newest.value }) };
}

const createSecretError = (clientId: string): TypeError =>
  new TypeError(`Client application ${clientId}: a Single Page Application has no client secret.`);

function requireWebApplication(clients: ReadonlyMap<string, ClientApplication>, clientId: string): ClientApplication {
  const client = clients.get(clientId);
  if (client === undefined) throw new TypeError(`There is no client application with the client_id '${clientId}'.`);
  if (client.platform === 'spa') throw createSecretError(clientId);
  return client;
}

function resolveExpiry(
  clientId: string,
  tokenExchange: boolean,
  seconds: number | undefined,
): Pick<ClientApplication, 'accessTokenExpirySeconds'> {
  const refuse = (reason: string) =>
    new TypeError(`Client application ${clientId}: accessTokenExpirySeconds ${reason}`);
  if (seconds !== undefined && !isWhole(seconds, 1)) throw refuse('is not a positive number of whole seconds.');
  if (tokenExchange) return { accessTokenExpirySeconds: seconds ?? DEFAULT_EXPIRY_SECONDS };
  if (seconds !== undefined) throw refuse('is for exchanged tokens: set tokenExchange too.');
  return {};
}

function assertRedirectUrl(url: string): void {
  // RFC 6749 3.1.2: an absolute URI without a fragment.
  if (!URL.canParse(url) || url.includes('#')) throw new TypeError(`'${url}' is not an absolute URL without fragment.`);
}
