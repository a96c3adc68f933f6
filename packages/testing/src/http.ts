import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Delivery, deliver } from './delivery.ts';

/** One request as plain data. */
export interface EmulatorRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** `undefined`: larger than 64 KiB. */
  readonly body: string | undefined;
}

/** One answer as plain data. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** @default at once and whole */
  readonly delivery?: Delivery;
}

export type Handler = (request: EmulatorRequest) => Promise<Reply>;

/** A server on 127.0.0.1 that answers 503 until it is given its handler: URLs are known only once ports are. */
export interface RunningServer {
  readonly url: string;
  readonly serve: (handler: Handler) => void;
  /** Ends keep-alive connections too; resolves when the port is free again. */
  readonly close: () => Promise<void>;
}

const HOST = '127.0.0.1';
const MAX_BODY_BYTES = 64 * 1024;
const FORM_TYPE = 'application/x-www-form-urlencoded';

export const json = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json;charset=UTF-8', ...headers },
  body: JSON.stringify(value),
});

/** The parameters of a form body, or `undefined` when the body is no form or is too large. */
export function readForm({ headers, body }: EmulatorRequest): URLSearchParams | undefined {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  return type === FORM_TYPE && body !== undefined ? new URLSearchParams(body) : undefined;
}

/** @throws {Error} when the port cannot be taken. */
export async function startServer(port: number): Promise<RunningServer> {
  let handler: Handler = async () => json(503, { error: 'starting' });
  const server = createServer((message, response) => {
    // A client that hangs up early, or a handler that failed, must not take the process down with it.
    answer(message, response, handler).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(new Error(`Cannot listen on ${HOST}:${port}: ${cause.message}`, { cause })));
    server.listen(port, HOST, resolve);
  });
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    serve: (next) => {
      handler = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(message: IncomingMessage, response: ServerResponse, handler: Handler): Promise<void> {
  await deliver(response, await handler(await readRequest(message)));
}

async function readRequest(message: IncomingMessage): Promise<EmulatorRequest> {
  // Not `new URL`: it throws for targets such as `//`.
  const [path = '', ...query] = (message.url ?? '').split('?');
  return {
    method: message.method ?? '',
    path,
    query: new URLSearchParams(query.join('?')),
    headers: message.headers,
    body: await readBody(message),
  };
}

async function readBody(message: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Read to the end even when it is too much: a client that is still sending would not see the refusal.
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return size <= MAX_BODY_BYTES ? Buffer.concat(chunks).toString('utf8') : undefined;
}
