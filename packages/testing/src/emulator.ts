import { createApiRoutes } from './api-server.ts';
import { createClientRegistry } from './client-applications.ts';
import { createClock } from './clock.ts';
import { createConfig } from './config.ts';
import { createTenant, type TenantSeed } from './create-tenant.ts';
import type { EgainEmulator } from './egain-emulator.ts';
import { createFaults } from './faults/faults.ts';
import { type RunningServer, startServer } from './http.ts';
import { createIdentityProvider } from './identity-provider.ts';
import { issueLoginToken } from './issue-login-token.ts';
import { createJournal, createJournaledHandler } from './journal.ts';
import { createLoginRoutes } from './login-server.ts';
import { type EgainEmulatorOptions, type EmulatorSettings, resolveSettings } from './options.ts';
import { createCustomers, createUsers } from './people.ts';

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
 * what eGain's guide says eGain refuses; where no source says what happens, it takes the strict reading, the code says
 * INFERRED, and a switch of `behaviour` takes another. Any number can run in one process: they share nothing.
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

async function createEmulator(servers: Servers, seed: TenantSeed): Promise<EgainEmulator> {
  const [login, api, external] = servers;
  const clock = createClock();
  const context = { journal: createJournal(), faults: createFaults(clock), clock };
  const { provider, answer: answerIdentityProvider } = await createIdentityProvider(external.url, clock.now);
  const urls = { tenantId: seed.settings.tenantId, loginUrl: login.url, apiUrl: api.url };
  const tenant = await createTenant(urls, seed, provider, clock);
  login.serve(createJournaledHandler(context, createLoginRoutes(tenant)));
  api.serve(createJournaledHandler(context, createApiRoutes(tenant)));
  const identityProviderRoute = { kind: 'identity-provider', answer: answerIdentityProvider } as const;
  external.serve(createJournaledHandler(context, () => identityProviderRoute));
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
    issueToken: (request = {}) => issueLoginToken(tenant, request),
    journal: context.journal.entries,
    clock,
    fail: context.faults.add,
    clearFaults: context.faults.clear,
    rotateKeys: ({ oldTokens = 'valid' } = {}) => tenant.accessTokens.rotateKeys(oldTokens),
    rotateSecret: tenant.clients.rotateSecret,
    removeSecret: tenant.clients.removeSecret,
    close,
    [Symbol.asyncDispose]: close,
  };
}
