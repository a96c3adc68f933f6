import type { Dispatcher } from 'undici';
import { bare, NO_REDIRECT } from '../http/agent.ts';
import type { RequestUrl } from '../http/client.ts';
import { findOperation } from '../operations/find-operation.ts';
import { requireConfigured } from '../protocol/require-configured.ts';
import type { TokenSet } from '../protocol/token-set.ts';
import { type ApiHosts, originNotAllowed, resolveApiUrl } from './api-url.ts';
import { type Caller, type CallIdentity, replaceRejected } from './caller.ts';
import { destroyBody, onBodyError } from './owned-body.ts';

type Options = Dispatcher.DispatchOptions;
type Handler = Dispatcher.DispatchHandler;
type Controller = Dispatcher.DispatchController;
type Raw = NonNullable<Controller['rawHeaders']> | null;
type Headers = Record<string, string | string[]>;

/** So much of a rejected answer is read, so that its connection can be used again. */
const MAX_DISCARDED_BYTES = 64 * 1024;

/** @param hosts `undefined` where the options do not say: then every request is refused */
export function createInterceptor(
  caller: Caller,
  hosts: ApiHosts | undefined,
): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    const exchange = startExchange(dispatch, options, handler);
    try {
      const request = authorize(caller, requireConfigured(hosts, 'apiUrl'), options);
      const tokens = request.getToken();
      // At once where the token is there: whoever dispatches learns whether there is room for more.
      if (!('then' in tokens)) return exchange.send(request, tokens);
      tokens.then((given) => exchange.send(request, given)).catch(exchange.fail);
    } catch (error) {
      exchange.fail(error);
    }
    return true;
  };
}

/** A request that may be sent, but for its token. */
interface AuthorizedRequest {
  /** With the `host` of the API. */
  readonly headers: Headers;
  readonly isReplayable: boolean;
  /** @param rejected the access token that was just answered 401 */
  readonly getToken: (rejected?: string) => TokenSet | Promise<TokenSet>;
}

/** @throws {EgainAuthError} `origin_not_allowed`, `actor_not_allowed`, `invalid_scope`, `login_required` */
function authorize(caller: Caller, hosts: ApiHosts, options: Options): AuthorizedRequest {
  const headers = readHeaders(options.headers);
  const url = targetOf(hosts, options, headers);
  const identity: CallIdentity = caller.identify(findOperation(options.method, url.pathname));
  const signal = 'signal' in options && options.signal instanceof AbortSignal ? options.signal : undefined;
  return {
    // A Client or Pool ignores the origin of a request and sends it to its own host. For this `host`, undici lets no other
    // peer of a TLS connection pass than one with a certificate of the API host (T109).
    headers: { ...headers, host: hosts.apiUrl.host },
    isReplayable: options.body == null || typeof options.body === 'string' || ArrayBuffer.isView(options.body),
    getToken: (rejected) => identity.getToken({ signal, rejected }),
  };
}

/** Where a request will go. A dispatcher that has one origin of its own does not say: then nobody knows. */
function targetOf(hosts: ApiHosts, { origin = '', path }: Options, { host }: Headers): RequestUrl {
  const start = URL.canParse(String(origin)) ? new URL(origin).origin : undefined;
  // Another host behind the same address would get the token (T069).
  const isOther = host !== undefined && host !== hosts.apiUrl.host;
  if (start === undefined || isOther) throw originNotAllowed(hosts, undefined);
  // As it is sent: a whole URL in the place of a path might lead elsewhere.
  return resolveApiUrl(hosts, path.startsWith('/') ? `${start}${path}` : path);
}

/**
 * Any form that undici takes as an object with lower-case names, which all of its interceptors can read. Repeated names are
 * kept as lists.
 */
function readHeaders(given: Options['headers']): Headers {
  const headers: Headers = bare({});
  for (const [name, value] of entriesOf(given ?? {})) {
    if (value === undefined) continue;
    const key = name.toLowerCase();
    const before = headers[key];
    headers[key] = before === undefined ? value : [before, value].flat();
  }
  return headers;
}

type Entries = Iterable<readonly [name: string, value: string | string[] | undefined]>;

function entriesOf(headers: NonNullable<Options['headers']>): Entries {
  if (!(Symbol.iterator in headers)) return Object.entries(headers);
  const items: readonly unknown[] = [...headers];
  if (items.every(Array.isArray)) return items as Entries & typeof items;
  // Names and values in turn.
  return items.flatMap((name, index) => (index % 2 === 0 ? [[String(name), items[index + 1] as string] as const] : []));
}

interface Exchange {
  /** @returns whether there is room for another request */
  readonly send: (request: AuthorizedRequest, tokens: TokenSet) => boolean;
  readonly fail: (error: unknown) => void;
}

