import { type HttpRequest, type HttpResponse, json } from '../http/exchange.ts';
import type { RouteContext } from './route-context.ts';

/**
 * `GET /auth/session`: whether, who and until when, never with what token. Asking is no use of the session: a page that
 * asks all day long does not keep it open.
 * @throws {EgainAuthError} `session_store_unavailable`
 */
export async function sessionStatus({ sessions }: RouteContext, request: HttpRequest): Promise<HttpResponse> {
  const { session } = await sessions.peek(request);
  if (!session) return json(200, { authenticated: false });
  const { identity } = session;
  return json(200, { authenticated: true, identity, expiresAt: new Date(sessions.endOf(session)).toISOString() });
}
