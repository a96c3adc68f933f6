import type { Dispatcher } from 'undici';
import type { Actor, OperationActorOf, ScopeOf } from './actor.ts';
import type { WarningEvent } from './events.ts';
import type { HttpReply, HttpRequest, HttpResponse } from './http/exchange.ts';
import type { StartLoginOptions } from './options.ts';
import type { ActorApiClient } from './outbound/api-client.ts';
import type { AdapterContext, TokenOptions } from './outbound/request-context.ts';
import type { ApiUse, ClientApplication } from './permissions.ts';
import type { TokenSet } from './protocol/token-set.ts';
import type { ClientScope, DelegatedScope, OnBehalfOfScope } from './scope.ts';
import type { Subject } from './subject.ts';

/** Shared by every installed copy of this package. */
export const EGAIN_AUTH = Symbol.for('egain-auth.instance');

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
   * Rejects with what `api` throws but for eGain's refusals — an `EgainAuthError`, no `TypeError` —, with the reason
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
   * Compose it on an `Agent`. A `Client` or `Pool` sends every request to its own host, whatever origin the request names: over
   * TLS this fails unless that host has a certificate of the API host; over plain http the token would be sent there (T109).
   *
   * `compose` calls the last one first. `redirect` after this one, so that it looks at each step: foreign ones fail. Before
   * it, undici follows no redirect. `cache` keeps nothing in either place. `deduplicate` before this one, where
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
  /**
   * The redirect to eGain's sign-in page, for a login route of your own. A speculative request, such as a prefetch, gets 503
   * with `no-store` instead, without a login.
   */
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
  return typeof value === 'object' && value !== null && EGAIN_AUTH in value;
}
