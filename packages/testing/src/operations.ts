import { AI_OPERATIONS } from './operations/ai-operations.ts';
import { CONTENT_OPERATIONS } from './operations/content-operations.ts';
import type { Operation } from './operations/operation.ts';
import { PORTAL_OPERATIONS } from './operations/portal-operations.ts';

/** Every operation there is. */
export const OPERATIONS: readonly Operation[] = [...PORTAL_OPERATIONS, ...AI_OPERATIONS, ...CONTENT_OPERATIONS];

const MATCHERS = OPERATIONS.map((operation) => ({
  operation,
  pattern: new RegExp(`^${operation.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));

/** The operation of a request, with the values of its path parameters. */
export function findOperation(
  method: string,
  path: string,
): { readonly operation: Operation; readonly pathParameters: Readonly<Record<string, string>> } | undefined {
  for (const { operation, pattern } of MATCHERS) {
    const match = operation.method === method ? pattern.exec(path) : null;
    if (match) return { operation, pathParameters: { ...match.groups } };
  }
  return undefined;
}
