// One contestant's application in a process of its own. Usage: fork(file, [name]).
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerOrders } from '../process.ts';
import type { Surroundings } from './contestant.ts';
import { type ContestantName, loadContestant } from './contestants.ts';

const [, , name = ''] = process.argv;
const contestant = await loadContestant(name as ContestantName);
const server = createServer();
// Nobody's connection is closed while the others take their turn.
server.keepAliveTimeout = 120_000;
await new Promise<void>((resolve) => {
  server.listen(0, '127.0.0.1', resolve);
});
let lastUsage = process.cpuUsage();

const orders = {
  /** `localhost`, while the emulator is on 127.0.0.1: cookies ignore ports, so two hosts keep them apart. */
  baseUrl: () => `http://localhost:${(server.address() as AddressInfo).port}`,
  serve(surroundings: Surroundings) {
    server.on('request', contestant.create(surroundings));
  },
  /** Microseconds of CPU time since the last time this was asked. */
  takeCpu() {
    const { user, system } = process.cpuUsage(lastUsage);
    lastUsage = process.cpuUsage();
    return user + system;
  },
};
export type ApplicationOrders = typeof orders;
answerOrders(orders);
