import type { LookupFunction } from 'node:net';
import { isNativeError } from 'node:util/types';
import type { Dispatcher } from 'undici';
import { bare, createAgent, type StoppableOptions } from './agent.ts';

/** One request to eGain, and how much of an answer is worth reading. */
export interface OutgoingRequest {
  readonly method: Dispatcher.HttpMethod;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
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

export interface IncomingAnswer {
  readonly status: number;
  /** Lower-case names, on an object without prototype. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface HttpClient {
  /**
   * @throws {HttpFailure} for every answer that did not arrive whole
   * @throws the reason of `signal`, when the caller gave up
   */
  send(request: OutgoingRequest): Promise<IncomingAnswer>;
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

/** Why there is no answer. Holds no byte of the request or the answer. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly kind: 'timeout' | 'network' | 'too-large' | 'encoded';

  constructor(kind: HttpFailure['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
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

  async function send(request: OutgoingRequest): Promise<IncomingAnswer> {
    const { signal, freshConnection, timeoutMs: limitMs = timeoutMs, ...rest } = bare(request);
    // Not AbortSignal.any: it keeps a little of every request with a signal of the caller's that lives long.
    const stop = new AbortController();
    const onAbort = () => stop.abort(signal?.reason);
    const deadline = setTimeout(() => {
      stop.abort(new HttpFailure('timeout', `no complete answer within ${limitMs} ms`));
    }, limitMs);
    signal?.addEventListener('abort', onAbort);
    try {
      signal?.throwIfAborted();
      if (closing) throw new HttpFailure('network', 'the client is closed');
      own ??= dispatcher ? Promise.resolve({ kept: dispatcher, fresh: dispatcher }) : load();
      const { kept, fresh } = await own;
      return await exchange(freshConnection ? fresh : kept, bare(rest), stop.signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof HttpFailure ? error : new HttpFailure('network', networkProblem(error));
    } finally {
      clearTimeout(deadline);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async function closeOwn(): Promise<void> {
    if (!own || dispatcher) return;
    const { kept, fresh } = await own;
    await Promise.all([kept.close(), fresh.close()]);
  }

  return { send, close: () => (closing ??= closeOwn()) };
}

/** Connections that are kept for the next request, and those that are made for one. */
interface Connections {
  readonly kept: Dispatcher;
  readonly fresh: Dispatcher;
}

/**
 * One request and its whole answer. `dispatch`, not undici's `request`: its options keep having no prototype that way
 * (T098), and a caller who gives up need not wait for a connection that is still being made.
 */
async function exchange(
  dispatcher: Dispatcher,
  { method, url, headers, body, maxBodyBytes }: Omit<OutgoingRequest, 'signal' | 'timeoutMs' | 'freshConnection'>,
  signal: AbortSignal,
): Promise<IncomingAnswer> {
  signal.throwIfAborted();
  const options: StoppableOptions = {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method,
    headers: bare({ ...headers, 'accept-encoding': 'identity' }),
    body: body ?? null,
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
      ...receiver(maxBodyBytes, { resolve, reject, giveUp }),
      onRequestStart(controller) {
        request = controller;
        // Only now can a request be stopped that was given up while its connection was being made.
        if (signal.aborted) onAbort();
      },
    };
    dispatcher.dispatch(bare(options), bare(handler));
  });
}

interface Outcome {
  readonly resolve: (answer: IncomingAnswer) => void;
  readonly reject: (error: Error) => void;
  readonly giveUp: (reason: HttpFailure) => void;
}

function receiver(maxBodyBytes: number, { resolve, reject, giveUp }: Outcome): Dispatcher.DispatchHandler {
  let head: Omit<IncomingAnswer, 'body'> | undefined;
  const received = createBuffer(maxBodyBytes);
  return {
    onResponseStart(_controller, status, given) {
      // An informational answer: the real one follows.
      if (status < 200) return;
      head = { status, headers: bare(given) };
      if (!isPlain(head)) {
        giveUp(new HttpFailure('encoded', 'the answer is compressed, although that was not asked for'));
      }
    },
    onResponseData(_controller, chunk) {
      if (received.add(chunk)) return;
      giveUp(new HttpFailure('too-large', `the answer is larger than ${maxBodyBytes} bytes`));
    },
    onResponseEnd() {
      if (head) resolve({ ...head, body: received.bytes() });
    },
    onResponseError(_controller, error) {
      reject(error);
    },
  };
}

/** Whether the bytes are the answer as it is, with nothing to inflate: `content-encoding` and its hop-by-hop sister. */
function isPlain({ headers }: Pick<IncomingAnswer, 'headers'>): boolean {
  const { 'content-encoding': content = 'identity', 'transfer-encoding': transfer = 'chunked' } = headers;
  return content === 'identity' && String(transfer).toLowerCase() === 'chunked';
}

/**
 * One buffer that grows, not a list of chunks: a mebibyte that comes in chunks of one byte would be a million objects,
 * each of which keeps alive what the socket read (T058).
 */
function createBuffer(maxBytes: number): { add(chunk: Buffer): boolean; bytes(): Buffer } {
  let buffer = Buffer.alloc(0);
  let size = 0;
  return {
    /** @returns whether there was room */
    add(chunk) {
      const needed = size + chunk.length;
      if (needed > maxBytes) return false;
      if (needed > buffer.length) {
        const larger = Buffer.alloc(Math.min(maxBytes, Math.max(needed, 2 * buffer.length)));
        buffer.copy(larger, 0, 0, size);
        buffer = larger;
      }
      chunk.copy(buffer, size);
      size = needed;
      return true;
    },
    bytes: () => buffer.subarray(0, size),
  };
}

/** The media type an answer states, for messages. */
export function mediaTypeOf({ headers }: IncomingAnswer): string {
  return String(headers['content-type']).match(/^[\w.+-]+\/[\w.+-]+/)?.[0] ?? 'of no stated type';
}

/** Only the code and the system's message: a parser error also carries the bytes it failed at. */
function networkProblem(error: unknown): string {
  // Not `instanceof`: errors of Node's own are of another realm where tests run in a context.
  if (!isNativeError(error)) return 'the connection failed';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return `the connection failed (${code})`;
}
