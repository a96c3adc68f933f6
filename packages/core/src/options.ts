import type { Dispatcher } from 'undici';
import type { SilencedWarnings } from './events.ts';
import type { ApiClient } from './outbound/api-client.ts';
import type { Persona } from './protocol/endpoints.ts';
import type { TokenSet } from './protocol/token-set.ts';
import type { ClientScope, DelegatedScope } from './scope.ts';
import type { EgainIdentity } from './session/session.ts';
import type { SessionStore } from './session/session-store.ts';
import type { Subject } from './subject.ts';
import type { TokenStore } from './tokens/token-store.ts';

/**
 * A secret, or a function that fetches it: called for every token request, so that a vault can rotate it without a
 * restart. Keep it fast or cached: it is inside the deadline of the token request. White space around a secret is removed,
 * because secret files end with a line feed.
 */
export type Secret = string | (() => string | Promise<string>);

/** One client application of eGain's Administration Console (Partition → Integration → Client Application). */
export interface ClientOptions {
  /** The generated Client ID. */
  clientId: string;
  /** The Client Secret of a "Web Application". Leave it out for a "Single Page Application": public clients have none. */
  clientSecret?: Secret;
  /**
   * Send PKCE (RFC 7636, S256) with logins. Can only be turned off for a client with a secret.
   * eGain documents PKCE for public clients only; whether it verifies it for Web Applications is unknown.
   * @default true
   */
  pkce?: boolean;
}

/** What an interactive login of one persona asks for. */
export interface LoginOptions {
  /** Delegated scopes, such as `knowledge.portalmgr.read`. Assigned permissions that are not requested are not granted. */
  scope: readonly DelegatedScope[];
}

/** The flows that need a client application or an endpoint, one name each, the same everywhere in the options. */
export type FlowName = 'user' | 'customer' | 'client' | 'anonymousCustomer' | 'onBehalfOf' | 'tokenExchange';

export interface LoginEndpointOptions {
  authorizationUrl?: string;
  tokenUrl?: string;
  /**
   * What `iss` of every callback must say, byte for byte (RFC 9207). eGain does not document it: set this once you have
   * seen that your tenant sends it.
   * @default `iss` is not looked at
   */
  issuer?: string;
  /**
   * Where a logout takes the tokens of its session back (RFC 7009). eGain documents none.
   * @default tokens end by themselves
   */
  revocationUrl?: string;
  /**
   * Where a logout sends the browser, to end its session with eGain too; complete, as it is to be opened. eGain documents
   * none.
   * @default the session with eGain goes on: signing in again may ask for nothing
   */
  endSessionUrl?: string;
}

/** Full URLs, by whom or what they are for. */
export interface EndpointOptions {
  user?: LoginEndpointOptions;
  customer?: LoginEndpointOptions;
  client?: { tokenUrl?: string };
  anonymousCustomer?: { tokenUrl?: string };
  onBehalfOf?: { user?: { tokenUrl?: string }; customer?: { tokenUrl?: string } };
  tokenExchange?: { tokenUrl?: string };
}

export type ScopePrefixes = { readonly [flow in FlowName]?: string };

/** A metadata document as options. */
export interface EgainMetadata {
  readonly tenantId?: string;
  /** Absolute, also where the document names the host alone. */
  readonly apiUrl?: string;
  readonly endpoints?: EndpointOptions;
  readonly scopePrefix?: ScopePrefixes;
}

/** What the impersonation policy is told beside the subject. */
export interface SubjectContext {
  readonly tenantId: string | undefined;
  /** The scopes about to be requested. */
  readonly scope: readonly string[];
}

/**
 * Everything that can be configured. Read once, copied and frozen by {@link createEgainAuth}; never written to.
 * Endpoints come either from `tenantId` + `domainUrl` or from `endpoints`, each of which overrides the derived one.
 */
export interface EgainAuthOptions {
  /** Client ID of the client application that every flow uses, unless `clients` names another. */
  clientId?: string;
  /** Its secret; absent for a public client. */
  clientSecret?: Secret;
  /** A client application per flow. Each flow left out uses `clientId` and `clientSecret`. */
  clients?: { readonly [flow in FlowName]?: ClientOptions };

