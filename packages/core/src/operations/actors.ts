import type { Operation, OperationActor } from './operation.ts';

/** Every actor there is, in the order of the columns of the table. */
export const OPERATION_ACTORS: readonly OperationActor[] = [
  'user',
  'customer',
  'anonymous-customer',
  'client',
  'on-behalf-of-user',
  'on-behalf-of-customer',
];

/** Whom an operation accepts: everybody, where it declares nothing, for then nobody may be refused. */
export function acceptedActors({ isDeclared, scopes }: Operation): OperationActor[] {
  return OPERATION_ACTORS.filter((actor) => !isDeclared || scopes[actor] !== undefined);
}
