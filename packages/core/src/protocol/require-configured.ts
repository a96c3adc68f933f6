import { EgainAuthError } from '../errors.ts';
import type { ResolvedClient } from '../resolved-options.ts';

/** @throws {EgainAuthError} `invalid_configuration` naming the option that would supply what is missing */
export function requireConfigured<T>(value: T | undefined, option: string): T {
  if (value !== undefined) return value;
  throw new EgainAuthError('invalid_configuration', `this flow needs the option ${option}, which is not set`, {
    remedy: `Set ${option}, or what it is derived from: tenantId, domainUrl and apiUrl; clientId and clientSecret.`,
  });
}

/**
 * The client application of a flow that a public client cannot use.
 * @throws {EgainAuthError} `invalid_configuration` before eGain would answer `invalid_client`
 */
export function requireConfidentialClient(client: ResolvedClient | undefined, option: string): ResolvedClient {
  const configured = requireConfigured(client, option);
  if (configured.clientSecret) return configured;
  throw new EgainAuthError('invalid_configuration', `this flow needs a secret, and ${option} has none`, {
    remedy: 'Use a client application on the platform Web Application, and set its clientSecret.',
  });
}
