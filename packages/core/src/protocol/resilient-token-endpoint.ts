import { setTimeout as sleep } from 'node:timers/promises';
import { isEgainAuthError } from '../errors.ts';
import { CONNECTIONS } from '../http/agent.ts';
import type { ResolvedClient } from '../resolved-options.ts';
import { sha256 } from '../sha256.ts';
import { type Attempt, type CircuitBreaker, createCircuitBreaker } from './circuit-breaker.ts';
import { type Credentials, guardCredentials } from './credentials.ts';
import type { RequestToken, TokenEndpointRequest } from './token-endpoint.ts';
import type { IssuedTokenSet } from './token-set.ts';
import { createTurns, type Turns } from './turns.ts';

const MAX_ATTEMPTS = 4;
/** The first retry waits up to this long, each further one up to twice as long. */
const FIRST_DELAY_MS = 50;

export interface ResilienceSettings {
  /** One deadline for a call: its waits, its attempts and its back-off. */
  readonly timeoutMs: number;
  /** Requests at the same time to one token endpoint, as one client. @default as many as an origin has connections */
  readonly maxConnections?: number;
  /** Milliseconds on any clock that does not go back. */
  readonly now: () => number;
}

/**
 * The token endpoint for grants that may be asked for again: client credentials, on-behalf-of, exchange. Retries what
 * may have been an accident, within a budget; stops asking an endpoint that is down, one that says it has enough, and
 * one that does not know our secret. All of it per token URL and client, and judged by how many subjects are affected, so
 * that one subject cannot spoil it for the others (F58).
 *
 * No more requests are let go than there are connections: those that waited for one would be sent although the answers
 * before them said not to (F03, F07, F08).
 *
 * Never for authorization codes and refresh tokens: the first attempt may have spent them (T067).
 */
export function createResilientTokenEndpoint(
  requestToken: RequestToken,
  { timeoutMs, maxConnections = CONNECTIONS, now }: ResilienceSettings,
): RequestToken {
  const circuits = new Map<string, Circuit>();

  // As many as the options name, for nothing else makes a token URL or a client.
  function circuitOf({ tokenUrl, client }: TokenEndpointRequest): Circuit {
    const name = JSON.stringify([tokenUrl.href, client.clientId]);
    let circuit = circuits.get(name);
    if (!circuit) {
      circuit = {
        breaker: createCircuitBreaker(now),
        credentials: guardCredentials(timeoutMs, now),
        turns: createTurns({ max: maxConnections }),
      };
      circuits.set(name, circuit);
    }
    return circuit;
  }

  /**
   * Takes a turn, asks once, and reports the outcome before the turn passes on, so that the next call sees it. The turn is
   * given back before any back-off, so a call that waits to retry keeps no other from asking.
   */
  async function attempt(call: Call, attempts: number): Promise<Outcome> {
    const { circuit, request, key, leftMs } = call;
    const { breaker, credentials, turns } = circuit;
    await turns.take({ timeoutMs: Math.max(1, leftMs()), signal: request.signal });
    try {
      const secret = await credentials.read(request.client, Math.max(1, leftMs()));
      request.signal?.throwIfAborted();
      const admitted = breaker.enter(key);
      try {
        const client = withSecret(request.client, secret);
        const tokens = await requestToken({ ...request, client, timeoutMs: Math.max(1, Math.ceil(leftMs())) });
        breaker.succeeded(admitted);
        credentials.accepted(secret);
        return { tokens };
      } catch (error) {
        return { delayMs: await reportFailure(call, { error, secret, attempts, admitted }) };
      }
    } finally {
      turns.end();
    }
  }

  return async (request) => {
    const endsAt = now() + timeoutMs;
    const leftMs = () => endsAt - now();
    const call: Call = { circuit: circuitOf(request), request, key: keyOf(request), leftMs };
    for (let attempts = 1; ; attempts += 1) {
      const outcome = await attempt(call, attempts);
      if ('tokens' in outcome) return outcome.tokens;
      // Woken up by the signal, the next round says why.
      await sleep(outcome.delayMs, undefined, { signal: request.signal, ref: false }).catch(() => {});
    }
  };
}

type Outcome = { readonly tokens: IssuedTokenSet } | { readonly delayMs: number };

interface Circuit {
  readonly breaker: CircuitBreaker;
  readonly credentials: Credentials;
  readonly turns: Turns;
}

interface Call {
  readonly circuit: Circuit;
  readonly request: TokenEndpointRequest;
  /** For whom the token is. */
  readonly key: string;
  readonly leftMs: () => number;
}

interface Failure {
  readonly error: unknown;
  readonly secret: string | undefined;
  /** Including this one. */
  readonly attempts: number;
  readonly admitted: Attempt;
}

/**
 * Reports a failed attempt, and decides whether there is another.
 * @returns how long to wait before it, in milliseconds
 * @throws the error, when the call has failed
 */
async function reportFailure(
  { circuit: { breaker, credentials }, request: { client, signal }, key, leftMs }: Call,
  { error, secret, attempts, admitted }: Failure,
): Promise<number> {
  // The caller gave up, which says nothing of the endpoint.
  if (signal?.aborted || !isEgainAuthError(error)) {
    breaker.abandoned(admitted);
    throw error;
  }
  if (error.code !== 'token_endpoint_unavailable') {
    breaker.refused(admitted);
    const refusal = credentials.refusalIn(error, key, secret);
    // A secret that was rotated while this request was under way: nothing is lost if there is a new one (T085).
    if (refusal && (await credentials.refused(refusal, secret, client)) && attempts === 1) return 0;
    throw refusal ?? error;
  }
  if (error.retryAfterMs !== undefined) breaker.paused(key, error.retryAfterMs);
  const delayMs = Math.random() * FIRST_DELAY_MS * 2 ** (attempts - 1);
  if (attempts < MAX_ATTEMPTS && delayMs < leftMs() && breaker.mayRetry(key)) return delayMs;
  breaker.failed(admitted);
  throw error;
}

const withSecret = (client: ResolvedClient, secret: string | undefined): ResolvedClient => ({
  ...client,
  clientSecret: secret === undefined ? undefined : () => secret,
});

/** What a token request says about whom it is for. Scopes are left out: one subject is one key, whatever it asks for. */
const IDENTITY: ReadonlySet<string> = new Set([
  'grant_type',
  'registration_id',
  'subject_email',
  'subject_token',
  'subject_userid',
  'subject_username',
]);

/** Hashed, because an external token is a secret, and long. */
function keyOf({ parameters }: TokenEndpointRequest): string {
  return sha256(JSON.stringify(Object.entries(parameters).filter(([name]) => IDENTITY.has(name))));
}
