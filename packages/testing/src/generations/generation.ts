import type { EgainAuthOptions } from '@egain-auth/core';
import type { GrantTypes } from '../grants/grant-types.ts';
import type { EmulatorRequest } from '../http.ts';
import type { Persona } from '../persona.ts';

/** Where a tenant is. */
export interface TenantUrls {
  readonly tenantId: string;
  readonly loginUrl: string;
  readonly apiUrl: string;
}

/** What each request to an OAuth URL is judged by. */
interface Endpoint {
  /** Whose URL it is. A client application has none of its own and uses the users'. */
  readonly persona: Persona;
  /** What each scope starts with here; empty where scopes are bare. */
  readonly scopePrefix: string;
}

export interface AuthorizationEndpoint extends Endpoint {
  readonly action: 'authorize';
}

export interface TokenEndpoint extends Endpoint {
  readonly action: 'token';
  readonly grantTypes: GrantTypes;
  readonly isAnonymous: boolean;
  /** @throws {OAuthError} invalid_request when the URL's query is not what the endpoint needs. */
  readonly assertQuery: (query: URLSearchParams) => void;
}

export type OAuthEndpoint = AuthorizationEndpoint | TokenEndpoint;

/** One generation of eGain's authorization server: the URLs and scope names of the same grants. */
export interface Generation {
  readonly findAtLoginHost: (request: EmulatorRequest) => OAuthEndpoint | undefined;
  readonly findAtApiHost: (request: EmulatorRequest) => OAuthEndpoint | undefined;
  readonly issuerOf: (persona: Persona) => string;
  /** Whether the client credentials flow takes the one scope `.default` instead of names. */
  readonly hasDefaultScope: boolean;
  /** What the login host has, for whoever asks it for something else. */
  readonly description: string;
  /** How an application is told of it. */
  readonly options: Pick<EgainAuthOptions, 'tenantId' | 'domainUrl' | 'endpoints' | 'scopePrefix'>;
}
