import type { OperationActor } from './operation.ts';
import type { OperationTrie } from './operation-trie.ts';

/**
 * A path that the compiler has looked up: the path itself, or what it says when eGain would refuse each of the actors `A`.
 *
 * Only a literal can be looked up; a `string`, and a template with something in it, are themselves. So are paths of no known
 * operation, and of one that does not declare whom it accepts. What is written in a way that a URL parser reads differently
 * (`%75ser`, `/..`, `\`) is left to run time.
 * @example
 * get<const P extends string>(path: CheckedPath<'client', 'GET', P>): Promise<unknown>;
 */
export type CheckedPath<
  A extends OperationActor,
  M extends 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  P extends string,
  // Each member of a union of paths by itself. Only a literal is a key that a record must have.
> = P extends unknown
  ? Record<never, 1> extends Record<P, 1>
    ? P
    : [Extract<A, AcceptedBy<M, WithoutSuffix<P>>>] extends [never]
      ? `egain: actor '${A}' is not accepted by this operation`
      : P
  : never;

/** Without query and fragment. */
type WithoutSuffix<P extends string> = P extends `${infer Path}${'?' | '#'}${string}` ? WithoutSuffix<Path> : P;

/** Whom the operation of a path accepts: everybody, where there is none. */
type AcceptedBy<M, P extends string> = P extends `${string}${'%' | '\\' | '/.'}${string}`
  ? OperationActor
  : M extends keyof OperationTrie
    ? P extends `/${infer Path}`
      ? Or<Find<OperationTrie[M], Path extends `${string}/` ? Path : `${Path}/`>, OperationActor>
      : OperationActor
    : OperationActor;

/** @typeParam Path - what is left of it, each segment with the slash after it */
type Find<Node, Path extends string> = Path extends `${infer Segment}/${infer Rest}`
  ? Segment extends keyof Node
    ? '*' extends keyof Node
      ? Or<Find<Node[Segment], Rest>, Find<Node['*'], Rest>>
      : Find<Node[Segment], Rest>
    : Segment extends ''
      ? never
      : '*' extends keyof Node
        ? Find<Node['*'], Rest>
        : never
  : '/' extends keyof Node
    ? Node['/']
    : never;

type Or<One, Other> = [One] extends [never] ? Other : One;
