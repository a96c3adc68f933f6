import { randomBytes } from 'node:crypto';
import type { EgainAuthOptions } from '../options.ts';
import type { Endpoints, Persona } from '../protocol/endpoints.ts';
import type { ResolvedLogin, ResolvedOptions, ResolvedSession, RouteName } from '../resolved-options.ts';
import { checkScopes } from './check-scopes.ts';
import { isLoopback } from './loopback.ts';
import { MIN_SECRET_BYTES, type Problems } from './option-problems.ts';

const ROUTES = { login: '/auth/login', callback: '/auth/callback', logout: '/auth/logout', session: '/auth/session' };
/** Segments that no browser normalises: a route with `..` could never be reached. */
const ROUTE = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+$/;
/** All of `SessionStore`: without the last three a session can be lost (F64). */
const STORE_METHODS = ['get', 'set', 'delete', 'replace', 'claim', 'release'] as const;
const HOUR_MS = 60 * 60 * 1000;
/** Browsers keep no cookie for longer (RFC 6265bis §5.5). A session that lasts longer would also exceed what a date holds. */
const MAX_SESSION_MS = 400 * 24 * HOUR_MS;

export function resolveLogin(
  given: EgainAuthOptions,
  { user, customer, resolveIdentity, postLogoutUrl }: NonNullable<EgainAuthOptions['login']>,
  { clients, endpoints }: { clients: ResolvedOptions['clients']; endpoints: Endpoints },
  problems: Problems,
): ResolvedLogin | undefined {
  const personas = { ...(user && { user }), ...(customer && { customer }) };
  if (!user && !customer) {
    problems.add('login', 'missing', 'names neither user nor customer', 'Say which scopes a login asks for.');
  }
  for (const persona of Object.keys(personas) as Persona[]) {
    checkScopes(`login.${persona}.scope`, persona, personas[persona]?.scope, problems);
    if (!clients[persona]) problems.add(`clients.${persona}`, 'missing', 'is not set', 'Set clientId, or this client.');
    for (const name of ['authorizationUrl', 'tokenUrl'] as const) {
      if (endpoints[persona][name]) continue;
      problems.add(`endpoints.${persona}.${name}`, 'missing', 'is not set', 'Set it, or tenantId and domainUrl.');
    }
  }
  if (given.baseUrl === undefined) {
    problems.add(
      'baseUrl',
      'missing',
      'is not set, but login is',
      'Set the URL people open this application at (EGAIN_BASE_URL).',
    );
  }
  const baseUrl = problems.url('baseUrl', given.baseUrl);
  const session = resolveSession(given.session, baseUrl, problems);
  const routes = resolveRoutes(given.routes, problems);
  if (!baseUrl) return undefined;
  if (baseUrl.search !== '' || !/^(?:\/[\w.~%-]+)*\/?$/.test(baseUrl.pathname)) {
    problems.add(
      'baseUrl',
      'not_an_origin',
      'is more than an origin and a path',
      'Such as https://desk.example.com/app.',
    );
  }

  const mount = baseUrl.pathname.replace(/\/$/, '');
  const secure = baseUrl.protocol === 'https:';
  return Object.freeze({
    baseUrl,
    strippedPrefix: resolveStrippedPrefix(given.strippedPrefix, mount, problems),
    redirectUri: `${baseUrl.origin}${mount}${routes.callback ?? ROUTES.callback}`,
    personas,
    resolveIdentity,
    routes: Object.fromEntries(Object.entries(routes).map(([name, path]) => [name, `${mount}${path}`])),
    postLogoutUrl: problems.url('login.postLogoutUrl', postLogoutUrl) ?? baseUrl,
    session: { ...session, secure, cookieName: secure ? `__Host-${session.cookieName}` : session.cookieName },
  });
}

/** @param mount the path of `baseUrl`, without a slash at the end */
function resolveStrippedPrefix(given: unknown, mount: string, problems: Problems): string {
  if (given === undefined) return '';
  const isBeginning = typeof given === 'string' && /^\/.*[^/]$/.test(given) && `${mount}/`.startsWith(`${given}/`);
  if (isBeginning) return given;
  problems.add(
    'strippedPrefix',
    'not_a_path',
    'is not the beginning of the path of baseUrl',
    mount === ''
      ? 'Add the path to baseUrl, or leave strippedPrefix out.'
      : `Such as '${mount}', without a slash at the end.`,
  );
  return '';
}

function resolveSession(
  given: EgainAuthOptions['session'],
  baseUrl: URL | undefined,
  problems: Problems,
): Omit<ResolvedSession, 'secure'> {
  const remedy = `Set at least ${MIN_SECRET_BYTES} random bytes (EGAIN_SESSION_SECRET), such as from: openssl rand -base64 33`;
  let secrets = problems.secrets('session.secret', given?.secret, remedy);
  // Only one process serves loopback. Elsewhere each replica would have a secret of its own, and sign people out whom
  // another replica signed in (T116).
  if (given?.secret === undefined && baseUrl && isLoopback(baseUrl) && !problems.production) {
    secrets = [randomBytes(MIN_SECRET_BYTES).toString('base64')];
    problems.warn('random_session_secret', `No session.secret is set, so a restart signs every person out. ${remedy}.`);
  } else if (secrets.length === 0) {
    problems.add('session.secret', 'missing', 'is not set, but login is', remedy);
  }
  problems.store('session.store', given?.store, STORE_METHODS, 'createMemorySessionStore');
  const cookieName = given?.cookieName ?? 'egain_session';
  const isCookieName = typeof cookieName === 'string' && /^[\w-]{1,64}$/.test(cookieName);
  if (!problems.copied('session.cookieName', cookieName) && !isCookieName) {
    problems.add('session.cookieName', 'not_a_cookie_name', 'is no plain cookie name', 'Use letters, digits, - and _.');
  }
  return {
    secrets: () => secrets,
    cookieName,
    store: given?.store,
    idleMs: problems.milliseconds('session.idleMs', given?.idleMs, HOUR_MS, MAX_SESSION_MS),
    absoluteMs: problems.milliseconds('session.absoluteMs', given?.absoluteMs, 8 * HOUR_MS, MAX_SESSION_MS),
  };
}

function resolveRoutes(given: EgainAuthOptions['routes'], problems: Problems): Partial<Record<RouteName, string>> {
  const routes: Partial<Record<RouteName, string>> = {};
  for (const name of Object.keys(ROUTES) as RouteName[]) {
    // Not `??`: null is not a path, and must not open a route that was meant to be off.
    const path = given?.[name] === undefined ? ROUTES[name] : given[name];
    if (path === false) continue;
    if (typeof path === 'string' && ROUTE.test(path)) routes[name] = path;
    else problems.add(`routes.${name}`, 'not_a_path', 'is not a path', `Such as '${ROUTES[name]}', or false.`);
  }
  if (new Set(Object.values(routes)).size < Object.keys(routes).length) {
    problems.add('routes', 'shared_path', 'share a path', 'Give each route a path of its own.');
  }
  return routes;
}
