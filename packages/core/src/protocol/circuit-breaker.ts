import { EgainAuthError } from '../errors.ts';
import { createExpiringMap } from '../expiring-map.ts';

/** Failing keys that open the circuit; for a client with fewer keys, failed calls in a row. */
const FAILURES_TO_OPEN = 5;
/** Of the keys asked, so that a few subjects in trouble do not close the endpoint to all others. */
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

/**
 * Whether one client may ask one token endpoint, judged by its last answers. A key stands for whom a token is for, such as
 * the subject of on-behalf-of. The trouble of one key is not the trouble of the others (F58).
 */
export interface CircuitBreaker {
  /**
   * Lets an attempt pass, or not. The outcome of each attempt that passes is reported below, once.
   * @throws {EgainAuthError} `token_endpoint_unavailable` with `retryAfterMs`
   */
  enter(key: string): void;
  /** The endpoint issued a token. */
  succeeded(key: string): void;
  /** The endpoint refused this request: it works, for this key too. */
  refused(key: string): void;
  /** The endpoint asked to be left alone, before the call as a whole failed. */
  paused(key: string, retryAfterMs: number): void;
  /** A call failed, with all its attempts: a retry is not a second failure. */
  failed(key: string): void;
  /** The request was given up before there was an outcome. */
  abandoned(key: string): void;
  /** Takes one from the budget of retries. */
  mayRetry(key: string): boolean;
}

/**
 * Closed, the circuit lets everything pass. It opens when no request has succeeded since the first of the failures that
 * count, and these are at least five keys and half of the distinct keys asked in the last ten seconds. For a client with
 * fewer than five keys five failed calls in a row are enough, but then it opens only to the keys that failed. While it is
 * open, requests fail at once, except for one probe at a time: immediately for a key that worked before, then after one
 * second, after two, and every four. `Retry-After` pauses the key that heard it, and the whole client when a second key
 * hears it (RFC 9110 §10.2.3).
 * @param now milliseconds on any clock that does not go back
 */
export function createCircuitBreaker(now: () => number): CircuitBreaker {
  const createKeys = <T>(lifetimeMs: number) => createExpiringMap<T>({ maxEntries: MAX_KEYS, lifetimeMs, now });
  const asked = createKeys<true>(WINDOW_MS);
  const failing = createKeys<true>(WINDOW_MS);
  const worked = createKeys<true>(WORKED_MS);
  /** Until when. */
  const pauses = createKeys<number>(MAX_PAUSE_MS);
  let latestPause = { key: '', until: Number.NEGATIVE_INFINITY };
  let clientPausedUntil = Number.NEGATIVE_INFINITY;
  let failedCalls = 0;
  /** Since the circuit opened; undefined while it is closed. */
  let failedProbes: number | undefined;
  /** Whether the circuit is open to all keys, or only to those that failed. */
  let isOpenToAll = false;
  let probe: string | undefined;
  let probeAt = 0;
  /** When a key that worked before was last turned away; a probe is kept for the next one. */
  let provenKeyAt = 0;
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
    if (isProven) provenKeyAt = now();
    if (probe !== undefined) return false;
    if (isProven && failedProbes === 0) return true;
    return now() >= probeAt && (isProven || worked.isEmpty || now() - provenKeyAt >= PROBE_PATIENCE_MS);
  }

  function leave(key: string): void {
    if (probe === key) probe = undefined;
  }

  function close(key: string): void {
    leave(key);
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
      if (failedProbes !== undefined && (isOpenToAll || failing.get(key))) {
        if (!mayProbe(key)) throw unavailable(Math.max(probeAt - now(), FIRST_OPEN_MS));
        probe = key;
      }
      asked.set(key, true);
    },
    succeeded(key) {
      close(key);
      worked.set(key, true);
    },
    refused: close,
    paused(key, retryAfterMs) {
      const until = now() + Math.min(retryAfterMs, MAX_PAUSE_MS);
      if (latestPause.key !== key && latestPause.until > now()) clientPausedUntil = Math.max(clientPausedUntil, until);
      if (until > latestPause.until) latestPause = { key, until };
      pauses.set(key, until);
    },
    failed(key) {
      const wasProbe = probe === key;
      leave(key);
      failing.set(key, true);
      worked.delete(key);
      failedCalls += 1;
      isOpenToAll ||= isDownForMost();
      if (failedProbes !== undefined) {
        if (wasProbe) waitForProbe(failedProbes + 1);
      } else if (isOpenToAll || isDownForFew()) {
        provenKeyAt = now();
        waitForProbe(0);
      }
    },
    abandoned: leave,
    mayRetry(key) {
      if (retries < 1 || failedProbes !== undefined || pauseOf(key) > 0) return false;
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
