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
import { defer, from, Observable } from 'rxjs';
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
    return this.#call(options, (api, stoppable) => api.request(method, path, stoppable), false);
  }

  /** One page after the other; `take(1)` asks for no second one. */
  paginate<T = unknown>(path: string, options: Omit<ApiRequestOptions, 'body'> = {}): Observable<T> {
    const api = this.#findApi();
    return defer(() => from(api.paginate<T>(path, options)));
  }

  /**
   * @param abortsWhenDone whether what was handed out is whole: a stream is still being read when its Observable is done
   * @throws {TypeError} at once, when there is no current request
   */
  #call<T>(
    options: ApiRequestOptions,
    send: (api: ApiClient, options: ApiRequestOptions) => Promise<T>,
    abortsWhenDone = true,
  ): Observable<T> {
    // Now: whoever subscribes later may be in another request.
    const api = this.#findApi();
    return new Observable<T>((subscriber) => {
      const unsubscribed = new AbortController();
      const signals = [unsubscribed.signal, ...(options.signal ? [options.signal] : [])];
      let isDone = false;
      send(api, { ...options, signal: AbortSignal.any(signals) }).then(
        (answer) => {
          isDone = !abortsWhenDone;
          subscriber.next(answer);
          subscriber.complete();
        },
        (error: unknown) => subscriber.error(error),
      );
      return () => {
        if (!isDone) unsubscribed.abort();
      };
    });
  }
}

const isList = (who: Actor | readonly OperationActor[]): who is readonly OperationActor[] => Array.isArray(who);

function findContext(name: string): RequestContext {
  const current = currentRequest.getStore();
  if (current) return requireContext(current, name);
  throw new TypeError('EgainHttpService was called outside of an HTTP request: say as whom, with as(actor)');
}
