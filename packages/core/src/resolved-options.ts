import type { SilencedWarnings, WarningEvent } from './events.ts';
import type { EgainAuthOptions, FlowName, LoginOptions } from './options.ts';
import type { Endpoints, Persona } from './protocol/endpoints.ts';
import type { SessionStore } from './session/session-store.ts';
import type { TokenStore } from './tokens/token-store.ts';

/** A client application, its secret behind a function so that printing the options does not print it. */
export interface ResolvedClient {
  readonly clientId: string;
  readonly clientSecret: (() => string | Promise<string>) | undefined;
  readonly pkce: boolean;
}

/** The options with every default applied. Nothing else applies defaults. */
export interface ResolvedOptions {
  readonly tenantId: string | undefined;
  readonly clients: Readonly<Record<FlowName, ResolvedClient | undefined>>;
  readonly endpoints: Endpoints;
  /** The only origin that a bearer token is sent to. */
  readonly apiUrl: URL | undefined;
  readonly scopePrefix: Readonly<Record<FlowName, string>>;
  readonly login: ResolvedLogin | undefined;
  readonly authorizeSubject: EgainAuthOptions['authorizeSubject'];
  readonly defaultClientScope: readonly string[] | undefined;
  readonly serverTiming: boolean;
  readonly tokens: ResolvedTokens;
  readonly http: {
    readonly timeoutMs: number;
    readonly maxConnections: number;
    readonly maxStreams: number;
    readonly dispatcher: NonNullable<EgainAuthOptions['http']>['dispatcher'];
  };
  readonly silenceWarnings: SilencedWarnings;
  readonly warnings: readonly WarningEvent[];
}

export interface ResolvedTokens {
  readonly store: TokenStore | undefined;
  /** Behind a function, so that printing the options does not print them. The first seals, all open. */
  readonly encryptionKeys: () => readonly string[];
  readonly onStoreError: 'fallback' | 'throw';
  readonly maxEntries: number;
  readonly renewAheadMs: number;
  readonly minTtlMs: number;
}

export type RouteName = 'login' | 'callback' | 'logout' | 'session';

/** What the interactive login needs, all of it present. */
export interface ResolvedLogin {
  /** Origin and mount path, without a slash at the end. */
  readonly baseUrl: URL;
  /** The beginning of each path that a proxy removed before the request arrived. Empty if there is no such proxy. */
  readonly strippedPrefix: string;
  readonly redirectUri: string;
  readonly personas: Readonly<Partial<Record<Persona, LoginOptions>>>;
  readonly resolveIdentity: NonNullable<EgainAuthOptions['login']>['resolveIdentity'];
  /** Full paths, as the browser sees them; a route that is turned off is absent. */
  readonly routes: Readonly<Partial<Record<RouteName, string>>>;
  readonly session: ResolvedSession;
  /** Where a logout that says nothing else ends. */
  readonly postLogoutUrl: URL;
}

export interface ResolvedSession {
  /** Behind a function, so that printing the options does not print them. The first seals, all open. */
  readonly secrets: () => readonly string[];
  readonly cookieName: string;
  /** Follows the scheme of `baseUrl`, never the request (T030, T031). */
  readonly secure: boolean;
  readonly idleMs: number;
  readonly absoluteMs: number;
  /** Absent where the browser keeps its session itself, sealed. */
  readonly store: SessionStore | undefined;
}
