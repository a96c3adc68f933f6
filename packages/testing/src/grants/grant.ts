import type { ClientApplication } from '../client-applications.ts';
import { OAuthError } from '../oauth-error.ts';
import type { RequestParameters } from '../parameters.ts';
import type { Actor, Persona } from '../persona.ts';
import { resolveScope, type ScopeRule } from '../scopes.ts';
import type { Tenant } from '../tenant.ts';

/** A token request whose client application is known. */
export interface GrantRequest {
  readonly parameters: RequestParameters;
  readonly client: ClientApplication;
  /** Whose token URL was called: `-U` or `-C`. */
  readonly persona: Persona;
  /** What each scope starts with at the URL that was called. */
  readonly scopePrefix: string;
  readonly tenant: Tenant;
}

/** What the request is granted. */
export interface Grant {
  readonly actor: Actor;
  /** Username, email, client id, or `anonymous`. */
  readonly subject: string;
  readonly scope: readonly string[];
  readonly refreshToken?: string;
  /** How long the access token lives. @default the lifetime of the emulator's tokens */
  readonly lifetimeSeconds?: number;
  /** The scopes that the answer names, where they are not the granted ones. Without prefix. */
  readonly answeredScope?: readonly string[];
  /** RFC 8693 2.2.1: required in the answer of a token exchange. */
  readonly issuedTokenType?: string;
  /** Whether somebody signed in, so that the answer may hold an `id_token`. */
  readonly isLogin?: boolean;
}

/** One per `grant_type`. @throws {OAuthError} when the request is refused. */
export type GrantHandler = (request: GrantRequest) => Grant | Promise<Grant>;

/** The requested scopes that are granted. @throws {OAuthError} invalid_scope */
export const grantScope = (
  { client, scopePrefix, tenant }: GrantRequest,
  value: string | undefined,
  rule: ScopeRule,
): readonly string[] => resolveScope(value, rule, { client, scopePrefix, behaviour: tenant.behaviour });

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
