import { EgainApiError, EgainAuthError, isEgainAuthError } from '../errors.ts';
import {
  type HttpClient,
  HttpFailure,
  type IncomingAnswer,
  mediaTypeOf,
  type OutgoingRequest,
} from '../http/client.ts';
import { repeatsAny } from '../protocol/encodings.ts';
import { requireConfigured } from '../protocol/require-configured.ts';
import type { TokenSet } from '../protocol/token-set.ts';

const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** An error that is longer is not looked through for the token, and not kept. */
const MAX_ERROR_TEXT = 16 * 1024;
/** How much of a gateway's page is kept. */
const MAX_TEXT = 1024;

export interface ApiRequestOptions {
  /** Added to the path, encoded; `$lang` and its like keep their `$`. `undefined` members are left out. */
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  body?: unknown;
  /** Beside `accept`, `accept-language` (eGain requires one; default `en-US`) and the token, which cannot be replaced. */
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
}

/**
 * eGain's REST APIs as one actor.
 *
 * Each method returns the parsed JSON body, or `undefined` for 204, eGain's answer for an empty list.
 * @throws {EgainApiError} `api_error` when eGain refused, with its own code and message
 * @throws {EgainAuthError} `origin_not_allowed` before anything is sent, for a path that leads off the API host;
 *   `api_unavailable` when no whole answer came back; `invalid_api_response` when it was no JSON; and whatever getting
 *   a token throws
 */
export interface ApiClient {
  get<T = unknown>(path: string, options?: Omit<ApiRequestOptions, 'body'>): Promise<T>;
  post<T = unknown>(path: string, options?: ApiRequestOptions): Promise<T>;
  put<T = unknown>(path: string, options?: ApiRequestOptions): Promise<T>;
  patch<T = unknown>(path: string, options?: ApiRequestOptions): Promise<T>;
  delete<T = unknown>(path: string, options?: ApiRequestOptions): Promise<T>;
  request<T = unknown>(method: ApiMethod, path: string, options?: ApiRequestOptions): Promise<T>;
}

export type ApiMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface ApiClientDependencies {
  readonly apiUrl: URL | undefined;
  readonly http: HttpClient;
  readonly getToken: (call: TokenCall) => TokenSet | Promise<TokenSet>;
}

/** What one call tells about the token it needs. */
export interface TokenCall {
  readonly signal?: AbortSignal | undefined;
  /** The access token that was just answered 401. */
  readonly rejected?: string | undefined;
}

export function createApiClient({ apiUrl, http, getToken }: ApiClientDependencies): ApiClient {
  async function request<T>(method: ApiMethod, path: string, options: ApiRequestOptions = {}): Promise<T> {
    // Before a token is asked for: what may not be called costs nothing.
    const url = resolveApiUrl(requireConfigured(apiUrl, 'apiUrl'), path, options.query);
    const own = ownHeaders(options.headers);
    const { signal } = options;
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    const sendWith = (accessToken: string): Promise<IncomingAnswer> =>
      send(http, {
        ...{ method, url, body, signal, maxBodyBytes: MAX_ANSWER_BYTES },
        headers: headersOf(own, body !== undefined, accessToken),
      });

    let { accessToken } = await getToken({ signal });
    let answer = await sendWith(accessToken);
    if (answer.status === 401) {
      // Not looking at WWW-Authenticate: eGain documents none. Once, and any method: what was refused was not carried out.
      const renewed = await renew(accessToken, signal);
      if (renewed !== undefined) {
        accessToken = renewed;
        answer = await sendWith(accessToken);
      }
    }
    return parseApiAnswer(answer, { method, url, accessToken }) as T;
  }

  /** @returns another access token than the rejected one, or `undefined` where only a new login would bring one */
  async function renew(rejected: string, signal: AbortSignal | undefined): Promise<string | undefined> {
    try {
      const { accessToken } = await getToken({ signal, rejected });
      return accessToken === rejected ? undefined : accessToken;
    } catch (error) {
      // eGain's own answer says more than that nobody is signed in.
      if (isEgainAuthError(error, 'login_required')) return undefined;
      throw error;
    }
  }

  return {
    get: (path, options) => request('GET', path, options),
    post: (path, options) => request('POST', path, options),
    put: (path, options) => request('PUT', path, options),
    patch: (path, options) => request('PATCH', path, options),
    delete: (path, options) => request('DELETE', path, options),
    request,
  };
}

/**
 * The origin lock: whatever the path looks like once a URL parser has read it, the token goes to the configured API
 * origin or nowhere (T069).
 */
