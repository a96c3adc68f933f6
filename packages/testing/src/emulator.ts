import type { EgainAuthOptions } from '@egain-auth/core';
import { createAccessTokens } from './access-token.ts';
import { createApiRoutes } from './api-server.ts';
import { createAuthorizationCodes } from './authorization-codes.ts';
import { type ClientApplication, createClientRegistry } from './client-applications.ts';
import { type ConfigRequest, createConfig } from './config.ts';
import { type RunningServer, startServer } from './http.ts';
import { createIdentityProvider, type EmulatedIdentityProvider, trustIdentityProvider } from './identity-provider.ts';
import { createJournal, createJournaledHandler, type JournalEntry, type JournalKind } from './journal.ts';
import { createLoginRoutes } from './login-server.ts';
import { type EgainEmulatorOptions, type EmulatorSettings, resolveSettings } from './options.ts';
import { createCustomers, createUsers, type SeededCustomer, type SeededUser } from './people.ts';
import { createRefreshTokens } from './refresh-tokens.ts';
import type { Tenant } from './tenant.ts';

/** A running emulator. */
export interface EgainEmulator extends AsyncDisposable {
  readonly tenantId: string;
  /** The login host, `http://127.0.0.1:<port>`: authorization and token URLs, `domainUrl` of the options. */
  readonly loginUrl: string;
  /** The API host, `http://127.0.0.1:<another port>`: API operations and the anonymous token URL. */
  readonly apiUrl: string;
  /** The agents who can sign in, with their passwords. */
  readonly users: readonly SeededUser[];
  /** The customers who can sign in, with their passwords. */
  readonly customers: readonly SeededCustomer[];
  /** The client applications as they are now, with their secrets. */
  readonly clients: readonly ClientApplication[];
  /** The external identity provider whose tokens the token exchange flow takes. */
  readonly identityProvider: EmulatedIdentityProvider;
  /**
   * Options that `createEgainAuth` takes unchanged: client id, secret (platform `web`), tenant and both hosts.
   *
   * With `baseUrl` also a login for users and customers (scope `knowledge.portalmgr.read`) and a random session secret.
   * **It then registers `<baseUrl>/auth/callback`** as a redirect URL of that client application, as somebody would in
   * the Administration Console.
   *
   * @throws {TypeError} when no client application is on the platform, or the base URL is no URL.
   */
  readonly config: (request?: ConfigRequest) => EgainAuthOptions;
  /**
   * Every request so far, in the order of the answers: the last 10 000, of one kind or of all. Secrets, codes,
   * verifiers, passwords, states and tokens read `[redacted]`.
   */
  readonly journal: (kind?: JournalKind) => readonly JournalEntry[];
  /** Stops the three servers and ends their connections. Calling it twice is fine. */
  readonly close: () => Promise<void>;
}

/** An emulator that is not running yet. */
export interface StartableEgainEmulator {
  /**
   * Starts the servers on 127.0.0.1. Each call makes an emulator of its own.
   *
   * @throws {Error} when a port cannot be taken.
   */
  readonly listen: () => Promise<EgainEmulator>;
}

type Servers = readonly [login: RunningServer, api: RunningServer, identityProvider: RunningServer];

/**
 * An eGain on your own machine: OAuth 2.0 authorization server, some APIs, and an external identity provider. It refuses
 * what eGain's guide says eGain refuses; where no source says what happens, it takes the strict reading and the code says
 * INFERRED. Any number can run in one process: they share nothing.
 *
 * The servers listen on 127.0.0.1. Run the application under test on `localhost`: cookies ignore ports, and with one
 * host name for both, one could read the other's.
 *
 * @throws {TypeError} when an option is of the wrong shape.
 */
export function createEgainEmulator(options: EgainEmulatorOptions = {}): StartableEgainEmulator {
  const settings = resolveSettings(options);
  const users = createUsers(options.users);
  const customers = createCustomers(options.customers);
  const registerClients = () => createClientRegistry(options.client ?? {}, options.clients ?? []);
  registerClients(); // so that a mistake shows here, not when the servers run
  return {
    listen: async () => {
      const servers = await startServers(settings.ports);
      return createEmulator(servers, { settings, users, customers, clients: registerClients() });
    },
  };
}

async function startServers([login, api, identityProvider]: EmulatorSettings['ports']): Promise<Servers> {
  const started: RunningServer[] = [];
  const start = async (port: number): Promise<RunningServer> => {
    const server = await startServer(port);
    started.push(server);
    return server;
  };
  try {
    return [await start(login), await start(api), await start(identityProvider)];
  } catch (error) {
    await Promise.all(started.map((server) => server.close()));
    throw error;
  }
}

interface Seed extends Pick<Tenant, 'users' | 'customers' | 'clients'> {
  readonly settings: EmulatorSettings;
}

async function createEmulator(servers: Servers, { settings, ...seed }: Seed): Promise<EgainEmulator> {
  const [login, api, external] = servers;
  const { provider, answer: answerIdentityProvider } = await createIdentityProvider(external.url);
  const urls = { tenantId: settings.tenantId, loginUrl: login.url, apiUrl: api.url };
  const lifetimeSeconds = settings.accessTokenLifetimeSeconds;
  const tenant: Tenant = {
    ...urls,
    ...seed,
    authorizationCodes: createAuthorizationCodes(),
    accessTokens: await createAccessTokens({ ...urls, lifetimeSeconds }),
    refreshTokens: createRefreshTokens(settings.refreshTokens),
    trustedIssuers: new Map([[provider.registrationId, trustIdentityProvider(provider)]]),
  };
  const journal = createJournal();
  login.serve(createJournaledHandler(journal, createLoginRoutes(tenant)));
  api.serve(createJournaledHandler(journal, createApiRoutes(tenant)));
  const identityProviderRoute = { kind: 'identity-provider', answer: answerIdentityProvider } as const;
  external.serve(createJournaledHandler(journal, () => identityProviderRoute));
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()));
  };
  return {
    ...urls,
    users: seed.users,
    customers: seed.customers,
    get clients() {
      return tenant.clients.all();
    },
    identityProvider: provider,
    config: (request = {}) => createConfig(tenant, request),
    journal: journal.entries,
    close,
    [Symbol.asyncDispose]: close,
  };
}
