import type { AccessTokens } from './access-token.ts';
import type { AuthorizationCodes } from './authorization-codes.ts';
import type { Behaviour } from './behaviour.ts';
import type { ClientRegistry } from './client-applications.ts';
import type { EmulatorClock } from './clock.ts';
import type { ContentJobs } from './content-jobs.ts';
import type { Generation, TenantUrls } from './generations/generation.ts';
import type { TrustedIssuer } from './identity-provider.ts';
import type { SeededCustomer, SeededUser } from './people.ts';
import type { RefreshTokens } from './refresh-tokens.ts';

/** Everything one emulated tenant knows. It belongs to one emulator: nothing of it is kept in a module. */
export interface Tenant extends TenantUrls {
  readonly behaviour: Behaviour;
  readonly subjectUserIdDelayMs: number;
  readonly generation: Generation;
  readonly clock: EmulatorClock;
  readonly users: readonly SeededUser[];
  readonly customers: readonly SeededCustomer[];
  readonly clients: ClientRegistry;
  readonly authorizationCodes: AuthorizationCodes;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly contentJobs: ContentJobs;
  /** The console's "SSO Provider" registrations, by `registration_id`. */
  readonly trustedIssuers: ReadonlyMap<string, TrustedIssuer>;
}
