import { randomBytes } from 'node:crypto';
import type { Actor } from './actor.ts';
import { isProduction, optionsFromEnv } from './configuration/options-from-env.ts';
import { resolveOptions } from './configuration/resolve-options.ts';
import { EGAIN_AUTH, type EgainAuth } from './egain-auth.ts';
import { EgainAuthError } from './errors.ts';
import { publishWarning, silenceWarnings } from './events.ts';
import type { FlowContext } from './flows/flow-context.ts';
import { requestRefreshedToken } from './flows/refresh-token.ts';
import { bare, CONNECTIONS } from './http/agent.ts';
import { createHttpClient } from './http/client.ts';
import { type HttpReply, type HttpRequest, targetOf } from './http/exchange.ts';
import { createIssuer, destinationOf } from './issuer.ts';
import type { EgainAuthOptions, LogoutOptions } from './options.ts';
import { type ApiClient, createApiClient } from './outbound/api-client.ts';
import { createRetryBudget } from './outbound/api-retries.ts';
import type { ApiHosts } from './outbound/api-url.ts';
import { type Caller, identityOf } from './outbound/caller.ts';
import { createFetch } from './outbound/fetch.ts';
import { lookUpIdentity } from './outbound/identity.ts';
import { createInterceptor } from './outbound/interceptor.ts';
import { createRequestContext, type TokenOptions } from './outbound/request-context.ts';
import { resolveSdkUrl } from './outbound/sdk-fetcher.ts';
import { type ApiUse, listClientApplications } from './permissions.ts';
import type { Persona } from './protocol/endpoints.ts';
import { createResilientTokenEndpoint } from './protocol/resilient-token-endpoint.ts';
import { createRevocation, type RevokeToken } from './protocol/revocation.ts';
import { createTokenEndpoint } from './protocol/token-endpoint.ts';
import { createTokenSet, type TokenSetFields, withoutRefreshToken } from './protocol/token-set.ts';
import { createTurns, inTurn, type Turns } from './protocol/turns.ts';
import type { ResolvedOptions } from './resolved-options.ts';
import { completeLogin } from './routes/callback.ts';
import { type LoginRequest, startLogin } from './routes/login.ts';
import { endSession } from './routes/logout.ts';
import type { RouteContext } from './routes/route-context.ts';
import { createRouter } from './routes/router.ts';
import { createSealer } from './seal.ts';
import { sessionBindings } from './session/binding.ts';
import { createLoginTransactions } from './session/login-transaction.ts';
import { createSealedSessions } from './session/sealed-sessions.ts';
import type { EgainIdentity } from './session/session.ts';
import type { SessionLookup } from './session/session-keeper.ts';
import { createSessionManager, type NewSession } from './session/session-manager.ts';
import { createSessionSealer } from './session/session-sealer.ts';
import { createStoredSessions } from './session/stored-sessions.ts';
import type { Subject } from './subject.ts';
import { createAgeClock } from './tokens/clock.ts';
import { createImpersonationAudit } from './tokens/impersonation-audit.ts';
import { createKeyedHash } from './tokens/keyed-hash.ts';
import { createSharedTokens } from './tokens/shared-tokens.ts';
import { guardSubjects } from './tokens/subject-guard.ts';
import { createTokenManager, type TokenManager } from './tokens/token-manager.ts';
import { ownScope, tokenRequest } from './tokens/token-request.ts';
import type { TokenSource } from './tokens/token-source.ts';

/** How many wait for each turn at most: as many as are served within a deadline, if each takes a second. */
const WAITING_PER_TURN = 10;

