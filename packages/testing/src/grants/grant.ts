import type { ClientApplication } from '../client-applications.ts';
import { OAuthError } from '../oauth-error.ts';
import type { RequestParameters } from '../parameters.ts';
import type { Actor, Persona } from '../persona.ts';
import type { Tenant } from '../tenant.ts';

/** A token request whose client application is known. */
export interface GrantRequest {
  readonly parameters: RequestParameters;
  readonly client: ClientApplication;
  /** Whose token URL was called: `-U` or `-C`. */
  readonly persona: Persona;
  readonly tenant: Tenant;
}

/** What the request is granted. */
export interface Grant {
  readonly actor: Actor;
  /** Username, email, client id, or `anonymous`. */
  readonly subject: string;
  readonly scope: readonly string[];
  readonly refreshToken?: string;
  /** `scope` of the answer, where it is not simply the granted names. */
  readonly answeredScope?: string;
  /** RFC 8693 2.2.1: required in the answer of a token exchange. */
  readonly issuedTokenType?: string;
}

/** One per `grant_type`. @throws {OAuthError} when the request is refused. */
export type GrantHandler = (request: GrantRequest) => Grant | Promise<Grant>;

/**
 * @throws {OAuthError} unauthorized_client for a public client: whoever knows its id could act as the application
 * (RFC 6749 4.4: "MUST only be used by confidential clients"), and the guide requires the secret in these flows.
 */
export function assertConfidential(client: ClientApplication, flow: string): void {
  if (client.platform === 'web') return;
  throw new OAuthError('unauthorized_client', `${flow} needs a Web Application with a secret; this one is an SPA.`);
}

/** @throws {OAuthError} invalid_request at `-C`: the guide shows the flow with the `-U` token URL only. */
export function assertUserTokenUrl(persona: Persona, flow: string): void {
  if (persona === 'user') return;
  throw new OAuthError('invalid_request', `${flow} uses the token URL that ends in -U, not the one that ends in -C.`);
}
