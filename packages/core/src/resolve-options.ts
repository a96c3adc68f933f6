import type { WarningEvent } from './events.ts';
import { createProblems, type Problems } from './option-problems.ts';
import { copyOptions } from './option-shape.ts';
import type { ClientOptions, EgainAuthOptions, Secret } from './options.ts';
import { deriveEndpoints, type Endpoints, overrideEndpoints, resolveHosts } from './protocol/endpoints.ts';
import { resolveLogin } from './resolve-login.ts';
import type { ResolvedClient, ResolvedOptions } from './resolved-options.ts';

const FLOWS = ['user', 'customer', 'client', 'anonymousCustomer', 'onBehalfOf', 'tokenExchange'] as const;
const DEFAULT_TIMEOUT_MS = 10_000;
/** Node's timers turn anything longer into one millisecond. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Validates everything and applies every default.
 * @param production in production plain http is refused even on loopback
 * @throws {EgainAuthError} `invalid_configuration`, one error that lists every problem with its remedy
 */
export function resolveOptions(options: EgainAuthOptions, production: boolean): ResolvedOptions {
  if (typeof options !== 'object' || options === null) throw new TypeError('createEgainAuth expects an options object');
  const problems = createProblems(production);
  // From here on only own members exist.
  const given = copyOptions(options, problems);

  const clients = resolveClients(given, problems);
  const { endpoints, apiUrl } = resolveEndpoints(given, problems);
  const login = given.login && resolveLogin(given, given.login, { clients, endpoints }, problems);
  const insecure = problems.checkLoopback();
  const scopePrefix = resolveScopePrefixes(given, apiUrl, problems);
  const timeoutMs = problems.milliseconds('http.timeoutMs', given.http?.timeoutMs, DEFAULT_TIMEOUT_MS, MAX_TIMER_MS);
  if (given.authorizeSubject !== undefined && typeof given.authorizeSubject !== 'function') {
    problems.add('authorizeSubject', 'is not a function', 'Pass (subject, context) => boolean.');
  }
  problems.throwIfAny();

  return Object.freeze({
    tenantId: given.tenantId,
    clients,
    endpoints,
    apiUrl,
    scopePrefix,
    login,
    authorizeSubject: given.authorizeSubject,
    http: Object.freeze({ timeoutMs, dispatcher: given.http?.dispatcher }),
    warnings: Object.freeze([
      ...(insecure ? [INSECURE_LOOPBACK] : []),
      ...(given.authorizeSubject ? [] : [IMPERSONATION_UNRESTRICTED]),
    ]),
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
  const { clientId, clientSecret, clients } = given;
  if (clientId === undefined && !clients) {
    problems.add(
      'clientId',
      'is not set',
      'Copy the Client ID from the Administration Console, or set EGAIN_CLIENT_ID.',
    );
  }
  const shared =
    clientId === undefined ? undefined : resolveClient('', { clientId, clientSecret, pkce: undefined }, problems);
  const entries = FLOWS.map((flow) => {
    const own = clients?.[flow];
    return [flow, own ? resolveClient(`clients.${flow}.`, own, problems) : shared];
  });
  return Object.freeze(Object.fromEntries(entries) as ResolvedOptions['clients']);
}

/** @param client all three members its own, or of an object without prototype */
function resolveClient(
  path: string,
  { clientId, clientSecret, pkce = true }: { [member in keyof ClientOptions]: ClientOptions[member] | undefined },
  problems: Problems,
): ResolvedClient {
  if (typeof clientId !== 'string' || clientId.trim() === '') {
    problems.add(`${path}clientId`, 'is not a non-empty string', 'Copy the Client ID from the Administration Console.');
  }
  if (clientSecret !== undefined && !['string', 'function'].includes(typeof clientSecret)) {
    problems.add(`${path}clientSecret`, 'is neither a string nor a function', 'Leave it out for a public client.');
  }
  if (clientSecret === '') {
    problems.add(`${path}clientSecret`, 'is empty', 'Set the secret; leave the option out for a public client.');
  }
  if (clientSecret === undefined && !pkce) {
    problems.add(`${path}pkce`, 'is off for a client without secret', 'Public clients must use PKCE: leave pkce out.');
  }
  return Object.freeze({ clientId: String(clientId), clientSecret: secretFunction(clientSecret), pkce });
}

function secretFunction(secret: Secret | undefined): ResolvedClient['clientSecret'] {
  return typeof secret === 'string' ? () => secret : secret;
}

function resolveEndpoints(
  given: EgainAuthOptions,
  problems: Problems,
): { endpoints: Endpoints; apiUrl: URL | undefined } {
  const { tenantId } = given;
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
  if ((tenantId === undefined) !== (given.domainUrl === undefined)) {
    const [present, absent] = tenantId === undefined ? ['domainUrl', 'tenantId'] : ['tenantId', 'domainUrl'];
    problems.add(absent, `is not set, but ${present} is`, 'Set both, or neither and every URL in endpoints.');
  }
  if (tenantId === undefined && given.domainUrl === undefined && given.endpoints === undefined) {
    problems.add(
      'tenantId',
      'is not set, nor is any endpoint',
      'Set tenantId and domainUrl (EGAIN_TENANT_ID, EGAIN_DOMAIN_URL).',
    );
  }
  const isTenantId = typeof tenantId === 'string' && /^\w+$/.test(tenantId);
  if (tenantId !== undefined && !isTenantId) {
    problems.add(
      'tenantId',
      'is not letters and digits',
      'It is TMPRODB88619984 of …/system/auth/TMPRODB88619984-U/….',
    );
  }
  const derived = isTenantId && hosts ? deriveEndpoints(tenantId, hosts.loginUrl, apiUrl) : undefined;
  return { endpoints: overrideEndpoints(derived, given.endpoints, (option, url) => problems.url(option, url)), apiUrl };
}

function resolveScopePrefixes(
  { scopePrefix }: EgainAuthOptions,
  apiUrl: URL | undefined,
  problems: Problems,
): ResolvedOptions['scopePrefix'] {
  const entries = FLOWS.map((flow) => {
    const standard = flow === 'anonymousCustomer' && apiUrl ? `${apiUrl.origin}/auth/` : '';
    const prefix = scopePrefix?.[flow] ?? standard;
    if (typeof prefix !== 'string' || /[^\x21-\x7e]/.test(prefix)) {
      problems.add(
        `scopePrefix.${flow}`,
        'is no text without spaces',
        'Copy the API Permission Prefix from the Metadata dialog.',
      );
    }
    return [flow, prefix];
  });
  return Object.freeze(Object.fromEntries(entries) as ResolvedOptions['scopePrefix']);
}
