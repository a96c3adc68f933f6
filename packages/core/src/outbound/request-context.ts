import type { Actor, OperationActorOf, ScopeOf } from '../actor.ts';
import { EgainAuthError, type EgainAuthErrorOptions, isEgainAuthError } from '../errors.ts';
import type { SignedOutReason } from '../events.ts';
import { bare } from '../http/agent.ts';
import { type HttpReply, type HttpRequest, type HttpResponse, isNavigation } from '../http/exchange.ts';
import type { OperationActor } from '../operations/operation.ts';
import type { LogoutOptions, StartLoginOptions } from '../options.ts';
import type { Persona } from '../protocol/endpoints.ts';
import type { TokenSet } from '../protocol/token-set.ts';
import type { DelegatedScope, Scope } from '../scope.ts';
import type { EgainIdentity, EgainSession, SessionRecord } from '../session/session.ts';
import type { SessionLookup } from '../session/session-keeper.ts';
import type { SessionManager } from '../session/session-manager.ts';
import { ownScope, type TokenRequestOptions, tokenRequest } from '../tokens/token-request.ts';
import type { TokenSource } from '../tokens/token-source.ts';
import type { ActorApiClient, ApiClient } from './api-client.ts';
import { accepts, type Caller, type CallerDependencies, identityOf, notAccepted, operationActorsOf } from './caller.ts';
import { type LedgerEntry, serverTiming } from './ledger.ts';
import { loginRequired as createLoginRequired } from './login-required.ts';

export interface TokenOptions<S extends string = Scope> {
  /**
   * Scopes without prefix; required but for `session` actors, which have what their login was granted, and `exchanged`
   * actors, where eGain calls it optional.
   */
  scope?: readonly S[];
  /** Do not use what is cached, and forget it: it was rejected. */
  forceRenewal?: boolean;
  /**
   * Further parameters of the token request, sent as they are and part of what the cache goes by: `resource` (RFC 8707)
   * or `audience` (RFC 8693), if your tenant knows them. Nothing that the flow says itself.
   */
  parameters?: Readonly<Record<string, string>>;
  /** Gives up waiting. What others wait for too goes on. */
  signal?: AbortSignal | undefined;
}

/** What a handler may ask of whoever calls it. */
export interface AuthRequirement {
  /** The persona that must have signed in. @default any */
  as?: Persona;
  /** What the login must have been granted. */
  scope?: readonly DelegatedScope[];
  /**
   * A redirect is 503 with `no-store` for a speculative request, such as a prefetch.
   * @default `redirect` for a browser that navigates, `json` for everything else
   */
  unauthenticated?: 'redirect' | 'json';
}

/**
 * eGain as seen from one request: `req.egain`. It is over when the response has ended or its connection is closed: then
 * every call of `api`, `apiAs`, `getToken`, `login` and `logout` rejects with `request_ended`, and what it says of the
 * person stays readable. Calls that began before go on. Work that outlives its request names its actor: `egain.api(actor)`.
 */
