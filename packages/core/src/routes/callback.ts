import { holdProcess } from '../deadline.ts';
import { EgainAuthError, isEgainAuthError, withResponseHeaders } from '../errors.ts';
import { requestAuthorizationCodeToken } from '../flows/authorization-code.ts';
import { type HttpRequest, type HttpResponse, queryOf, redirect, withCookies } from '../http/exchange.ts';
import { parseErrorCode, parseErrorDescription } from '../protocol/error-text.ts';
import type { IssuedTokenSet } from '../protocol/token-set.ts';
import { inTurn } from '../protocol/turns.ts';
import { bindingOf } from '../session/binding.ts';
import type { LoginTransaction } from '../session/login-transaction.ts';
import { answerLateCallback, loginExpired } from './late-callback.ts';
import { assertNavigation } from './navigation.ts';
import type { RouteContext } from './route-context.ts';

/**
 * The way back from eGain: turns the code into a session and goes where the person wanted to.
 * @throws {EgainAuthError} `invalid_callback`, `login_expired`, `login_refused`, and what the token endpoint throws
 */
export async function completeLogin(context: RouteContext, request: HttpRequest): Promise<HttpResponse> {
  assertNavigation(request);
  const query = queryOf(request);
  const state = readState(query);
  // The check that this browser started this login (RFC 6749 §10.12, T001). Until it passed, no other parameter counts.
  const transaction = context.transactions.find(request, state);
  if (!transaction) return answerLateCallback(context, request, state, NOT_FOUND);
  const parameters = readParameters(query, state);
  const attempt = { context, request, transaction };
  const code = await endingOnFailure(attempt, () => {
    // Before the error is believed, too: it may come from another server (RFC 9207 §2.4).
    assertIssuer(context, transaction, parameters);
    const code = readCode(parameters, transaction);
    assertSameConfiguration(context, transaction);
    return code;
  });
  const letGo = holdProcess();
  try {
    const tokens = await exchangeCode(attempt, code);
    if (!tokens) return await answerLateCallback(context, request, state, USED);
    return await endingOnFailure(attempt, () => startSession(attempt, tokens));
  } finally {
    letGo();
  }
}

interface Attempt {
  readonly context: RouteContext;
  readonly request: HttpRequest;
  readonly transaction: LoginTransaction;
}

/** The attempt is over when this fails, so its cookie is removed: a code is worth one try (RFC 6749 §4.1.2). */
async function endingOnFailure<T>(attempt: Attempt, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw endedBy(error, attempt);
  }
}

const endedBy = (error: unknown, { context, request, transaction }: Attempt): unknown =>
  withResponseHeaders(error, withCookies(context.transactions.end(request, transaction.state, [])));

/**
 * The transaction is claimed only when the code is about to be spent. Until then nothing is kept for a callback (F57), and
 * a failure leaves the attempt as it is, so the person can load the page again.
 * @returns undefined if another callback had the transaction
 */
async function exchangeCode(attempt: Attempt, code: string): Promise<IssuedTokenSet | undefined> {
  const { context, transaction } = attempt;
  const { flow, login, transactions, codeTurns } = context;
  const { persona, scope, codeVerifier, state } = transaction;
  return inTurn(codeTurns[persona], flow.options.http.timeoutMs, async (timeoutMs) => {
    if (!(await transactions.claim(state))) return undefined;
    const exchange = { persona, scope, code, codeVerifier, timeoutMs, redirectUri: login.redirectUri };
    try {
      return await requestAuthorizationCodeToken(flow, exchange).catch((error) => rethrowRefusal(attempt, error));
    } catch (error) {
      if (!isEgainAuthError(error, 'client_secret_unavailable')) throw endedBy(error, attempt);
      // eGain was not asked, so the code is still good.
      await transactions.release(state);
      throw error;
    }
  });
}

async function startSession({ context, request, transaction }: Attempt, tokens: IssuedTokenSet): Promise<HttpResponse> {
  const { sessions, transactions, login, resolveIdentity } = context;
  const { persona, scope, returnTo, state } = transaction;
  const identity = await resolveIdentity(persona, tokens);
  const started = await sessions.start(request, { persona, identity, tokens, requestedScope: scope });
  const cookies = [...started, ...transactions.end(request, state, started)];
  // An absolute URL of our own origin: no path, however odd, can lead elsewhere (T027).
  return redirect(`${login.baseUrl.origin}${returnTo}`, cookies);
}

