import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { createEgainEmulator, createUserAgent, type EgainEmulator } from '@egain-auth/testing';
import { expect, test } from '@jest/globals';
import { createRandom } from '../../../packages/core/test/history/random.ts';
import { sized } from '../../../packages/core/test/load-size.ts';
import { type Lane, type Replicas, startReplicas } from './replicas.ts';
import type { Cut } from './store-server.ts';

/** Another one each time, unless one is to be seen again. */
const SEED = Number(process.env['EGAIN_AUTH_SEED'] ?? randomInt(2 ** 31));
const AGAIN = `EGAIN_AUTH_SEED=${SEED} EGAIN_AUTH_LOAD=${process.env['EGAIN_AUTH_LOAD'] ?? 'sample'}`;

/** Rounds that run at a time. */
const LANES = 10;
const TOKEN_SECONDS = 600;
/** More than a tenth of the idle time of a session, so that a touch is due whenever a renewal is. */
const DUE_MS = { 'within its renewal margin': (TOKEN_SECONDS - 20) * 1000, ended: (TOKEN_SECONDS + 1) * 1000 } as const;
const STATES = ['within its renewal margin', 'ended'] as const;
/** Requests of one process in one generation. No session that is renewed takes so many. */
const MAX_REQUESTS = 500;
const PAUSE_MS = 30;
const REFRESH_MS = 50;
/** By then each operation of a renewal has come several times. */
const MAX_GENERATIONS = 6;

/** What two processes ask of the store for a renewal: both read, touch, read again and claim; one saves and releases. */
const STEPS = { 'get s': 4, 'replace s': 3, 'claim c': 2, 'release c': 1 } as const;
const WHEN = ['before', 'after'] as const;
const DISTANCES_MS = [0, 3, 100] as const;

interface Round extends Cut {
  readonly distanceMs: number;
  /** Whether a process that has the new tokens is asked on. If not, nothing but the renewal itself can save them. */
  readonly isAskedOn: boolean;
  /** How much later than the first process the second one gets its first request. */
  readonly lagMs: number;
}

/** Each step, cut before and after it is carried out, in an order of the seed, which decides everything else too. */
function drawRounds(distances: number): readonly Round[] {
  const random = createRandom(SEED);
  const oneOf = <Choice>(choices: readonly Choice[]) => choices[Math.floor(random() * choices.length)] as Choice;
  const steps = Object.entries(STEPS).flatMap(([operation, count]) =>
    Array.from({ length: count }, (_, nth) => WHEN.map((when) => ({ operation, nth, when }))).flat(),
  );
  const drawn = steps.flatMap((step) => {
    const first = Math.floor(random() * DISTANCES_MS.length);
    return Array.from({ length: distances }, (_, index) => {
      const distanceMs = DISTANCES_MS[(first + index) % DISTANCES_MS.length] ?? 0;
      // The later one touches the session while the first one refreshes.
      const lagMs = oneOf([0, distanceMs + REFRESH_MS / 2]);
      return { ...step, distanceMs, failing: oneOf([0, 6, 30]), isAskedOn: oneOf([true, false]), lagMs };
    });
  });
  return drawn
    .map((round) => ({ round, rank: random() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ round }) => round);
}

test('F64, F65: the store cut at each step of a renewal, two processes, a touch due, the store 0, 3 and 100 ms away, 20 seeded rounds: exactly one refresh per session and no sign-out', async () => {
  const users = Array.from({ length: LANES }, (_, index) => ({ username: `person-${index}` }));
  const options = { refreshTokens: 'rotating', accessTokenLifetimeSeconds: TOKEN_SECONDS, users } as const;
  await using emulator = await createEgainEmulator(options).listen();
  // So that more of what the other process does comes in between.
  emulator.fail('token', {
    delayMs: REFRESH_MS,
    when: ({ parameters }) => parameters['grant_type'] === 'refresh_token',
  });
  await using replicas = await startReplicas(emulator);
  const rounds = drawRounds(sized({ sample: 1, full: 1, long: DISTANCES_MS.length }));
  const violations: object[] = [];
  for (let first = 0; first < rounds.length; first += LANES) {
    const state = STATES[(first / LANES) % STATES.length] ?? 'ended';
    violations.push(...(await runRounds(rounds.slice(first, first + LANES), state, replicas, emulator)));
  }
  // With the seed, so that a failure says how to see it again.
  expect({ again: AGAIN, violations }).toEqual({ again: AGAIN, violations: [] });
});

