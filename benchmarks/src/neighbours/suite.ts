// What signed-in people feel of strangers, who send garbage callbacks, failing subjects and prefetches.
import { type Child, startChild } from '../process.ts';
import { quantile } from '../statistics.ts';
import type { Suite } from '../suite.ts';
import { digits, table } from '../table.ts';
import type { ApplicationOrders } from './application-process.ts';
import { PEOPLE, PER_SECOND, type StreamFigures, type StreamName, TOKEN_LIFETIME_SECONDS } from './load.ts';
import type { EndpointOrders } from './token-endpoint.ts';

/** A full round is as long as a token lives, so each session is renewed once in it. */
const TOKEN_MS = TOKEN_LIFETIME_SECONDS * 1000;
/** The lead-in of a round is the same load, but does not count: many tokens expired while the other contestant ran. */
const QUICK = { pairs: 1, leadInMs: 300, roundMs: 1000 };
const FULL = { pairs: 3, leadInMs: TOKEN_MS, roundMs: TOKEN_MS };
const ALONE = 'alone';

/** The only outcomes that a call may have. Strangers must not succeed, and a full queue may refuse their callbacks. */
const EXPECTED: Readonly<Record<StreamName, readonly string[]>> = {
  pages: ['served'],
  mints: ['issued'],
  callbacks: ['login_expired', 'token_endpoint_unavailable'],
  failing: ['token_endpoint_unavailable'],
  prefetches: ['503'],
};

type Counts = Readonly<Record<string, number>>;

export interface NeighboursFigures {
  readonly contestant: string;
  /** `alone` has no streams of strangers. */
  readonly streams: Partial<Record<StreamName, MeasuredStream>>;
  /** The token requests that arrived at the endpoint. */
  readonly tokenRequests: Counts;
}

export interface MeasuredStream {
  readonly calls: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly outcomes: Counts;
}

interface Round {
  readonly streams: Partial<Record<StreamName, StreamFigures>>;
  readonly tokenRequests: Counts;
}

export const neighbours: Suite = {
  contestants: [ALONE, 'beside-strangers'],
  parts: [],
  packagesOf: async () => ['@egain-auth/core'],

  async run({ contestants, isQuick, progress }) {
    const size = isQuick ? QUICK : FULL;
    const figures = (await measureRounds(contestants, size, progress)).map(summarize);
    return {
      text: `${PEOPLE} signed-in people, ${size.pairs} × ${size.roundMs / 1000} s for each contestant\n\n${describe(figures)}`,
      figures: { ...size, neighbours: figures },
    };
  },
};

async function measureRounds(
  contestants: readonly string[],
  { pairs, leadInMs, roundMs }: typeof FULL,
  progress: (text: string) => void,
): Promise<[contestant: string, rounds: Round[]][]> {
  const endpoint = startChild<EndpointOrders>(new URL('token-endpoint.js', import.meta.url), ['token endpoint']);
  const applications: [string, Child<ApplicationOrders>][] = [];
  const rounds = new Map<string, Round[]>(contestants.map((name) => [name, []]));
  try {
    const origin = await endpoint.ask('origin');
    const file = new URL('application-process.js', import.meta.url);
    for (const name of contestants) applications.push([name, startChild<ApplicationOrders>(file, [name, origin])]);
    for (let pair = 1; pair <= pairs; pair += 1) {
      progress(`pair ${pair} of ${pairs}`);
      for (const [name, application] of applications) {
        checkOutcomes(name, await application.ask('run', leadInMs));
        await endpoint.ask('takeCounts');
        const streams = await application.ask('run', roundMs);
        checkOutcomes(name, streams);
        rounds.get(name)?.push({ streams, tokenRequests: await endpoint.ask('takeCounts') });
      }
      applications.reverse();
    }
  } finally {
    await Promise.all([endpoint, ...applications.map(([, application]) => application)].map((child) => child.stop()));
  }
  return [...rounds];
}

/** @throws if a person received an error, or if a stranger received something other than the expected refusal */
function checkOutcomes(contestant: string, streams: Round['streams']): void {
  for (const [name, { outcomes }] of Object.entries(streams)) {
    const unexpected = Object.entries(outcomes).filter(([outcome]) => !EXPECTED[name as StreamName].includes(outcome));
    if (unexpected.length === 0) continue;
    const list = unexpected.map(([outcome, calls]) => `${calls} × ${outcome}`).join(', ');
    throw new Error(`${contestant}: unexpected outcomes of ${name}: ${list}`);
  }
}

/** Puts the calls of all rounds together. */
function summarize([contestant, rounds]: [string, Round[]]): NeighboursFigures {
  const names = Object.keys(rounds[0]?.streams ?? {}) as StreamName[];
  const measuredStreams = names.map((name): [StreamName, MeasuredStream] => {
    const own = rounds.map(({ streams }) => streams[name]).filter((figures) => figures !== undefined);
    const latenciesMs = own.flatMap((figures) => figures.latenciesMs);
    return [
      name,
      {
        calls: latenciesMs.length,
        perSecond: own.reduce((sum, { perSecond }) => sum + perSecond, 0) / own.length,
        p50Ms: quantile(latenciesMs, 0.5),
        p99Ms: quantile(latenciesMs, 0.99),
        outcomes: addUp(own.map(({ outcomes }) => outcomes)),
      },
    ];
  });
  const tokenRequests = addUp(rounds.map((round) => round.tokenRequests));
  if (!tokenRequests['renewals']) throw new Error(`${contestant}: no session was renewed`);
  return { contestant, streams: Object.fromEntries(measuredStreams), tokenRequests };
}

function addUp(all: readonly Counts[]): Counts {
  const sums: Record<string, number> = {};
  for (const [name, count] of all.flatMap((counts) => Object.entries(counts))) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

const LATENCIES = [
  ['pages', 'p50Ms'],
  ['pages', 'p99Ms'],
  ['mints', 'p50Ms'],
  ['mints', 'p99Ms'],
] as const;

function describe(figures: readonly NeighboursFigures[]): string {
  const alone = figures.find(({ contestant }) => contestant === ALONE);
  const latencies = table(
    [
      '',
      ...LATENCIES.flatMap(([name, quantileName]) => [`${name} ${quantileName.replace('Ms', ' ms')}`, `× ${ALONE}`]),
    ],
    figures.map(({ contestant, streams }) => [
      contestant,
      ...LATENCIES.flatMap(([name, quantileName]) => {
        const latencyMs = streams[name]?.[quantileName] ?? Number.NaN;
        const aloneMs = alone?.streams[name]?.[quantileName];
        return [digits(latencyMs), aloneMs === undefined ? '–' : `${digits(latencyMs / aloneMs)}×`];
      }),
    ]),
  );
  const names = Object.keys(PER_SECOND) as StreamName[];
  const rates = table(
    ['calls per second', ...names.map((name) => `${name} (of ${PER_SECOND[name]})`)],
    figures.map(({ contestant, streams }) => [
      contestant,
      ...names.map((name) => (streams[name] ? digits(streams[name].perSecond) : '–')),
    ]),
  );
  return `${latencies}\n${rates}\nErrors of people: 0. An error would have ended the run.\n`;
}
