// Tokens on behalf of named subjects: from the cache, and when there is none yet.
import { type Child, startChild } from '../process.ts';
import { type Measured, measured } from '../statistics.ts';
import type { ContestantOrders } from './contestant-process.ts';
import { type ContestantName, loadContestant } from './contestants.ts';
import type { EndpointOrders } from './token-endpoint.ts';

export interface TokensOptions {
  readonly contestants: readonly ContestantName[];
  readonly cachedSubjects: readonly number[];
  readonly callers: number;
  /** Rounds that do not count, until the code is compiled. */
  readonly warmUps: number;
  readonly rounds: number;
  readonly roundMs: number;
  readonly progress: (text: string) => void;
}

/** One contestant with its tokens in the cache. */
export interface CachedFigures {
  readonly contestant: ContestantName;
  readonly subjects: number;
  readonly nanosecondsPerCall: Measured;
  /** Beside the token. Of few entries it cannot be told: whatever else is allocated meanwhile is as much. */
  readonly heapBytesPerEntry: number | undefined;
}

/** One contestant with nothing in the cache and many callers at once. */
export interface MissedFigures {
  readonly contestant: ContestantName;
  readonly subjects: number;
  readonly callers: number;
  readonly tokenRequests: Measured;
  readonly p50Ms: Measured;
  readonly p99Ms: Measured;
  readonly cpuMicrosecondsPerCaller: Measured;
}

const ENDPOINT_DELAY_MS = 20;
const MANY = 10_000;

export async function measureCached(options: TokensOptions): Promise<CachedFigures[]> {
  const figures: CachedFigures[] = [];
  for (const subjects of options.cachedSubjects) {
    const names = await filterAsync(options.contestants, async (name) => {
      const { part = 'cached', maxCached = Number.POSITIVE_INFINITY } = await loadContestant(name);
      return part === 'cached' && subjects <= maxCached;
    });
    await withContestants(names, { subjects, delayMs: 0 }, async (children, endpoint) => {
      const bytes = new Map<ContestantName, number>();
      for (const [name, child] of children) {
        options.progress(`${subjects} cached: filling ${name}`);
        bytes.set(name, await child.ask('fill'));
      }
      await endpoint.ask('takeRequests');
      const rounds = await inTurn(children, options, `${subjects} cached`, (child) =>
        child.ask('time', options.roundMs),
      );
      for (const [, child] of children) await child.ask('verify');
      const requests = await endpoint.ask('takeRequests');
      if (requests > 0) throw new Error(`${requests} tokens were requested although all were cached`);
      for (const [contestant, values] of rounds) {
        const heapBytesPerEntry = subjects >= MANY ? bytes.get(contestant) : undefined;
        figures.push({ contestant, subjects, nanosecondsPerCall: measured(values), heapBytesPerEntry });
      }
    });
  }
  return figures;
}

export async function measureMissed(options: TokensOptions): Promise<MissedFigures[]> {
  const { callers } = options;
  const names = await filterAsync(options.contestants, async (name) => (await loadContestant(name)).part !== 'cached');
  const figures: MissedFigures[] = [];
  for (const subjects of [1, callers]) {
    await withContestants(names, { subjects, delayMs: ENDPOINT_DELAY_MS }, async (children, endpoint) => {
      const rounds = await inTurn(children, options, `${callers} at once for ${subjects}`, async (child) => {
        await child.ask('restart');
        await endpoint.ask('takeRequests');
        const result = await child.ask('burst', callers);
        return { ...result, tokenRequests: await endpoint.ask('takeRequests') };
      });
      for (const [contestant, values] of rounds) {
        const of = (name: keyof (typeof values)[number]) => measured(values.map((value) => value[name]));
        figures.push({
          contestant,
          subjects,
          callers,
          tokenRequests: of('tokenRequests'),
          p50Ms: of('p50Ms'),
          p99Ms: of('p99Ms'),
          cpuMicrosecondsPerCaller: of('cpuMicrosecondsPerCaller'),
        });
      }
    });
  }
  return figures;
}

type Contestants = ReadonlyMap<ContestantName, Child<ContestantOrders>>;

/** One process each, and one for the endpoint; none outlives this. */
async function withContestants(
  names: readonly ContestantName[],
  { subjects, delayMs }: { subjects: number; delayMs: number },
  measure: (children: Contestants, endpoint: Child<EndpointOrders>) => Promise<void>,
): Promise<void> {
  const endpoint = startChild<EndpointOrders>(new URL('token-endpoint.js', import.meta.url), [String(delayMs)]);
  const children = new Map<ContestantName, Child<ContestantOrders>>();
  try {
    const url = await endpoint.ask('url');
    const file = new URL('contestant-process.js', import.meta.url);
    for (const name of names) children.set(name, startChild<ContestantOrders>(file, [name, url, String(subjects)]));
    await measure(children, endpoint);
  } finally {
    await Promise.all([endpoint, ...children.values()].map((child) => child.stop()));
  }
}

/** A B A B: each round asks every contestant once, so that what else the machine does hits all. */
async function inTurn<T>(
  children: Contestants,
  { warmUps, rounds, progress }: TokensOptions,
  what: string,
  measure: (child: Child<ContestantOrders>) => Promise<T>,
): Promise<Map<ContestantName, T[]>> {
  const results = new Map<ContestantName, T[]>([...children.keys()].map((name) => [name, []]));
  for (let round = 1 - warmUps; round <= rounds; round += 1) {
    progress(`${what}: ${round <= 0 ? 'warming up' : `round ${round} of ${rounds}`}`);
    for (const [name, child] of children) {
      const result = await measure(child);
      if (round > 0) results.get(name)?.push(result);
    }
  }
  return results;
}

async function filterAsync<T>(values: readonly T[], keep: (value: T) => Promise<boolean>): Promise<T[]> {
  const kept = await Promise.all(values.map(keep));
  return values.filter((_, index) => kept[index]);
}
