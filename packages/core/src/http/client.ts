import type { LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { isNativeError } from 'node:util/types';
import type { Dispatcher } from 'undici';
import { bare, createAgent, type StoppableOptions } from './agent.ts';
import { HttpFailure } from './http-failure.ts';
import { type Outcome, receiveStream, receiveWhole } from './receivers.ts';

/** One request to eGain, and how much of an answer is worth reading. */
export interface OutgoingRequest {
  readonly method: Dispatcher.HttpMethod;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: OutgoingBody | undefined;
  /** What is longer is no answer. Of a stream that is the reader's to judge. */
  readonly maxBodyBytes: number;
  /** Instead of the client's own. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * On a connection that nothing was sent on before: for what can be sent once only, because a kept connection may have
   * been closed by the other end already (T067). A dispatcher of the caller's own decides that itself.
   */
  readonly freshConnection?: boolean | undefined;
}

/** Whatever undici can send. What is read while it is sent can be sent once only. */
export type OutgoingBody = NonNullable<Dispatcher.DispatchOptions['body']> | Blob | AsyncIterable<Uint8Array>;

/** The answer up to its body. */
export interface IncomingHead {
  readonly status: number;
  /** Lower-case names, on an object without prototype. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface IncomingAnswer extends IncomingHead {
  readonly body: Buffer;
}

/** The body has still to be read, or destroyed: until then it holds a connection. */
export interface IncomingStream extends IncomingHead {
  readonly body: Readable;
}

export type StreamError = (failure: HttpFailure, head: IncomingHead) => Error;

export interface HttpClient {
  /**
   * @throws {HttpFailure} for every answer that did not arrive whole
   * @throws the reason of `signal`, when the caller gave up
   */
  send(request: OutgoingRequest): Promise<IncomingAnswer>;
  /**
   * The same, with the body as a stream as soon as the head is there. Deadline and `signal` hold to its last byte: a
   * stream that ends early is destroyed with what `toError` makes of the {@link HttpFailure}, or with the reason of `signal`.
   * @param toError by default the failure itself
   */
  open(request: OutgoingRequest, toError?: StreamError): Promise<IncomingStream>;
  /**
   * Lets requests in flight end, then closes the connections. Nothing can be sent afterwards. A dispatcher of the
   * caller's own stays open.
   */
  close(): Promise<void>;
}

export interface HttpClientOptions {
  readonly timeoutMs: number;
  /** The caller's own, in place of ours: a proxy, for example. */
  readonly dispatcher?: Dispatcher | undefined;
  /** Finds the address of a name in place of the system. */
  readonly lookup?: LookupFunction | undefined;
}

/**
 * The only place that opens connections. Redirects are not followed: undici would send the body, and with it the
 * client secret, to the new origin (T057). One deadline covers everything up to the last byte, because undici's own
 * timeouts start anew with every byte. Compression is not asked for and not accepted, so that the size cap counts
 * what will be parsed (T058).
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { timeoutMs, dispatcher, lookup } = bare(options);
  let own: Promise<Connections> | undefined;
  let closing: Promise<void> | undefined;

  // At first use: undici costs 60 ms to import, and an application may never get this far.
  async function load(): Promise<Connections> {
    // Importing undici on Node 20 replaces the dispatcher of the host's global fetch, unless that was touched before.
    void globalThis.Headers;
    // Its default export: bundlers that split code leave a CommonJS module no other.
    const { default: undici } = await import('undici');
    return {
      kept: createAgent(undici, { timeoutMs, lookup, keepsConnections: true }),
      fresh: createAgent(undici, { timeoutMs, lookup, keepsConnections: false }),
    };
  }

  async function start<Answer>(
    given: Omit<OutgoingRequest, 'signal' | 'timeoutMs'>,
    stop: AbortSignal,
    receive: Receive<Answer>,
  ): Promise<Answer> {
    const { freshConnection, ...request } = bare(given);
    stop.throwIfAborted();
    if (closing) throw new HttpFailure('network', 'the client is closed');
    own ??= dispatcher ? Promise.resolve({ kept: dispatcher, fresh: dispatcher }) : load();
    const { kept, fresh } = await own;
    return exchange(freshConnection ? fresh : kept, bare(request), stop, receive);
  }

  async function send(request: OutgoingRequest): Promise<IncomingAnswer> {
    const { signal, timeoutMs: limitMs = timeoutMs, ...rest } = bare(request);
    const stop = stopAfter(limitMs, signal);
    try {
      return await start(rest, stop.signal, (outcome: Outcome<IncomingAnswer>) =>
        receiveWhole(rest.maxBodyBytes, outcome),
      );
    } catch (error) {
      throw failureOf(error, signal);
    } finally {
      stop.release();
    }
  }

  async function open(request: OutgoingRequest, toError: StreamError = (failure) => failure): Promise<IncomingStream> {
    const { signal, timeoutMs: limitMs = timeoutMs, ...rest } = bare(request);
    const stop = stopAfter(limitMs, signal);
    const toFailure = (error: unknown, head: IncomingHead): Error => {
      const failure = failureOf(error, signal);
      return failure instanceof HttpFailure ? toError(failure, head) : failure;
    };
    try {
      return await start(rest, stop.signal, (outcome: Outcome<IncomingStream>) =>
        receiveStream({ ...outcome, toFailure, onOver: stop.release }),
      );
    } catch (error) {
      stop.release();
      throw failureOf(error, signal);
    }
  }

  async function closeOwn(): Promise<void> {
    if (!own || dispatcher) return;
    const { kept, fresh } = await own;
    await Promise.all([kept.close(), fresh.close()]);
  }

  return { send, open, close: () => (closing ??= closeOwn()) };
}

/** Connections that are kept for the next request, and those that are made for one. */
interface Connections {
  readonly kept: Dispatcher;
  readonly fresh: Dispatcher;
}

interface Stop {
  readonly signal: AbortSignal;
  readonly release: () => void;
}

/** One signal for a caller who gives up and for a deadline that covers everything. */
function stopAfter(limitMs: number, signal: AbortSignal | undefined): Stop {
  // Not AbortSignal.any: it keeps a little of every request with a signal of the caller's that lives long.
  const stop = new AbortController();
  const onAbort = () => stop.abort(signal?.reason);
  const deadline = setTimeout(() => {
    stop.abort(new HttpFailure('timeout', `no complete answer within ${limitMs} ms`));
  }, limitMs);
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort);
  return {
    signal: stop.signal,
    release() {
      clearTimeout(deadline);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}

type Receive<Answer> = (outcome: Outcome<Answer>) => Dispatcher.DispatchHandler;

/**
 * One request. `dispatch`, not undici's `request`: its options keep having no prototype that way (T098), and a caller
 * who gives up need not wait for a connection that is still being made.
 */
async function exchange<Answer>(
  dispatcher: Dispatcher,
  { method, url, headers, body }: Pick<OutgoingRequest, 'method' | 'url' | 'headers' | 'body'>,
  signal: AbortSignal,
  receive: Receive<Answer>,
): Promise<Answer> {
  signal.throwIfAborted();
  const options: StoppableOptions = {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method,
    headers: bare({ ...headers, 'accept-encoding': 'identity' }),
    body: (body ?? null) as Exclude<Dispatcher.DispatchOptions['body'], undefined>,
    // Five minutes each, otherwise: a deadline may be later.
    headersTimeout: 0,
    bodyTimeout: 0,
    signal,
  };
  return new Promise((resolve, reject) => {
    let request: Dispatcher.DispatchController | undefined;
    const giveUp = (reason: Error) => {
      reject(reason);
      request?.abort(reason);
    };
    const onAbort = () => giveUp(signal.reason);
    signal.addEventListener('abort', onAbort);
    const handler: Dispatcher.DispatchHandler = {
      ...receive({ resolve, reject, giveUp }),
      onRequestStart(controller) {
        request = controller;
        // Only now can a request be stopped that was given up while its connection was being made.
        if (signal.aborted) onAbort();
      },
    };
    dispatcher.dispatch(bare(options), bare(handler));
  });
}

/** The media type an answer states, for messages. */
export function mediaTypeOf({ headers }: IncomingHead): string {
  return String(headers['content-type']).match(/^[\w.+-]+\/[\w.+-]+/)?.[0] ?? 'of no stated type';
}

/** What a request ended with: the caller's own reason, or why there is no whole answer. */
function failureOf(error: unknown, signal: AbortSignal | undefined): Error {
  if (signal?.aborted) return signal.reason;
  return error instanceof HttpFailure ? error : new HttpFailure('network', networkProblem(error));
}

/** Only the code and the system's message: a parser error also carries the bytes it failed at. */
function networkProblem(error: unknown): string {
  // Not `instanceof`: errors of Node's own are of another realm where tests run in a context.
  if (!isNativeError(error)) return 'the connection failed';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return `the connection failed (${code})`;
}
