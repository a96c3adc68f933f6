import { EgainAuthError } from '../errors.ts';

/** RFC 6749 §3.3: printable ASCII but for space, `"` and `\`. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * The gate in front of every request: eGain grants nothing that was not asked for, and names `scope` required in all
 * flows but token exchange.
 * @throws {EgainAuthError} `invalid_scope` for an empty list, or for a scope that would change the request's meaning
 */
export function assertScopes(scopes: readonly string[] | undefined): void {
  if (!Array.isArray(scopes)) throw invalidScope('the scopes are no list');
  if (scopes.length === 0) throw invalidScope('no scope was requested');
  if (!scopes.every((scope) => typeof scope === 'string' && SCOPE_TOKEN.test(scope))) {
    throw invalidScope('a scope is empty or has a space, a quote, a backslash or a control character in it');
  }
}

/** The `scope` parameter. A scope that carries the prefix already keeps it once. */
export function serializeScopes(scopes: readonly string[], prefix: string): string {
  return scopes.map((scope) => (scope.startsWith(prefix) ? scope : `${prefix}${scope}`)).join(' ');
}

/** The scopes of a `scope` parameter, without prefix: granted and requested are compared in this form. */
export function parseScopes(scope: string, prefix: string): string[] {
  const scopes = scope.split(' ').filter((part) => part !== '');
  return scopes.map((part) => (part.startsWith(prefix) ? part.slice(prefix.length) : part));
}

function invalidScope(problem: string): EgainAuthError {
  return new EgainAuthError('invalid_scope', problem, {
    remedy: "Pass the scopes as a list, one string each: scope: ['knowledge.portalmgr.read'].",
  });
}
