import type { Readable } from 'node:stream';
import type {
  Actor,
  ApiClient,
  ApiMethod,
  ApiRequestOptions,
  ApiResponse,
  EgainAuth,
  OperationActor,
  RequestContext,
  ScopeOf,
  TokenOptions,
} from '@egain-auth/core';
import { onAbort } from '@egain-auth/core';
import { from, Observable, type ObservableInput, tap } from 'rxjs';
import { currentRequest, requireContext } from './current-request.ts';

/**
 * eGain's API as Observables, like Nest's own HttpService: each subscription is a call, and ending it aborts the call.
 * Calls go out as whoever the current request acts as, in providers of any kind; nothing here belongs to one request.
 */
export class EgainHttpService {
  readonly #egain: EgainAuth;
  readonly #name: string;
  readonly #findApi: () => ApiClient;

  /** Made by the module. */
  constructor(egain: EgainAuth, name: string, findApi: () => ApiClient = () => findContext(name).api) {
    this.#egain = egain;
    this.#name = name;
    this.#findApi = findApi;
  }

  /** The same as somebody else; works outside of a request too. */
  as<A extends Actor>(actor: A, options?: Pick<TokenOptions<ScopeOf<A>>, 'scope'>): EgainHttpService;
  /** The same as the first of several who is there in the current request, and whom the operation accepts. */
  as(actors: readonly OperationActor[]): EgainHttpService;
  as(who: Actor | readonly OperationActor[], options?: Pick<TokenOptions, 'scope'>): EgainHttpService {
    if (isList(who)) return new EgainHttpService(this.#egain, this.#name, () => findContext(this.#name).apiAs(who));
    const api: ApiClient = this.#egain.api(who, options);
    return new EgainHttpService(this.#egain, this.#name, () => api);
  }

  get<T = unknown>(path: string, options: Omit<ApiRequestOptions, 'body'> = {}): Observable<T> {
    return this.#call(options, (api, stoppable) => api.get<T>(path, stoppable));
  }

  post<T = unknown>(path: string, options: ApiRequestOptions = {}): Observable<T> {
    return this.#call(options, (api, stoppable) => api.post<T>(path, stoppable));
  }

  put<T = unknown>(path: string, options: ApiRequestOptions = {}): Observable<T> {
    return this.#call(options, (api, stoppable) => api.put<T>(path, stoppable));
  }

  patch<T = unknown>(path: string, options: ApiRequestOptions = {}): Observable<T> {
    return this.#call(options, (api, stoppable) => api.patch<T>(path, stoppable));
  }

  delete<T = unknown>(path: string, options: ApiRequestOptions = {}): Observable<T> {
    return this.#call(options, (api, stoppable) => api.delete<T>(path, stoppable));
  }

  /** The answer with its headers, and its body as a stream. */
  request(method: ApiMethod, path: string, options: ApiRequestOptions = {}): Observable<ApiResponse> {
    return this.#call(
      options,
      (api, stoppable) => api.request(method, path, stoppable),
      ({ body }) => body,
    );
  }

  /** One page after the other; `take(1)` asks for no second one. */
  paginate<T = unknown>(path: string, options: Omit<ApiRequestOptions, 'body'> = {}): Observable<T> {
    return this.#call(options, (api, stoppable) => api.paginate<T>(path, stoppable));
  }

  /**
   * @param bodyOf finds the stream of an answer that is still being read when its Observable completes
   * @throws {TypeError} immediately, when there is no current request
   */
  #call<T>(
    options: ApiRequestOptions,
    send: (api: ApiClient, options: ApiRequestOptions) => ObservableInput<T>,
    bodyOf?: (answer: T) => Readable,
  ): Observable<T> {
    // Now: whoever subscribes later may be in another request.
    const api = this.#findApi();
    return new Observable<T>((subscriber) => {
      const call = new AbortController();
      const stopFollowing = follow(options.signal, call);
      let body: Readable | undefined;
      from(send(api, { ...options, signal: call.signal }))
        .pipe(
          tap((answer) => {
            body = bodyOf?.(answer);
          }),
        )
        .subscribe(subscriber);
      return () => {
        if (body) return whenRead(body, stopFollowing);
        stopFollowing();
        call.abort();
      };
    });
  }
}

/**
 * Aborts a call with the reason of the caller's signal. That signal may live as long as the application, so a call that ends
 * must leave nothing on it. `AbortSignal.any` does: Node keeps a little memory of every call on the signal (F54).
 * @returns stops listening to the signal
 */
function follow(signal: AbortSignal | undefined, call: AbortController): () => void {
  if (!signal) return () => {};
  const abort = (): void => call.abort(signal.reason);
  if (signal.aborted) abort();
  return onAbort(signal, abort);
}

const unread = new FinalizationRegistry<() => void>((action) => action());

/** Runs `action` when the body is closed. A body that arrived but is never read does not close, so its collection counts too. */
function whenRead(body: Readable, action: () => void): void {
  body.once('close', action);
  unread.register(body, action);
}

const isList = (who: Actor | readonly OperationActor[]): who is readonly OperationActor[] => Array.isArray(who);

function findContext(name: string): RequestContext {
  const current = currentRequest.getStore();
  if (current) return requireContext(current, name);
  throw new TypeError('EgainHttpService was called outside of an HTTP request: say as whom, with as(actor)');
}
