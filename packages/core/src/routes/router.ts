import { EgainAuthError } from '../errors.ts';
import { type HttpReply, type HttpRequest, type HttpResponse, methodOf, targetOf } from '../http/exchange.ts';
import type { RouteName } from '../resolved-options.ts';
import { completeLogin } from './callback.ts';
import { handleLogin } from './login.ts';
import { handleLogout } from './logout.ts';
import { createPrefixWarning } from './prefix-warning.ts';
import type { RouteContext } from './route-context.ts';
import { sessionStatus } from './session-status.ts';

type Route = (context: RouteContext, request: HttpRequest, reply: HttpReply) => HttpResponse | Promise<HttpResponse>;

/** HEAD is none of them: a link checker must not spend a code (T016). */
const ROUTES: Readonly<Record<RouteName, { method: 'GET' | 'POST'; handle: Route }>> = {
  login: { method: 'GET', handle: handleLogin },
  callback: { method: 'GET', handle: completeLogin },
  logout: { method: 'POST', handle: handleLogout },
  session: { method: 'GET', handle: sessionStatus },
};

/**
 * Answers the four URLs that belong to us, by their exact path.
 * @returns `undefined` for every other URL
 * @throws {EgainAuthError} `method_not_allowed`, and what the routes throw
 */
export function createRouter(context: RouteContext) {
  const { routes, strippedPrefix } = context.login;
  const names = new Map(
    Object.entries(routes).map(([name, path]) => [path.slice(strippedPrefix.length), name as RouteName]),
  );
  const warnOfPrefix = createPrefixWarning(context.login, context.flow.options.silenceWarnings);

  return async (request: HttpRequest, reply: HttpReply): Promise<HttpResponse | undefined> => {
    const path = targetOf(request).split('?', 1)[0] ?? '';
    const name = names.get(path);
    if (name === undefined) return warnOfPrefix(path);
    const { method, handle } = ROUTES[name];
    if (methodOf(request) !== method) {
      throw new EgainAuthError('method_not_allowed', `the ${name} route answers ${method} only`, {
        remedy:
          name === 'logout' ? 'Use a form with method="post".' : 'Send the browser there by a link or a redirect.',
        headers: { allow: method },
      });
    }
    return handle(context, request, reply);
  };
}
