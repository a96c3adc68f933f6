import { onAbort } from '../abort.ts';
import { EgainAuthError } from '../errors.ts';
import { bare } from '../http/agent.ts';

/** A semaphore: so many at the same time. The others wait, in the order in which they came. */
export interface Turns {
  /**
   * Waits for a turn. Each turn must be ended.
   * @throws {EgainAuthError} `token_endpoint_unavailable` when it does not come in time, or too many wait already
   * @throws the reason of `signal`, when the caller gave up
   */
  take(limits: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined }): Promise<void>;
  end(): void;
}

export interface TurnsSettings {
  /** At the same time. */
  readonly max: number;
  /** How many may wait. @default any number: the caller bounds it */
  readonly maxWaiting?: number;
}

export function createTurns({ max, maxWaiting = Number.POSITIVE_INFINITY }: TurnsSettings): Turns {
  const waiting = new Set<() => void>();
  let free = max;

  return {
    async take(turn) {
      const { timeoutMs, signal } = bare(turn);
      signal?.throwIfAborted();
      if (free > 0) {
        free -= 1;
        return;
      }
      if (waiting.size >= maxWaiting) throw unavailable(`the queue is full: ${maxWaiting} requests are waiting`);
      await new Promise<void>((resolve, reject) => {
        const leave = () => {
          waiting.delete(begin);
          clearTimeout(timer);
          stopListening?.();
        };
        const begin = () => {
          leave();
          resolve();
        };
        const giveUp = (reason: unknown) => {
          leave();
          reject(reason);
        };
        const tooLate = () =>
          giveUp(unavailable(`no turn within ${Math.ceil(timeoutMs)} ms, because too many requests were queued`));
        const timer = setTimeout(tooLate, timeoutMs).unref();
        const stopListening = signal && onAbort(signal, () => giveUp(signal.reason));
        waiting.add(begin);
      });
    },
    end() {
      const [next] = waiting;
      if (next) next();
      else free += 1;
    },
  };
}

function unavailable(problem: string): EgainAuthError {
  return new EgainAuthError('token_endpoint_unavailable', problem, {
    remedy: 'Try again after retryAfterMs. Raise http.timeoutMs if the token endpoint is meant to be this slow.',
    retryAfterMs: 1000,
  });
}

/**
 * Does work in a turn. Waiting for the turn and the work share one deadline, but at least half of it is left for the work: a
 * code that is sent in the last moment is spent without an answer.
 * @param work told how much of the deadline is left, in milliseconds
 */
export async function inTurn<T>(turns: Turns, timeoutMs: number, work: (leftMs: number) => Promise<T>): Promise<T> {
  const endsAt = performance.now() + timeoutMs;
  await turns.take({ timeoutMs: timeoutMs / 2 });
  try {
    return await work(Math.max(1, Math.ceil(endsAt - performance.now())));
  } finally {
    turns.end();
  }
}
