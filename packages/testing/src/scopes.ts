import type { Behaviour } from './behaviour.ts';
import { OAuthError } from './oauth-error.ts';

/** What a scope name is for. INFERRED from the names of every documented example; eGain publishes no such list. */
export type ScopeKind = 'delegated' | 'on-behalf-of' | 'application';

export function scopeKind(name: string): ScopeKind {
  if (name.startsWith('app.')) return 'application';
  return name.includes('.onbehalfof.') ? 'on-behalf-of' : 'delegated';
}

/** Which kinds of scope a flow takes, and how the flow is called in the refusal. */
export interface ScopeRule {
  readonly flow: string;
  readonly kinds: readonly ScopeKind[];
}

/** The part of a client application that scopes are about. */
interface ScopeHolder {
  readonly name: string;
  readonly permissions: readonly string[];
}

/** What a request's scopes are judged by, beside the flow. */
export interface ScopeContext {
  readonly client: ScopeHolder;
  /** What each scope starts with at this URL; empty where scopes are bare. */
  readonly scopePrefix: string;
  readonly behaviour: Pick<Behaviour, 'ungrantableScopes'>;
}

/** The guide, "Important: Matching Flows to Scopes". */
export const SCOPE_RULES = {
  // "Use these only for Delegated scopes … cannot be used for Application scopes".
  login: { flow: 'A user or customer login', kinds: ['delegated'] },
  // "While it can technically request Delegated scopes, the resulting token will lack a user context".
  client: { flow: 'The client credentials flow', kinds: ['application', 'delegated'] },
  // "It is designed strictly for On-Behalf-Of delegated scopes".
  onBehalfOf: { flow: 'The on-behalf-of flow', kinds: ['on-behalf-of'] },
  // INFERRED: the guide calls the table "application permissions" and then shows delegated names only.
  anonymousCustomer: { flow: 'The anonymous customer flow', kinds: ['delegated'] },
  // INFERRED: an exchanged token stands for a user who signed in, so it takes what a login takes.
  tokenExchange: { flow: 'The token exchange flow', kinds: ['delegated'] },
} as const satisfies Record<string, ScopeRule>;

/** The names of a `scope` parameter, each once, in the order they were sent. */
export const parseScope = (value: string): readonly string[] => [...new Set(value.split(' ').filter(Boolean))];

/** The same without the prefix. @throws {OAuthError} invalid_scope when one lacks it. */
export function parsePrefixedScope(value: string, prefix: string): readonly string[] {
  return parseScope(value).map((name) => {
    if (name.startsWith(prefix)) return name.slice(prefix.length);
    throw new OAuthError('invalid_scope', `'${name}' lacks the scope prefix of this URL: send '${prefix}${name}'.`);
  });
}

/**
 * The scopes a request is granted, without prefix: exactly the requested ones. Assigned permissions "are only included in
 * your access token if explicitly requested" (guide, "Assigning vs. Requesting Scopes").
 *
 * @throws {OAuthError} invalid_scope when none is requested, when the flow does not take one of them, or when one is not
 * assigned to the client application.
 */
export function resolveScope(value: string | undefined, rule: ScopeRule, context: ScopeContext): readonly string[] {
  const requested = parsePrefixedScope(value ?? '', context.scopePrefix);
  if (requested.length === 0) {
    throw new OAuthError('invalid_scope', "The required parameter 'scope' is missing: request the scopes you need.");
  }
  const refusals = requested.map((name) => refusalOf(name, rule, context.client));
  const granted = requested.filter((_name, index) => refusals[index] === undefined);
  const refusal = refusals.find((candidate) => candidate !== undefined);
  // What is dropped must leave something: a token without scopes would be good for nothing.
  if (refusal !== undefined && (context.behaviour.ungrantableScopes === 'refused' || granted.length === 0)) {
    throw refusal;
  }
  return granted;
}

function refusalOf(name: string, { flow, kinds }: ScopeRule, client: ScopeHolder): OAuthError | undefined {
  const kind = scopeKind(name);
  if (!kinds.includes(kind)) {
    return new OAuthError('invalid_scope', `${flow} takes ${kinds.join(' or ')} scopes; '${name}' is for ${kind} use.`);
  }
  if (client.permissions.includes(name)) return undefined;
  return new OAuthError(
    'invalid_scope',
    name.includes('://')
      ? `'${name}' is not assigned. Only the anonymous customer flow prefixes scopes; send the bare name here.`
      : `'${name}' is not assigned to the client application '${client.name}': Administration Console, Permissions tab.`,
  );
}