export interface RequestContext {
  /**
   * Whether somebody is signed in with this browser. Says nothing of the actor that `api` uses. `false` also while
   * `session.store` fails: then guards answer 503, and pages for everybody go on.
   */
  readonly isAuthenticated: boolean;
  readonly identity: EgainIdentity | undefined;
  readonly session: EgainSession | undefined;
  /** Why nobody is signed in; for logs, not for the browser. */
  readonly signedOutReason: SignedOutReason | undefined;
  /** As whom `api` and `getToken` act: whoever signed in, or whom the on-behalf-of middleware names. */
  readonly actor: Actor | undefined;
  /**
   * eGain's API as `actor`.
   * @throws {EgainAuthError} from every call: `login_required` while there is no actor, `request_ended` once the response
   *   is over
   */
  readonly api: ApiClient;
  /** eGain's API as somebody else. */
  apiAs<A extends Actor>(
    actor: A,
    options?: Pick<TokenOptions<ScopeOf<A>>, 'scope'>,
  ): ActorApiClient<OperationActorOf<A>>;
  /**
   * eGain's API as the first of several who is there, and whom the operation accepts: `['customer', 'anonymous-customer']`
   * reads for whoever signed in, and for visitors too. `user` and `customer` are there when they signed in, on-behalf-of
   * actors where the middleware names one, the others always.
   * @throws {EgainAuthError} from every call: `login_required` when none is there, `actor_not_allowed` when the operation
   *   accepts none of them
   */
  apiAs<const A extends OperationActor>(actors: readonly A[]): ActorApiClient<A>;
  /** What this request has called at eGain's API so far: for logs and tests. */
  readonly ledger: readonly LedgerEntry[];
  /** @throws {EgainAuthError} `login_required` while there is no actor, `request_ended` once the response is over */
  getToken(options?: TokenOptions): Promise<TokenSet>;
  /**
   * Answers this request by sending the browser to sign in. A speculative request, such as a prefetch, gets 503 with
   * `no-store` instead, without a login.
   */
  login(options?: StartLoginOptions): Promise<void>;
  /** Answers this request by ending the session. Only from a handler that a foreign page cannot trigger. */
  logout(options?: LogoutOptions): Promise<void>;
}

/** The same, for adapters. */
export interface AdapterContext extends RequestContext {
  /**
   * The decision in front of a guarded handler.
   * @returns `undefined` to let it run, or the answer that takes its place
   * @throws {EgainAuthError} `login_required`, `actor_not_allowed`, `scope_not_granted`
   */
  challenge(requirement: AuthRequirement): Promise<HttpResponse | undefined>;
  /** A context for the same request that acts as somebody else. */
  withActor(actor: Actor, options?: Pick<TokenOptions, 'scope'>): AdapterContext;
}

export interface RequestContextDependencies extends CallerDependencies {
  readonly tokens: TokenSource;
  readonly sessions: SessionManager | undefined;
  readonly createApi: (caller: Caller) => ApiClient;
  /** Whether answers tell how long eGain took. */
  readonly serverTiming: boolean;
  readonly startLogin: (
    options: StartLoginOptions & { readonly furtherScope?: readonly string[] },
    request: HttpRequest,
  ) => HttpResponse;
  readonly endSession: (request: HttpRequest, options: LogoutOptions | undefined) => Promise<HttpResponse>;
  /** The path and query of a request as the browser sees them. */
  readonly targetOf: (request: HttpRequest) => string;
  /** Where an API caller may send its browser. */
  readonly loginUrl: (persona: Persona | undefined) => string | undefined;
}

