import { EgainAuthError } from '../errors.ts';
import { createExpiringMap } from '../expiring-map.ts';

/** Failing keys that open the circuit; for a client with fewer keys, failed calls in a row. */
const FAILURES_TO_OPEN = 5;
/** The share of the keys asked that must fail, so that a few subjects in trouble do not close the endpoint to all others. */
const FAILING_SHARE = 0.5;
const WINDOW_MS = 10_000;
const FIRST_OPEN_MS = 1000;
const MAX_OPEN_MS = 4000;
/** How long a probe is kept for a key that worked before. */
const PROBE_PATIENCE_MS = 2000;
/** However long `Retry-After` says: a client that is told so again waits again. */
const MAX_PAUSE_MS = 60_000;
const WORKED_MS = 24 * 60 * 60 * 1000;
/** The latest keys are a good sample of more. */
const MAX_KEYS = 1000;
/** Retries may add a fifth to what is asked for anyway, and a few while that is little. */
const RETRIES_PER_SUCCESS = 0.2;
const MAX_RETRIES_SAVED = 10;

/** An attempt that was admitted. */
export interface Attempt {
  readonly key: string;
  readonly isProbe: boolean;
}

/**
 * Decides whether a client may call its token endpoint, from the outcomes of its last requests. A key stands for whom a
 * token is for, such as the subject of on-behalf-of. The trouble of one key is not the trouble of the others (F58).
 */
export interface CircuitBreaker {
  /**
   * Admits an attempt, or throws. Report the outcome of each admitted attempt exactly once.
   * @throws {EgainAuthError} `token_endpoint_unavailable` with `retryAfterMs`
   */
  enter(key: string): Attempt;
  /** The endpoint issued a token. */
  succeeded(attempt: Attempt): void;
  /** The endpoint refused this request: it works, for this key too. */
  refused(attempt: Attempt): void;
  /** The endpoint asked to be left alone, before the call as a whole failed. */
  paused(key: string, retryAfterMs: number): void;
  /** A call failed, with all its attempts: a retry is not a second failure. */
  failed(attempt: Attempt): void;
  /** The request was given up before there was an outcome. */
  abandoned(attempt: Attempt): void;
  /** Takes one from the budget of retries. A key whose latest call failed has none: it would use up that of the others. */
  mayRetry(key: string): boolean;
}

/**
 * Closed, the circuit lets everything pass. It opens when no request has succeeded since the first of the failures that
 * count, and these are at least five keys and half of the distinct keys asked in the last ten seconds. For a client with
 * fewer than five keys five failed calls in a row are enough, but then it opens only to the keys that failed. While it is
 * open, requests fail at once, except for one probe at a time: immediately for a key that worked before, then after one
 * second, after two, and every four. The probe is kept for a key that worked before, or else for one that has not failed, if
 * such a key came within two seconds. `Retry-After` pauses the key that heard it, and the whole client when a second key
 * hears it (RFC 9110 §10.2.3).
 * @param now milliseconds on any clock that does not go back
 */
export function createCircuitBreaker(now: () => number): CircuitBreaker {
  const createKeys = <T>(lifetimeMs: number) => createExpiringMap<T>({ maxEntries: MAX_KEYS, lifetimeMs, now });
  const asked = createKeys<true>(WINDOW_MS);
  const failing = createKeys<true>(WINDOW_MS);
  const worked = createKeys<true>(WORKED_MS);
  /** When the pause of each key ends. */
  const pauses = createKeys<number>(MAX_PAUSE_MS);
  let latestPause = { key: '', until: Number.NEGATIVE_INFINITY };
  let clientPausedUntil = Number.NEGATIVE_INFINITY;
  let failedCalls = 0;
  /** Since the circuit opened; undefined while it is closed. */
  let failedProbes: number | undefined;
  /** Whether the circuit is open to all keys, or only to those that failed. */
  let isOpenToAll = false;
  let isProbing = false;
  let probeAt = 0;
  /** When a key was last turned away that worked before, and when one that has not failed. The probe is kept for them. */
  let provenKeyAt = Number.NEGATIVE_INFINITY;
  let otherKeyAt = Number.NEGATIVE_INFINITY;
  let retries = MAX_RETRIES_SAVED;

  const pauseOf = (key: string): number => Math.max(pauses.get(key) ?? 0, clientPausedUntil) - now();

  const isDownForMost = (): boolean => failing.size >= Math.max(FAILURES_TO_OPEN, asked.size * FAILING_SHARE);
  const isDownForFew = (): boolean => asked.size < FAILURES_TO_OPEN && failedCalls >= FAILURES_TO_OPEN;

  function waitForProbe(failures: number): void {
    failedProbes = failures;
    // Jitter: many processes found the endpoint down at the same moment.
    probeAt = now() + Math.min(FIRST_OPEN_MS * 2 ** failures, MAX_OPEN_MS) * (0.75 + Math.random() / 4);
  }

  function mayProbe(key: string): boolean {
    const isProven = worked.get(key) === true;
    const hasFailed = failing.get(key) === true;
    if (isProven) provenKeyAt = now();
    else if (!hasFailed) otherKeyAt = now();
    if (isProbing) return false;
    if (isProven) return failedProbes === 0 || now() >= probeAt;
    const isKept = (since: number) => now() - since < PROBE_PATIENCE_MS;
    return now() >= probeAt && !(isKept(provenKeyAt) && !worked.isEmpty) && !(hasFailed && isKept(otherKeyAt));
  }

  function leave({ isProbe }: Attempt): void {
    if (isProbe) isProbing = false;
  }

  function close(attempt: Attempt): void {
    leave(attempt);
    failing.clear();
    failedCalls = 0;
    failedProbes = undefined;
    isOpenToAll = false;
    retries = Math.min(retries + RETRIES_PER_SUCCESS, MAX_RETRIES_SAVED);
  }

  return {
    enter(key) {
      const pauseMs = pauseOf(key);
      if (pauseMs > 0) throw unavailable(pauseMs);
      const isProbe = failedProbes !== undefined && (isOpenToAll || failing.get(key) === true);
      if (isProbe && !mayProbe(key)) throw unavailable(Math.max(probeAt - now(), FIRST_OPEN_MS));
      if (isProbe) isProbing = true;
      asked.set(key, true);
      return { key, isProbe };
    },
    succeeded(attempt) {
      close(attempt);
      worked.set(attempt.key, true);
    },
    refused: close,
    paused(key, retryAfterMs) {
      const until = now() + Math.min(retryAfterMs, MAX_PAUSE_MS);
      if (latestPause.key !== key && latestPause.until > now()) clientPausedUntil = Math.max(clientPausedUntil, until);
      if (until > latestPause.until) latestPause = { key, until };
      pauses.set(key, until);
    },
    failed(attempt) {
      const { key, isProbe } = attempt;
      leave(attempt);
      failing.set(key, true);
      worked.delete(key);
      failedCalls += 1;
      isOpenToAll ||= isDownForMost();
      if (failedProbes !== undefined) {
        if (isProbe) waitForProbe(failedProbes + 1);
      } else if (isOpenToAll || isDownForFew()) {
        provenKeyAt = now();
        waitForProbe(0);
      }
    },
    abandoned: leave,
    mayRetry(key) {
      if (retries < 1 || failedProbes !== undefined || failing.get(key) || pauseOf(key) > 0) return false;
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
