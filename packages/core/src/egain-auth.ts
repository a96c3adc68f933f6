import { randomBytes } from 'node:crypto';
import type { Dispatcher } from 'undici';
import type { Actor, OperationActorOf, ScopeOf } from './actor.ts';
import { isProduction, optionsFromEnv } from './configuration/options-from-env.ts';
import { resolveOptions } from './configuration/resolve-options.ts';
import { EgainAuthError } from './errors.ts';
import { publishWarning, type WarningEvent } from './events.ts';
import type { FlowContext } from './flows/flow-context.ts';
import { requestRefreshedToken } from './flows/refresh-token.ts';
import { createHttpClient } from './http/client.ts';
import type { HttpReply, HttpRequest, HttpResponse } from './http/exchange.ts';
import { createIssuer, destinationOf } from './issuer.ts';
import type { EgainAuthOptions, LogoutOptions, StartLoginOptions } from './options.ts';
import { type ActorApiClient, type ApiClient, createApiClient } from './outbound/api-client.ts';
import { createRetryBudget } from './outbound/api-retries.ts';
import type { ApiHosts } from './outbound/api-url.ts';
import { type Caller, identityOf } from './outbound/caller.ts';
import { createFetch } from './outbound/fetch.ts';
import { lookUpIdentity } from './outbound/identity.ts';
import { createInterceptor } from './outbound/interceptor.ts';
import { type AdapterContext, createRequestContext, type TokenOptions } from './outbound/request-context.ts';
import { resolveSdkUrl } from './outbound/sdk-fetcher.ts';
import { type ApiUse, type ClientApplication, listClientApplications } from './permissions.ts';
import type { Persona } from './protocol/endpoints.ts';
import { createResilientTokenEndpoint } from './protocol/resilient-token-endpoint.ts';
import { createRevocation, type RevokeToken } from './protocol/revocation.ts';
import { createTokenEndpoint } from './protocol/token-endpoint.ts';
import { createTokenSet, type TokenSet, type TokenSetFields, withoutRefreshToken } from './protocol/token-set.ts';
import type { ResolvedOptions } from './resolved-options.ts';
import { completeLogin } from './routes/callback.ts';
import { type LoginRequest, startLogin } from './routes/login.ts';
import { endSession } from './routes/logout.ts';
import type { RouteContext } from './routes/route-context.ts';
import { createRouter } from './routes/router.ts';
import type { ClientScope, DelegatedScope, OnBehalfOfScope } from './scope.ts';
import { createSealer } from './seal.ts';
import { createLoginTransactions } from './session/login-transaction.ts';
import { createSealedSessions } from './session/sealed-sessions.ts';
import type { EgainIdentity } from './session/session.ts';
import type { SessionLookup } from './session/session-keeper.ts';
import { createSessionManager, type NewSession } from './session/session-manager.ts';
import { createStoredSessions } from './session/stored-sessions.ts';
import type { Subject } from './subject.ts';
import { createAgeClock } from './tokens/clock.ts';
import { createImpersonationAudit } from './tokens/impersonation-audit.ts';
import { createKeyedHash } from './tokens/keyed-hash.ts';
import { createSharedTokens } from './tokens/shared-tokens.ts';
import { guardSubjects } from './tokens/subject-guard.ts';
import { createTokenManager, type TokenManager } from './tokens/token-manager.ts';
import { tokenRequest } from './tokens/token-request.ts';
import type { TokenSource } from './tokens/token-source.ts';

const BRAND = Symbol.for('egain-auth.instance');
/** Not part of {@link EgainAuth}: for `forgeSession` of @egain-auth/testing alone. */
const SESSIONS = Symbol.for('egain-auth.sessions');

/** eGain's OAuth 2.0 for one application and one tenant. Framework-free: adapters put it behind `req.egain`. */
export interface EgainAuth {
  /** What works but will surprise, as found at start-up. Also published on the channel `egain-auth:warning`. */
  readonly warnings: readonly WarningEvent[];

