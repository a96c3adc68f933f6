import type { LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { isNativeError } from 'node:util/types';
import type { Dispatcher } from 'undici';
import { onAbort } from '../abort.ts';
import { isEgainAuthError } from '../errors.ts';
import {
  bare,
  CONNECTIONS,
  createAgent,
  NO_REDIRECT,
  STREAMS,
  type Stoppable,
  type StoppableOptions,
} from './agent.ts';
import { HttpFailure } from './http-failure.ts';
import { type Outcome, receiveStream, receiveWhole } from './receivers.ts';
import { loadUndici, refuseOldDispatcher } from './undici.ts';

/** Of a `URL`, what a request needs. */
export type RequestUrl = Readonly<Pick<URL, 'origin' | 'pathname' | 'search'>>;

/** One request to eGain, and how much of an answer is worth reading. */
export interface OutgoingRequest {
  readonly method: Dispatcher.HttpMethod;
  readonly url: RequestUrl;
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
  readonly send: (request: OutgoingRequest) => Promise<IncomingAnswer>;
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
  /** Requests at the same time to one origin. @default 64 */
  readonly maxConnections?: number | undefined;
  /** The same for requests whose body or answer is a stream. @default 64 */
  readonly maxStreams?: number | undefined;
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
  const { timeoutMs, dispatcher, lookup, maxConnections = CONNECTIONS, maxStreams = STREAMS } = bare(options);
  let own: Promise<Pools> | undefined;
  let closing: Promise<void> | undefined;

  async function load(): Promise<Pools> {
    const undici = await loadUndici();
    const poolOf = (connections: number): Pool => {
      const settings = { timeoutMs, lookup, connections };
      return {
        kept: createAgent(undici, { ...settings, keepsConnections: true }),
        fresh: createAgent(undici, { ...settings, keepsConnections: false }),
        isForeign: false,
      };
    };
    return { calls: poolOf(maxConnections), streams: poolOf(maxStreams) };
  }

  async function start<Answer>(
    pool: keyof Pools,
    request: OutgoingRequest,
    stop: Stop,
    receive: Receive<Answer>,
  ): Promise<Answer> {
    if (stop.stopped) throw stop.stopped.reason;
    if (closing) throw new HttpFailure('network', 'the client is closed', { isUnsent: true });
    own ??= dispatcher ? Promise.resolve(poolsOf(dispatcher)) : load();
    const pools = await own;
    return exchange(pools[pool], request, stop, receive);
  }

  async function send(given: OutgoingRequest): Promise<IncomingAnswer> {
    const request = bare(given);
    const stop = stopAfter(request.timeoutMs ?? timeoutMs, request.signal);
    try {
      const pool = isStream(request.body) ? 'streams' : 'calls';
      return await start(pool, request, stop, (outcome: Outcome<IncomingAnswer>) =>
        receiveWhole(request.maxBodyBytes, outcome),
      );
    } catch (error) {
      throw failureOf(error, request.signal);
    } finally {
      stop.release();
    }
  }

  async function open(given: OutgoingRequest, toError: StreamError = (failure) => failure): Promise<IncomingStream> {
    const request = bare(given);
    const { signal } = request;
    const stop = stopAfter(request.timeoutMs ?? timeoutMs, signal);
    const toFailure = (error: unknown, head: IncomingHead): Error => {
      const failure = failureOf(error, signal);
      if (failure instanceof HttpFailure) return toError(failure, head);
      // Destroyed with a falsy reason, a stream would close without an error, as if it had ended (F82).
      return failure || new DOMException('This operation was aborted', 'AbortError');
    };
    const onOver = (): void => {
      stop.release();
      // In the place of a connection that was given up none is made (F05).
      stop.stopped ??= { reason: new HttpFailure('network', 'the stream is over') };
    };
    try {
      return await start('streams', request, stop, (outcome: Outcome<IncomingStream>) =>
        receiveStream({ ...outcome, toFailure, onOver }),
      );
    } catch (error) {
      stop.release();
      throw failureOf(error, signal);
    }
  }

  async function closeOwn(): Promise<void> {
    if (!own || dispatcher) return;
    // Where undici could not be loaded, each call has said so.
    const pools = await own.catch(() => ({}));
    await Promise.all(Object.values(pools).flatMap(({ kept, fresh }) => [kept.close(), fresh.close()]));
  }

  return { send, open, close: () => (closing ??= closeOwn()) };
}

/**
 * Streams have connections of their own: a stream lasts as long as the caller takes to read or write it, and without that
 * slow callers would take every connection from calls that end quickly (F56).
 */
interface Pools {
  readonly calls: Pool;
  readonly streams: Pool;
}

/**
 * Connections that are kept for the next request, and those that are made for one. Each kind has its own limit, so that
 * what can be sent once only does not wait behind everything else (F60).
 */
interface Pool {
  readonly kept: Dispatcher;
  readonly fresh: Dispatcher;
  /** Whether it is a dispatcher of the caller's own, which may be of another undici. */
  readonly isForeign: boolean;
}

function poolsOf(dispatcher: Dispatcher): Pools {
  const pool: Pool = { kept: dispatcher, fresh: dispatcher, isForeign: true };
  return { calls: pool, streams: pool };
}

/** Whether the caller decides how long it takes to send this body. A Blob is here already, or on disk. */
const isStream = (body: OutgoingRequest['body']): boolean => typeof body === 'object' && Symbol.asyncIterator in body;

/**
 * What stops a request: whoever gives up, or a deadline that covers everything. No `AbortController`, which takes longer
 * than all the rest of a request; and not `AbortSignal.any`, which keeps a little of every request with a signal of the
 * caller's that lives long.
 */
interface Stop extends Stoppable {
  /** Called once, at most. */
  onStop: ((reason: Error) => void) | undefined;
  readonly release: () => void;
}

function stopAfter(limitMs: number, signal: AbortSignal | undefined): Stop {
  const end = (reason: Error) => {
    if (stop.stopped) return;
    stop.stopped = { reason };
    stop.onStop?.(reason);
  };
  const deadline = setTimeout(
    () => end(new HttpFailure('timeout', `no complete answer within ${limitMs} ms`)),
    limitMs,
  );
  const stopListening = signal && onAbort(signal, () => end(signal.reason));
  const stop: Stop = {
    stopped: undefined,
    onStop: undefined,
    release: () => {
      // What is over lets go of the answer, although its connection still holds this.
      stop.onStop = undefined;
      clearTimeout(deadline);
      stopListening?.();
    },
  };
  if (signal?.aborted) end(signal.reason);
  return stop;
}

type Receive<Answer> = (outcome: Outcome<Answer>) => Dispatcher.DispatchHandler;

/**
 * One request. `dispatch`, not undici's `request`: its options keep having no prototype that way (T098), and a caller
 * who gives up need not wait for a connection that is still being made.
 */
function exchange<Answer>(
  { kept, fresh, isForeign }: Pool,
  { method, url, headers, body, freshConnection }: OutgoingRequest,
  stop: Stop,
  receive: Receive<Answer>,
): Promise<Answer> {
  const sent: Record<string, string> = bare(headers);
  sent['accept-encoding'] = 'identity';
  const options: StoppableOptions = bare({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method,
    headers: sent,
    body: (body ?? null) as Exclude<Dispatcher.DispatchOptions['body'], undefined>,
    // Five minutes each, otherwise: a deadline may be later.
    headersTimeout: 0,
    bodyTimeout: 0,
    ...NO_REDIRECT,
    stop,
  });
  return new Promise((resolve, reject) => {
    let request: Dispatcher.DispatchController | undefined;
    const giveUp = (reason: Error) => {
      reject(reason);
      request?.abort(reason);
    };
    stop.onStop = giveUp;
    if (stop.stopped) return giveUp(stop.stopped.reason);
    const handler: Dispatcher.DispatchHandler = receive({ resolve, reject, giveUp });
    handler.onRequestStart = (controller) => {
      request = controller;
      // Only now can a request be stopped that was given up while its connection was being made.
      if (stop.stopped) giveUp(stop.stopped.reason);
    };
    if (isForeign) refuseOldDispatcher(handler, giveUp);
    (freshConnection ? fresh : kept).dispatch(options, bare(handler));
  });
}

/** The media type an answer states, for messages. */
export function mediaTypeOf({ headers }: IncomingHead): string {
  return String(headers['content-type']).match(/^[\w.+-]+\/[\w.+-]+/)?.[0] ?? 'of no stated type';
}

/** What a request ended with: the caller's own reason, or why there is no whole answer. */
function failureOf(error: unknown, signal: AbortSignal | undefined): Error {
  if (signal?.aborted) return signal.reason;
  // A dispatcher of the caller's own may have said it in our words.
  if (error instanceof HttpFailure || isEgainAuthError(error)) return error;
  const problem = codeOf(error);
  return new HttpFailure('network', `the connection failed${problem && ` (${problem})`}`, {
    isUnsent: NOT_CONNECTED.has(problem),
  });
}

/** Codes of Node and undici for a connection that was never made. */
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
]);

/** Only the code: a parser error also carries the bytes it failed at. */
function codeOf(error: unknown): string {
  // Not `instanceof`: errors of Node's own are of another realm where tests run in a context.
  if (!isNativeError(error)) return '';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
