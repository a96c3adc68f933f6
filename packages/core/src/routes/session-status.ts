import { type HttpReply, type HttpRequest, type HttpResponse, json } from '../http/exchange.ts';
import type { RouteContext } from './route-context.ts';

/** `GET /auth/session`: whether and who, never with what token. */
export function sessionStatus({ sessions }: RouteContext, request: HttpRequest, reply: HttpReply): HttpResponse {
  const session = sessions.open(request, reply);
  return json(200, session ? { authenticated: true, identity: session.identity } : { authenticated: false });
}
