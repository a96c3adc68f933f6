import type { IncomingHead } from '../http/client.ts';
import type { HttpFailure } from '../http/http-failure.ts';
import { retryAfterMs } from '../protocol/retry-after.ts';

/** Tries after the first, unless a call says otherwise. */
export const DEFAULT_RETRIES = 2;

/** The first back-off is at most so long, the next twice that. */
const BACK_OFF_MS = 100;
/** So many tries in a row may be repeated; then one in ten. */
const BUDGET = 10;
const EARNED = 0.1;

/** What just happened to a request: an answer, or none. */
export type Outcome<Answer extends IncomingHead = IncomingHead> =
  | { readonly answer: Answer }
  | { readonly failure: HttpFailure };

/**
 * Keeps an API that is down from being asked three times as much by everybody: repeating is paid for by requests that
 * were not repeated.
 * @see gRPC, "Throttling Retry Attempts and Hedged RPCs"
 */
export interface RetryBudget {
  /** For each first try. */
  earn(): void;
  /** @returns whether there is enough for one more */
  spend(): boolean;
}

export function createRetryBudget(): RetryBudget {
  let left = BUDGET;
  return {
    earn() {
      left = Math.min(BUDGET, left + EARNED);
    },
    spend() {
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}

/**
 * How long to wait before a request is sent once more, in milliseconds; `undefined` where that cannot help. Only what
 * reads may be repeated at all (T072, RFC 9110 §9.2.2): `method` is GET or HEAD.
 */
export function retryDelayMs(method: string, outcome: Outcome, retry: number): number | undefined {
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  const backOffMs = Math.random() * BACK_OFF_MS * 2 ** retry;
  // The other end may have closed a kept connection just now (F41). A deadline has passed, and other failures stay.
  if ('failure' in outcome) return outcome.failure.kind === 'network' ? (retry === 0 ? 0 : backOffMs) : undefined;
  const { status } = outcome.answer;
  if (status !== 429 && status < 500) return undefined;
  return Math.max(retryAfterMs(outcome.answer) ?? 0, backOffMs);
}
