import { setTimeout as sleep } from 'node:timers/promises';
import { withinDeadline } from '../deadline.ts';
import { EgainAuthError, type EgainAuthErrorCode, isEgainAuthError } from '../errors.ts';
import { type HttpEvent, httpEvents } from '../events.ts';
import type { IncomingHead, OutgoingRequest, RequestUrl } from '../http/client.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { publicPath } from '../operations/find-operation.ts';
import type { Operation, OperationActor } from '../operations/operation.ts';
import type { TokenSet } from '../protocol/token-set.ts';
import { type Outcome, type RetryBudget, retryDelayMs } from './api-retries.ts';
import { type Caller, replaceRejected } from './caller.ts';
import type { LedgerEntry } from './ledger.ts';

/** One call, whatever its answer will be read as. */
export interface ApiCall {
  readonly method: OutgoingRequest['method'];
  /** At the API origin: see `resolveApiUrl`. */
  readonly url: RequestUrl;
  readonly operation: Operation | undefined;
  /** Lower-case names. Whatever stands here as `authorization` is replaced. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: OutgoingRequest['body'];
  /** Whether the body can be sent again. */
  readonly isReplayable: boolean;
  /** For everything: token, tries, waits and the answer. */
  readonly timeoutMs: number;
  readonly retries: number;
  readonly signal: AbortSignal | undefined;
  readonly maxBodyBytes: number;
}

/** An answer of any status, and what it was had with. */
export interface ApiAnswer<Answer> {
  readonly answer: Answer;
  readonly tokens: TokenSet;
  readonly actors: readonly OperationActor[];
}

export interface ApiCallDependencies<Answer> {
  readonly caller: Caller;
  readonly budget: RetryBudget;
  readonly transport: (request: OutgoingRequest) => Promise<Answer>;
}

/**
 * Sends a call as somebody: one token, one renewal and one replay where that is rejected, and as many retries as the call
 * and the budget allow.
 * @throws {EgainAuthError} `api_unavailable` when no answer came; whatever `identify` and getting a token throw
 * @throws the reason of `signal`
 */
export async function callApi<Answer extends IncomingHead>(
  { caller, budget, transport }: ApiCallDependencies<Answer>,
  call: ApiCall,
): Promise<ApiAnswer<Answer>> {
  const { operation, signal, isReplayable } = call;
  const trace = new Trace(call);
  let isRenewed = false;
  let retries = 0;

  async function run(): Promise<ApiAnswer<Answer>> {
    const identity = caller.identify(operation);
    trace.actors = identity.actors;
    const given = identity.getToken({ signal, rejected: undefined });
    // Not `instanceof`: a promise of another realm is one too.
    let tokens = 'then' in given ? await trace.waitForToken(given) : given;
    budget.earn();
    for (let freshConnection = false; ; trace.resends += 1) {
      trace.tokens = tokens;
      const outcome: Outcome<Answer> = await trace.send(
        transport,
        requestOf(call, tokens, trace.leftMs, freshConnection),
      );
      const answer = 'answer' in outcome ? outcome.answer : undefined;
      if (answer?.status === 401 && !isRenewed) {
        // Not looking at WWW-Authenticate: eGain documents none. Once, and any method: what was refused was not carried out.
        isRenewed = true;
        const renewed = await replaceRejected(tokens, (rejected) =>
          trace.waitForToken(identity.getToken({ signal, rejected })),
        );
        if (renewed && isReplayable) {
          tokens = renewed;
          continue;
        }
      }
      const delayMs = isReplayable && retries < call.retries ? retryDelayMs(call.method, outcome, retries) : undefined;
      if (delayMs === undefined || delayMs >= trace.leftMs || !budget.spend()) {
        if (answer) return { answer, tokens, actors: identity.actors };
        throw unavailable(call, (outcome as { failure: HttpFailure }).failure);
      }
      retries += 1;
      freshConnection = 'failure' in outcome;
      if (delayMs > 0) await pause(delayMs, signal);
    }
  }

  try {
    return await run();
  } catch (error) {
    trace.code = isEgainAuthError(error) ? error.code : undefined;
    throw error;
  } finally {
    caller.record?.(trace.entry());
  }
}

