/** Who signs in: an agent or author (`user`, URLs end in `-U`) or an end customer (`customer`, URLs end in `-C`). */
export type Persona = 'user' | 'customer';

/**
 * On whose authority a token was made. The names are eGain's six security schemes (`oAuthUser`, `oAuthOnBehalfOfCustomer`, …)
 * in kebab-case; an operation accepts some of them and refuses the others with 403-112.
 */
export type Actor =
  | 'user'
  | 'customer'
  | 'anonymous-customer'
  | 'client'
  | 'on-behalf-of-user'
  | 'on-behalf-of-customer';

const ACTORS: ReadonlySet<string> = new Set<Actor>([
  'user',
  'customer',
  'anonymous-customer',
  'client',
  'on-behalf-of-user',
  'on-behalf-of-customer',
]);

export const isActor = (value: unknown): value is Actor => typeof value === 'string' && ACTORS.has(value);

/** The end of the tenant's URLs: `TMPRODB88619984-U`, `TMPRODB88619984-C` (guide, "Authorization Code Flow"). */
export const personaSuffix = (persona: Persona): 'U' | 'C' => (persona === 'user' ? 'U' : 'C');
