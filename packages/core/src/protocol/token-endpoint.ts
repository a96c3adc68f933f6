import { withinDeadline } from '../deadline.ts';
import { EgainAuthError } from '../errors.ts';
import { bare } from '../http/agent.ts';
import type { HttpClient, IncomingAnswer, OutgoingRequest } from '../http/client.ts';
import { HttpFailure } from '../http/http-failure.ts';
import type { ResolvedClient } from '../resolved-options.ts';
import { copyingMistakeIn, withoutSpaceAround } from './copied-text.ts';
import { serializeScopes } from './scopes.ts';
import { parseTokenAnswer } from './token-answer.ts';
import { markUndecided, tokenEndpointRefusal } from './token-refusal.ts';
import type { IssuedTokenSet } from './token-set.ts';

const MAX_ANSWER_BYTES = 1024 * 1024;
/** What can be used once, so that a request that got lost on a kept connection could not be made again (T067). */
const USED_ONCE: ReadonlySet<string | undefined> = new Set(['authorization_code', 'refresh_token']);

/** One grant, as the flows state it. `client_id`, the secret and `scope` are added here. */
export interface TokenEndpointRequest {
  readonly tokenUrl: URL;
  readonly client: ResolvedClient;
  readonly parameters: Readonly<Record<string, string>>;
  /** Scopes to request, without prefix. */
  readonly scope?: readonly string[];
  /** Scopes that the grant stands for already, where the request does not repeat them. */
  readonly impliedScope?: readonly string[];
  readonly scopePrefix: string;
  /** Less than the client's own deadline, where some of it was spent waiting. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks eGain's token endpoint and returns the tokens.
 * @throws {EgainAuthError} `token_request_failed` when eGain refused, `token_endpoint_unavailable` when nothing usable
 *   came back and the same request may work later, `invalid_token_response` when the answer cannot be trusted,
 *   `client_secret_unavailable` when the secret function failed
 */
export type RequestToken = (request: TokenEndpointRequest) => Promise<IssuedTokenSet>;

/**
 * The only place that speaks to the token endpoint: a form by POST with the client's credentials in the body, the one
 * way that every eGain page shows (client_secret_post, RFC 6749 §2.3.1).
 * @param timeoutMs how long a secret function may take
 */
export function createTokenEndpoint(http: HttpClient, timeoutMs: number): RequestToken {
  return async (request) => {
    const {
      tokenUrl,
      client,
      parameters,
      scope = [],
      impliedScope = scope,
      scopePrefix,
      signal,
      timeoutMs: limitMs,
    } = bare(request);
    const clientSecret = await readSecret(client, timeoutMs);
    const form = new URLSearchParams({
      ...parameters,
      client_id: client.clientId,
      ...(clientSecret !== undefined && { client_secret: clientSecret }),
    });
    if (scope.length > 0) form.set('scope', serializeScopes(scope, scopePrefix));

    // The lifetime counts from before the request: what was spent on the way is not ours to use.
    const requestedAt = Date.now();
    const freshConnection = USED_ONCE.has(bare(parameters)['grant_type']);
    const answer = await postForm(http, { url: tokenUrl, form, freshConnection, signal, timeoutMs: limitMs });
    if (answer.status !== 200) throw tokenEndpointRefusal(answer, form);
    return parseTokenAnswer(answer, { requestedAt, scope: impliedScope, scopePrefix });
  };
}

/**
 * The client's secret of now, or `undefined` for a public client.
 * @throws {EgainAuthError} `client_secret_unavailable`
 */
export async function readSecret(client: ResolvedClient, timeoutMs: number): Promise<string | undefined> {
  if (!client.clientSecret) return undefined;
  let secret: unknown;
  try {
    secret = await withinDeadline(client.clientSecret(), timeoutMs, { holdsProcess: false });
  } catch (cause) {
    throw secretUnavailable('the function given as clientSecret failed', cause);
  }
  if (typeof secret !== 'string' || secret === '') {
    throw secretUnavailable('the function given as clientSecret returned no string');
  }
  const text = withoutSpaceAround(secret);
  const mistake = copyingMistakeIn(text);
  if (!mistake) return text;
  // eGain is not asked: it would answer invalid_client, which does not say what is wrong with the secret.
  throw new EgainAuthError('client_secret_unavailable', `what clientSecret() returned ${mistake.problem}`, mistake);
}

function secretUnavailable(problem: string, cause?: unknown): EgainAuthError {
  return new EgainAuthError('client_secret_unavailable', problem, {
    remedy: 'Check the vault behind it; `cause` has its error, if it threw one.',
    cause,
  });
}

/**
 * One form to an OAuth endpoint.
 * @throws {EgainAuthError} `token_endpoint_unavailable`, `invalid_token_response`
 */
export async function postForm(
  http: HttpClient,
  {
    url,
    form,
    ...rest
  }: { url: URL; form: URLSearchParams } & Pick<OutgoingRequest, 'signal' | 'timeoutMs' | 'freshConnection'>,
): Promise<IncomingAnswer> {
  try {
    return await http.send({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: form.toString(),
      maxBodyBytes: MAX_ANSWER_BYTES,
      ...rest,
    });
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    const unusable = error.kind === 'too-large' || error.kind === 'encoded';
    const code = unusable ? 'invalid_token_response' : 'token_endpoint_unavailable';
    const failure = new EgainAuthError(code, `${url.origin}: ${error.message}`, {
      remedy: unusable
        ? 'Check that the token URL is the one of the console’s Metadata dialog, and what stands in between.'
        : 'Check that this machine reaches the host of the token URL, then try again.',
    });
    throw error.isUnsent ? failure : markUndecided(failure);
  }
}