/** RFC 6749 Appendix A.11. The limit of 4096 characters is ours. */
const CODE = /^[\x20-\x7e]{1,4096}$/;

interface CallbackParameters {
  readonly state: string;
  readonly code: string | undefined;
  readonly error: string | undefined;
  readonly iss: string | undefined;
  readonly errorDescription: string | undefined;
}

/** A parameter sent twice has no meaning that both eGain and we would agree on (T014). */
function single(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name);
  if (values.length > 1) throw invalidCallback(`${name} is there more than once`);
  return values[0] || undefined;
}

function readState(query: URLSearchParams): string {
  const state = single(query, 'state');
  if (state === undefined) throw invalidCallback('it has no state');
  return state;
}

function readParameters(query: URLSearchParams, state: string): CallbackParameters {
  // Answers of flows that hand tokens through the browser: we never asked for one (T019).
  for (const name of ['access_token', 'id_token', 'response']) {
    if (query.has(name)) throw invalidCallback(`it carries ${name}`);
  }
  return {
    state,
    code: single(query, 'code'),
    error: single(query, 'error'),
    errorDescription: single(query, 'error_description'),
    iss: single(query, 'iss'),
  };
}

const NOT_FOUND = {
  problem: 'this browser has no pending login with the state of the callback',
  remedy:
    'Start again at the login route. If it happens at every login: is baseUrl the very origin people use, so that the login cookie comes back?',
};
const USED = {
  problem: 'this login was completed, or tried, already',
  remedy: 'Start again at the login route.',
};

/** The mix-up defence where eGain supports it; byte for byte, as RFC 9207 §2.4 has it (T007). */
function assertIssuer({ flow }: RouteContext, { persona }: LoginTransaction, { iss }: CallbackParameters): void {
  const { issuer } = flow.options.endpoints[persona];
  if (issuer !== undefined && iss !== issuer) throw invalidCallback('it does not come from the configured issuer');
}

function readCode({ code, error, errorDescription }: CallbackParameters, transaction: LoginTransaction): string {
  if (error !== undefined) {
    const { state, codeVerifier = '' } = transaction;
    const secrets = new URLSearchParams({ state, code: code ?? '', code_verifier: codeVerifier });
    const oauthError = parseErrorCode(error, secrets) ?? 'unknown';
    const description = parseErrorDescription(errorDescription, secrets);
    const said = [oauthError, description].filter((part) => part !== undefined).join(': ');
    throw new EgainAuthError('login_refused', `eGain answered the login with ${said}`, {
      remedy:
        oauthError === 'access_denied'
          ? 'Nothing to mend: the person cancelled, or may not sign in.'
          : 'Check the scopes, the Platform and the redirect URL of the client application.',
      oauthError,
    });
  }
  if (code === undefined) throw invalidCallback('it has neither code nor error');
  // eGain is not asked about it: garbage would take the turns of people who sign in (F60).
  if (!CODE.test(code)) throw invalidCallback('its code cannot be an authorization code');
  return code;
}

/** A code comes from the browser: that eGain does not know it, or knows it as used, is no failure of a server (T003, T028). */
function rethrowRefusal({ context, transaction }: Attempt, error: unknown): never {
  if (!isEgainAuthError(error, 'token_request_failed') || error.oauthError !== 'invalid_grant') throw error;
  throw loginExpired(context, transaction.persona, {
    problem: error.message.slice(error.code.length + 2),
    remedy:
      'Start again at the login route. If it happens at every login: is the redirect URL registered as it stands in baseUrl?',
    oauthError: error.oauthError,
  });
}

function assertSameConfiguration(
  { flow, login }: RouteContext,
  { persona, binding, codeVerifier }: LoginTransaction,
): void {
  if (binding !== bindingOf(flow.options, persona, login.redirectUri)) {
    throw invalidCallback('the login was started for another tenant, client or endpoint');
  }
  if (flow.options.clients[persona]?.pkce && codeVerifier === undefined) {
    throw invalidCallback('the login was started without PKCE');
  }
}

function invalidCallback(problem: string): EgainAuthError {
  return new EgainAuthError('invalid_callback', `the callback cannot be used: ${problem}`, {
    remedy: 'Start again at the login route.',
  });
}
