import { EgainAuthError, isEgainAuthError } from '../errors.ts';
import { publishWarning, type WarningEvent } from '../events.ts';
import { buildAuthorizationUrl } from '../flows/authorization-code.ts';
import { bare } from '../http/agent.ts';
import {
  type HttpRequest,
  type HttpResponse,
  isSpeculative,
  PRIVATE_HEADERS,
  queryOf,
  redirect,
} from '../http/exchange.ts';
import type { StartLoginOptions } from '../options.ts';
import type { Persona } from '../protocol/endpoints.ts';
import { requireConfigured } from '../protocol/require-configured.ts';
import { bindingOf } from '../session/binding.ts';
import type { LoginTransactions } from '../session/login-transaction.ts';
import { assertNavigation } from './navigation.ts';
import { parseReturnTo } from './return-to.ts';
import type { RouteContext } from './route-context.ts';

export interface LoginRequest extends StartLoginOptions {
  /** Beside `scope`. */
  readonly furtherScope?: readonly string[];
}

/**
 * The answer to a speculative request that needs a login. A browser keeps no failed answer that is `no-store`: it asks
 * again when the person opens the page. There is no `Retry-After`, because Chromium would prefetch nothing of this origin
 * for that time, also after the sign-in.
 */
const NOT_OPENED: HttpResponse = {
  status: 503,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...PRIVATE_HEADERS },
  body: 'This page needs a sign-in, which starts when the page is opened.',
};

/**
 * Sends the browser to eGain's sign-in page. A speculative request gets {@link NOT_OPENED}: it would put a pending login
 * into the browser that no person asked for, and a few of them would evict the login that is open in another tab (T101).
 * @throws {EgainAuthError} `login_not_configured` for a persona that `login` does not name
 */
export function startLogin(context: RouteContext, given: LoginRequest, request: HttpRequest): HttpResponse {
  if (isSpeculative(request)) return NOT_OPENED;
  const options = bare(given);
  const { login, flow } = context;
  const persona = options.as ?? (login.personas.user || !login.personas.customer ? 'user' : 'customer');
  // `as` can come from a query, and `constructor` is no persona.
  const configured = Object.hasOwn(login.personas, persona) ? login.personas[persona] : undefined;
  if (!configured) {
    throw new EgainAuthError('login_not_configured', 'nobody of this persona can sign in here', {
      remedy: 'Name the persona in the option `login`, and use as=user or as=customer.',
    });
  }
  const scope = [...new Set([...(options.scope ?? configured.scope), ...(options.furtherScope ?? [])])];
  const { pkce } = requireConfigured(flow.options.clients[persona], `clients.${persona}`);
  const attempt = { persona, scope, pkce, binding: bindingOf(flow.options, persona, login.redirectUri) };
  const { transaction, cookies } = startTransaction(context, request, attempt, options.returnTo);
  const url = buildAuthorizationUrl(flow.options, { ...transaction, redirectUri: login.redirectUri });
  return redirect(url.href, cookies);
}

/**
 * A page that cannot be kept must not fail the login: the person ends at `baseUrl`, and a warning says so (F82). It may be
 * no path of this origin, or too long, also for the cookie beside many scopes.
 */
function startTransaction(
  { login, transactions, flow }: RouteContext,
  request: HttpRequest,
  attempt: Omit<Parameters<LoginTransactions['start']>[1], 'returnTo'>,
  target: string | undefined,
): ReturnType<LoginTransactions['start']> {
  const returnTo = parseReturnTo(target);
  try {
    if (returnTo !== undefined) return transactions.start(request, { ...attempt, returnTo });
  } catch (error) {
    if (!isEgainAuthError(error, 'session_too_large')) throw error;
  }
  if (target !== undefined) publishWarning(RETURN_TO_IGNORED, flow.options.silenceWarnings);
  return transactions.start(request, { ...attempt, returnTo: login.baseUrl.pathname });
}

const RETURN_TO_IGNORED: WarningEvent = {
  code: 'return_to_ignored',
  message:
    'A login was started without its "returnTo", so it ends at "baseUrl". A "returnTo", or the page that a guard was asked for, must be a path of this origin, without a backslash before its query, of at most 2048 characters, which fits into one cookie beside the scopes. Shorten the URL of such a page.',
};

/**
 * `GET /auth/login?as=customer&returnTo=/help`. Nothing else of the query counts (T020).
 * @throws {EgainAuthError} `navigation_required`, and what {@link startLogin} throws
 */
export function handleLogin(context: RouteContext, request: HttpRequest): HttpResponse {
  assertNavigation(request);
  const query = queryOf(request);
  const as = query.get('as');
  const returnTo = query.get('returnTo');
  return startLogin(
    context,
    { ...(as !== null && { as: as as Persona }), ...(returnTo !== null && { returnTo }) },
    request,
  );
}
