import { EgainAuthError } from '../errors.ts';

const FAILURES_TO_OPEN = 5;
const FIRST_OPEN_MS = 1000;
const MAX_OPEN_MS = 4000;
/** Retries may add a fifth to what is asked for anyway, and a few while that is little. */
const RETRIES_PER_SUCCESS = 0.2;
const MAX_RETRIES_SAVED = 10;

/** What one client may ask of one token endpoint, as the last answers were. Says nothing of any subject. */
export interface CircuitBreaker {
  /**
   * Lets a request pass, or not. Each that passes is to be reported below, once.
   * @throws {EgainAuthError} `token_endpoint_unavailable` with `retryAfterMs`
   */
  enter(): void;
  /** The endpoint answered, whatever it said. */
  succeeded(): void;
  /** No answer, or that it cannot answer now. */
  failed(retryAfterMs: number | undefined): void;
  /** The request was given up before there was an outcome. */
  abandoned(): void;
  /** Takes one from the budget of retries. */
  mayRetry(): boolean;
}

/**
 * Closed, it lets everything pass. After five failures in a row it opens: requests fail at once, but for a single probe
 * after one second, then after two, then every four (half-open). Of many requests at once those that fail often end
 * first, or last, so that five in a row say little: it takes half as many as are under way, and those that were so at the
 * last success do not count (F06). An endpoint that says for how long it wants to be left alone is left alone that long
 * (RFC 9110 §10.2.3).
 * @param now milliseconds on any clock that does not go back
 */
export function createCircuitBreaker(now: () => number): CircuitBreaker {
  let failures = 0;
  let underWay = 0;
  let underWayAtSuccess = 0;
  let isOpen = false;
  let closedFrom = 0;
  let openMs = 0;
  let probing = false;
  let retries = MAX_RETRIES_SAVED;

  function open(ms: number): void {
    closedFrom = Math.max(closedFrom, now() + ms);
  }

  function end(): void {
    underWay -= 1;
    probing = false;
  }

  return {
    enter() {
      const waitMs = closedFrom - now();
      if (waitMs > 0 || probing) throw unavailable(Math.max(waitMs, FIRST_OPEN_MS));
      probing = isOpen;
      underWay += 1;
    },
    succeeded() {
      end();
      failures = 0;
      underWayAtSuccess = underWay;
      isOpen = false;
      openMs = 0;
      retries = Math.min(retries + RETRIES_PER_SUCCESS, MAX_RETRIES_SAVED);
    },
    failed(retryAfterMs) {
      end();
      failures += 1;
      // Requests that were under way together fail together: they are one reason to wait, not many.
      const isWaiting = closedFrom > now();
      if (retryAfterMs !== undefined) open(retryAfterMs);
      isOpen ||= failures >= Math.max(FAILURES_TO_OPEN + underWayAtSuccess, underWay / 2);
      if (!isOpen || isWaiting) return;
      openMs = Math.min(openMs === 0 ? FIRST_OPEN_MS : openMs * 2, MAX_OPEN_MS);
      // Jitter: many processes found the endpoint down at the same moment.
      open(openMs * (0.75 + Math.random() / 4));
    },
    abandoned: end,
    mayRetry() {
      if (retries < 1 || isOpen || closedFrom > now()) return false;
      retries -= 1;
      return true;
    },
  };
}

function unavailable(retryAfterMs: number): EgainAuthError {
  return new EgainAuthError('token_endpoint_unavailable', 'the token endpoint is not asked after its last answers', {
    remedy: 'Try again after retryAfterMs. The errors before this one say what it answered.',
    retryAfterMs: Math.ceil(retryAfterMs),
  });
}
