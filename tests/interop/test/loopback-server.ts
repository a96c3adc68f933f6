import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface LoopbackServer {
  readonly origin: string;
  /** What answers from now on: a handler may have to know the origin first. */
  serve(handler: Handler): void;
  close(): Promise<void>;
}

/** A server on a free port of loopback. `localhost` for applications, so that servers on 127.0.0.1 do not see their cookies. */
export async function startLoopbackServer(host: '127.0.0.1' | 'localhost'): Promise<LoopbackServer> {
  let serve: Handler = () => {
    throw new Error('nothing is served yet');
  };
  const server = createServer((request, response) => {
    void (async () => serve(request, response))().catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return {
    origin: `http://${host}:${(server.address() as AddressInfo).port}`,
    serve(handler) {
      serve = handler;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
