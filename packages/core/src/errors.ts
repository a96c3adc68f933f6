/**
 * Every code an error of this suite can have, with what it means over HTTP.
 * `status` is what a browser or API caller of *your* application gets; `retryable` says that the same call may succeed later.
 */
const ERROR_CODES = {
  actor_not_allowed: { status: 403, retryable: false },
  api_error: { status: 502, retryable: false },
  api_unavailable: { status: 502, retryable: true },
  client_secret_unavailable: { status: 503, retryable: true },
  cross_site_request: { status: 403, retryable: false },
  instance_closed: { status: 503, retryable: false },
  invalid_api_response: { status: 502, retryable: false },
  invalid_callback: { status: 400, retryable: false },
  invalid_configuration: { status: 500, retryable: false },
  invalid_path: { status: 400, retryable: false },
  invalid_scope: { status: 500, retryable: false },
  invalid_subject: { status: 403, retryable: false },
  invalid_token_response: { status: 502, retryable: false },
  login_expired: { status: 400, retryable: false },
  login_not_configured: { status: 404, retryable: false },
  login_refused: { status: 403, retryable: false },
  login_required: { status: 401, retryable: false },
  metadata_unavailable: { status: 503, retryable: true },
  method_not_allowed: { status: 405, retryable: false },
  navigation_required: { status: 403, retryable: false },
  origin_not_allowed: { status: 500, retryable: false },
  request_ended: { status: 500, retryable: false },
  reserved_parameter: { status: 500, retryable: false },
  scope_mismatch: { status: 500, retryable: false },
  scope_not_granted: { status: 403, retryable: false },
  session_store_unavailable: { status: 503, retryable: true },
  session_too_large: { status: 500, retryable: false },
  subject_refused: { status: 403, retryable: false },
  token_endpoint_unavailable: { status: 503, retryable: true },
  token_request_failed: { status: 502, retryable: false },
  token_store_unavailable: { status: 503, retryable: true },
} as const;

export type EgainAuthErrorCode = keyof typeof ERROR_CODES;

/** Shared by every installed copy of this package, so that {@link isEgainAuthError} holds across them. */
const BRAND = Symbol.for('egain-auth.error');

/** One thing to mend in the options. */
export interface ConfigurationProblem {
  /** The option's path, such as `login.user.scope`. */
  readonly option: string;
  readonly code: ConfigurationProblemCode;
  /** What is wrong with it. */
  readonly problem: string;
  /** What to do. */
  readonly remedy: string;
}

export type ConfigurationProblemCode =
  | 'api_host_as_login_host'
  | 'authorization_url_as_token_url'
  | 'badly_copied'
  | 'insecure_url'
  | 'login_host_as_api_host'
  | 'missing'
  | 'missing_query'
  | 'missing_scheme'
  | 'missing_secret'
  | 'not_a_boolean'
  | 'not_a_choice'
  | 'not_a_cookie_name'
  | 'not_a_count'
  | 'not_a_dispatcher'
  | 'not_a_duration'
  | 'not_a_function'
  | 'not_a_path'
  | 'not_a_plain_url'
  | 'not_a_scope_list'
  | 'not_a_store'
  | 'not_a_tenant_id'
  | 'not_a_url'
  | 'not_an_object'
  | 'not_an_origin'
  | 'not_text'
  | 'public_client_without_pkce'
  | 'secret_on_public_client'
  | 'several_urls'
  | 'shared_path'
  | 'short_secret'
  | 'token_url_as_authorization_url'
  | 'unknown_option'
  | 'wrong_persona'
  | 'wrong_scope_kind';

type ResponseHeaders = Readonly<Record<string, string | readonly string[]>>;

export interface EgainAuthErrorOptions {
  /** What the developer should do now. */
  remedy: string;
  /** What a function of the caller's threw. Never an error of the transport: it can hold bytes of the answer. */
  cause?: unknown;
  /** Response headers that must accompany the error, such as the removal of a spent cookie. */
  headers?: ResponseHeaders;
  /** See {@link EgainAuthError.expected}. @default false */
  expected?: boolean;
  /** Where a browser can sign in, relative to the application's origin. */
  loginUrl?: string;
  /** Of `invalid_configuration`: everything that is wrong, in the order of the options. */
  problems?: readonly ConfigurationProblem[];
  /** The OAuth `error` code of eGain's answer (RFC 6749 §4.1.2.1, §5.2). */
  oauthError?: string;
  /** How long the same call will go on failing, in milliseconds: as eGain said, or as our own back-off has it. */
  retryAfterMs?: number;
}

/**
 * What every part of this suite throws once its arguments are of the right type (wrong types throw `TypeError`).
 * The message starts with the code and says what is wrong; `remedy` says what to do. Neither ever holds a secret, a
 * token, a code or a subject.
 */
export class EgainAuthError extends Error {
  override readonly name: string = 'EgainAuthError';
  readonly code: EgainAuthErrorCode;
  readonly remedy: string;
  /** Appears in the answer to the browser, so that a report of a user can be found in the log. */
  readonly requestId: string;
  #status: number | undefined;
  #headers: ResponseHeaders | undefined;
  readonly #expected: boolean;
  declare readonly loginUrl?: string;
  declare readonly oauthError?: string;
  declare readonly retryAfterMs?: number;
  /** Of `invalid_configuration`: everything that is wrong, for whoever wants to show it in their own way. */
  declare readonly problems?: readonly ConfigurationProblem[];