  /**
   * A token for an actor: from memory while it is good, renewed behind your back before it ends, asked for once however
   * many wait for it. `scope` of the result is what was granted, which may be less than was asked for.
   * @throws {EgainAuthError} `invalid_scope`, `scope_mismatch`, `reserved_parameter`, `invalid_subject`,
   *   `subject_refused`, `login_required`, `invalid_configuration` for a flow whose client or endpoint is not set,
   *   `client_secret_unavailable`, `token_request_failed`, `token_endpoint_unavailable`, `invalid_token_response`,
   *   `token_store_unavailable` with `tokens.onStoreError: 'throw'`, `instance_closed`
   */
  getToken<A extends Actor>(actor: A, options?: TokenOptions<ScopeOf<A>>): Promise<TokenSet>;
  /** A token for the application itself. Application scopes: `app.knowledge.portalmgr.read`. */
  clientCredentials(options: TokenOptions<ClientScope>): Promise<TokenSet>;
  /** A token for a visitor nobody knows. Scopes without prefix: it is put before them. */
  anonymousCustomer(options: TokenOptions<DelegatedScope>): Promise<TokenSet>;
  /** A token for a named user or customer. On-behalf-of scopes: `knowledge.portalmgr.onbehalfof.read`. */
  onBehalfOf(subject: Subject, options: TokenOptions<OnBehalfOfScope>): Promise<TokenSet>;
  /** A token for the owner of an external identity provider's token. */
  tokenExchange(
    options: TokenOptions<DelegatedScope> & { registrationId: string; subjectToken: () => string | Promise<string> },
  ): Promise<TokenSet>;
  /**
   * Forgets the tokens of a subject, here and in `tokens.store`: whoever waits for one is refused, and what is under way
   * is not kept. It does not keep anybody from asking again: that is `authorizeSubject`'s part. eGain documents no way to
   * take back a token, so one that was handed out works until it ends.
   * @throws {EgainAuthError} `invalid_subject`; `token_store_unavailable`: other processes may still find some
   */
  revoke(subject: Subject): Promise<void>;
  /**
   * eGain's API as an actor. Without `scope`, each call asks for what its operation declares for this actor; the application
   * itself (`client`) asks for `defaultClientScope`.
   */
  api<A extends Actor>(
    actor: A,
    options?: Pick<TokenOptions<ScopeOf<A>>, 'scope'>,
  ): ActorApiClient<OperationActorOf<A>>;
  /**
   * The same as {@link EgainAuth.api} for code that takes a `fetch`: paths, or URLs of the API host; the token is ours,
   * whatever `authorization` says; a 401 is renewed and sent once more; GET and HEAD are retried; one deadline holds to the
   * last byte of the answer. Answers of any status are `Response`s whose body streams, with neither cookies nor cache. A
   * redirect is an answer too, with `redirect: 'error'` an `api_error`; none is followed. A body that is a stream is sent as
   * it comes, and once; every other one, also that of a `Request`, is read whole first.
   *
   * Rejects with what `api` throws but for eGain's refusals — an {@link EgainAuthError}, no `TypeError` —, with the reason
   * of `signal`, and with a `TypeError` for arguments that fetch does not take and headers of the connection.
   */
  fetch<A extends Actor>(actor: A, options?: Pick<TokenOptions<ScopeOf<A>>, 'scope'>): typeof fetch;
  /**
   * The `fetcher` of eGain's own TypeScript SDK: `new HTTPClient({ fetcher: egain.sdkFetcher(actor) })`. Like
   * {@link EgainAuth.fetch}, and what the SDK sends to its built-in host `https://api.aidev.egain.cloud` goes to `apiUrl`,
   * since 14 of its operations ignore `serverURL`. Leave out `accessToken`: here each try has a good token, and what fails is
   * the `cause` of the SDK's `UnexpectedClientError`.
   */
  sdkFetcher<A extends Actor>(actor: A, options?: Pick<TokenOptions<ScopeOf<A>>, 'scope'>): typeof fetch;
  /**
   * For an undici dispatcher (version 7) of your own: `new Agent().compose(egain.interceptor(actor))`. Adds the token to
   * requests to the API host, and fails all others with `origin_not_allowed`, also those that name no origin; a 401 is
   * renewed and sent once more where the body is a string or bytes. Retries, redirects and time limits are the dispatcher's.
   *
   * `compose` calls the last one first. `redirect` after this one, so that it looks at each step: foreign ones fail. Before
   * it, undici follows them without the token. `cache` keeps nothing in either place. `deduplicate` before this one, where
   * it sees whose the requests are: after it, one that several actors share gives them each other's answers.
   */
  interceptor<A extends Actor>(
    actor: A,
    options?: Pick<TokenOptions<ScopeOf<A>>, 'scope'>,
  ): Dispatcher.DispatcherComposeInterceptor;
  /**
   * The access token alone, for code that asks for it each time: `scope` as in {@link EgainAuth.getToken}, whose errors it
   * rejects with. Not for `accessToken` of eGain's SDK, where a rejection ends the process: that is `sdkFetcher`'s part.
   */
  tokenProvider<A extends Actor>(actor: A, options?: Pick<TokenOptions<ScopeOf<A>>, 'scope'>): () => Promise<string>;
  /**
   * What the Partition Administrator has to set in the Administration Console: for the configured logins and
   * `defaultClientScope`, and for what you say that your code does. Asks nobody; run it in a test or a script.
   * @throws {EgainAuthError} `actor_not_allowed` for an operation that does not accept its actor, `scope_mismatch`
   */
  permissions(uses?: readonly ApiUse[]): ClientApplication[];

