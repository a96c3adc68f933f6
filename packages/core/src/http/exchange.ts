import { isObject } from '../json.ts';

/** A request as every framework can hand it over. Node's `IncomingMessage` is one as it stands. */
export interface HttpRequest {
  readonly method?: string | undefined;
  /** Path and query. Frameworks that mount routers shorten it; see `originalUrl`. */
  readonly url?: string | undefined;
  /** Express's and Koa's unshortened path and query: preferred where present. */
  readonly originalUrl?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** An answer as plain data. */
export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. `set-cookie` is a list. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

/** The way back to the client, from an adapter: cookies may be added while a handler runs, or a whole answer sent. */
export interface HttpReply {
  readonly headersSent: boolean;
  /**
   * Whether the response is over: its end was written, or its connection closed. From then on the request's context
   * rejects calls (T112). A reply without it never ends, such as that of an open WebSocket.
   */
  readonly ended?: boolean;
  /**
   * Adds a header beside those of the same name: the application's own cookies stay. A `set-cookie` line replaces an
   * earlier one of this suite for the same cookie, and must be on whatever final head goes out, with
   * `cache-control: no-store` and `vary: Cookie`; {@link nodeReply} does all of that.
   */
  appendHeader(name: string, value: string): void;
  send(response: HttpResponse): void;
}

/** Scheme and authority of a request target in absolute form. */
const AUTHORITY = /^https?:\/\/[^/?#]+/i;

/**
 * The path and query the client asked for. A target in absolute form (RFC 9112 §3.2.2) is read as one in origin form: its
 * authority counts as little as `Host` (T051).
 */
export function targetOf(request: HttpRequest): string {
  const target = memberOf(request, 'originalUrl') ?? memberOf(request, 'url') ?? '/';
  if (!AUTHORITY.test(target)) return target;
  const path = target.replace(AUTHORITY, '');
  return path.startsWith('/') ? path : `/${path}`;
}

/** The parameters of a request's query. Unlike `new URL()`, it takes any target, such as `*` or `//`. */
export function queryOf(request: HttpRequest): URLSearchParams {
  const [target = ''] = targetOf(request).split('#', 1);
  const start = target.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : target.slice(start + 1));
}

export function methodOf(request: HttpRequest): string | undefined {
  return memberOf(request, 'method');
}

/** A header's value, or `undefined` when it is absent or was sent more than once. */
export function headerOf(request: HttpRequest, name: string): string | undefined {
  const value = ownHeader(request.headers, name);
  return typeof value === 'string' ? value : undefined;
}

/** Node's `headers` inherit from `Object.prototype`: a header that did not come is not to be found there (T098). */
function ownHeader(headers: HttpRequest['headers'], name: string): string | readonly string[] | undefined {
  const value = headers[name];
  return value !== undefined && Object.hasOwn(headers, name) ? value : undefined;
}

/** Requests of frameworks have getters on prototypes of their own. What `Object.prototype` has is not theirs (T098). */
function memberOf<K extends 'method' | 'url' | 'originalUrl'>(request: HttpRequest, name: K): HttpRequest[K] {
  const value = request[name];
  if (value === undefined || Object.hasOwn(request, name)) return value;
  let prototype: unknown = Object.getPrototypeOf(request);
  while (isObject(prototype) && Object.getPrototypeOf(prototype) !== null) {
    if (Object.hasOwn(prototype, name)) return value;
    prototype = Object.getPrototypeOf(prototype);
  }
  return undefined;
}

/**
 * Whether a person is looking at the answer: a page that a browser opens, and not inside another. Decided by Fetch Metadata where the
 * browser sends it (a scripted fetch with `Accept: text/html` must get JSON), by `Accept` otherwise.
 */
export function isNavigation(request: HttpRequest): boolean {
  const method = methodOf(request);
  if (method !== 'GET' && method !== 'HEAD') return false;
  const mode = headerOf(request, 'sec-fetch-mode');
  if (mode !== undefined) return mode === 'navigate' && !isFramed(request);
  return acceptsHtml(request);
}

/** Headers that say what a request is for. Browsers send them, and so do libraries that load pages ahead by a script. */
const PURPOSE_HEADERS = ['sec-purpose', 'x-sec-purpose', 'purpose', 'x-purpose', 'x-moz'];
/** Headers that mark a prefetch by being present. Next.js sends `1` and `2`, or a path. */
const PREFETCH_HEADERS = ['next-router-prefetch', 'next-router-segment-prefetch', 'hx-preloaded'];
/** A whole word counts anywhere in the value, because browsers have sent `prefetch;prerender` and `: preview`. */
const SPECULATIVE = /(?<![\w-])(?:prefetch|prerender|preview)(?![\w-])/i;

/**
 * Whether the request was sent before a person opened the page: to prefetch it, to prerender it or to draw a preview. The
 * person may never open it, so such a request must not start a login and must not spend a code (T016, T101).
 */
export function isSpeculative({ headers }: HttpRequest): boolean {
  return (
    PREFETCH_HEADERS.some((name) => ownHeader(headers, name) !== undefined) ||
    PURPOSE_HEADERS.some((name) => [ownHeader(headers, name) ?? []].flat().some((value) => SPECULATIVE.test(value)))
  );
}

/** Where a page can show another one. A service worker that hands a navigation on says `empty` instead of `document`. */
const FRAMES = ['iframe', 'frame', 'embed', 'object', 'fencedframe'];

export function isFramed(request: HttpRequest): boolean {
  return FRAMES.includes(headerOf(request, 'sec-fetch-dest') ?? '');
}

export function acceptsHtml(request: HttpRequest): boolean {
  return headerOf(request, 'accept')?.includes('text/html') ?? false;
}

/**
 * 303, so that a POST is never repeated at the target (RFC 9700 §4.12), with neither body nor referrer, and not kept
 * by any cache: it carries cookies (T017, T029, T045).
 */
export function redirect(location: string, cookies: readonly string[] = []): HttpResponse {
  return { status: 303, headers: { location, ...PRIVATE_HEADERS, ...withCookies(cookies) }, body: '' };
}

export function json(status: number, value: unknown, headers: HttpResponse['headers'] = {}): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...PRIVATE_HEADERS, ...headers },
    body: JSON.stringify(value),
  };
}

/** `nosniff`: an answer is never read as another type than it says, whatever its body holds (T113). */
export const PRIVATE_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  vary: 'Cookie',
} as const;

export function withCookies(cookies: readonly string[]): HttpResponse['headers'] {
  return cookies.length === 0 ? {} : { 'set-cookie': cookies };
}
