import { Readable } from 'node:stream';
import { checkTimeout } from '../deadline.ts';
import { EgainAuthError } from '../errors.ts';
import { bare } from '../http/agent.ts';
import type { HttpClient, IncomingAnswer, IncomingStream, OutgoingRequest } from '../http/client.ts';
import type { HttpFailure } from '../http/http-failure.ts';
import { findOperation } from '../operations/find-operation.ts';
import type { OperationActor } from '../operations/operation.ts';
import type { CheckedPath } from '../operations/operation-types.ts';
import { requireConfigured } from '../protocol/require-configured.ts';
import { apiError, isSuccess, parseApiAnswer } from './api-answer.ts';
import { type ApiAnswer, type ApiCall, callApi } from './api-call.ts';
import { DEFAULT_RETRIES, type RetryBudget } from './api-retries.ts';
import { type ApiHosts, type Query, resolveApiUrl } from './api-url.ts';
import type { Caller } from './caller.ts';
import { owningBody } from './owned-body.ts';
import { followPages } from './pages.ts';
import { contentOf } from './request-body.ts';

const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** Of an answer that was to be streamed, and is an error. */
const MAX_ERROR_BYTES = 64 * 1024;

export type ApiMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface ApiRequestOptions {
  /** Added to the path, percent-encoded. Members that are `undefined` or `null` are left out. */
  query?: Query;
  /**
   * Bytes, `FormData`, `URLSearchParams`, a `Blob`, streams of bytes, and text with a `content-type` are sent as they are.
   * Say what bytes are in `headers['content-type']`; the default is `application/octet-stream`. Plain objects, lists and
   * primitives, and objects with `toJSON`, are sent as JSON. Anything else, such as a Promise, a Map, an Error or an instance
   * of a class, also inside of JSON, is a `TypeError` that says what to pass.
   */
  body?: unknown;
  /**
   * Beside `accept`, `accept-language` (eGain requires one; default `en-US`) and the token, which cannot be replaced. Members
   * that are `undefined` or `null` are left out.
   */
  headers?: Readonly<Record<string, string | null | undefined>>;
  signal?: AbortSignal;
  /** For everything: getting a token, all tries and the last byte of the answer. @default `http.timeoutMs` */
  timeoutMs?: number;
  /**
   * How often a GET or HEAD may be sent again after 429, 5xx or a lost connection, as long as the deadline allows. Other
   * methods never are.
   * @default 2
   */
  retries?: number;
}

/** An answer as it comes. */
export interface ApiResponse {
  /** 2xx: everything else is thrown. */
  readonly status: number;
  /** Lower-case names, such as the `location` of an export that was accepted. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /**
   * To be read, or destroyed: until then it holds a connection. Errors of the stream are `api_unavailable`, or the reason
   * of `signal`.
   */
  readonly body: Readable;
}

/**
 * eGain's REST APIs as somebody.
 *
 * The verbs return the parsed JSON body, or `undefined` for 204, eGain's answer for an empty list. Before a token is asked
 * for, the path is looked up among eGain's published operations: one that does not accept this actor is refused, and
 * without `scope` of its own the client asks for the scopes that the operation declares.
 * @throws {EgainApiError} `api_error` when eGain refused, with its own code and message
 * @throws {EgainAuthError} before anything is sent: `origin_not_allowed` for a path that leads off the API host,
 *   `actor_not_allowed`, `invalid_scope`; `api_unavailable` when no whole answer came back; `invalid_api_response` when it
 *   was no JSON; and whatever getting a token throws
 */
export interface ApiClient {
  get<T = unknown>(path: string, options?: Omit<ApiRequestOptions, 'body'>): Promise<T>;
  post<T = unknown>(path: string, options?: ApiRequestOptions): Promise<T>;
  put<T = unknown>(path: string, options?: ApiRequestOptions): Promise<T>;
  patch<T = unknown>(path: string, options?: ApiRequestOptions): Promise<T>;
  delete<T = unknown>(path: string, options?: ApiRequestOptions): Promise<T>;
  /** Any method, and the answer with its headers and its body as a stream: attachments, exports. */
  request(method: ApiMethod, path: string, options?: ApiRequestOptions): Promise<ApiResponse>;
  /**
   * One page after the other, each as eGain sent it, until there is no link to a next one; none at all for 204.
   * @example for await (const { portal } of api.paginate<Portals>('/knowledge/portalmgr/v4/portals')) …
   */
  paginate<T = unknown>(path: string, options?: Omit<ApiRequestOptions, 'body'>): AsyncIterable<T>;
}

/**
 * The same for actors that are known when the code is written: a literal path whose operation accepts none of them does not
 * compile. What is returned is typed by what it is assigned to: `const portals: Portals = await api.get('…')`.
 */
