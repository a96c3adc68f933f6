import { EgainAuthError, withResponseHeaders } from '../errors.ts';
import { publishWarning } from '../events.ts';
import { bare } from '../http/agent.ts';
import { type HttpRequest, type HttpResponse, headerOf, queryOf, redirect, withCookies } from '../http/exchange.ts';
import type { LogoutOptions } from '../options.ts';
import type { ResolvedLogin } from '../resolved-options.ts';
import type { SessionRecord } from '../session/session.ts';
import { parseReturnTo } from './return-to.ts';
import type { RouteContext } from './route-context.ts';

/**
 * Ends the session here, takes its tokens back where eGain can do that, and goes where a logout ends. The session with
 * eGain ends only where `endSessionUrl` says how.
 * @throws {EgainAuthError} `session_store_unavailable`, with the cookies that end it in this browser all the same
 */
export async function endSession(
  context: RouteContext,
  request: HttpRequest,
  options: LogoutOptions = {},
): Promise<HttpResponse> {
  const { returnTo } = bare(options);
  const { login, sessions, flow } = context;
  const cookies = sessions.expire(request);
  let session: SessionRecord | undefined;
  try {
    session = await sessions.end(request);
  } catch (error) {
    throw withResponseHeaders(error, withCookies(cookies));
  }
  if (session) await revokeTokens(context, session);
  const endSessionUrl = session && flow.options.endpoints[session.persona].endSessionUrl;
  const path = parseReturnTo(returnTo);
  const local = path === undefined ? login.postLogoutUrl.href : `${login.baseUrl.origin}${path}`;
  return redirect(endSessionUrl?.href ?? local, cookies);
}

/** The refresh token first: it could still be used for another access token (RFC 7009 §2.1). A failure stops no logout. */
async function revokeTokens({ flow, revokeToken }: RouteContext, { persona, tokens }: SessionRecord): Promise<void> {
  const { revocationUrl } = flow.options.endpoints[persona];
  const client = flow.options.clients[persona];
  if (!revocationUrl || !client) return;
  const { accessToken, refreshToken } = tokens;
  try {
    if (refreshToken !== undefined) {
      await revokeToken({ revocationUrl, client, token: refreshToken, kind: 'refresh_token' });
    }
    await revokeToken({ revocationUrl, client, token: accessToken, kind: 'access_token' });
  } catch {
    const message = 'The tokens of a session that ended could not be revoked.';
    publishWarning({ code: 'revocation_failed', message }, flow.options.silenceWarnings);
  }
}

/**
 * `POST /auth/logout?returnTo=/`.
 * @throws {EgainAuthError} `cross_site_request`, and what {@link endSession} throws
 */
export async function handleLogout(context: RouteContext, request: HttpRequest): Promise<HttpResponse> {
  assertSameOrigin(context.login, request);
  const returnTo = queryOf(request).get('returnTo');
  return endSession(context, request, returnTo === null ? {} : { returnTo });
}

/**
 * A foreign page must not sign anybody out (T047). Fetch Metadata decides where the browser sends it, since no page
 * can forge it; `Origin` is asked only in its absence, because a form under `no-referrer` sends `Origin: null`.
 */
function assertSameOrigin({ baseUrl }: ResolvedLogin, request: HttpRequest): void {
  const site = headerOf(request, 'sec-fetch-site');
  const origin = headerOf(request, 'origin');
  const same = site === undefined ? origin === baseUrl.origin : site === 'same-origin';
  if (same) return;
  throw new EgainAuthError('cross_site_request', 'the logout did not come from a page of this origin', {
    remedy: remedyFor(site, origin),
  });
}

function remedyFor(site: string | undefined, origin: string | undefined): string {
  if (site !== undefined) return 'Post a form to the logout route from a page at baseUrl.';
  if (origin === 'null') {
    return 'The request has Origin: null and no Sec-Fetch-Site. Send Referrer-Policy: same-origin with the page that has the form, because no-referrer hides its origin, and let proxies pass Sec-Fetch-Site on.';
  }
  return origin === undefined
    ? 'The request has neither Sec-Fetch-Site nor Origin. Post a form from a page at baseUrl, and let proxies pass these headers on.'
    : 'Post a form to the logout route from a page at baseUrl. If the form is there, set baseUrl to the very origin that people use.';
}
