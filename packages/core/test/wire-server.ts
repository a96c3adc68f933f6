import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/**
 * What a server does once it has read a request, byte for byte. Text is sent as latin1: one character, one byte. A
 * server that is told nothing more leaves the connection open.
 */
export type Step =
  /** To be sent, but for `END`, which closes the connection, and `RESET`, which breaks it. */
  | string
  | Buffer
  /** The same again and again, as fast as it is read or with a pause, for ever where no number of times is given. */
  | { readonly repeat: string | Buffer; readonly times?: number; readonly everyMs?: number };

export interface WireServer {
  readonly port: number;
  /** Everything that reached the server, by connection. Of TLS: what came through the handshake. */
  readonly received: readonly Buffer[];
  readonly connections: number;
  readonly openConnections: number;
  /** How many whole requests there were. */
  readonly requests: number;
  readonly bytesSent: number;
  close(): Promise<void>;
}

/** The answer to the first request, the second, …; the last one answers all that follow. */
export type Script = readonly (readonly Step[])[];

/**
 * A server without any idea of HTTP but for where a request ends.
 * @param when it answers; `at once` is before anything was read, as a server of another protocol would
 */
export async function listenOnWire(
  script: Script,
  tls?: TlsOptions,
  when: 'after each request' | 'at once' = 'after each request',
): Promise<WireServer> {
  const sockets = new Set<Socket>();
  const received: Buffer[] = [];
  const counts = { connections: 0, requests: 0, bytesSent: 0 };

  function onConnection(socket: Socket): void {
    const index = counts.connections++;
    received[index] = Buffer.alloc(0);
    let pending = Buffer.alloc(0);
    socket.on('error', () => {});
    if (when === 'at once') void play(socket, script[0] ?? []);
    socket.on('data', (chunk: Buffer) => {
      received[index] = Buffer.concat([received[index] ?? Buffer.alloc(0), chunk]);
      pending = Buffer.concat([pending, chunk]);
      const length = requestLength(pending);
      if (when === 'at once' || length === undefined || pending.length < length) return;
      pending = pending.subarray(length);
      const steps = script[Math.min(counts.requests, script.length - 1)] ?? [];
      counts.requests += 1;
      void play(socket, steps);
    });
  }

  async function play(socket: Socket, steps: readonly Step[]): Promise<void> {
    const send = async (bytes: string | Buffer): Promise<void> => {
      const buffer = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
      counts.bytesSent += buffer.length;
      if (socket.write(buffer)) return;
      await new Promise<void>((resolve) => {
        const goOn = () => {
          socket.off('drain', goOn).off('close', goOn);
          resolve();
        };
        if (socket.destroyed) resolve();
        else socket.once('drain', goOn).once('close', goOn);
      });
    };
    for (const step of steps) {
      if (socket.destroyed) return;
      if (step === 'END') socket.end();
      else if (step === 'RESET') socket.resetAndDestroy();
      else if (typeof step === 'string' || Buffer.isBuffer(step)) await send(step);
      else {
        for (let sent = 0; sent < (step.times ?? Number.POSITIVE_INFINITY) && !socket.destroyed; sent++) {
          await send(step.repeat);
          // Somebody must get to read what is written, in the same process.
          if (step.everyMs !== undefined || sent % 64 === 63) await sleep(step.everyMs ?? 0);
        }
      }
    }
  }

  const server: Server = tls ? createTlsServer(tls, onConnection) : createServer(onConnection);
  server.on('tlsClientError', () => {});
  // Counted below TLS too: a connection that fails its handshake must not stay open either.
  server.on('connection', (socket: Socket) => {
    if (!server.listening) socket.destroy();
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    port: (server.address() as AddressInfo).port,
    received,
    get connections() {
      return counts.connections;
    },
    get openConnections() {
      return sockets.size;
    },
    get requests() {
      return counts.requests;
    },
    get bytesSent() {
      return counts.bytesSent;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** How long the request at the beginning is, once its headers are there. */
function requestLength(bytes: Buffer): number | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [, length = '0'] = /^content-length: *(\d+)\r?$/im.exec(bytes.toString('latin1', 0, end + 2)) ?? [];
  return end + 4 + Number(length);
}

/** Servers that a test file started, to be closed after each test. */
export function wiresToClose(): { serveWire: typeof listenOnWire; closeWires: () => Promise<void> } {
  const started: WireServer[] = [];
  return {
    async serveWire(...given) {
      const server = await listenOnWire(...given);
      started.push(server);
      return server;
    },
    async closeWires() {
      await Promise.all(started.splice(0).map((server) => server.close()));
    },
  };
}