export interface ActorApiClient<A extends OperationActor> {
  get<const P extends string, T = unknown>(
    path: CheckedPath<A, 'GET', P>,
    options?: Omit<ApiRequestOptions, 'body'>,
  ): Promise<T>;
  post<const P extends string, T = unknown>(path: CheckedPath<A, 'POST', P>, options?: ApiRequestOptions): Promise<T>;
  put<const P extends string, T = unknown>(path: CheckedPath<A, 'PUT', P>, options?: ApiRequestOptions): Promise<T>;
  patch<const P extends string, T = unknown>(path: CheckedPath<A, 'PATCH', P>, options?: ApiRequestOptions): Promise<T>;
  delete<const P extends string, T = unknown>(
    path: CheckedPath<A, 'DELETE', P>,
    options?: ApiRequestOptions,
  ): Promise<T>;
  request<const M extends ApiMethod, const P extends string>(
    method: M,
    path: CheckedPath<A, M extends 'HEAD' ? 'GET' : Exclude<M, 'HEAD'>, P>,
    options?: ApiRequestOptions,
  ): Promise<ApiResponse>;
  paginate<const P extends string, T = unknown>(
    path: CheckedPath<A, 'GET', P>,
    options?: Omit<ApiRequestOptions, 'body'>,
  ): AsyncIterable<T>;
}

export interface ApiClientDependencies {
  /** `undefined` where the options do not say: then every call is refused. */
  readonly hosts: ApiHosts | undefined;
  readonly http: HttpClient;
  readonly timeoutMs: number;
  readonly budget: RetryBudget;
}

export function createApiClient(caller: Caller, { hosts, http, timeoutMs, budget }: ApiClientDependencies): ApiClient {
  // Before a token is asked for: what may not be called costs nothing.
  function prepare(method: ApiMethod, path: string, given: ApiRequestOptions, accept: string): ApiCall {
    const { query, body, headers, signal, retries = DEFAULT_RETRIES, timeoutMs: limitMs = timeoutMs } = bare(given);
    const url = resolveApiUrl(requireConfigured(hosts, 'apiUrl'), path, query);
    const own = ownHeaders(headers);
    const content = bare(contentOf(body, own['content-type']));
    return {
      method,
      url,
      signal,
      retries,
      operation: findOperation(method, url.pathname),
      headers: { accept, 'accept-language': 'en-US', ...content.headers, ...own },
      body: content.body,
      isReplayable: content.isReplayable,
      timeoutMs: checkTimeout(limitMs, 'options.timeoutMs'),
      maxBodyBytes: MAX_ANSWER_BYTES,
    };
  }

  const whole = { caller, budget, transport: http.send };

  const fetchJson = (method: ApiMethod, path: string, options: ApiRequestOptions = {}): Promise<unknown> =>
    owningBody(bare(options).body, async () => {
      const call = prepare(method, path, options, 'application/json');
      return parseApiAnswer(await callApi(whole, call), call);
    });

  const verb =
    (method: ApiMethod) =>
    <T>(path: string, options?: ApiRequestOptions) =>
      fetchJson(method, path, options) as Promise<T>;

  return {
    get: verb('GET'),
    post: verb('POST'),
    put: verb('PUT'),
    patch: verb('PATCH'),
    delete: verb('DELETE'),
    request: (method, path, options = {}) =>
      owningBody(bare(options).body, async () => {
        const call = prepare(method, path, options, '*/*');
        const given = await callApi({ caller, budget, transport: (request) => openStream(http, request) }, call);
        if (isStream(given)) return given.answer;
        throw apiError(given as ApiAnswer<IncomingAnswer>, call);
      }),
    paginate: <T>(path: string, options?: Omit<ApiRequestOptions, 'body'>) =>
      followPages(path, options, (next, nextOptions) => fetchJson('GET', next, nextOptions)) as AsyncIterable<T>,
  };
}

type Streamed = IncomingAnswer | IncomingStream;

/** An answer of 2xx as a stream, every other one whole, or as much of it as is looked at. */
async function openStream(http: HttpClient, request: OutgoingRequest): Promise<Streamed> {
  const answer = await http.open(request, (failure, head) => (isSuccess(head) ? brokenOff(request, failure) : failure));
  if (isSuccess(answer)) return answer;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_ERROR_BYTES) break;
  }
  return { ...answer, body: Buffer.concat(chunks) };
}

/** What a stream fails with. */
export function brokenOff({ url }: OutgoingRequest, { kind, message }: HttpFailure): EgainAuthError {
  const isLate = kind === 'timeout';
  const problem = isLate ? 'the answer did not end in time' : message;
  return new EgainAuthError('api_unavailable', `${url.origin}: ${problem}`, {
    remedy: isLate
      ? 'Set a longer timeoutMs: it covers a stream to its last byte, and the time it takes to read it.'
      : 'Nothing of it is whole: ask for it again.',
  });
}

function isStream(given: ApiAnswer<Streamed>): given is ApiAnswer<IncomingStream> {
  return given.answer.body instanceof Readable;
}

/** Of the connection, not of a call: another host behind the same address would get the token (T069). */
const NOT_THEIRS = /^(connection|content-length|expect|host|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-.*)$/;

/** @throws {TypeError} for what cannot be sent, or is not the caller's to say (T073) */
export function ownHeaders(headers: ApiRequestOptions['headers'] = {}): Record<string, string> {
  const own = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === null ? [] : [[name.toLowerCase(), value]],
  );
  for (const [name, value] of own) {
    const isSendable =
      typeof value === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
    if (!isSendable || NOT_THEIRS.test(name))
      throw new TypeError(`options.headers: ${JSON.stringify(name)} cannot be set`);
  }
  return bare(Object.fromEntries(own));
}
