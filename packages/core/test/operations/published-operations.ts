import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OperationActor } from '../../src/operations/operation.ts';

/** As the file names its columns. */
export const ACTORS = [
  'user',
  'customer',
  'anonymous-customer',
  'client',
  'on-behalf-of-user',
  'on-behalf-of-customer',
] as const satisfies readonly OperationActor[];

export interface PublishedOperation {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly isDeclared: boolean;
  readonly scopes: Readonly<Partial<Record<OperationActor, readonly string[]>>>;
}

const FILE = join(import.meta.dirname, '../../../../data/egain-operations.tsv');

/** The data themselves, read by the names of their columns: what is generated from them must say the same. */
export const PUBLISHED: readonly PublishedOperation[] = readRows().map((row) => ({
  method: row('method'),
  path: row('path'),
  operationId: row('operationId'),
  isDeclared: row('declared') === 'yes',
  scopes: Object.fromEntries(
    ACTORS.filter((actor) => !['', '-'].includes(row(actor))).map((actor) => [actor, row(actor).split(',')]),
  ),
}));

function readRows(): ((column: string) => string)[] {
  const [head = [], ...rows] = readFileSync(FILE, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
  return rows.map((fields) => (column) => {
    const field = fields[head.indexOf(column)];
    if (field === undefined) throw new Error(`no ${column} in ${fields.join(' ')}`);
    return field;
  });
}

/** A path with an ID in the place of each parameter: `/portals/ID-1/articles/ID-2`. */
export function samplePath(template: string): string {
  let count = 0;
  return template.replace(/\{[^}]+\}/g, () => {
    count += 1;
    return `ID-${count}`;
  });
}