  /** `TMPRODB88619984` of `https://ai.egain.cloud/system/auth/TMPRODB88619984-U/oauth2/token`. */
  tenantId?: string;
  /** The host people sign in at, `https://ai.egain.cloud`. The API host of the documented pair is understood too. */
  domainUrl?: string;
  /** The host APIs are called at. Derived for `ai.egain.cloud` and `aidev.egain.cloud`; other hosts must say it. */
  apiUrl?: string;
  /** Full URLs from the console's Metadata dialog. They may carry a query, which is kept. */
  endpoints?: EndpointOptions;
  /**
   * What the console's Metadata dialog or eGain's metadata service says, read by `parseMetadata` or `loadMetadata`. Wins
   * over `tenantId` and `domainUrl`; `endpoints`, `apiUrl` and `scopePrefix` win over it.
   */
  metadata?: EgainMetadata;
  /**
   * What to put before each scope, by flow (the console's "API Permission Prefix").
   * @default `<apiUrl>/auth/` for `anonymousCustomer`, nothing for the others
   */
  scopePrefix?: ScopePrefixes;

  /**
   * The application's own origin and mount path, `https://desk.example.com/app`. Redirect URI, cookies and `Location`
   * come from it, never from a request. Required with `login`.
   */
  baseUrl?: string;
  /**
   * The path that a proxy in front of this application removes from each request: `/desk`, if people open
   * `https://example.com/desk/auth/login` and this application receives `/auth/login`. It is the path of `baseUrl`, or the
   * beginning of it. Only this option says so, never a header such as `X-Forwarded-Prefix`, which anybody can send.
   * @default nothing is removed: requests arrive with the whole path of `baseUrl`
   */
  strippedPrefix?: string;
  /** Interactive logins. A persona left out cannot sign in. */
  login?: {
    user?: LoginOptions;
    customer?: LoginOptions;
    /**
     * Says who signed in, for `identity`. If it fails, the login succeeds without an identity.
     * @default users: `GET /knowledge/portalmgr/v4/portals/user` where `knowledge.portalmgr.read` was granted
     */
    resolveIdentity?: (tokens: TokenSet, api: ApiClient) => Promise<Omit<EgainIdentity, 'persona'>>;
    /**
     * Where a logout that names no `returnTo` ends.
     * @default the application's `baseUrl`
     */
    postLogoutUrl?: string;
  };
  /** How signed-in browsers are remembered. `secret` is required with `login`, except on loopback in development. */
  session?: {
    /**
     * At least 32 bytes of randomness. A list rotates: the first seals, all open.
     * @default a random one if `baseUrl` is on loopback and `NODE_ENV` is not production. A restart then signs every person out
     */
    secret?: string | readonly string[];
    /**
     * Where sessions are. In a store they can be as large as they like, a logout ends all copies of the cookie, and
     * several processes refresh a session once.
     * @default in the browser's cookie, sealed
     */
    store?: SessionStore;
    /**
     * Without the `__Host-` prefix, which https adds. Cookies ignore ports and paths: give two applications on one host
     * two names.
     * @default 'egain_session'
     */
    cookieName?: string;
    /** Signed out after this long without a request, at most 400 days. @default 3_600_000 (1 h) */
    idleMs?: number;
    /** Signed out this long after the login, whatever happens; at most 400 days. @default 28_800_000 (8 h) */
    absoluteMs?: number;
  };
  /** Paths below `baseUrl` that are answered for you; `false` turns one off. */
  routes?: {
    /** @default '/auth/login' */
    login?: string | false;
    /** The path of the redirect URL registered at eGain. @default '/auth/callback' */
    callback?: string | false;
    /** @default '/auth/logout' */
    logout?: string | false;
    /** @default '/auth/session' */
    session?: string | false;
  };

  /**
   * The impersonation policy: may this application act for this subject? Called before every on-behalf-of mint and
   * cached use, so keep it fast: an answer that is no promise costs nothing. Anything but `true` refuses, and so does
   * throwing, or not answering within `http.timeoutMs`.
   * @default every subject is allowed. A warning says so at start-up if `clients.onBehalfOf` or `endpoints.onBehalfOf` is
   *   set, otherwise before the first on-behalf-of token
   */
  authorizeSubject?: (subject: Subject, context: SubjectContext) => boolean | Promise<boolean>;

