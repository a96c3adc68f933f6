import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerOrders } from '../process.ts';
import type { Contestant, Surroundings } from './contestant.ts';

/** Carries out the orders of who measures, with one contestant's application. */
export type ApplicationOrders = ReturnType<typeof createOrders>;

export async function serveContestant(contestant: Contestant): Promise<void> {
  const server = createServer();
  // Nobody's connection is closed while the others take their turn.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  answerOrders(
    createOrders(port, async (surroundings) => {
      server.on('request', await contestant.create(surroundings));
    }),
  );
}

function createOrders(port: number, serve: (surroundings: Surroundings) => Promise<void>) {
  let lastUsage = process.cpuUsage();
  return {
    /** `localhost`, while the emulator is on 127.0.0.1: cookies ignore ports, so two hosts keep them apart. */
    baseUrl: () => `http://localhost:${port}`,
    serve,
    /** Microseconds of CPU time since the last time this was asked. */
    takeCpu() {
      const { user, system } = process.cpuUsage(lastUsage);
      lastUsage = process.cpuUsage();
      return user + system;
    },
  };
}
