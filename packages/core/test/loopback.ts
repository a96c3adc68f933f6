import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, type Dispatcher } from 'undici';

export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface LoopbackServer {
  readonly origin: string;
  readonly received: ReceivedRequest[];
  close(): Promise<void>;
}

export type Answer = (response: ServerResponse, request: ReceivedRequest) => void;

/** A real server that records what reaches it, byte for byte, before it answers. */
export async function listen(answer: Answer): Promise<LoopbackServer> {
  const received: ReceivedRequest[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const entry = { method, url, headers, body: Buffer.concat(chunks).toString() };
      received.push(entry);
      answer(response, entry);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

/**
 * Sends what is meant for any host to a loopback server, with the origin it was meant for in `x-meant-for`: eGain's own
 * URLs can be used in tests as they are.
 */
export function divertTo(origin: string): Dispatcher {
  return new Agent().compose((dispatch) => (options, handler) => {
    const headers = { ...(options.headers as Record<string, string>), 'x-meant-for': String(options.origin) };
    return dispatch({ ...options, origin, headers }, handler);
  });
}

/** Servers that a test file started, to be closed after each test. */
export function serversToClose(): { serve: typeof listen; closeAll: () => Promise<void> } {
  const started: LoopbackServer[] = [];
  return {
    async serve(answer) {
      const server = await listen(answer);
      started.push(server);
      return server;
    },
    async closeAll() {
      await Promise.all(started.splice(0).map((server) => server.close()));
    },
  };
}
