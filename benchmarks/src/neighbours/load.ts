// The load of both contestants, and the pace at which it is sent.
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';

export const PEOPLE = 50;
/** Calls per second. Each person opens one page and mints one token in every second. */
export const PER_SECOND = { pages: PEOPLE, mints: PEOPLE, callbacks: 400, failing: 20, prefetches: 6 } as const;
export type StreamName = keyof typeof PER_SECOND;

/** The session of a person needs a new access token in about every fourth second. */
export const TOKEN_LIFETIME_SECONDS = 4;

/** The token endpoint answers 500 for these subjects. */
export const FAILING_PREFIX = 'failing-';

/** No token is issued twice: a renewal that returned the old token again would not count as a renewal. */
export const accessTokenOf = (owner: string, serial: number): string => `${owner}~${serial}`.padEnd(1024, '~');

export interface Stream {
  readonly perSecond: number;
  /** The first call is due after this share of the interval between two calls. @default 0 */
  readonly phase?: number;
  /**
   * The last milliseconds before a call are spent in turns of the event loop and not on a timer. A timer is late by up to
   * a millisecond, which is more than a page takes. @default 0
   */
  readonly pollMs?: number;
  /** @returns the name of the outcome */
  readonly call: (index: number) => Promise<string>;
}

export interface StreamFigures {
  readonly calls: number;
  /** Calls per second until the last one was answered. It is below the rate of the stream if the machine could not keep up. */
  readonly perSecond: number;
  /** From the moment at which each call was due, so it includes the time that the event loop was busy with other calls. */
  readonly latenciesMs: readonly number[];
  /** How many calls ended with which outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
}

/**
 * Makes the calls of one stream. Each call has its due time from the start, so a late call does not delay the later ones,
 * and no call waits for the answer to another.
 */
export async function sendStream(stream: Stream, durationMs: number): Promise<StreamFigures> {
  const { perSecond, phase = 0, pollMs = 0, call } = stream;
  const latenciesMs: number[] = [];
  const outcomes: Record<string, number> = {};

  async function record(index: number, dueAt: number): Promise<void> {
    const outcome = await call(index);
    latenciesMs.push(performance.now() - dueAt);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }

  const startedAt = performance.now();
  const calls = Math.round((perSecond * durationMs) / 1000);
  const pending: Promise<void>[] = [];
  for (let index = 0; index < calls; index += 1) {
    const dueAt = startedAt + ((index + phase) * 1000) / perSecond;
    for (let leftMs = dueAt - performance.now(); leftMs > 0; leftMs = dueAt - performance.now()) {
      await (leftMs > pollMs ? delay(leftMs - pollMs) : nextTurn());
    }
    pending.push(record(index, dueAt));
  }
  await Promise.all(pending);
  const elapsedMs = Math.max(durationMs, performance.now() - startedAt);
  return { calls, perSecond: (calls * 1000) / elapsedMs, latenciesMs, outcomes };
}
