import { EgainAuthError, type EgainAuthErrorOptions } from '../errors.ts';
import { type HttpRequest, type HttpResponse, redirect } from '../http/exchange.ts';
import type { Persona } from '../protocol/endpoints.ts';
import type { RouteContext } from './route-context.ts';

/** Why a login cannot be completed any more. */
type Expiry = Pick<EgainAuthErrorOptions, 'remedy' | 'oauthError'> & { readonly problem: string };

/**
 * Answers a callback whose login is over: it was used, it is too old, or its cookie is gone. A person gets there by the
 * back button, or in a restored tab. If this browser is signed in meanwhile, the person goes on: to the page that the
 * login was started for if its cookie still opens, else to `baseUrl`. A session of another persona does not count.
 *
 * A stranger can cause such a callback (T001), so it has no effect: eGain is not asked, the session is neither touched nor
 * renewed, and no parameter beside `state` is read, which is only compared.
 * @throws {EgainAuthError} `login_expired` if nobody is signed in, and for the second late callback in a row, because an
 *   application that starts another login at `baseUrl` would redirect for ever; `session_store_unavailable`
 */
export async function answerLateCallback(
  context: RouteContext,
  request: HttpRequest,
  state: string,
  expiry: Expiry,
): Promise<HttpResponse> {
  const { login, sessions, transactions } = context;
  const { session } = await sessions.peek(request);
  const attempt = transactions.recall(request, state);
  const isOther = attempt !== undefined && attempt.persona !== session?.persona;
  const cookie = session && !isOther ? transactions.leadOn(request, state) : undefined;
  if (cookie === undefined) throw loginExpired(context, attempt?.persona ?? session?.persona, expiry);
  return redirect(attempt ? `${login.baseUrl.origin}${attempt.returnTo}` : login.baseUrl.href, [cookie]);
}

/** Its page links to the login route, so that it is not a dead end. */
export function loginExpired(
  { login }: RouteContext,
  persona: Persona | undefined,
  { problem, ...options }: Expiry,
): EgainAuthError {
  const path = login.routes.login;
  const loginUrl = path !== undefined && persona ? `${path}?as=${persona}` : path;
  return new EgainAuthError('login_expired', problem, { ...options, ...(loginUrl !== undefined && { loginUrl }) });
}
