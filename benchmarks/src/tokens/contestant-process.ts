// One contestant in a process of its own. Usage: fork(file, [name, token URL, number of subjects]).
import { answerOrders } from '../process.ts';
import { quantile } from '../statistics.ts';
import type { TokenGetter } from './contestant.ts';
import { type ContestantName, loadContestant } from './contestants.ts';
import { assertIssuedTo, TOKEN_BYTES, TOKEN_LENGTH } from './issued-token.ts';

const [, , name = '', tokenUrl = '', count = ''] = process.argv;
const contestant = await loadContestant(name as ContestantName);
const subjects = names(Number(count));
const sequence = randomSequence(subjects, 2 ** 17);

let getter = create();
let position = 0;

const orders = {
  /** Puts a token for everybody into the cache. @returns bytes of heap per entry, the token itself not counted */
  async fill() {
    const half = subjects.length >> 1;
    await verify(subjects.slice(0, half));
    // By the second half: with the first came modules, connections and compiled code.
    const before = heapUsed();
    await verify(subjects.slice(half));
    return (heapUsed() - before) / (subjects.length - half) - TOKEN_BYTES;
  },

  /** Gets tokens that are in the cache. @returns nanoseconds per call */
  async time(durationMs: number) {
    const { getToken, accessTokenOf } = getter;
    const isSynchronous = typeof getToken(subjects[0] ?? '') === 'string';
    const next = () => sequence[position++ & (sequence.length - 1)] as string;
    let [calls, characters, elapsedMs] = [0, 0, 0];
    const startedAt = performance.now();
    // The clock is looked at rarely enough to cost nothing, and often enough for who needs seconds per call.
    for (let batch = 1; elapsedMs < durationMs; elapsedMs = performance.now() - startedAt) {
      if (elapsedMs < durationMs / 100) batch *= 2;
      if (isSynchronous) {
        for (let call = 0; call < batch; call += 1) characters += (getToken(next()) as string).length;
      } else {
        for (let call = 0; call < batch; call += 1) characters += accessTokenOf(await getToken(next()))?.length ?? 0;
      }
      calls += batch;
    }
    if (characters !== calls * TOKEN_LENGTH) throw new Error('some calls gave something else than a token');
    return (elapsedMs * 1e6) / calls;
  },

  /** @throws if anybody's token is not theirs */
  verify: () => verify(subjects),

  /** Begins anew, with nothing in the cache. */
  async restart() {
    await getter.close?.();
    getter = create();
  },

  /** This many callers at once, in turn for every subject. @returns milliseconds that they waited, and CPU time */
  async burst(callers: number) {
    // No collection before: with the objects of the last round it would throw away the code compiled for them.
    const { getToken } = getter;
    const waitedMs: number[] = [];
    const cpu = process.cpuUsage();
    const results = await Promise.all(
      Array.from({ length: callers }, async (_, caller) => {
        const subject = subjects[caller % subjects.length] as string;
        const calledAt = performance.now();
        const result = await getToken(subject);
        waitedMs.push(performance.now() - calledAt);
        return { subject, result };
      }),
    );
    const { user, system } = process.cpuUsage(cpu);
    for (const { subject, result } of results) assertIssuedTo(subject, getter.accessTokenOf(result));
    return {
      p50Ms: quantile(waitedMs, 0.5),
      p99Ms: quantile(waitedMs, 0.99),
      cpuMicrosecondsPerCaller: (user + system) / callers,
    };
  },
};
export type ContestantOrders = typeof orders;
answerOrders(orders);

function create(): TokenGetter<unknown> {
  return contestant.create({ tokenUrl: new URL(tokenUrl), subjects: subjects.length });
}

/** Gets everybody's token, some at a time. */
async function verify(all: readonly string[]): Promise<void> {
  const queue = all.values();
  await Promise.all(
    Array.from({ length: 64 }, async () => {
      for (const subject of queue) assertIssuedTo(subject, getter.accessTokenOf(await getter.getToken(subject)));
    }),
  );
}

function heapUsed(): number {
  // Twice: what a finalizer lets go in the first is freed in the second.
  global.gc?.();
  global.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** By way of JSON, so that they are plain strings, not concatenations that a contestant would be the first to flatten. */
function names(length: number): string[] {
  return JSON.parse(JSON.stringify(Array.from({ length }, (_, index) => `agent-${index}@example.com`)));
}

/** The same for every contestant: a generator of its own, seeded. */
function randomSequence(from: readonly string[], length: number): string[] {
  let state = 1;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return from[Math.floor((state / 2 ** 32) * from.length)] as string;
  });
}