/** One request of whoever composed us, whatever we need for it: at most two. */
function startExchange(dispatch: Dispatcher.Dispatch, options: Options, handler: Handler): Exchange {
  let isOver = false;
  const controller = new ExchangeController(fail);

  function fail(error: unknown): void {
    if (isOver) return;
    isOver = true;
    destroyBody(options.body);
    // undici takes a falsy reason of a caller for success (F82).
    handler.onResponseError?.(
      controller,
      (error || new DOMException('This operation was aborted', 'AbortError')) as Error,
    );
  }

  // It may fail while a token is waited for, when undici does not know it yet.
  onBodyError(options.body, fail);

  function send(request: AuthorizedRequest, tokens: TokenSet, isReplay = false): boolean {
    // Given up, or its body failed, while the token was waited for: nothing is left to send.
    if (isOver) return true;
    const headers = {
      ...request.headers,
      // No second identity beside it (T073).
      authorization: `Bearer ${tokens.accessToken}`,
      // What a cache behind us keeps, it gives to everybody (T071).
      'cache-control': [request.headers['cache-control'] ?? [], 'no-store'].flat().join(', '),
    };
    return dispatch(bare({ ...options, ...NO_REDIRECT, headers }), createAttempt(request, tokens, isReplay));
  }

  /** One of the two. A rejected answer is held back until it is known whether there will be another. */
  function createAttempt(request: AuthorizedRequest, tokens: TokenSet, isReplay: boolean): Handler {
    let held: (() => void)[] | undefined;
    let isDiscarded = false;
    let discardedBytes = 0;

    function pass(event: () => void): void {
      if (isOver || isDiscarded) return;
      if (held) held.push(event);
      else event();
    }

    function release(attempt: Controller): void {
      const events = held ?? [];
      held = undefined;
      for (const event of events) pass(event);
      if (!controller.paused) attempt.resume();
    }

    async function decide(attempt: Controller): Promise<void> {
      try {
        const renewed = await replaceRejected(tokens, request.getToken);
        if (isOver) return;
        if (!renewed) return release(attempt);
        isDiscarded = true;
        controller.target = undefined;
        attempt.resume();
        send(request, renewed, true);
      } catch (error) {
        attempt.abort(error as Error);
        fail(error);
      }
    }

    return {
      onRequestStart(attempt, context) {
        if (isOver) return attempt.abort(controller.reason ?? new Error('given up'));
        controller.target = attempt;
        handler.onRequestStart?.(controller, context);
      },
      onRequestUpgrade(_attempt, status, headers, socket) {
        handler.onRequestUpgrade?.(controller, status, headers, socket);
      },
      onResponseStart(attempt, status, headers, message) {
        if (status === 401 && !isReplay) {
          if (request.isReplayable) {
            held = [];
            attempt.pause();
            void decide(attempt);
          } else {
            // For the next request: this one is lost.
            replaceRejected(tokens, request.getToken).catch(() => {});
          }
        }
        pass(() => handler.onResponseStart?.(controller, status, unkept(status, headers), message));
      },
      onResponseData(attempt, chunk) {
        if (isDiscarded) {
          discardedBytes += chunk.length;
          if (discardedBytes > MAX_DISCARDED_BYTES) attempt.abort(new Error('given up'));
        }
        pass(() => handler.onResponseData?.(controller, chunk));
      },
      onResponseEnd(_attempt, trailers) {
        pass(() => {
          handler.onResponseEnd?.(controller, trailers);
          // Only now: undici's retry throws to hear of it as an error.
          isOver = true;
        });
      },
      onResponseError(_attempt, error) {
        pass(() => fail(error));
      },
    };
  }

  return { send, fail };
}

/** For a cache in front of us, which sees no token and takes the answer for everybody's (T071). */
function unkept<H extends object>(status: number, headers: H): H {
  return status < 200 ? headers : { ...headers, 'cache-control': 'no-store' };
}

/** The same for both attempts. A class, against the house rule: with getters, as undici has it. */
class ExchangeController implements Controller {
  readonly #onAbort: (reason: Error) => void;
  /** Of the attempt that is under way. */
  target: Controller | undefined;
  #paused = false;
  #reason: Error | null = null;

  constructor(onAbort: (reason: Error) => void) {
    this.#onAbort = onAbort;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get aborted(): boolean {
    return this.#reason !== null;
  }

  get reason(): Error | null {
    return this.#reason;
  }

  get rawHeaders(): Raw {
    return this.target?.rawHeaders ?? null;
  }

  get rawTrailers(): Raw {
    return this.target?.rawTrailers ?? null;
  }

  pause(): void {
    this.#paused = true;
    this.target?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.target?.resume();
  }

  abort(reason: Error): void {
    // undici passes on what the caller said, which may be nothing.
    this.#reason ??= reason ?? new Error('given up');
    this.target?.abort(reason);
    // Between two attempts nobody else would tell.
    this.#onAbort(reason);
  }
}
