import { createAccessTokens } from './access-token.ts';
import { createAuthorizationCodes } from './authorization-codes.ts';
import type { EmulatorClock } from './clock.ts';
import { createContentJobs } from './content-jobs.ts';
import { createCommercial } from './generations/commercial.ts';
import type { TenantUrls } from './generations/generation.ts';
import { createRigel } from './generations/rigel.ts';
import { type EmulatedIdentityProvider, trustIdentityProvider } from './identity-provider.ts';
import type { EmulatorSettings } from './options.ts';
import { createRefreshTokens } from './refresh-tokens.ts';
import type { Tenant } from './tenant.ts';

/** What a tenant starts with. */
export interface TenantSeed extends Pick<Tenant, 'users' | 'customers' | 'clients'> {
  readonly settings: EmulatorSettings;
}

export async function createTenant(
  urls: TenantUrls,
  { settings, ...people }: TenantSeed,
  provider: EmulatedIdentityProvider,
  clock: EmulatorClock,
): Promise<Tenant> {
  const { behaviour, subjectUserIdDelayMs } = settings;
  const { now } = clock;
  const generation = behaviour.generation === 'rigel' ? createRigel(urls) : createCommercial(urls);
  const accessTokens = await createAccessTokens({
    ...{ ...urls, behaviour, now, issuerOf: generation.issuerOf },
    lifetimeSeconds: settings.accessTokenLifetimeSeconds,
  });
  return {
    ...urls,
    ...people,
    ...{ behaviour, subjectUserIdDelayMs, generation, clock, accessTokens },
    authorizationCodes: createAuthorizationCodes(now),
    refreshTokens: createRefreshTokens({
      mode: settings.refreshTokens,
      lifetimeSeconds: settings.refreshTokenLifetimeSeconds,
      now,
    }),
    contentJobs: createContentJobs(clock),
    trustedIssuers: new Map(
      [provider, ...settings.ssoProviders].map((trusted) => [
        trusted.registrationId,
        trustIdentityProvider(trusted, now),
      ]),
    ),
  };
}
