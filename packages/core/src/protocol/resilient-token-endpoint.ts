import { setTimeout as sleep } from 'node:timers/promises';
import { type EgainAuthError, isEgainAuthError, repeatError } from '../errors.ts';
import { CONNECTIONS } from '../http/agent.ts';
import type { ResolvedClient } from '../resolved-options.ts';
import { type CircuitBreaker, createCircuitBreaker } from './circuit-breaker.ts';
import { type RequestToken, readSecret, type TokenEndpointRequest } from './token-endpoint.ts';
import type { IssuedTokenSet } from './token-set.ts';
import { createTurns, type Turns } from './turns.ts';

const MAX_ATTEMPTS = 4;
/** The first retry waits up to this long, each further one up to twice as long. */
const FIRST_DELAY_MS = 50;
/** A retry starts within this time of the first attempt, so that the whole takes hardly longer than its deadline. */
const MAX_ELAPSED_MS = 500;
/** How long a secret that eGain refused is not shown to it again. */
const REFUSED_SECRET_MS = 30_000;
/** How often a secret function is asked meanwhile whether there is a new one. */
const SECRET_CHECK_MS = 1000;

export interface ResilienceSettings {
  readonly timeoutMs: number;
  /** Milliseconds on any clock that does not go back. */
  readonly now: () => number;
}

/**
 * The token endpoint for grants that may be asked for again: client credentials, on-behalf-of, exchange. Retries what
 * may have been an accident, within a budget; stops asking an endpoint that is down, one that says it has enough, and
 * one that does not know our secret. Per token URL and client, so that no subject can spoil it for the others.
 *
 * No more requests are let go than there are connections: those that waited for one would be sent although the answers
 * before them said not to (F03, F07, F08).
 *
 * Never for authorization codes and refresh tokens: the first attempt may have spent them (T067).
 */
export function createResilientTokenEndpoint(
  requestToken: RequestToken,
  { timeoutMs, now }: ResilienceSettings,
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
        turns: createTurns(CONNECTIONS),
      };
      circuits.set(name, circuit);
    }
    return circuit;
  }

  async function ask({ breaker, credentials }: Circuit, request: TokenEndpointRequest): Promise<IssuedTokenSet> {
    const startedAt = now();
    for (let attempt = 1; ; attempt += 1) {
      const secret = await credentials.read(request.client);
      request.signal?.throwIfAborted();
      breaker.enter();
      try {
        const tokens = await requestToken({ ...request, client: withSecret(request.client, secret) });
        breaker.succeeded();
        return tokens;
      } catch (error) {
        report(breaker, error);
        const delayMs = Math.random() * FIRST_DELAY_MS * 2 ** (attempt - 1);
        if (isInvalidClient(error)) {
          // A secret that was rotated while this request was under way: nothing is lost if there is a new one (T085).
          if (attempt === 1 && (await credentials.refused(error, secret, request.client))) continue;
          throw error;
        }
        const isAccident = isEgainAuthError(error, 'token_endpoint_unavailable');
        const inTime = attempt < MAX_ATTEMPTS && now() - startedAt + delayMs < MAX_ELAPSED_MS;
        if (!isAccident || !inTime || !breaker.mayRetry()) throw error;
        // Woken up by the signal, the next round says why.
        await sleep(delayMs, undefined, { signal: request.signal, ref: false }).catch(() => {});
      }
    }
  }

  return async (request) => {
    const circuit = circuitOf(request);
    const startedAt = now();
    const hasWaited = await circuit.turns.take({ timeoutMs, signal: request.signal });
    try {
      // One deadline for waiting and asking.
      const leftMs = hasWaited ? Math.max(1, Math.ceil(timeoutMs - (now() - startedAt))) : timeoutMs;
      return await ask(circuit, { ...request, timeoutMs: leftMs });
    } finally {
      circuit.turns.end();
    }
  };
}

interface Circuit {
  readonly breaker: CircuitBreaker;
  readonly credentials: Credentials;
  readonly turns: Turns;
}

function report(breaker: CircuitBreaker, error: unknown): void {
  if (isEgainAuthError(error, 'token_endpoint_unavailable')) breaker.failed(error.retryAfterMs);
  else if (isEgainAuthError(error)) breaker.succeeded();
  // The caller gave up.
  else breaker.abandoned();
}

function isInvalidClient(error: unknown): error is EgainAuthError {
  return isEgainAuthError(error, 'token_request_failed') && error.oauthError === 'invalid_client';
}

const withSecret = (client: ResolvedClient, secret: string | undefined): ResolvedClient => ({
  ...client,
  clientSecret: secret === undefined ? undefined : () => secret,
});

/** The secret of one client, and whether eGain refused it. */
interface Credentials {
  /** @throws {EgainAuthError} what eGain said of this very secret, for a while; `client_secret_unavailable` */
  read(client: ResolvedClient): Promise<string | undefined>;
  /** @returns whether there is another secret now */
  refused(error: EgainAuthError, secret: string | undefined, client: ResolvedClient): Promise<boolean>;
}

function guardCredentials(timeoutMs: number, now: () => number): Credentials {
  let refusal: { error: EgainAuthError; secret: string | undefined; until: number; checkedAt: number } | undefined;

  return {
    async read(client) {
      if (!refusal || now() >= refusal.until) return readSecret(client, timeoutMs);
      const { error, secret, until } = refusal;
      if (now() - refusal.checkedAt >= SECRET_CHECK_MS) {
        refusal.checkedAt = now();
        const current = await readSecret(client, timeoutMs);
        if (current !== secret) {
          refusal = undefined;
          return current;
        }
      }
      throw repeatError(error, until - now());
    },
    async refused(error, secret, client) {
      const current = await readSecret(client, timeoutMs).catch(() => secret);
      if (current !== secret) return true;
      refusal = { error, secret, until: now() + REFUSED_SECRET_MS, checkedAt: now() };
      return false;
    },
  };
}
