import type { Actor, ApiClient, ApiRequestOptions, EgainAuth, ScopeOf, TokenOptions } from '@egain-auth/core';
import { Observable } from 'rxjs';
import { currentRequest, requireContext } from './current-request.ts';

/**
 * eGain's API as Observables, like Nest's own HttpService: each subscription is a call, and ending it aborts the call.
 * Calls go out as whoever the current request acts as, in providers of any kind; nothing here belongs to one request.
 */
export class EgainHttpService {
  readonly #egain: EgainAuth;
  readonly #findApi: () => ApiClient;

  /** Made by the module. */
  constructor(egain: EgainAuth, name: string, findApi: () => ApiClient = () => findCurrentApi(name)) {
    this.#egain = egain;
    this.#findApi = findApi;
  }

  /** The same as somebody else; works outside of a request too. */
  as<A extends Actor>(actor: A, options?: Pick<TokenOptions<ScopeOf<A>>, 'scope'>): EgainHttpService {
    const api = this.#egain.api(actor, options);
    return new EgainHttpService(this.#egain, '', () => api);
  }

  get<T = unknown>(path: string, options?: Omit<ApiRequestOptions, 'body'>): Observable<T> {
    return this.#call('get', path, options);
  }

  post<T = unknown>(path: string, options?: ApiRequestOptions): Observable<T> {
    return this.#call('post', path, options);
  }

  put<T = unknown>(path: string, options?: ApiRequestOptions): Observable<T> {
    return this.#call('put', path, options);
  }

  patch<T = unknown>(path: string, options?: ApiRequestOptions): Observable<T> {
    return this.#call('patch', path, options);
  }

  delete<T = unknown>(path: string, options?: ApiRequestOptions): Observable<T> {
    return this.#call('delete', path, options);
  }

  /** @throws {TypeError} at once, when there is no current request */
  #call<T>(verb: Verb, path: string, options: ApiRequestOptions = {}): Observable<T> {
    // Now: whoever subscribes later may be in another request.
    const api = this.#findApi();
    return new Observable<T>((subscriber) => {
      const unsubscribed = new AbortController();
      const signals = [unsubscribed.signal, ...(options.signal ? [options.signal] : [])];
      api[verb]<T>(path, { ...options, signal: AbortSignal.any(signals) }).then(
        (body) => {
          subscriber.next(body);
          subscriber.complete();
        },
        (error: unknown) => subscriber.error(error),
      );
      return () => unsubscribed.abort();
    });
  }
}

type Verb = 'get' | 'post' | 'put' | 'patch' | 'delete';

function findCurrentApi(name: string): ApiClient {
  const current = currentRequest.getStore();
  if (current) return requireContext(current, name).api;
  throw new TypeError('EgainHttpService was called outside of an HTTP request: say as whom, with as(actor)');
}
