// Requests to an API, in pairs with the floor: what else the machine does hits both of a pair.
import { type Child, startChild } from '../process.ts';
import { type Measured, measured } from '../statistics.ts';
import type { ApiOrders } from './api-process.ts';
import type { ClientOrders } from './client-process.ts';
import { type ContestantName, FLOOR } from './contestants.ts';

export interface OutboundOptions {
  readonly contestants: readonly ContestantName[];
  /** How many requests at once. */
  readonly concurrency: number;
  /** How often each contestant is started anew: what the collector makes of it differs from process to process. */
  readonly processes: number;
  /** In each of its processes. */
  readonly pairs: number;
  /** By their number, not by the clock: of a busy machine a process gets little time to have its code compiled. */
  readonly roundRequests: number;
  /** Before anything counts. */
  readonly warmUpRequests: number;
  readonly heapRequests: number;
  readonly progress: (text: string) => void;
}

export interface OutboundFigures {
  readonly contestant: ContestantName;
  readonly concurrency: number;
  readonly requestsPerSecond: Measured;
  readonly cpuMicroseconds: Measured;
  /** Requests per second, beside the floor's of the same pair. */
  readonly ofFloor: Measured;
  /** What the same CPU time asks for, beside the floor's of the same pair: holds where others use the machine too. */
  readonly ofFloorByCpu: Measured;
  readonly cpuMicrosecondsAdded: Measured;
  readonly heapBytesPerRequest: number;
  /** From its start to its last round. */
  readonly tokenRequestsPerProcess: number;
  /** How much of a core the API used: near 1 it would be what is measured. */
  readonly apiBusy: Measured;
}

type Api = Child<ApiOrders>;
type Client = Child<ClientOrders>;

interface Round {
  readonly requestsPerSecond: number;
  readonly cpuMicroseconds: number;
  readonly apiBusy: number;
}

interface Pair {
  readonly own: Round;
  readonly bare: Round;
}

/** What was seen of a contestant in all its processes. */
interface Seen {
  readonly pairs: Pair[];
  heapBytesPerRequest: number;
  tokenRequests: number;
}

/** A young generation that takes the garbage of all requests whose heap is measured: nothing is collected meanwhile. */
const HEAP_ARGUMENTS = ['--min-semi-space-size=256', '--max-semi-space-size=256'];

export async function measureOutbound(options: OutboundOptions): Promise<OutboundFigures[]> {
  const { concurrency, processes, pairs, roundRequests, warmUpRequests, heapRequests, progress } = options;
  const names = new Set<ContestantName>([FLOOR, ...options.contestants]);
  const seen = new Map([...names].map((name): [ContestantName, Seen] => [name, createSeen()]));
  const api: Api = startChild<ApiOrders>(new URL('api-process.js', import.meta.url), ['api']);
  const running = new Map<ContestantName, Client>();

  async function start(name: ContestantName, nodeArguments: readonly string[] = []): Promise<Client> {
    const { api: origin, tokenEndpoint } = await api.ask('origins');
    const file = new URL('client-process.js', import.meta.url);
    const client = startChild<ClientOrders>(file, [name, origin, `${tokenEndpoint}/token`], nodeArguments);
    running.set(name, client);
    return client;
  }

  async function stopAll(): Promise<void> {
    await Promise.all([...running.values()].map((client) => client.stop()));
    running.clear();
  }

  async function measureHeap(name: ContestantName, own: Seen): Promise<void> {
    const client = await start(name, HEAP_ARGUMENTS);
    own.heapBytesPerRequest = await client.ask('heapPerRequest', heapRequests);
    await stopAll();
  }

  async function warmUp(name: ContestantName, own: Seen): Promise<void> {
    const client = await start(name);
    await api.ask('take');
    await client.ask('verify');
    await client.ask('run', { concurrency, requests: warmUpRequests });
    own.tokenRequests += (await api.ask('take')).tokenRequests;
  }

  async function run(name: ContestantName, own: Seen): Promise<Round> {
    await api.ask('take');
    const client = running.get(name);
    if (!client) throw new Error(`${name} does not run`);
    const requests = roundRequests;
    const { elapsedMs, cpuMicroseconds } = await client.ask('run', { concurrency, requests });
    const taken = await api.ask('take');
    if (taken.requests !== requests) throw new Error(`${requests} answers to ${taken.requests} requests`);
    own.tokenRequests += taken.tokenRequests;
    return {
      requestsPerSecond: (requests / elapsedMs) * 1000,
      cpuMicroseconds: cpuMicroseconds / requests,
      apiBusy: taken.cpuMicroseconds / 1000 / elapsedMs,
    };
  }

  const floor = seen.get(FLOOR) ?? createSeen();
  async function runPair(name: ContestantName, own: Seen, isFloorFirst: boolean): Promise<void> {
    const before = isFloorFirst ? await run(FLOOR, floor) : undefined;
    const round = await run(name, own);
    const bare = before ?? (await run(FLOOR, floor));
    own.pairs.push({ own: round, bare });
    floor.pairs.push({ own: bare, bare });
  }

  try {
    for (const [name, own] of seen) {
      progress(`heap of ${name}`);
      await measureHeap(name, own);
    }
    for (let process = 1; process <= processes; process += 1) {
      const stage = `${concurrency} at once, process ${process} of ${processes}`;
      for (const [name, own] of seen) {
        progress(`${stage}: warming up ${name}`);
        await warmUp(name, own);
      }
      for (let pair = 1; pair <= pairs; pair += 1) {
        progress(`${stage}: pair ${pair} of ${pairs}`);
        // Neither of the two always comes first.
        for (const [name, own] of seen) if (name !== FLOOR) await runPair(name, own, pair % 2 === 1);
      }
      await stopAll();
    }
    return [...seen].map(([name, own]) => figuresOf(name, options, own));
  } finally {
    await Promise.all([api.stop(), stopAll()]);
  }
}

const createSeen = (): Seen => ({ pairs: [], heapBytesPerRequest: Number.NaN, tokenRequests: 0 });

function figuresOf(
  contestant: ContestantName,
  { concurrency, processes }: OutboundOptions,
  { pairs, heapBytesPerRequest, tokenRequests }: Seen,
): OutboundFigures {
  const of = (value: (pair: Pair) => number) => measured(pairs.map(value));
  return {
    ...{ contestant, concurrency, heapBytesPerRequest },
    tokenRequestsPerProcess: tokenRequests / processes,
    requestsPerSecond: of(({ own }) => own.requestsPerSecond),
    cpuMicroseconds: of(({ own }) => own.cpuMicroseconds),
    ofFloor: of(({ own, bare }) => own.requestsPerSecond / bare.requestsPerSecond),
    ofFloorByCpu: of(({ own, bare }) => bare.cpuMicroseconds / own.cpuMicroseconds),
    cpuMicrosecondsAdded: of(({ own, bare }) => own.cpuMicroseconds - bare.cpuMicroseconds),
    apiBusy: of(({ own }) => own.apiBusy),
  };
}