export function createRequestContext(
  dependencies: RequestContextDependencies,
  request: HttpRequest,
  reply: HttpReply,
  lookUp: () => SessionLookup,
): AdapterContext {
  const { tokens, sessions, startLogin, endSession, loginUrl } = dependencies;
  const ledger: LedgerEntry[] = [];
  /** Whether a guard let this request pass. */
  let isGuarded = false;
  const openSession = (): SessionRecord | undefined => lookUp().session;

  /**
   * The context ends with its response. Work that goes on, such as a timer that a request started, would act as that
   * request's person for every other request (T112). A call that began before goes on to its end.
   */
  function assertOpen(): void {
    // Without a head the response was not ended by the application: the browser left.
    if (reply.ended) throw requestEnded({ expected: !reply.headersSent });
  }

  const createApi = (identify: Caller['identify']): ApiClient =>
    dependencies.createApi({
      record,
      identify(operation) {
        assertOpen();
        return identify(operation);
      },
    });

  /** Where it matters: a session that cannot be looked up is not the same as none (F28). */
  function requireLookup(): SessionRecord | undefined {
    const { session, failure } = lookUp();
    if (failure) throw failure;
    return session;
  }

  const loginRequired = (persona: Persona | undefined, isGuarded: boolean): EgainAuthError =>
    createLoginRequired({ request, isGuarded, reason: lookUp().reason, loginUrl: loginUrl(persona) });

  /** Renewed before the handler runs: afterwards the cookie might come too late. */
  async function renewSession(session: SessionRecord): Promise<SessionRecord | undefined> {
    try {
      await sessions?.getToken(session, {});
      return session;
    } catch (error) {
      if (isEgainAuthError(error, 'login_required')) return undefined;
      throw error;
    }
  }

  async function challenge(requirement: AuthRequirement): Promise<HttpResponse | undefined> {
    assertOpen();
    const { as, scope = [], unauthenticated = isNavigation(request) ? 'redirect' : 'json' } = bare(requirement);
    const open = requireLookup();
    const session = open && (await renewSession(open));
    const login = { returnTo: dependencies.targetOf(request), furtherScope: scope };
    if (session && (as === undefined || session.persona === as)) {
      const missing = scope.filter((name) => !session.scope.has(name));
      if (missing.length === 0) {
        isGuarded = true;
        return undefined;
      }
      const wasRefused = missing.every((name) => session.requestedScope.includes(name));
      if (wasRefused || unauthenticated === 'json') throw scopeNotGranted(missing);
      // Once: what is asked for now will have been asked for then.
      return startLogin({ ...login, as: session.persona, scope: session.requestedScope as DelegatedScope[] }, request);
    }
    if (unauthenticated === 'redirect') return startLogin({ ...login, ...(as && { as }) }, request);
    throw session ? actorNotAllowed(session.persona) : loginRequired(as, true);
  }

  function record(entry: LedgerEntry): void {
    if (ledger.length < MAX_LEDGER) ledger.push(entry);
    if (dependencies.serverTiming && !reply.headersSent) reply.appendHeader('server-timing', serverTiming(entry));
  }

  function apiAs(actor: Actor, scope: readonly string[] | undefined): ApiClient {
    return createApi((operation) => identityOf(dependencies, actor, scope, operation));
  }

  function contextAs(stated: Actor | undefined, scope?: readonly string[]): AdapterContext {
    const actorOf = (): Actor | undefined => {
      const session = stated ? undefined : openSession();
      return session ? { type: 'session', session } : stated;
    };
    const requireActor = (): Actor => {
      if (!stated) requireLookup();
      const actor = actorOf();
      if (!actor) throw loginRequired(undefined, isGuarded);
      return actor;
    };

    /** @returns `undefined` while nobody of that name is there */
    function actorNamed(name: OperationActor): Actor | undefined {
      if (name === 'client' || name === 'anonymous-customer') return { type: name };
      if (stated && operationActorsOf(stated).includes(name)) return stated;
      if (name !== 'user' && name !== 'customer') return undefined;
      const session = requireLookup();
      return session?.persona === name ? { type: 'session', session } : undefined;
    }

    function apiAsFirstOf(names: readonly OperationActor[]): ApiClient {
      return createApi((operation) => {
        const refused: OperationActor[] = [];
        // One after the other: who comes later need not even be looked up.
        for (const name of names) {
          const actor = actorNamed(name);
          if (actor && accepts(operation, [name])) return identityOf(dependencies, actor, undefined, operation);
          if (actor) refused.push(name);
        }
        throw operation && refused.length > 0
          ? notAccepted(operation, refused)
          : loginRequired(
              names.find((name) => name === 'user' || name === 'customer'),
              isGuarded,
            );
      });
    }

    return new Context(lookUp, actorOf, ledger, {
      createApi: () => createApi((operation) => identityOf(dependencies, requireActor(), scope, operation)),
      apiAs: (who: Actor | readonly OperationActor[], options?: Pick<TokenOptions, 'scope'>) =>
        isList(who) ? apiAsFirstOf(who) : apiAs(who, ownScope(options)),
      getToken: async (options: TokenRequestOptions = {}): Promise<TokenSet> => {
        assertOpen();
        return tokens.getToken(tokenRequest(requireActor(), { scope, ...options }));
      },
      login: async (options = {}) => {
        assertOpen();
        reply.send(startLogin(options, request));
      },
      logout: async (options) => {
        // A browser that left before the answer is signed out too.
        if (reply.headersSent) assertOpen();
        const answer = await endSession(request, options);
        if (!reply.ended) reply.send(answer);
      },
      challenge,
      withActor: (actor, options) => contextAs(actor, ownScope(options)),
    });
  }

  return contextAs(undefined);
}