/** @returns the rounds in which a session was refreshed more or less than once per generation, or signed out */
async function runRounds(
  rounds: readonly Round[],
  state: (typeof STATES)[number],
  replicas: Replicas,
  emulator: EgainEmulator,
): Promise<object[]> {
  const runs = await Promise.all(rounds.map((round, index) => startRun(round, replicas.lanes[index] as Lane)));
  const refreshes = emulator.journal('token').length;
  let generations = 0;
  async function liveOn(): Promise<void> {
    generations += 1;
    await replicas.elapse(DUE_MS[state]);
    await Promise.all(runs.map((run) => run.liveOn()));
  }

  const isArmed = () => runs.some(({ lane }) => lane.store.state() === 'armed');
  do await liveOn();
  while (isArmed() && generations < MAX_GENERATIONS);
  // Once more with a whole store: it must have the current refresh token, and not one that a touch has put back.
  await liveOn();

  const grants = emulator.journal('token').slice(refreshes);
  const refused = grants.filter(({ status }) => status !== 200).length;
  return runs.flatMap(({ round, lane, answers }) => {
    const refreshed = grants.filter(({ subject }) => subject === lane.person.username).length;
    const seen = { refreshed, refused, ...answers, store: lane.store.state() };
    const isRight = isDeepStrictEqual(seen, { refreshed: generations, refused: 0, ...RIGHT, store: 'whole' });
    return isRight ? [] : [{ round, state, generations, ...seen }];
  });
}

/** How often something was answered that must never be. */
interface Answers {
  /** Neither 200 nor 503. */
  others: number;
  /** 503 without `Retry-After`. */
  mute: number;
  /** Generations of which a process never got the new token. */
  old: number;
}

const RIGHT: Readonly<Answers> = { others: 0, mute: 0, old: 0 };

interface Run {
  readonly round: Round;
  readonly lane: Lane;
  readonly answers: Readonly<Answers>;
  /** Asks both processes until both have new tokens and the store is not cut any more. */
  liveOn(): Promise<void>;
}

/** Signs in at one of the processes, and arms the store. */
async function startRun(round: Round, lane: Lane): Promise<Run> {
  const { origins, store, person } = lane;
  const browser = createUserAgent();
  const answers: Answers = { ...RIGHT };
  await browser.open(`${origins[0]}/sign-in`);
  await browser.signIn(person);
  let current = (await browser.fetch(`${origins[0]}/token`)).text;
  store.moveAway(round.distanceMs);
  store.cut(round);

  async function ask(origin: string): Promise<string | undefined> {
    const { status, text, headers } = await browser.fetch(`${origin}/token`);
    if (status === 200) return text;
    if (status !== 503) answers.others += 1;
    else if (headers['retry-after'] === undefined) answers.mute += 1;
    return undefined;
  }

  return {
    round,
    lane,
    answers,
    async liveOn() {
      const latest = new Map<string, string | undefined>(origins.map((origin) => [origin, undefined]));
      const isNew = (token: string | undefined) => token !== undefined && token !== current;
      const areNew = () => [...latest.values()].every(isNew);
      const isOver = () => store.state() !== 'cut' && areNew();
      await Promise.all(
        [...origins, ...origins].map(async (origin, index) => {
          // Two at a time of each process, but one first: a touch that is cut is not made up for by the other one's.
          await sleep((origin === origins[0] ? 0 : round.lagMs) + (index < origins.length ? 0 : PAUSE_MS));
          for (let count = 0; count < MAX_REQUESTS && answers.others === 0 && !isOver(); count += 1) {
            if (round.isAskedOn || areNew() || !isNew(latest.get(origin))) latest.set(origin, await ask(origin));
            await sleep(PAUSE_MS);
          }
        }),
      );
      if (!isOver()) answers.old += 1;
      current = latest.get(origins[0] ?? '') ?? current;
    },
  };
}