/** Not part of {@link EgainAuth}: for `forgeSession` of @egain-auth/testing alone. */
const SESSIONS = Symbol.for('egain-auth.sessions');

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
  silenceWarnings(options.silenceWarnings);
  for (const warning of options.warnings) publishWarning(warning, options.silenceWarnings);

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

  const callerOf = (...[actor, callerOptions]: CallerArguments): Caller => {
    const scope = ownScope(callerOptions);
    return { identify: (operation) => identityOf(callers, actor, scope, operation) };
  };
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
    targetOf: (request: HttpRequest) => `${options.login?.strippedPrefix ?? ''}${targetOf(request)}`,
    loginUrl: (persona: Persona | undefined) => {
      const path = options.login?.routes.login;
      return path !== undefined && persona ? `${path}?as=${persona}` : path;
    },
  };

  return Object.freeze({
    [EGAIN_AUTH]: true,
    [SESSIONS]: routes && createSessionForge(routes),
    warnings: options.warnings,
    getToken,
    clientCredentials: (tokenOptions: TokenOptions) => getToken({ type: 'client' }, tokenOptions),
    anonymousCustomer: (tokenOptions: TokenOptions) => getToken({ type: 'anonymous-customer' }, tokenOptions),
    onBehalfOf: (subject: Subject, tokenOptions: TokenOptions) =>
      getToken({ type: 'on-behalf-of', subject }, tokenOptions),
    tokenExchange: (exchange: Parameters<EgainAuth['tokenExchange']>[0]) => {
      const { registrationId, subjectToken, ...tokenOptions } = bare(exchange);
      return getToken({ type: 'exchanged', registrationId, subjectToken }, tokenOptions);
    },
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
  const { login, tenantId, tokens, silenceWarnings } = options;
  const { timeoutMs, maxConnections, dispatcher } = options.http;
  const encryptionKeys = tokens.encryptionKeys();
  const now = createAgeClock();
  const secret = encryptionKeys[0] ?? login?.session.secrets()[0] ?? randomBytes(32);
  const audit = createImpersonationAudit(tenantId, createKeyedHash(secret, 'audit'));
  const manager = createTokenManager({
    issuer: createIssuer(
      {
        options,
        requestToken: createResilientTokenEndpoint(requestToken, {
          ...{ timeoutMs, now },
          ...(!dispatcher && { maxConnections }),
        }),
      },
      routes?.sessions,
    ),
    shared: tokens.store && createSharedTokens({ ...tokens, store: tokens.store, encryptionKeys, silenceWarnings }),
    destinationOf: (context) => destinationOf(options, context),
    hash: createKeyedHash(secret, 'events'),
    ...{ audit, now },
    settings: { ...tokens, timeoutMs },
  });
  return { ...manager, source: guardSubjects(manager, { ...options, audit, timeoutMs }) };
}

function createRouteContext(
  flow: FlowContext,
  revokeToken: RevokeToken,
  createApi: (caller: Caller) => ApiClient,
): RouteContext | undefined {
  const { login, http, silenceWarnings } = flow.options;
  if (!login) return undefined;
  const { session } = login;
  const createSealerFor = (purpose: string) => createSealer(session.secrets(), purpose, login.baseUrl.href);
  const bindings = sessionBindings(flow.options);
  const createSessionSealerFor = (purpose: string) => createSessionSealer(createSealerFor(purpose), bindings);
  const keeper = session.store
    ? createStoredSessions(
        { ...session, ...http, silenceWarnings },
        createSessionSealerFor('stored-session'),
        session.store,
      )
    : createSealedSessions(session, createSessionSealerFor('session'));
  // Codes and renewals of each persona have separate queues, so none of them waits for another (F60).
  const connections = http.dispatcher ? CONNECTIONS : http.maxConnections;
  const max = Math.max(1, Math.floor(connections / 4));
  const createQueue = () => createTurns({ max, maxWaiting: max * WAITING_PER_TURN });
  const createQueues = (): Readonly<Record<Persona, Turns>> => ({ user: createQueue(), customer: createQueue() });
  const renewalTurns = createQueues();
  const sessions = createSessionManager(session, keeper, (request) =>
    inTurn(renewalTurns[request.persona], http.timeoutMs, (timeoutMs) =>
      requestRefreshedToken(flow, { ...request, timeoutMs }),
    ),
  );
  return {
    ...{ login, flow, sessions, revokeToken, codeTurns: createQueues() },
    transactions: createLoginTransactions(session, createSealerFor('login'), sessions),
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
  { login, silenceWarnings }: ResolvedOptions,
  createApi: (caller: Caller) => ApiClient,
): RouteContext['resolveIdentity'] {
  return async (persona, tokens): Promise<EgainIdentity> => {
    try {
      const api = createApi({ identify: () => ({ actors: [persona], getToken: () => tokens }) });
      const identity = await (login?.resolveIdentity?.(withoutRefreshToken(tokens), api) ??
        lookUpIdentity(persona, tokens, api));
      return { ...identity, persona };
    } catch {
      const message = 'Who signed in could not be looked up.';
      publishWarning({ code: 'identity_unavailable', message }, silenceWarnings);
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
