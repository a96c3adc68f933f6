import { parseArgs } from 'node:util';
import type { EgainAuthOptions } from '@egain-auth/core';
import type { EgainEmulator } from './egain-emulator.ts';
import { createEgainEmulator } from './emulator.ts';
import { REFRESH_TOKEN_MODES, type RefreshTokenMode } from './refresh-tokens.ts';

/** The parts of `process` that the command needs. */
export interface EmulatorProcess {
  readonly stdout: { write: (text: string) => unknown };
  readonly once: (signal: 'SIGINT' | 'SIGTERM', listener: () => void) => unknown;
}

const USAGE = `egain-emulator: an eGain authorization server and APIs on 127.0.0.1

  --login-port <port>               default: any free port
  --api-port <port>                 default: any free port
  --identity-provider-port <port>   default: any free port
  --base-url <url>                  the application under test; its /auth/callback is registered
                                    default: http://localhost:3000
  --refresh-tokens none|kept|rotating   default: none
  --help
`;

/**
 * Runs an emulator from command line arguments until SIGINT or SIGTERM, and prints where it is and who can sign in.
 *
 * @returns the emulator, or `undefined` after `--help`
 * @throws {TypeError} when a flag is unknown or its value is of the wrong shape.
 * @throws {Error} when a port cannot be taken.
 */
export async function runEmulator(argv: readonly string[], host: EmulatorProcess): Promise<EgainEmulator | undefined> {
  const flags = parseFlags(argv);
  if (flags.help) {
    host.stdout.write(USAGE);
    return undefined;
  }
  const baseUrl = flags['base-url'];
  // Before the servers run: a failure after that would leave them behind.
  if (!URL.canParse(baseUrl)) throw new TypeError(`--base-url '${baseUrl}' is not a URL.`);
  const emulator = await createEgainEmulator({
    loginPort: parsePort(flags['login-port']),
    apiPort: parsePort(flags['api-port']),
    identityProviderPort: parsePort(flags['identity-provider-port']),
    refreshTokens: parseRefreshTokens(flags['refresh-tokens']),
  }).listen();
  emulator.config({ platform: 'spa', baseUrl });
  host.stdout.write(describeEmulator(emulator, emulator.config({ baseUrl })));
  const stop = () => void emulator.close();
  host.once('SIGINT', stop);
  host.once('SIGTERM', stop);
  return emulator;
}

function parseFlags(argv: readonly string[]) {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      'login-port': { type: 'string', default: '0' },
      'api-port': { type: 'string', default: '0' },
      'identity-provider-port': { type: 'string', default: '0' },
      'base-url': { type: 'string', default: 'http://localhost:3000' },
      'refresh-tokens': { type: 'string', default: 'none' },
      help: { type: 'boolean', default: false },
    },
  });
  return values;
}

function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new TypeError(`'${text}' is not a port number.`);
  return Number(text);
}

function parseRefreshTokens(text: string): RefreshTokenMode {
  const mode = REFRESH_TOKEN_MODES.find((candidate) => candidate === text);
  if (mode === undefined)
    throw new TypeError(`--refresh-tokens '${text}' is not one of: ${REFRESH_TOKEN_MODES.join(', ')}.`);
  return mode;
}

function describeEmulator(emulator: EgainEmulator, { baseUrl, login, session }: EgainAuthOptions): string {
  const { loginUrl, apiUrl, identityProvider, users, customers, clients } = emulator;
  const web = clients.find(({ platform }) => platform === 'web');
  const spa = clients.find(({ platform }) => platform === 'spa');
  return `eGain emulator (Ctrl+C stops it)

  login host           ${loginUrl}
  API host             ${apiUrl}
  identity provider    ${identityProvider.url}  registration_id ${identityProvider.registrationId}, POST /token with email=...

  users      ${users.map(({ username, password }) => `${username} / ${password}`).join('\n             ')}
  customers  ${customers.map(({ email, password }) => `${email} / ${password}`).join('\n             ')}

  redirect URL         ${web?.redirectUrls.join(' ')}
  public client (SPA)  ${spa?.clientId}

EGAIN_CLIENT_ID=${web?.clientId}
EGAIN_CLIENT_SECRET=${web?.clientSecret}
EGAIN_TENANT_ID=${emulator.tenantId}
EGAIN_DOMAIN_URL=${loginUrl}
EGAIN_API_URL=${apiUrl}
EGAIN_BASE_URL=${baseUrl}
EGAIN_LOGIN_USER_SCOPE=${login?.user?.scope.join(' ')}
EGAIN_LOGIN_CUSTOMER_SCOPE=${login?.customer?.scope.join(' ')}
EGAIN_SESSION_SECRET=${String(session?.secret)}
`;
}
