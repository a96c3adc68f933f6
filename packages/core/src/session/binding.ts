import type { Persona } from '../protocol/endpoints.ts';
import type { ResolvedOptions } from '../resolved-options.ts';
import { sha256 } from '../sha256.ts';

/**
 * A hash of everything that decides whose tokens a login gets and where they are sent: tenant, persona, client, token URL
 * and API origin. Applications that share a secret and a base URL must not take each other's logins (T006) or sessions
 * (T103).
 * @param redirectUri part of the binding of a pending login, which ends there. A session outlives a change of it.
 */
export function bindingOf(
  { tenantId, clients, endpoints, apiUrl }: ResolvedOptions,
  persona: Persona,
  redirectUri?: string,
): string {
  const { tokenUrl } = endpoints[persona];
  const parts = [tenantId, persona, clients[persona]?.clientId, tokenUrl?.href, apiUrl?.origin, redirectUri];
  return sha256(JSON.stringify(parts));
}

/** What a session of each persona is bound to. A persona that cannot sign in has no binding. */
export type SessionBindings = Readonly<Record<Persona, string | undefined>>;

/** In 96 bits, because every session cookie carries it and no attacker chooses a configuration. */
const BINDING_LENGTH = 16;

/** The bindings are computed once for an instance: to compare them costs a request nothing. */
export function sessionBindings(options: ResolvedOptions): SessionBindings {
  const personas = options.login?.personas ?? {};
  const of = (persona: Persona) =>
    Object.hasOwn(personas, persona) ? bindingOf(options, persona).slice(0, BINDING_LENGTH) : undefined;
  return { user: of('user'), customer: of('customer') };
}
