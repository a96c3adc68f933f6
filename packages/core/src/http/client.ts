import type { Dispatcher } from 'undici';

/** One request to eGain, and how much of an answer is worth reading. */
export interface OutgoingRequest {
  readonly method: Dispatcher.HttpMethod;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly maxBodyBytes: number;
  readonly signal?: AbortSignal | undefined;
}

export interface IncomingAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface HttpClient {
  /**
   * @throws {HttpFailure} for every answer that did not arrive whole
   * @throws the reason of `signal`, when the caller gave up
   */
  send(request: OutgoingRequest): Promise<IncomingAnswer>;
  /** Lets requests in flight end, then closes the connections. A dispatcher of the caller's own stays open. */
  close(): Promise<void>;
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
export function createHttpClient(options: { timeoutMs: number; dispatcher?: Dispatcher | undefined }): HttpClient {
  let own: Promise<{ undici: typeof import('undici').default; agent: Dispatcher }> | undefined;

  // At first use: undici costs 60 ms to import, and an application may never get this far.
  async function load() {
    // Importing undici on Node 20 replaces the dispatcher of the host's global fetch, unless that was touched before.
    void globalThis.Headers;
    // Its default export: bundlers that split code leave a CommonJS module no other.
    const { default: undici } = await import('undici');
    return { undici, agent: options.dispatcher ?? new undici.Agent({ connections: 64 }) };
  }

  async function send({ method, url, headers, body, maxBodyBytes, signal }: OutgoingRequest): Promise<IncomingAnswer> {
    own ??= load();
    const { undici, agent } = await own;
    const deadline = AbortSignal.timeout(options.timeoutMs);
    try {
      const answer = await undici.request(url, {
        method,
        dispatcher: agent,
        headers: { ...headers, 'accept-encoding': 'identity' },
        body: body ?? null,
        signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      });
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: await readBody(answer, maxBodyBytes),
      };
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof HttpFailure) throw error;
      if (deadline.aborted) throw new HttpFailure('timeout', `no complete answer within ${options.timeoutMs} ms`);
      throw new HttpFailure('network', networkProblem(error));
    }
  }

  return {
    send,
    async close() {
      if (own && !options.dispatcher) await (await own).agent.close();
    },
  };
}

async function readBody({ headers, body }: Dispatcher.ResponseData, maxBodyBytes: number): Promise<Buffer> {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    // undici emits the abort as an error, which would end the process if nobody listened.
    body.on('error', () => {}).destroy();
    throw new HttpFailure('encoded', 'the answer is compressed, although that was not asked for');
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop destroys the stream and with it the connection: the rest is never read.
    if (size > maxBodyBytes) throw new HttpFailure('too-large', `the answer is larger than ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** The media type an answer states, for messages. */
export function mediaTypeOf({ headers }: IncomingAnswer): string {
  return String(headers['content-type']).match(/^[\w.+-]+\/[\w.+-]+/)?.[0] ?? 'of no stated type';
}

/** Only the code and the system's message: a parser error also carries the bytes it failed at. */
function networkProblem(error: unknown): string {
  if (!(error instanceof Error)) return 'the connection failed';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return `the connection failed (${code})`;
}
