import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createEgainAuth, type EgainAuth, type EgainAuthOptions } from '../../src/index.ts';
import type { ApiClient } from '../../src/outbound/api-client.ts';
import { type Answer, json, type LoopbackServer, listen } from '../loopback.ts';

/** What the issuer of these tests gives out first, second, …: long enough to be looked for in pieces. */
export const tokenNumber = (number: number): string => `canary.token/${'9b1d7a'.repeat(3)}-${number}`;

export const CLIENT_SCOPE = ['app.core.aiservices.read'] as const;

/** eGain in two servers, and an instance that was told of them. */
export interface Stage {
  readonly egain: EgainAuth;
  /** As the application itself. */
  readonly api: ApiClient;
  readonly server: LoopbackServer;
  readonly tokens: LoopbackServer;
}

/** An issuer that counts: {@link tokenNumber}. */
export function issueTokens(): Answer {
  let issued = 0;
  return (response, request) => {
    issued += 1;
    json({ access_token: tokenNumber(issued), expires_in: 3600 })(response, request);
  };
}

/** Every flow that needs no browser, at one token endpoint. */
export function optionsFor(apiUrl: string, tokenUrl: string): EgainAuthOptions {
  return {
    clientId: 'client-1',
    clientSecret: 'canary-secret-5f0c1e',
    endpoints: {
      client: { tokenUrl: `${tokenUrl}/client` },
      anonymousCustomer: { tokenUrl: `${tokenUrl}/anonymous` },
      onBehalfOf: { user: { tokenUrl: `${tokenUrl}/users` }, customer: { tokenUrl: `${tokenUrl}/customers` } },
      tokenExchange: { tokenUrl: `${tokenUrl}/exchange` },
    },
    scopePrefix: { anonymousCustomer: 'https://api.example/auth/' },
    apiUrl,
    authorizeSubject: () => true,
  };
}

/** What a test file set up, to be closed after each test. */
export interface Stages {
  readonly serve: (answer: Answer) => Promise<LoopbackServer>;
  /** A server that may answer while it is still being sent to. */
  readonly serveRaw: (answer: (request: IncomingMessage, response: ServerResponse) => void) => Promise<RawServer>;
  readonly createAuth: (options: EgainAuthOptions) => EgainAuth;
  readonly stage: (answer: Answer, options?: Partial<EgainAuthOptions>) => Promise<Stage>;
  readonly closeAll: () => Promise<void>;
}

export function stagesToClose(): Stages {
  const closing: (() => Promise<void>)[] = [];

  async function serve(answer: Answer): Promise<LoopbackServer> {
    const server = await listen(answer);
    closing.push(() => server.close());
    return server;
  }

  async function serveRaw(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<RawServer> {
    const sockets = new Set<Socket>();
    const server = createServer(answer);
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(
      () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          for (const socket of sockets) socket.destroy();
        }),
    );
    return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
  }

  function createAuth(options: EgainAuthOptions): EgainAuth {
    const egain = createEgainAuth(options);
    closing.push(() => egain.close());
    return egain;
  }

  return {
    serve,
    serveRaw,
    createAuth,
    async stage(answer: Answer, options: Partial<EgainAuthOptions> = {}): Promise<Stage> {
      const server = await serve(answer);
      const tokens = await serve(issueTokens());
      const egain = createAuth({ ...optionsFor(server.origin, tokens.origin), ...options });
      return { egain, api: egain.api({ type: 'client' }, { scope: CLIENT_SCOPE }), server, tokens };
    },
    async closeAll(): Promise<void> {
      // Servers first: nothing is left for an instance to wait for.
      await Promise.all(closing.splice(0).map((close) => close()));
    },
  };
}

export interface RawServer {
  readonly origin: string;
  readonly sockets: ReadonlySet<Socket>;
}