  constructor(code: EgainAuthErrorCode, problem: string, given: EgainAuthErrorOptions) {
    const options: EgainAuthErrorOptions = Object.assign(Object.create(null), given);
    super(`${code}: ${problem}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.remedy = options.remedy;
    this.requestId = crypto.randomUUID();
    if (options.oauthError !== undefined) this.oauthError = options.oauthError;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
    // Non-enumerable: the message has them too.
    if (options.problems) Object.defineProperty(this, 'problems', { value: Object.freeze([...options.problems]) });
    if (options.loginUrl !== undefined) this.loginUrl = options.loginUrl;
    this.#headers = options.headers;
    this.#expected = options.expected === true;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /**
   * HTTP status for the caller of your application. Express and Koa read it by this name. Writable, because frameworks
   * and `http-errors` assign it: an error that refuses would end the process in Koa's error path (F50).
   */
  get status(): number {
    return this.#status ?? ERROR_CODES[this.code].status;
  }

  set status(status: number) {
    this.#status = status;
  }

  /** The same as {@link status}, by the name that Nest and Fastify read. */
  get statusCode(): number {
    return this.status;
  }

  set statusCode(status: number) {
    this.#status = status;
  }

  /**
   * Response headers that must accompany the error, such as the removal of a spent cookie. On the prototype and thus not
   * enumerable: `Set-Cookie` values have no place in a log line.
   */
  get headers(): ResponseHeaders | undefined {
    return this.#headers;
  }

  set headers(headers: ResponseHeaders | undefined) {
    this.#headers = headers;
  }

  /**
   * Whether the error is ordinary: a guard answered 401 because the caller has no session or an old one, or the browser left
   * before it was answered. The application works as intended, so a log can leave it out.
   */
  get expected(): boolean {
    return this.#expected;
  }

  /** Whether the same call may succeed later without any change. */
  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable;
  }

  /** The word of Koa and `http-errors` for "the message may be shown to the client". Always false: assigning it is ignored. */
  get expose(): boolean {
    return false;
  }

  set expose(_expose: boolean) {}
}

// An error without one of these members has none: it inherits none from Object.prototype either (T098).
for (const name of ['loginUrl', 'oauthError', 'retryAfterMs', 'problems']) {
  Object.defineProperty(EgainAuthError.prototype, name, { value: undefined, writable: true, configurable: true });
}

/** eGain's body for a refused API call (`WSErrorCommon` of its OpenAPI files). */
export interface ApiErrorDetails {
  /** HTTP status of eGain's answer. */
  readonly apiStatus: number;
  /** eGain's own code, such as `403-112`; absent where a gateway answered. */
  readonly apiCode: string | undefined;
  readonly developerMessage: string | undefined;
  readonly details: readonly unknown[];
  /** The parsed JSON body, or the text where it is none. */
  readonly body: unknown;
  /** When eGain wants to be asked again, in milliseconds from now (`Retry-After`, `X-RateLimit-Reset`). */
  readonly retryAfterMs?: number;
}

/** eGain's API answered with an error. `code` is `api_error`; eGain's own is `apiCode`. */
export class EgainApiError extends EgainAuthError implements ApiErrorDetails {
  override readonly name = 'EgainApiError';
  readonly apiStatus: number;
  readonly apiCode: string | undefined;
  readonly developerMessage: string | undefined;
  readonly details: readonly unknown[];
  readonly body: unknown;

  constructor(problem: string, remedy: string, answer: ApiErrorDetails) {
    const { retryAfterMs } = Object.assign(Object.create(null), answer) as ApiErrorDetails;
    super('api_error', problem, { remedy, ...(retryAfterMs !== undefined && { retryAfterMs }) });
    this.apiStatus = answer.apiStatus;
    this.apiCode = answer.apiCode;
    this.developerMessage = answer.developerMessage;
    this.details = answer.details;
    this.body = answer.body;
  }
}

/** What is answered again without asking again, as an error of its own: with its own `requestId` and stack. */
export function repeatError(
  { code, message, remedy, oauthError }: EgainAuthError,
  retryAfterMs: number,
): EgainAuthError {
  return new EgainAuthError(code, message.slice(code.length + 2), {
    remedy,
    retryAfterMs: Math.ceil(retryAfterMs),
    ...(oauthError !== undefined && { oauthError }),
  });
}

/** The same error, with what its answer must carry too, such as the removal of a cookie. Whatever else was thrown stays as it is. */
export function withResponseHeaders(error: unknown, headers: NonNullable<EgainAuthErrorOptions['headers']>): unknown {
  if (isEgainAuthError(error)) error.headers = headers;
  return error;
}

/** Whether `error` comes from this suite — any installed copy of it — and, if given, has this code. */
export function isEgainAuthError(error: unknown, code?: EgainAuthErrorCode): error is EgainAuthError {
  return error instanceof Error && BRAND in error && (code === undefined || ('code' in error && error.code === code));
}
