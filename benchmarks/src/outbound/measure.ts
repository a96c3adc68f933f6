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
  readonly pairs: number;
  readonly roundMs: number;
  /** Before anything counts, until the code is compiled. */
  readonly warmUpMs: number;
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
  /** From the start to the last round. */
  readonly tokenRequests: number;
  /** How much of a core the API used: near 1 it would be what is measured. */
  readonly apiBusy: Measured;
}

type Api = Child<ApiOrders>;
type Client = Child<ClientOrders>;

interface Contestant {
  readonly client: Client;
  readonly heapBytesPerRequest: number;
  tokenRequests: number;
}

interface Round {
  readonly requestsPerSecond: number;
  readonly cpuMicroseconds: number;
  readonly apiBusy: number;
}

/** A young generation that takes the garbage of all requests whose heap is measured: nothing is collected meanwhile. */
const HEAP_ARGUMENTS = ['--min-semi-space-size=256', '--max-semi-space-size=256'];

export async function measureOutbound(options: OutboundOptions): Promise<OutboundFigures[]> {
  const { contestants, concurrency, pairs, roundMs, warmUpMs, heapRequests, progress } = options;
  const api: Api = startChild<ApiOrders>(new URL('api-process.js', import.meta.url), ['api']);
  const children: Client[] = [];

  function startClient(name: ContestantName, args: readonly string[], nodeArguments: readonly string[] = []): Client {
    const file = new URL('client-process.js', import.meta.url);
    const client = startChild<ClientOrders>(file, [name, ...args], nodeArguments);
    children.push(client);
    return client;
  }

  async function start(name: ContestantName): Promise<Contestant> {
    progress(`${concurrency} at once: warming up ${name}`);
    const { api: origin, tokenEndpoint } = await api.ask('origins');
    const args = [origin, `${tokenEndpoint}/token`];
    const spacious = startClient(name, args, HEAP_ARGUMENTS);
    const heapBytesPerRequest = await spacious.ask('heapPerRequest', heapRequests);
    await spacious.stop();
    await api.ask('take');
    const client = startClient(name, args);
    await client.ask('verify');
    await client.ask('run', { concurrency, durationMs: warmUpMs });
    const { tokenRequests } = await api.ask('take');
    return { client, heapBytesPerRequest, tokenRequests };
  }

  async function run(contestant: Contestant): Promise<Round> {
    await api.ask('take');
    const { requests, elapsedMs, cpuMicroseconds } = await contestant.client.ask('run', {
      concurrency,
      durationMs: roundMs,
    });
    const taken = await api.ask('take');
    if (taken.requests !== requests) throw new Error(`${requests} answers to ${taken.requests} requests`);
    contestant.tokenRequests += taken.tokenRequests;
    return {
      requestsPerSecond: (requests / elapsedMs) * 1000,
      cpuMicroseconds: cpuMicroseconds / requests,
      apiBusy: taken.cpuMicroseconds / 1000 / elapsedMs,
    };
  }

  try {
    const floor = await start(FLOOR);
    const others = new Map<ContestantName, Contestant>();
    for (const name of contestants) if (name !== FLOOR) others.set(name, await start(name));

    const rounds = new Map([...others.keys()].map((name) => [name, [] as Pair[]]));
    for (let pair = 1; pair <= pairs; pair += 1) {
      progress(`${concurrency} at once: pair ${pair} of ${pairs}`);
      for (const [name, contestant] of others) {
        // Neither of the two always comes first.
        const [first, second] = pair % 2 ? [floor, contestant] : [contestant, floor];
        const results = [await run(first), await run(second)] as const;
        const [bare, own] = pair % 2 ? results : [results[1], results[0]];
        rounds.get(name)?.push({ own, bare });
      }
    }
    const bares = [...rounds.values()].flat().map(({ bare }) => ({ own: bare, bare }));
    return [
      figuresOf(FLOOR, concurrency, floor, bares),
      ...[...others].map(([name, contestant]) => figuresOf(name, concurrency, contestant, rounds.get(name) ?? [])),
    ];
  } finally {
    await Promise.all([api, ...children].map((child) => child.stop()));
  }
}

interface Pair {
  readonly own: Round;
  readonly bare: Round;
}

function figuresOf(
  contestant: ContestantName,
  concurrency: number,
  { heapBytesPerRequest, tokenRequests }: Contestant,
  pairs: readonly Pair[],
): OutboundFigures {
  const of = (value: (pair: Pair) => number) => measured(pairs.map(value));
  return {
    ...{ contestant, concurrency, heapBytesPerRequest, tokenRequests },
    requestsPerSecond: of(({ own }) => own.requestsPerSecond),
    cpuMicroseconds: of(({ own }) => own.cpuMicroseconds),
    ofFloor: of(({ own, bare }) => own.requestsPerSecond / bare.requestsPerSecond),
    ofFloorByCpu: of(({ own, bare }) => bare.cpuMicroseconds / own.cpuMicroseconds),
    cpuMicrosecondsAdded: of(({ own, bare }) => own.cpuMicroseconds - bare.cpuMicroseconds),
    apiBusy: of(({ own }) => own.apiBusy),
  };
}
