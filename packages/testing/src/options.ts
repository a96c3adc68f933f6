import type { Behaviour, BehaviourOptions } from './behaviour.ts';
import type { ClientApplication, ClientApplicationOptions } from './client-applications.ts';
import type { SsoProvider } from './identity-provider.ts';
import { isWhole, MAX_TIMER_MS } from './is-whole.ts';
import type { CustomerOptions, UserOptions } from './people.ts';
import { REFRESH_TOKEN_MODES, type RefreshTokenMode } from './refresh-tokens.ts';
import { resolveBehaviour } from './resolve-behaviour.ts';

/** What can be said about an emulator. Every field has a default that works. Never written to. */
export interface EgainEmulatorOptions {
  /** Letters and digits, as in `/system/auth/TMPRODB88619984-U/oauth2/token`. @default 'TMPRODB88619984' */
  tenantId?: string;
  /** Port of the login server on 127.0.0.1; 0 takes any free one. @default 0 */
  loginPort?: number;
  /** Port of the API server on 127.0.0.1. @default 0 */
  apiPort?: number;
  /** Port of the external identity provider on 127.0.0.1. @default 0 */
  identityProviderPort?: number;
  /** More identity providers whose tokens are exchanged, beside the emulator's own. */
  ssoProviders?: readonly SsoProvider[];
  /** The agents who exist. @default `pa` (the guide's example), `maria.agent`, `tom.agent` */
  users?: readonly UserOptions[];
  /** The customers who exist. @default `jane.doe@example.com`, `omar.haddad@example.com` */
  customers?: readonly CustomerOptions[];
  /** Changes to the default Web Application, which has a random secret, every permission and both checkboxes. */
  client?: Partial<ClientApplication>;
  /** More client applications. One with the id of a default application replaces it. */
  clients?: readonly ClientApplicationOptions[];
  /**
   * Whether logins of users and customers bring a refresh token; no other flow ever does. `kept`: one for the whole
   * session. `rotating`: each use answers a new one and ends the old one.
   * @default 'none', because the guide documents none
   */
  refreshTokens?: RefreshTokenMode;
  /**
   * How long tokens live, but for exchanged ones, which have the `accessTokenExpirySeconds` of their client application.
   * @default 3600 (INFERRED: the guide names the hour for exchanged tokens only; eGain's own code assumes it for others)
   */
  accessTokenLifetimeSeconds?: number;
  /** @default 1_209_600 (14 days; INFERRED from Azure AD B2C's default, no source names a lifetime) */
  refreshTokenLifetimeSeconds?: number;
  /**
   * How much longer an on-behalf-of token for a `subject_userid` takes than one for a `subject_username`: "using
   * subject_userid can increase latency". The guide does not say by how much.
   * @default 0, so that tests are not slowed down
   */
  subjectUserIdDelayMs?: number;
  /** One switch for each thing that is not known of eGain. */
  behaviour?: BehaviourOptions;
}

/** The scalars of {@link EgainEmulatorOptions} with their defaults. People and clients are seeded where they live. */
export interface EmulatorSettings {
  readonly tenantId: string;
  readonly ports: readonly [login: number, api: number, identityProvider: number];
  readonly ssoProviders: readonly SsoProvider[];
  readonly refreshTokens: RefreshTokenMode;
  readonly accessTokenLifetimeSeconds: number;
  readonly refreshTokenLifetimeSeconds: number;
  readonly subjectUserIdDelayMs: number;
  readonly behaviour: Behaviour;
}

const DEFAULT_SECONDS = { accessTokenLifetimeSeconds: 3600, refreshTokenLifetimeSeconds: 14 * 24 * 3600 } as const;

/** @throws {TypeError} when a value is of the wrong shape. */
export function resolveSettings(options: EgainEmulatorOptions): EmulatorSettings {
  const { tenantId = 'TMPRODB88619984', refreshTokens = 'none', subjectUserIdDelayMs = 0 } = options;
  const ports = [options.loginPort ?? 0, options.apiPort ?? 0, options.identityProviderPort ?? 0] as const;
  if (!/^[A-Za-z0-9]+$/.test(tenantId)) throw new TypeError(`tenantId '${tenantId}' is not letters and digits.`);
  if (!REFRESH_TOKEN_MODES.includes(refreshTokens)) throw new TypeError(`refreshTokens '${refreshTokens}' is unknown.`);
  for (const port of ports) {
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new TypeError(`'${port}' is not a port number.`);
  }
  if (!isWhole(subjectUserIdDelayMs, 0, MAX_TIMER_MS)) {
    throw new TypeError('subjectUserIdDelayMs is not a whole number of milliseconds that a timer can wait.');
  }
  return {
    tenantId,
    ports,
    ssoProviders: options.ssoProviders ?? [],
    refreshTokens,
    accessTokenLifetimeSeconds: resolveSeconds(options, 'accessTokenLifetimeSeconds'),
    refreshTokenLifetimeSeconds: resolveSeconds(options, 'refreshTokenLifetimeSeconds'),
    subjectUserIdDelayMs,
    behaviour: resolveBehaviour(options.behaviour),
  };
}

function resolveSeconds(options: EgainEmulatorOptions, name: keyof typeof DEFAULT_SECONDS): number {
  const seconds = options[name] ?? DEFAULT_SECONDS[name];
  if (Number.isSafeInteger(seconds) && seconds >= 1) return seconds;
  throw new TypeError(`${name} is not a positive number of whole seconds.`);
}
