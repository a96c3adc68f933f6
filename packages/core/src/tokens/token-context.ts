import type { Actor } from '../actor.ts';
import { assertScopes } from '../protocol/scopes.ts';
import { type Parameters, parseParameters } from '../protocol/token-parameters.ts';
import { freezeScopes } from '../protocol/token-set.ts';
import type { Subject } from '../subject.ts';
import type { TokenRequest } from './token-source.ts';

/** The actors whose tokens are cached: a session keeps its own. */
export type CachedActor = Exclude<Actor, { type: 'session' }>;
export type CachedRequest = TokenRequest & { readonly actor: CachedActor };

/**
 * Everything that shapes a token but for whose it is: the requests of one context differ in their subject alone. Token
 * URL and client application follow from it, within one instance.
 */
export interface TokenContext<Entry> {
  readonly actor: CachedActor['type'];
  readonly persona: Subject['persona'] | undefined;
  readonly subjectKind: Subject['kind'] | undefined;
  readonly registrationId: string | undefined;
  /** Sorted, each once. */
  readonly scope: readonly string[];
  /** The same, as a token set has it that was granted just that: one for all of them. */
  readonly scopeSet: ReadonlySet<string>;
  readonly parameters: Parameters;
  /** By subject: exact strings, nothing folds two into one (T078). */
  readonly entries: Map<string, Entry>;
}

export interface TokenContexts<Entry> extends Iterable<TokenContext<Entry>> {
  /**
   * The context of a request: one and the same for equal requests, whatever the order of their scopes.
   * @throws {EgainAuthError} `invalid_scope`, `reserved_parameter`
   */
  of(request: CachedRequest): TokenContext<Entry>;
}

/** Contexts are made of what stands in an application's code: more than this were made of what its callers sent. */
const MAX_NODES = 10_000;

/** A step on the way to a context. */
interface Node<Entry> {
  readonly next: Map<string, Node<Entry>>;
  context?: TokenContext<Entry>;
  /** By the canonical form of the parameters. */
  withParameters?: Map<string, TokenContext<Entry>>;
}

/**
 * Contexts as a tree of maps: actor, then what only this actor has, then one scope after the other. Nothing is joined,
 * sorted or hashed to find what is there, so no separator inside a value can make two requests meet (R1, T077).
 * @param onCleared all contexts were forgotten, with their entries
 */
export function createTokenContexts<Entry>(onCleared: () => void): TokenContexts<Entry> {
  const contexts = new Set<TokenContext<Entry>>();
  let root: Node<Entry> = { next: new Map() };
  let nodes = 0;

  function find({ actor, scope }: CachedRequest): Node<Entry> | undefined {
    let node = root.next.get(actor.type);
    if (actor.type === 'on-behalf-of') node = node?.next.get(actor.subject.persona)?.next.get(actor.subject.kind);
    else if (actor.type === 'exchanged') node = node?.next.get(actor.registrationId);
    for (const name of scope) node = node?.next.get(name);
    return node;
  }

  function reach(path: readonly string[]): Node<Entry> {
    let node = root;
    for (const name of path) {
      let next = node.next.get(name);
      if (!next) {
        next = { next: new Map() };
        node.next.set(name, next);
        nodes += 1;
      }
      node = next;
    }
    return node;
  }

  function create({ actor, scope, ...request }: CachedRequest): TokenContext<Entry> {
    // eGain calls the scopes of an exchange optional.
    if (actor.type !== 'exchanged' || scope.length > 0) assertScopes(scope);
    const parameters = parseParameters(request.parameters);
    if (nodes >= MAX_NODES) clear();
    const subject = actor.type === 'on-behalf-of' ? actor.subject : undefined;
    const registrationId = actor.type === 'exchanged' ? actor.registrationId : undefined;
    const start = [actor.type, subject?.persona, subject?.kind, registrationId].filter((part) => part !== undefined);
    const sorted = Object.freeze([...new Set(scope)].sort());
    const createContext = (): TokenContext<Entry> => {
      const context = Object.freeze({
        actor: actor.type,
        persona: subject?.persona,
        subjectKind: subject?.kind,
        registrationId,
        scope: sorted,
        scopeSet: freezeScopes(sorted),
        parameters,
        entries: new Map<string, Entry>(),
      });
      contexts.add(context);
      return context;
    };

    const node = reach([...start, ...sorted]);
    if (parameters.length > 0) {
      node.withParameters ??= new Map();
      const name = JSON.stringify(parameters);
      let context = node.withParameters.get(name);
      if (!context) {
        context = createContext();
        node.withParameters.set(name, context);
        nodes += 1;
      }
      return context;
    }
    node.context ??= createContext();
    // Found at once the next time, in the order in which this caller writes its scopes.
    reach([...start, ...scope]).context = node.context;
    return node.context;
  }

  function clear(): void {
    for (const context of contexts) context.entries.clear();
    root = { next: new Map() };
    nodes = 0;
    contexts.clear();
    onCleared();
  }

  return {
    of(request) {
      const known =
        request.parameters === undefined && Array.isArray(request.scope) ? find(request)?.context : undefined;
      return known ?? create(request);
    },
    [Symbol.iterator]: () => contexts.values(),
  };
}
