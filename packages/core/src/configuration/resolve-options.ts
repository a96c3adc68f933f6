import { type SilencedWarnings, WARNING_CODES } from '../events.ts';
import { CONNECTIONS, STREAMS } from '../http/agent.ts';
import { isDispatcher } from '../http/undici.ts';
import type { EgainAuthOptions } from '../options.ts';
import type { ResolvedOptions } from '../resolved-options.ts';
import { IMPERSONATION_UNRESTRICTED } from '../tokens/subject-guard.ts';
import { checkScopes } from './check-scopes.ts';
import { createProblems, type Problems } from './option-problems.ts';
import { copyOptions } from './option-shape.ts';
import { resolveClients } from './resolve-clients.ts';
import { resolveEndpoints } from './resolve-endpoints.ts';
import { resolveLogin } from './resolve-login.ts';
import { resolveTokens } from './resolve-tokens.ts';

const DEFAULT_TIMEOUT_MS = 10_000;

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
  const { endpoints, ...hosts } = resolveEndpoints(given, problems);
  const login = given.login && resolveLogin(given, given.login, { clients, endpoints }, problems);
  const tokens = resolveTokens(given.tokens, problems);
  const { defaultClientScope, serverTiming = false } = given;
  if (defaultClientScope) checkScopes('defaultClientScope', 'client', defaultClientScope, problems);
  if (typeof serverTiming !== 'boolean') {
    problems.add('serverTiming', 'not_a_boolean', 'is neither true nor false', 'Use true, or leave it out.');
  }
  const silenceWarnings = resolveSilence(given.silenceWarnings, problems);
  const http = resolveHttp(given.http, problems);
  if (given.authorizeSubject === undefined) {
    // An application that does not impersonate is warned before its first on-behalf-of token, should there ever be one.
    if (given.clients?.onBehalfOf || given.endpoints?.onBehalfOf)
      problems.warn(IMPERSONATION_UNRESTRICTED.code, IMPERSONATION_UNRESTRICTED.message);
  } else if (typeof given.authorizeSubject !== 'function') {
    problems.add('authorizeSubject', 'not_a_function', 'is not a function', 'Pass (subject, context) => boolean.');
  }
  problems.checkLoopback();
  problems.throwIfAny();

  return Object.freeze({
    ...hosts,
    clients,
    endpoints,
    login,
    authorizeSubject: given.authorizeSubject,
    defaultClientScope,
    serverTiming,
    silenceWarnings,
    tokens,
    http,
    warnings: Object.freeze([...problems.warnings]),
  });
}

function resolveSilence(given: unknown = [], problems: Problems): SilencedWarnings {
  const isKnown = (code: unknown) => WARNING_CODES.some((known) => known === code);
  if (given === 'all' || (Array.isArray(given) && given.every(isKnown))) return given as SilencedWarnings;
  const remedy = `Use "all", or a list of these codes: ${WARNING_CODES.join(', ')}.`;
  problems.add('silenceWarnings', 'not_a_choice', 'is neither "all" nor a list of codes', remedy);
  return [];
}

function resolveHttp(given: EgainAuthOptions['http'], problems: Problems): ResolvedOptions['http'] {
  if (given?.dispatcher !== undefined && !isDispatcher(given.dispatcher)) {
    const remedy =
      'Pass an Agent, Pool or ProxyAgent of undici 7. Bun has a stub in place of undici: import "undici/index.js" there.';
    problems.add('http.dispatcher', 'not_a_dispatcher', 'has no method dispatch', remedy);
  }
  return Object.freeze({
    timeoutMs: problems.milliseconds('http.timeoutMs', given?.timeoutMs, DEFAULT_TIMEOUT_MS),
    maxConnections: problems.count('http.maxConnections', given?.maxConnections, CONNECTIONS),
    maxStreams: problems.count('http.maxStreams', given?.maxStreams, STREAMS),
    dispatcher: given?.dispatcher,
  });
}