function resolveApiUrl(apiUrl: URL, path: string, query: ApiRequestOptions['query'] = {}): URL {
  const url = URL.canParse(path, apiUrl.href) ? new URL(path, apiUrl) : undefined;
  if (!url || url.origin !== apiUrl.origin || url.username || url.password) {
    throw new EgainAuthError('origin_not_allowed', `only ${apiUrl.origin} may be called with a token`, {
      remedy: 'Pass a path that starts with one /, such as /knowledge/portalmgr/v4/myportals; or set apiUrl.',
    });
  }
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.append(name, String(value));
  }
  return url;
}

/** Of the connection, not of a call: another host behind the same address would get the token (T069). */
const NOT_THEIRS = /^(connection|content-length|host|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-.*)$/;

/** @throws {TypeError} for what cannot be sent, or is not the caller's to say (T073) */
function ownHeaders(headers: ApiRequestOptions['headers'] = {}): Record<string, string> {
  const own = Object.entries(headers).map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  for (const [name, value] of own) {
    const isSendable = /^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
    if (!isSendable || NOT_THEIRS.test(name))
      throw new TypeError(`options.headers: ${JSON.stringify(name)} cannot be set`);
  }
  return Object.fromEntries(own);
}

function headersOf(own: Record<string, string>, hasBody: boolean, accessToken: string): Record<string, string> {
  return {
    accept: 'application/json',
    'accept-language': 'en-US',
    ...(hasBody && { 'content-type': 'application/json' }),
    ...own,
    // Last: a caller's header cannot become a second identity (T073).
    authorization: `Bearer ${accessToken}`,
  };
}

async function send(http: HttpClient, request: OutgoingRequest): Promise<IncomingAnswer> {
  try {
    return await http.send(request);
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    // The other end may have closed a kept connection just now. What only reads may be sent again (F41, T072).
    const mayRepeat = error.kind === 'network' && request.method === 'GET' && !request.freshConnection;
    if (mayRepeat) return send(http, { ...request, freshConnection: true });
    throw new EgainAuthError('api_unavailable', `${request.url.origin}: ${error.message}`, {
      remedy: 'Check that this machine reaches the API host, then try again.',
    });
  }
}

function parseApiAnswer(
  answer: IncomingAnswer,
  { method, url, accessToken }: { method: ApiMethod; url: URL; accessToken: string },
): unknown {
  const { status, body } = answer;
  if (status === 204) return undefined;
  // Gateways quote the Authorization header they did not like.
  const text = body.toString('utf8').replaceAll(accessToken, '[access token]');
  const parsed = parseJson(text);
  const subject = `${method} ${url.pathname} was answered ${status}`;
  if (status < 200 || status > 299) {
    const isKept = text.length <= MAX_ERROR_TEXT && !repeatsAny(text, [accessToken]);
    throw apiError(subject, status, isKept ? (parsed === text ? text.slice(0, MAX_TEXT) : parsed) : withheld(parsed));
  }
  if (text === '') return undefined;
  if (parsed !== text) return parsed;
  throw new EgainAuthError('invalid_api_response', `${subject} with text ${mediaTypeOf(answer)}, not JSON`, {
    remedy: 'Check that apiUrl is eGain’s API host and not the host people sign in at.',
  });
}

/** @returns the text itself when it is no JSON */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Of an error that repeats the token, cut or encoded, no more than eGain's own code. */
function withheld(parsed: unknown): unknown {
  const { code } = membersOf(parsed);
  return {
    ...(typeof code === 'string' && /^\d{3}-\d{3}$/.test(code) && { code }),
    developerMessage: '(withheld: it repeats the access token, or is too long to tell)',
  };
}

function membersOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

function apiError(subject: string, apiStatus: number, body: unknown): EgainApiError {
  const { code, developerMessage, details } = membersOf(body);
  const apiCode = typeof code === 'string' ? code : undefined;
  return new EgainApiError(
    apiCode === undefined ? subject : `${subject} ${apiCode}`,
    REMEDIES.get(apiCode ?? String(apiStatus)) ?? 'See developerMessage and body.',
    {
      apiStatus,
      apiCode,
      developerMessage: typeof developerMessage === 'string' ? developerMessage : undefined,
      details: Array.isArray(details) ? details : [],
      body,
    },
  );
}

/** @see eGain's OpenAPI files, `WSErrorCommon` */
const REMEDIES: ReadonlyMap<string, string> = new Map([
  ['401-101', 'eGain does not accept this token any more: sign in again.'],
  ['403-112', 'This operation does not accept this actor: see the security section of its API page.'],
  ['403-197', 'Request the scope that this operation needs, and assign it to the client application.'],
  ['406-100', 'Send an accept-language that eGain knows, such as en-US.'],
  ['429', 'Too many requests: wait, then try again.'],
]);
