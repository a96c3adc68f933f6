import { onAbort } from '../abort.ts';
import { EgainAuthError } from '../errors.ts';

/** So many at once; the others wait, in the order in which they came. */
export interface Turns {
  /**
   * Each must be ended.
   * @returns whether it had to be waited for
   * @throws {EgainAuthError} `token_endpoint_unavailable` when it does not come in time
   * @throws the reason of `signal`, when the caller gave up
   */
  take(limits: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined }): Promise<boolean>;
  end(): void;
}

export function createTurns(max: number): Turns {
  const waiting = new Set<() => void>();
  let free = max;

  return {
    async take({ timeoutMs, signal }) {
      signal?.throwIfAborted();
      if (free > 0) {
        free -= 1;
        return false;
      }
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
        const timer = setTimeout(() => giveUp(tooLate(timeoutMs)), timeoutMs).unref();
        const stopListening = signal && onAbort(signal, () => giveUp(signal.reason));
        waiting.add(begin);
      });
      return true;
    },
    end() {
      const [next] = waiting;
      if (next) next();
      else free += 1;
    },
  };
}

function tooLate(timeoutMs: number): EgainAuthError {
  return new EgainAuthError('token_endpoint_unavailable', `too many requests before this one for ${timeoutMs} ms`, {
    remedy: 'Try again after retryAfterMs. Raise http.timeoutMs if the token endpoint is meant to be this slow.',
    retryAfterMs: 1000,
  });
}
