import { anonymousCustomer } from './anonymous-customer.ts';
import { redeemAuthorizationCode } from './authorization-code.ts';
import { clientCredentials } from './client-credentials.ts';
import type { GrantHandler } from './grant.ts';
import { onBehalfOf } from './on-behalf-of.ts';
import { refreshToken } from './refresh-token.ts';
import { tokenExchange } from './token-exchange.ts';

/** Which `grant_type` values an endpoint takes. */
export type GrantTypes = ReadonlyMap<string, GrantHandler>;

const PERSON: readonly [string, GrantHandler][] = [
  ['authorization_code', redeemAuthorizationCode],
  ['refresh_token', refreshToken],
  ['urn:ietf:params:oauth:grant-type:token-exchange', tokenExchange],
];
const CLIENT: readonly [string, GrantHandler][] = [['client_credentials', clientCredentials]];
const ON_BEHALF_OF: readonly [string, GrantHandler][] = [['password', onBehalfOf]];

/** The grants by the endpoints that take them: one for all of them, or one for each. */
export const GRANT_TYPES = {
  all: new Map([...PERSON, ...CLIENT, ...ON_BEHALF_OF]),
  person: new Map(PERSON),
  client: new Map(CLIENT),
  onBehalfOf: new Map(ON_BEHALF_OF),
  anonymousCustomer: new Map([['client_credentials', anonymousCustomer]]),
} as const satisfies Record<string, GrantTypes>;
