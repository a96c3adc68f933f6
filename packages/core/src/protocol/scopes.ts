import { EgainAuthError } from '../errors.ts';
import { publishWarning } from '../events.ts';
import type { FlowName } from '../options.ts';
import type { ResolvedOptions } from '../resolved-options.ts';
import { copyingMistakeIn } from './copied-text.ts';

/** RFC 6749 §3.3: printable ASCII but for space, `"` and `\`. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** A scope as eGain names them all: nothing can be wrong with its spelling. Asked for every token from memory. */
const PLAIN_SCOPE = /^[\w:/-]*\.[\w.:/-]*$/;

/**
 * The gate in front of every request: eGain grants nothing that was not asked for, and names `scope` required in all
 * flows but token exchange.
 * @throws {EgainAuthError} `invalid_scope` for an empty list, or for a scope that would change the request's meaning
 */
export function assertScopes(scopes: readonly string[] | undefined): void {
  assertScopeList(scopes);
  if (scopes.length === 0) throw invalidScope('no scope was requested');
  if (scopes.every((scope) => typeof scope === 'string' && PLAIN_SCOPE.test(scope))) return;
  if (scopes.some((scope) => typeof scope === 'string' && scope.includes(','))) {
    throw invalidScope('a scope has a comma in it');
  }
  if (!scopes.every((scope) => typeof scope === 'string' && SCOPE_TOKEN.test(scope))) {
    throw invalidScope('a scope is empty or has a space, a quote, a backslash or a control character in it');
  }
  const mistake = scopes.map(copyingMistakeIn).find((found) => found !== undefined);
  if (mistake) throw invalidScope(`a scope ${mistake.problem}`);
}

/**
 * Text, a Set or an iterable would be read in more than one way.
 * @throws {EgainAuthError} `invalid_scope`
 */
export function assertScopeList(scopes: unknown): asserts scopes is readonly string[] {
  if (!Array.isArray(scopes)) throw invalidScope('the scopes are not a list');
}

export type ScopeKind = 'delegated' | 'application' | 'on-behalf-of' | 'client-default';

/**
 * What a scope is for, by its name (INFERRED: consistent with every example of eGain's pages). A prefix in front of it does
 * not count: `https://api.egain.cloud/auth/app.x.read` is an application scope.
 */
export function scopeKindOf(scope: string): ScopeKind {
  const name = scope.slice(scope.lastIndexOf('/') + 1);
  if (name === '.default') return 'client-default';
  if (name.startsWith('app.')) return 'application';
  return /\.onbehalfof\./.test(name) ? 'on-behalf-of' : 'delegated';
}

/** Where the guide says that a kind cannot work (`error`), or that it can but will surprise (`warning`). */
const VERDICTS: Readonly<Record<FlowName, Readonly<Partial<Record<ScopeKind, 'error' | 'warning'>>>>> = {
  // "These flows cannot be used for Application scopes"
  user: { application: 'error', 'on-behalf-of': 'error', 'client-default': 'error' },
  customer: { application: 'error', 'on-behalf-of': 'error', 'client-default': 'error' },
  // "While it can technically request Delegated scopes, the resulting token will lack a user context"
  client: { delegated: 'warning', 'on-behalf-of': 'error' },
  anonymousCustomer: { application: 'error', 'on-behalf-of': 'error', 'client-default': 'error' },
  // "designed strictly for On-Behalf-Of delegated scopes"
  onBehalfOf: { delegated: 'error', application: 'error', 'client-default': 'error' },
  // Not stated. INFERRED: the owner of the external token is a user, so the scopes are a user's.
  tokenExchange: { application: 'warning', 'on-behalf-of': 'warning', 'client-default': 'warning' },
};

const LOGIN_REMEDY = 'A login takes delegated scopes, such as knowledge.portalmgr.read.';

export const SCOPE_REMEDIES: Readonly<Record<FlowName, string>> = {
  user: LOGIN_REMEDY,
  customer: LOGIN_REMEDY,
  client: 'Client credentials take application scopes, such as app.knowledge.portalmgr.read, or .default.',
  anonymousCustomer:
    'An anonymous customer has delegated scopes, such as core.aiservices.read; the prefix is put before them.',
  onBehalfOf: 'On-behalf-of takes scopes of its own, such as knowledge.portalmgr.onbehalfof.read.',
  tokenExchange: 'An exchanged token takes delegated scopes, such as knowledge.portalmgr.read.',
};

export interface ScopeVerdict {
  readonly isError: boolean;
  readonly message: string;
}

/** @see eGain authentication guide, "Important: Matching Flows to Scopes" */
export function judgeScopes(flow: FlowName, scopes: readonly string[]): ScopeVerdict[] {
  return scopes.flatMap((scope) => {
    const kind = scopeKindOf(scope);
    const verdict = VERDICTS[flow][kind];
    return verdict === undefined
      ? []
      : [{ isError: verdict === 'error', message: `has ${scope}, of the kind ${kind}` }];
  });
}

/**
 * The gate in front of every request of a flow: the list, and the kinds that this flow takes.
 * @throws {EgainAuthError} `invalid_scope`, `scope_mismatch`
 */
export function assertFlowScopes(
  flow: FlowName,
  scopes: readonly string[],
  { silenceWarnings }: Pick<ResolvedOptions, 'silenceWarnings'>,
): void {
  assertScopes(scopes);
  const verdicts = judgeScopes(flow, scopes);
  const refused = verdicts.find(({ isError }) => isError);
  if (refused) {
    throw new EgainAuthError('scope_mismatch', `the request ${refused.message}, which this flow cannot have`, {
      remedy: SCOPE_REMEDIES[flow],
    });
  }
  for (const { message } of verdicts) {
    const warning = `A request of the flow ${flow} ${message}. ${SCOPE_REMEDIES[flow]}`;
    publishWarning({ code: 'unusual_scope_kind', message: warning }, silenceWarnings);
  }
}

/** The `scope` parameter. A scope that carries the prefix already keeps it once. */
export function serializeScopes(scopes: readonly string[], prefix: string): string {
  return scopes.map((scope) => (scope.startsWith(prefix) ? scope : `${prefix}${scope}`)).join(' ');
}

/**
 * The scopes of a `scope` parameter, without prefix: granted and requested are compared in this form. A server may answer
 * with another prefix than it is asked with, or with one where it takes none; a name has no slash.
 */
export function parseScopes(scope: string, prefix: string): string[] {
  const scopes = scope.split(' ').filter((part) => part !== '');
  return scopes.map((part) =>
    prefix !== '' && part.startsWith(prefix) ? part.slice(prefix.length) : part.slice(part.lastIndexOf('/') + 1),
  );
}

function invalidScope(problem: string): EgainAuthError {
  return new EgainAuthError('invalid_scope', problem, {
    remedy:
      "Pass the scopes as a list, one string each, without commas: scope: ['a.read', 'b.read']. " +
      'In the environment separate them by spaces.',
  });
}
