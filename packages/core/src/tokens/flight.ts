import { onAbort } from '../abort.ts';
import { holdProcess } from '../deadline.ts';

/** One piece of work that many wait for. */
export interface Flight<T> {
  /**
   * Waits for the work. A caller that gives up hears the reason of its own signal at once and disturbs nobody; the work
   * itself is stopped when the last one has left (R12). Without a signal a caller stays to the end. While callers wait,
   * the process stays alive (F55).
   */
  join(signal?: AbortSignal): Promise<T>;
  /** Stays to the end as a caller does, so the work is not stopped, but does not keep the process alive (F43). */
  follow(): Promise<T>;
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
  let followers = 0;
  let letGo: (() => void) | undefined;

  function cancel(reason: unknown): void {
    fail(reason);
    stop.abort(reason);
  }

  function arrive(): () => void {
    waiting += 1;
    letGo ??= holdProcess();
    let isHere = true;
    return () => {
      if (isHere) waiting -= 1;
      isHere = false;
      if (waiting > 0) return;
      letGo?.();
      letGo = undefined;
    };
  }

  function abandonIfAlone(reason: unknown): void {
    if (waiting + followers > 0) return;
    onAbandoned();
    cancel(reason);
  }

  return {
    cancel,
    async join(signal) {
      const leave = arrive();
      let stopListening = (): void => {};
      try {
        if (!signal) return await outcome;
        const givenUp = new Promise<never>((_resolve, reject) => {
          const giveUp = (): void => {
            reject(signal.reason);
            leave();
            abandonIfAlone(signal.reason);
          };
          stopListening = onAbort(signal, giveUp);
          if (signal.aborted) giveUp();
        });
        return await Promise.race([outcome, givenUp]);
      } finally {
        stopListening();
        leave();
      }
    },
    follow() {
      followers += 1;
      return outcome;
    },
  };
}
