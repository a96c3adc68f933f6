import { EgainAuthError } from '../errors.ts';
import { type HttpRequest, type HttpResponse, headerOf, redirect, targetOf } from '../http/exchange.ts';
import type { LogoutOptions } from '../options.ts';
import type { ResolvedLogin } from '../resolved-options.ts';
import { parseReturnTo } from './return-to.ts';
import type { RouteContext } from './route-context.ts';

/** Ends the local session. eGain documents no end of its own. */
export function endSession(
  { login, sessions }: RouteContext,
  request: HttpRequest,
  { returnTo }: LogoutOptions = {},
): HttpResponse {
  return redirect(`${login.baseUrl.origin}${parseReturnTo(returnTo) ?? login.baseUrl.pathname}`, sessions.end(request));
}

/**
 * `POST /auth/logout?returnTo=/bye` from a page of this origin.
 * @throws {EgainAuthError} `cross_site_request`
 */
export function handleLogout(context: RouteContext, request: HttpRequest): HttpResponse {
  assertSameOrigin(context.login, request);
  const returnTo = new URL(targetOf(request), context.login.baseUrl).searchParams.get('returnTo');
  return endSession(context, request, returnTo === null ? {} : { returnTo });
}

/**
 * A foreign page must not sign anybody out (T047). Fetch Metadata decides where the browser sends it, since no page
 * can forge it; `Origin` is asked only in its absence, because a form under `no-referrer` sends `Origin: null`.
 */
function assertSameOrigin({ baseUrl }: ResolvedLogin, request: HttpRequest): void {
  const site = headerOf(request, 'sec-fetch-site');
  const same = site === undefined ? headerOf(request, 'origin') === baseUrl.origin : site === 'same-origin';
  if (same) return;
  throw new EgainAuthError('cross_site_request', 'the logout did not come from a page of this origin', {
    remedy: 'Post a form to the logout route from a page at baseUrl.',
  });
}
