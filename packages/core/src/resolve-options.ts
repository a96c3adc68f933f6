import type { WarningEvent } from './events.ts';
import { createProblems, type Problems } from './option-problems.ts';
import type { ClientOptions, EgainAuthOptions, Secret } from './options.ts';
import { deriveEndpoints, type Endpoints, overrideEndpoints, resolveHosts } from './protocol/endpoints.ts';
import { resolveLogin } from './resolve-login.ts';
import type { ResolvedClient, ResolvedOptions } from './resolved-options.ts';

const FLOWS = ['user', 'customer', 'client', 'anonymousCustomer', 'onBehalfOf', 'tokenExchange'] as const;
const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Validates everything and applies every default.
 * @param production in production plain http is refused even on loopback
 * @throws {EgainAuthError} `invalid_configuration`, one error that lists every problem with its remedy
 */
export function resolveOptions(options: EgainAuthOptions, production: boolean): ResolvedOptions {
  if (typeof options !== 'object' || options === null) throw new TypeError('createEgainAuth expects an options object');
  // From here on only own members exist: a polluted prototype cannot configure anything (T098).
  const given = ownCopy(options);
  const problems = createProblems(production);

  const clients = resolveClients(given, problems);
  const { endpoints, apiUrl } = resolveEndpoints(given, problems);
  const login = given.login && resolveLogin(given, { clients, endpoints }, problems);
  const insecure = problems.checkLoopback();
  const timeoutMs = problems.positive('http.timeoutMs', given.http?.timeoutMs, DEFAULT_TIMEOUT_MS);
  if (given.authorizeSubject !== undefined && typeof given.authorizeSubject !== 'function') {
    problems.add('authorizeSubject', 'is not a function', 'Pass (subject, context) => boolean.');
  }
  problems.throwIfAny();

  return Object.freeze({
    tenantId: given.tenantId,
    clients,
    endpoints,
    apiUrl,
    scopePrefix: resolveScopePrefixes(given, apiUrl),
    login,
    authorizeSubject: given.authorizeSubject,
    http: { timeoutMs, dispatcher: given.http?.dispatcher },
    warnings: [
      ...(insecure ? [INSECURE_LOOPBACK] : []),
      ...(given.authorizeSubject ? [] : [IMPERSONATION_UNRESTRICTED]),
    ],
  });
}

const INSECURE_LOOPBACK: WarningEvent = {
  code: 'insecure_loopback',
  message: 'Plain http is used, because every URL is on loopback and NODE_ENV is not production.',
};
const IMPERSONATION_UNRESTRICTED: WarningEvent = {
  code: 'impersonation_unrestricted',
  message: 'No authorizeSubject is set: this application may act on behalf of every user and customer of the tenant.',
};

function resolveClients(given: EgainAuthOptions, problems: Problems): ResolvedOptions['clients'] {
  const { clientId, clientSecret } = given;
  const shared = clientId === undefined ? undefined : { clientId, ...(clientSecret !== undefined && { clientSecret }) };
  if (!shared && !given.clients) {
    problems.add(
      'clientId',
      'is not set',
      'Copy the Client ID from the Administration Console, or set EGAIN_CLIENT_ID.',
    );
  }
  const sharedClient = resolveClient('', shared, problems);
  const entries = FLOWS.map((flow) => {
    const own = given.clients?.[flow];
    return [flow, own ? resolveClient(`clients.${flow}.`, own, problems) : sharedClient];
  });
  return Object.freeze(Object.fromEntries(entries) as ResolvedOptions['clients']);
}

function resolveClient(
  path: string,
  client: ClientOptions | undefined,
  problems: Problems,
): ResolvedClient | undefined {
  if (!client) return undefined;
  const { clientId, clientSecret, pkce = true } = client;
  if (typeof clientId !== 'string' || clientId.trim() === '') {
    problems.add(`${path}clientId`, 'is not a non-empty string', 'Copy the Client ID from the Administration Console.');
  }
  if (clientSecret !== undefined && clientSecret !== '' && !['string', 'function'].includes(typeof clientSecret)) {
    problems.add(`${path}clientSecret`, 'is neither a string nor a function', 'Leave it out for a public client.');
  }
  if (clientSecret === '') {
    problems.add(`${path}clientSecret`, 'is empty', 'Set the secret; leave the option out for a public client.');
  }
  if (clientSecret === undefined && !pkce) {
    problems.add(`${path}pkce`, 'is off for a client without secret', 'Public clients must use PKCE: leave pkce out.');
  }
  return Object.freeze({ clientId, clientSecret: secretFunction(clientSecret), pkce });
}

function secretFunction(secret: Secret | undefined): ResolvedClient['clientSecret'] {
  return typeof secret === 'string' ? () => secret : secret;
}

function resolveEndpoints(
  given: EgainAuthOptions,
  problems: Problems,
): { endpoints: Endpoints; apiUrl: URL | undefined } {
  const domainUrl = problems.url('domainUrl', given.domainUrl);
  const hosts = domainUrl && resolveHosts(domainUrl);
  const apiUrl = problems.origin('apiUrl', given.apiUrl) ?? hosts?.apiUrl;
  if (hosts && !apiUrl && given.apiUrl === undefined) {
    problems.add(
      'apiUrl',
      `cannot be derived from ${hosts.loginUrl.host}`,
      'Set it: the host that APIs are called at.',
    );
  }
  if ((given.tenantId === undefined) !== (given.domainUrl === undefined)) {
    const [present, absent] = given.tenantId === undefined ? ['domainUrl', 'tenantId'] : ['tenantId', 'domainUrl'];
    problems.add(absent, `is not set, but ${present} is`, 'Set both, or neither and every URL in endpoints.');
  }
  if (given.tenantId === undefined && given.domainUrl === undefined && given.endpoints === undefined) {
    problems.add(
      'tenantId',
      'is not set, nor is any endpoint',
      'Set tenantId and domainUrl (EGAIN_TENANT_ID, EGAIN_DOMAIN_URL).',
    );
  }
  const derived =
    given.tenantId !== undefined && hosts ? deriveEndpoints(given.tenantId, hosts.loginUrl, apiUrl) : undefined;
  return {
    endpoints: overrideEndpoints(derived, given.endpoints ?? {}, (option, url) => problems.url(option, url)),
    apiUrl,
  };
}

function resolveScopePrefixes(given: EgainAuthOptions, apiUrl: URL | undefined): ResolvedOptions['scopePrefix'] {
  const entries = FLOWS.map((flow) => {
    const standard = flow === 'anonymousCustomer' && apiUrl ? `${apiUrl.origin}/auth/` : '';
    return [flow, given.scopePrefix?.[flow] ?? standard];
  });
  return Object.freeze(Object.fromEntries(entries) as ResolvedOptions['scopePrefix']);
}

/** Plain objects and lists are copied without prototype; functions and instances, such as a dispatcher, are kept. */
function ownCopy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(ownCopy) as T;
  if (typeof value !== 'object' || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const copy: Record<string, unknown> = Object.create(null);
  for (const [name, member] of Object.entries(value)) copy[name] = ownCopy(member);
  return copy as T;
}