  /**
   * What `api({ type: 'client' })` asks for where its call does not say: `['app.knowledge.portalmgr.read']`, or
   * `['.default']` where eGain's metadata states an API permission prefix. eGain publishes no scope for each operation of the
   * application itself, so nothing is guessed.
   */
  defaultClientScope?: readonly ClientScope[];
  /** Whether answers tell the browser, in `Server-Timing`, how long each call to eGain took. @default false */
  serverTiming?: boolean;

  /** How tokens are kept. Those of a browser's session are in its session. */
  tokens?: {
    /** Shares tokens between processes. @default each process has its own, in memory */
    store?: TokenStore;
    /**
     * What is in `store` is sealed with: at least 32 bytes of randomness, the same in all processes. A list rotates: the
     * first seals, all open. Required with `store`; also makes the hashes of audit events the same in all processes.
     */
    encryptionKeys?: string | readonly string[];
    /** What a failing `store` means: ask eGain instead, or refuse. @default 'fallback' */
    onStoreError?: 'fallback' | 'throw';
    /** Keys in memory: a subject with one set of scopes is one. The least recently used make room. @default 10_000 */
    maxEntries?: number;
    /** How long before its end a token is renewed, behind the callers' backs; at most a fifth of its lifetime. @default 300_000 (5 min) */
    renewAheadMs?: number;
    /** How long before its end a token is not sent any more; at most a tenth of its lifetime. @default 30_000 */
    minTtlMs?: number;
  };

  /**
   * Warnings that Node does not print: some codes, such as `['insecure_loopback']`, or `'all'`. The channel
   * `egain-auth:warning` has them too. Node's own `--disable-warning=EGAIN_AUTH_INSECURE_LOOPBACK`, or
   * `--disable-warning=EgainAuthWarning` for all, silences them for the whole process.
   * @default every warning is printed once
   */
  silenceWarnings?: SilencedWarnings;

  http?: {
    /** Total time for one request, from connecting to the last byte. @default 10_000 */
    timeoutMs?: number;
    /**
     * Requests at the same time to one origin, each on a connection of its own. A request beyond this number waits, and its
     * deadline covers the wait. Requests on a fresh connection (authorization codes, refresh tokens and retries) have as many
     * connections again, so that they do not wait behind the others. A `dispatcher` of your own has its own limits: then this number is ignored.
     * @default 64
     */
    maxConnections?: number;
    /**
     * Streams at the same time to one origin. They have connections of their own, so that slow readers keep no other call
     * waiting. Streams are the answers of `api.request()`, `fetch` and `sdkFetcher`, until they are read to the end or
     * destroyed, and requests whose body is a stream. A stream beyond this number waits, and its deadline covers the wait. A
     * `dispatcher` of your own has its own limits: then this number is ignored.
     * @default 64
     */
    maxStreams?: number;
    /**
     * A dispatcher of undici 7 of your own, for a proxy or a private CA. It sees secrets and tokens, so it is trusted code of
     * yours. undici's own `redirect` interceptor follows nothing of ours in it.
     * @default a pool of our own
     */
    dispatcher?: Dispatcher;
  };
}

export interface StartLoginOptions {
  /** Who signs in. @default the only persona that `login` names, or `user` */
  as?: Persona;
  /** @default what `login` says for this persona */
  scope?: readonly DelegatedScope[];
  /**
   * The path to go to after the sign-in, with query and fragment, as the browser sees it. It must be a path of this origin
   * in printable ASCII, of at most 2048 characters. A backslash in the query becomes `%5C`. Anything else is ignored with
   * the warning `return_to_ignored`: a backslash in the path, a longer target, or one that does not fit into one cookie
   * beside the scopes. The same holds for the page that a guard was asked for.
   * @default the application's `baseUrl`
   */
  returnTo?: string;
}

export interface LogoutOptions {
  /** The path to go to after the logout: a path of this origin, as for {@link StartLoginOptions.returnTo}. @default `login.postLogoutUrl` */
  returnTo?: string;
}