function requestOf(
  { method, url, headers, body, signal, maxBodyBytes }: ApiCall,
  { accessToken }: TokenSet,
  leftMs: number,
  freshConnection: boolean,
): OutgoingRequest {
  return {
    method,
    url,
    body,
    signal,
    maxBodyBytes,
    freshConnection,
    timeoutMs: Math.max(1, leftMs),
    headers: {
      ...headers,
      // What a cache in the caller's own dispatcher keeps, it gives to everybody (T071).
      'cache-control': 'no-store',
      // Last: a caller's header cannot become a second identity (T073).
      authorization: `Bearer ${accessToken}`,
    },
  };
}

async function pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(delayMs, undefined, signal && { signal });
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}

export function unavailable(
  { url, timeoutMs }: Pick<ApiCall, 'url' | 'timeoutMs'>,
  failure?: HttpFailure,
): EgainAuthError {
  const problem = failure?.kind === 'timeout' || !failure ? `no answer within ${timeoutMs} ms` : failure.message;
  return new EgainAuthError('api_unavailable', `${url.origin}: ${problem}`, {
    remedy: 'Check that this machine reaches the API host, then try again.',
  });
}

/**
 * What is told of a call, and how long it may still take. A class, against the house rule: one is made for each call, and what
 * is alive while an answer is waited for costs the more the more of it there is.
 */
class Trace {
  actors: readonly OperationActor[] = [];
  tokens: TokenSet | undefined;
  resends = 0;
  code: EgainAuthErrorCode | undefined;
  readonly #call: ApiCall;
  readonly #startedAt = performance.now();
  #tokenMs = 0;
  #status: number | undefined;

  constructor(call: ApiCall) {
    this.#call = call;
  }

  get leftMs(): number {
    return this.#startedAt + this.#call.timeoutMs - performance.now();
  }

  /** @throws {EgainAuthError} `api_unavailable` when that takes too long; what others wait for too goes on */
  async waitForToken(tokens: TokenSet | Promise<TokenSet>): Promise<TokenSet> {
    const from = performance.now();
    try {
      return await withinDeadline(tokens, this.leftMs, { tooLate: () => unavailable(this.#call) });
    } finally {
      this.#tokenMs += performance.now() - from;
    }
  }

  async send<Answer extends IncomingHead>(
    transport: ApiCallDependencies<Answer>['transport'],
    request: OutgoingRequest,
  ): Promise<Outcome<Answer>> {
    const from = performance.now();
    let failure: HttpEvent['failure'];
    try {
      const answer = await transport(request);
      this.#status = answer.status;
      return { answer };
    } catch (error) {
      this.#status = undefined;
      failure = error instanceof HttpFailure ? error.kind : 'aborted';
      if (error instanceof HttpFailure) return { failure: error };
      throw error;
    } finally {
      if (httpEvents.hasSubscribers) this.#publish(from, failure);
    }
  }

  entry(): LedgerEntry {
    const { method, url, operation } = this.#call;
    return {
      method,
      path: publicPath(operation, url.pathname),
      ...(operation && { operationId: operation.operationId }),
      ...actorOf(this.actors),
      scope: [...(this.tokens?.scope ?? [])],
      ...(this.tokens && { tokenSource: this.tokens.source }),
      ...(this.#status !== undefined && { status: this.#status }),
      startedAt: performance.timeOrigin + this.#startedAt,
      durationMs: performance.now() - this.#startedAt,
      tokenMs: this.#tokenMs,
      retries: this.resends,
      ...(this.code && { code: this.code }),
    };
  }

  #publish(from: number, failure: HttpEvent['failure']): void {
    const { method, url, operation } = this.#call;
    httpEvents.publish({
      method,
      origin: url.origin,
      ...(operation && { path: operation.path }),
      ...actorOf(this.actors),
      ...(this.#status !== undefined && { status: this.#status }),
      startedAt: performance.timeOrigin + from,
      durationMs: performance.now() - from,
      resend: this.resends,
      ...(failure && { failure }),
    } satisfies HttpEvent);
  }
}

function actorOf([actor, ...others]: readonly OperationActor[]): { actor?: OperationActor } {
  return actor && others.length === 0 ? { actor } : {};
}
