// What signed-in people feel of strangers, who send garbage callbacks, failing subjects and prefetches.
import { type Child, startChild } from '../process.ts';
import { quantile } from '../statistics.ts';
import type { Suite } from '../suite.ts';
import { digits, table } from '../table.ts';
import type { ApplicationOrders } from './application-process.ts';
import { PEOPLE, PER_SECOND, type StreamFigures, type StreamName } from './load.ts';
import type { EndpointOrders } from './token-endpoint.ts';

const QUICK = { pairs: 1, roundMs: 1000, warmUpMs: 300 };
const FULL = { pairs: 2, roundMs: 5000, warmUpMs: 2000 };
const ALONE = 'alone';

/** The only outcomes that a call may have. The strangers must not succeed, and a full queue may refuse them. */
const EXPECTED: Readonly<Record<StreamName, readonly string[]>> = {
  pages: ['served'],
  mints: ['issued'],
  callbacks: ['login_expired', 'token_endpoint_unavailable'],
  failing: ['token_endpoint_unavailable'],
  prefetches: ['503'],
};

export interface NeighboursFigures {
  readonly contestant: string;
  readonly streams: Partial<Record<StreamName, Figures>>;
  /** How many token requests arrived at the endpoint. */
  readonly tokenRequests: Readonly<Record<'codes' | 'renewals' | 'mints' | 'failures', number>>;
}

interface Figures {
  readonly calls: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

type NamedStream = StreamFigures & { readonly name: StreamName };

export const neighbours: Suite = {
  contestants: [ALONE, 'beside-strangers'],
  parts: [],
  packagesOf: async () => ['@egain-auth/core'],

  async run({ contestants, isQuick, progress }) {
    const size = isQuick ? QUICK : FULL;
    const figures = await measureNeighbours(contestants, size, progress);
    return {
      text: `${PEOPLE} signed-in people, ${(size.pairs * size.roundMs) / 1000} s per contestant\n\n${describe(figures)}`,
      figures: { ...size, neighbours: figures },
    };
  },
};

async function measureNeighbours(
  contestants: readonly string[],
  { pairs, roundMs, warmUpMs }: typeof FULL,
  progress: (text: string) => void,
): Promise<NeighboursFigures[]> {
  const endpoint = startChild<EndpointOrders>(new URL('token-endpoint.js', import.meta.url), []);
  const applications = new Map<string, Child<ApplicationOrders>>();
  const rounds = new Map<string, NamedStream[]>(contestants.map((name) => [name, []]));
  const tokenRequests = new Map(contestants.map((name) => [name, { codes: 0, renewals: 0, mints: 0, failures: 0 }]));
  try {
    const origin = await endpoint.ask('origin');
    const file = new URL('application-process.js', import.meta.url);
    for (const name of contestants) applications.set(name, startChild<ApplicationOrders>(file, [name, origin]));
    for (const [name, application] of applications) {
      progress(`warming up ${name}`);
      checkOutcomes(name, await application.ask('run', warmUpMs));
    }
    await endpoint.ask('takeCounts');
    for (let pair = 0; pair < pairs; pair += 1) {
      progress(`pair ${pair + 1} of ${pairs}`);
      // Each contestant is the first of a pair as often as the other.
      const inTurn = pair % 2 === 0 ? [...applications] : [...applications].reverse();
      for (const [name, application] of inTurn) {
        const streams = await application.ask('run', roundMs);
        checkOutcomes(name, streams);
        rounds.get(name)?.push(...streams);
        const sum = tokenRequests.get(name);
        const taken = await endpoint.ask('takeCounts');
        if (sum) for (const kind of ['codes', 'renewals', 'mints', 'failures'] as const) sum[kind] += taken[kind];
      }
    }
  } finally {
    await Promise.all([endpoint, ...applications.values()].map((child) => child.stop()));
  }
  return contestants.map((contestant) => {
    const own = rounds.get(contestant) ?? [];
    const counts = tokenRequests.get(contestant);
    if (!counts?.renewals) throw new Error(`${contestant}: no session was renewed`);
    return { contestant, streams: summarize(own), tokenRequests: counts };
  });
}

/** @throws if a person received an error, or a stranger something other than the refusal that is due */
function checkOutcomes(contestant: string, streams: readonly NamedStream[]): void {
  for (const { name, outcomes } of streams) {
    const unexpected = Object.entries(outcomes).filter(([outcome]) => !EXPECTED[name].includes(outcome));
    if (unexpected.length === 0) continue;
    throw new Error(
      `${contestant}: ${name}: ${unexpected.map(([outcome, calls]) => `${calls} × ${outcome}`).join(', ')}`,
    );
  }
}

/** The calls of all rounds together. */
function summarize(rounds: readonly NamedStream[]): NeighboursFigures['streams'] {
  const names = [...new Set(rounds.map(({ name }) => name))];
  return Object.fromEntries(
    names.map((name) => {
      const own = rounds.filter((round) => round.name === name);
      const latenciesMs = own.flatMap((round) => round.latenciesMs);
      const outcomes: Record<string, number> = {};
      for (const [outcome, calls] of own.flatMap((round) => Object.entries(round.outcomes))) {
        outcomes[outcome] = (outcomes[outcome] ?? 0) + calls;
      }
      const figures: Figures = {
        calls: latenciesMs.length,
        perSecond: own.reduce((sum, { perSecond }) => sum + perSecond, 0) / own.length,
        p50Ms: quantile(latenciesMs, 0.5),
        p99Ms: quantile(latenciesMs, 0.99),
        outcomes,
      };
      return [name, figures];
    }),
  );
}

function describe(figures: readonly NeighboursFigures[]): string {
  const alone = figures.find(({ contestant }) => contestant === ALONE);
  const latencies = (['pages', 'mints'] as const).flatMap((name) =>
    (['p50Ms', 'p99Ms'] as const).map((quantileName) => ({ name, quantileName })),
  );
  const felt = table(
    ['', ...latencies.flatMap(({ name, quantileName }) => [`${name} ${quantileName.replace('Ms', ' ms')}`, '× alone'])],
    figures.map(({ contestant, streams }) => [
      contestant,
      ...latencies.flatMap(({ name, quantileName }) => {
        const value = streams[name]?.[quantileName] ?? Number.NaN;
        const floor = alone?.streams[name]?.[quantileName];
        return [digits(value), floor === undefined ? '–' : `${digits(value / floor)}×`];
      }),
    ]),
  );
  const names = Object.keys(PER_SECOND) as StreamName[];
  const reached = table(
    ['', ...names.map((name) => `${name} (of ${PER_SECOND[name]})`), 'errors of people'],
    figures.map(({ contestant, streams }) => [
      contestant,
      ...names.map((name) => {
        const figure = streams[name];
        return figure ? digits(figure.perSecond) : '–';
      }),
      // An error of a person has ended the run.
      '0',
    ]),
  );
  return `${felt}\nCalls per second that were reached\n\n${reached}`;
}