/** More were made by a request that never ends. */
const MAX_LEDGER = 1000;

const isList = (who: Actor | readonly OperationActor[]): who is readonly OperationActor[] => Array.isArray(who);

type Verbs = Pick<AdapterContext, 'apiAs' | 'getToken' | 'login' | 'logout' | 'challenge' | 'withActor'> & {
  readonly createApi: () => ApiClient;
};

/**
 * A class, against the house rule: one is made for each request, and an object literal with getters takes microseconds.
 * Its verbs are its own and know what they belong to, so that applications can take them out.
 */
class Context implements AdapterContext {
  readonly apiAs: AdapterContext['apiAs'];
  readonly getToken: AdapterContext['getToken'];
  readonly login: AdapterContext['login'];
  readonly logout: AdapterContext['logout'];
  readonly challenge: AdapterContext['challenge'];
  readonly withActor: AdapterContext['withActor'];
  readonly ledger: readonly LedgerEntry[];
  readonly #lookUp: () => SessionLookup;
  readonly #actorOf: () => Actor | undefined;
  readonly #createApi: () => ApiClient;
  #api: ApiClient | undefined;

  constructor(
    lookUp: () => SessionLookup,
    actorOf: () => Actor | undefined,
    ledger: readonly LedgerEntry[],
    verbs: Verbs,
  ) {
    this.#lookUp = lookUp;
    this.#actorOf = actorOf;
    this.#createApi = verbs.createApi;
    this.ledger = ledger;
    this.apiAs = verbs.apiAs;
    this.getToken = verbs.getToken;
    this.login = verbs.login;
    this.logout = verbs.logout;
    this.challenge = verbs.challenge;
    this.withActor = verbs.withActor;
  }

  get isAuthenticated(): boolean {
    return this.#lookUp().session !== undefined;
  }

  get identity(): EgainIdentity | undefined {
    return this.#lookUp().session?.identity;
  }

  get session(): EgainSession | undefined {
    return this.#lookUp().session;
  }

  get signedOutReason(): SignedOutReason | undefined {
    return this.#lookUp().reason;
  }

  get actor(): Actor | undefined {
    return this.#actorOf();
  }

  get api(): ApiClient {
    this.#api ??= this.#createApi();
    return this.#api;
  }
}

function requestEnded(options: Pick<EgainAuthErrorOptions, 'expected'>): EgainAuthError {
  return new EgainAuthError('request_ended', 'the response has ended, or the browser has left', {
    remedy:
      'Await the call before you answer. Work that must go on without its request, also when the browser leaves, must name its actor: egain.api(actor), or EgainHttpService.as(actor) in Nest.',
    ...options,
  });
}

function scopeNotGranted(missing: readonly string[]): EgainAuthError {
  return new EgainAuthError('scope_not_granted', `the login was not granted ${missing.join(' ')}`, {
    remedy: 'Add it to login.<persona>.scope, and assign it to the client application (Permissions tab).',
  });
}

function actorNotAllowed(persona: Persona): EgainAuthError {
  return new EgainAuthError('actor_not_allowed', `a ${persona} is signed in, but this handler is for somebody else`, {
    remedy: 'Send the person to sign in as the persona that requiresAuth({ as }) names.',
  });
}