  /**
   * Answers login, callback, logout and session status; `undefined` for every other URL.
   * @throws {EgainAuthError} what `errorResponse` turns into the answer to a failed login
   */
  handle(request: HttpRequest, reply: HttpReply): Promise<HttpResponse | undefined>;
  /** What becomes `req.egain`. */
  authenticate(request: HttpRequest, reply: HttpReply): Promise<AdapterContext>;
  /** The redirect to eGain's sign-in page, for a login route of your own. */
  startLogin(options: StartLoginOptions, request: HttpRequest): HttpResponse;
  /** The answer to eGain's callback, for a callback route of your own. */
  completeLogin(request: HttpRequest): Promise<HttpResponse>;

  /**
   * Asks for no new token any more, lets what is under way end, and closes the connections. No timer or idle connection
   * of ours keeps a process alive that does not call this.
   */
  close(): Promise<void>;
}

/** Whether a value is an {@link EgainAuth}, made by any installed copy of this package. */
export function isEgainAuth(value: unknown): value is EgainAuth {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/**
 * Builds an {@link EgainAuth}. Called with no argument, and only then, it reads the `EGAIN_*` variables; the two are
 * never merged.
 * @throws {EgainAuthError} `invalid_configuration`, one error that lists every problem with its remedy
 * @throws {TypeError} for an argument that is no object, such as a configuration that turned out `undefined`
 */
export function createEgainAuth(...given: [options?: EgainAuthOptions]): EgainAuth {
  const options = resolveOptions(
    given.length === 0 ? optionsFromEnv() : (given[0] as EgainAuthOptions),
    isProduction(),
  );
  for (const warning of options.warnings) publishWarning(warning);

  const http = createHttpClient(options.http);
  const budget = createRetryBudget();
  const hosts = apiHostsOf(options);
  const outbound = { hosts, http, budget, timeoutMs: options.http.timeoutMs };
  const createApi = (caller: Caller) => createApiClient(caller, outbound);
  const flow: FlowContext = { options, requestToken: createTokenEndpoint(http, options.http.timeoutMs) };
  const routes = createRouteContext(flow, createRevocation(http), createApi);
  const manager = createTokens(flow, routes);
  const { source } = manager;
  const callers = { tokens: source, defaultClientScope: options.defaultClientScope };

  const callerOf = (...[actor, { scope } = {}]: CallerArguments): Caller => ({
    identify: (operation) => identityOf(callers, actor, scope, operation),
  });
  // The one promise on the way to a token from memory.
  const getToken = async (actor: Actor, tokenOptions?: TokenOptions) =>
    source.getToken(tokenRequest(actor, tokenOptions));

  const route = routes && createRouter(routes);
  const dependencies = {
    ...callers,
    serverTiming: options.serverTiming,
    sessions: routes?.sessions,
    createApi,
    startLogin: (loginOptions: LoginRequest, request: HttpRequest) =>
      startLogin(requireLogin(routes), loginOptions, request),
    endSession: (request: HttpRequest, logoutOptions: LogoutOptions | undefined) =>
      endSession(requireLogin(routes), request, logoutOptions),
    loginUrl: (persona: Persona | undefined) => {
      const path = options.login?.routes.login;
      return path !== undefined && persona ? `${path}?as=${persona}` : path;
    },
  };

  return Object.freeze({
    [BRAND]: true,
    [SESSIONS]: routes && createSessionForge(routes),
    warnings: options.warnings,
    getToken,
    clientCredentials: (tokenOptions: TokenOptions) => getToken({ type: 'client' }, tokenOptions),
    anonymousCustomer: (tokenOptions: TokenOptions) => getToken({ type: 'anonymous-customer' }, tokenOptions),
    onBehalfOf: (subject: Subject, tokenOptions: TokenOptions) =>
      getToken({ type: 'on-behalf-of', subject }, tokenOptions),
    tokenExchange: ({ registrationId, subjectToken, ...tokenOptions }: Parameters<EgainAuth['tokenExchange']>[0]) =>
      getToken({ type: 'exchanged', registrationId, subjectToken }, tokenOptions),
    api: (...given: CallerArguments) => createApi(callerOf(...given)),
    fetch: (...given: CallerArguments) => createFetch(callerOf(...given), outbound),
    sdkFetcher: (...given: CallerArguments) => createFetch(callerOf(...given), outbound, resolveSdkUrl),
    interceptor: (...given: CallerArguments) => createInterceptor(callerOf(...given), hosts),
    tokenProvider:
      (...given: CallerArguments) =>
      async () =>
        (await getToken(...given)).accessToken,
    permissions: (uses: readonly ApiUse[] = []) => listClientApplications(options, uses),
    handle: async (request: HttpRequest, reply: HttpReply) => route?.(request, reply),
    async authenticate(request: HttpRequest, reply: HttpReply) {
      const lookUp = await (routes?.sessions.lookUp(request, reply) ?? nobody);
      return createRequestContext(dependencies, request, reply, lookUp);
    },
    startLogin: dependencies.startLogin,
    completeLogin: async (request: HttpRequest) => completeLogin(requireLogin(routes), request),
    revoke: manager.revoke,
    async close() {
      await manager.close();
      await http.close();
    },
  });
}

type CallerArguments = [actor: Actor, options?: Pick<TokenOptions, 'scope'>];

function apiHostsOf({ apiUrl, endpoints }: ResolvedOptions): ApiHosts | undefined {
  const { user, customer } = endpoints;
  const logins = [user.authorizationUrl, user.tokenUrl, customer.authorizationUrl, customer.tokenUrl];
  return apiUrl && { apiUrl, loginOrigins: new Set(logins.flatMap((url) => url?.origin ?? [])) };
}

/** Guard, cache, and what mints behind them. */
function createTokens(
  { options, requestToken }: FlowContext,
  routes: RouteContext | undefined,
): Pick<TokenManager, 'revoke' | 'close'> & { readonly source: TokenSource } {
  const { login, tenantId, tokens, authorizeSubject } = options;
  const { timeoutMs } = options.http;
  const encryptionKeys = tokens.encryptionKeys();
  const now = createAgeClock();
  const secret = encryptionKeys[0] ?? login?.session.secrets()[0] ?? randomBytes(32);
  const audit = createImpersonationAudit(tenantId, createKeyedHash(secret, 'audit'));
  const manager = createTokenManager({
    issuer: createIssuer(
      { options, requestToken: createResilientTokenEndpoint(requestToken, { timeoutMs, now }) },
      routes?.sessions,
    ),
    shared: tokens.store && createSharedTokens({ ...tokens, store: tokens.store, encryptionKeys }),
    destinationOf: (context) => destinationOf(options, context),
    hash: createKeyedHash(secret, 'events'),
    ...{ audit, now },
    settings: { ...tokens, timeoutMs },
  });
  return { ...manager, source: guardSubjects(manager, { authorizeSubject, tenantId, audit, timeoutMs }) };
}

function createRouteContext(
  flow: FlowContext,
  revokeToken: RevokeToken,
  createApi: (caller: Caller) => ApiClient,
): RouteContext | undefined {
  const { login, http } = flow.options;
  if (!login) return undefined;
  const { session } = login;
  const createSealerFor = (purpose: string) => createSealer(session.secrets(), purpose, login.baseUrl.href);
  const keeper = session.store
    ? createStoredSessions({ ...session, ...http }, createSealerFor('stored-session'), session.store)
    : createSealedSessions(session, createSealerFor('session'));
  const sessions = createSessionManager(session, keeper, (request) => requestRefreshedToken(flow, request));
  return {
    ...{ login, flow, sessions, revokeToken },
    transactions: createLoginTransactions(session, createSealerFor('login'), (name, ttlMs) =>
      sessions.claim(name, ttlMs),
    ),
    resolveIdentity: createIdentityResolver(flow.options, createApi),
  };
}

/**
 * Sessions without a login. It opens no door: who holds an instance is code of the application itself, which could seal
 * such a session with the secret that it gave us. Tokens come as fields, so that only core makes token sets.
 * @internal
 */
function createSessionForge({ login, sessions }: RouteContext) {
  return {
    personas: login.personas,
    start: ({ tokens, ...session }: Omit<NewSession, 'tokens'> & { tokens: Omit<TokenSetFields, 'source'> }) =>
      sessions.start({ headers: {} }, { ...session, tokens: createTokenSet({ ...tokens, source: 'issuer' }) }),
  };
}

/** Who signed in is worth knowing, but no reason to turn anybody away: a failing look-up leaves the identity empty. */
function createIdentityResolver(
  { login }: ResolvedOptions,
  createApi: (caller: Caller) => ApiClient,
): RouteContext['resolveIdentity'] {
  return async (persona, tokens): Promise<EgainIdentity> => {
    try {
      const api = createApi({ identify: () => ({ actors: [persona], getToken: () => tokens }) });
      const identity = await (login?.resolveIdentity?.(withoutRefreshToken(tokens), api) ??
        lookUpIdentity(persona, tokens, api));
      return { ...identity, persona };
    } catch {
      publishWarning({ code: 'identity_unavailable', message: 'Who signed in could not be looked up.' });
      return { persona };
    }
  };
}

const nobody = (): SessionLookup => ({ session: undefined, reason: 'no_cookie', failure: undefined });

function requireLogin(routes: RouteContext | undefined): RouteContext {
  if (routes) return routes;
  throw new EgainAuthError('invalid_configuration', 'somebody is to sign in, but no login is configured', {
    remedy:
      'Set the options login, baseUrl and session (EGAIN_LOGIN_USER_SCOPE, EGAIN_BASE_URL, EGAIN_SESSION_SECRET).',
  });
}
