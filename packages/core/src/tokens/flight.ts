import { onAbort } from '../abort.ts';

/** One piece of work that many wait for. */
export interface Flight<T> {
  /**
   * Waits for the work. A caller that gives up hears the reason of its own signal at once and disturbs nobody; the work
   * itself is stopped when the last one has left (R12). Without a signal a caller stays to the end.
   */
  join(signal?: AbortSignal): Promise<T>;
  /** Everybody who waits hears this reason, and the work is stopped. */
  cancel(reason: unknown): void;
}

/**
 * @param work told when nobody waits any more
 * @param onAbandoned when the last one has left: the next caller needs work of its own
 */
export function startFlight<T>(work: (signal: AbortSignal) => Promise<T>, onAbandoned: () => void): Flight<T> {
  const stop = new AbortController();
  let fail: (reason: unknown) => void = () => {};
  const outcome = new Promise<T>((resolve, reject) => {
    fail = reject;
    work(stop.signal).then(resolve, reject);
  });
  // It may fail with nobody waiting (R4).
  outcome.catch(() => {});
  let waiting = 0;

  function cancel(reason: unknown): void {
    fail(reason);
    stop.abort(reason);
  }

  function leave(reason: unknown): void {
    waiting -= 1;
    if (waiting > 0) return;
    onAbandoned();
    cancel(reason);
  }

  return {
    cancel,
    async join(signal) {
      waiting += 1;
      if (!signal) return outcome;
      let stopListening = (): void => {};
      const givenUp = new Promise<never>((_resolve, reject) => {
        const giveUp = (): void => {
          reject(signal.reason);
          leave(signal.reason);
        };
        stopListening = onAbort(signal, giveUp);
        if (signal.aborted) giveUp();
      });
      try {
        return await Promise.race([outcome, givenUp]);
      } finally {
        stopListening();
      }
    },
  };
}
