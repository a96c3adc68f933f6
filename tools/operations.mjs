// npm run operations: writes the table of eGain's operations and the trie of their paths from data/egain-operations.tsv.
// With --check it writes nothing, and fails when they are not what it would write.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

const SOURCE = 'data/egain-operations.tsv';
const FOLDER = 'packages/core/src/operations';
const ACTORS = ['user', 'customer', 'anonymous-customer', 'client', 'on-behalf-of-user', 'on-behalf-of-customer'];
const COLUMNS = ['api', 'method', 'path', 'operationId', 'declared', ...ACTORS, 'statuses'];
const HEAD = `// Written by tools/operations.mjs from ${SOURCE}, which has the state of 2026-04-17: do not edit.`;

/** @returns {{ method: string, path: string, operationId: string, isDeclared: boolean, needs: string[] }[]} */
function readOperations() {
  const [head, ...rows] = readFileSync(join(root, SOURCE), 'utf8').trimEnd().split('\n');
  if (head !== COLUMNS.join('\t')) throw new Error(`${SOURCE}: other columns than ${COLUMNS.join(', ')}`);
  return rows.map((row) => {
    const [, method, path, operationId, declared, ...rest] = row.split('\t');
    return { method, path, operationId, isDeclared: declared === 'yes', needs: rest.slice(0, ACTORS.length) };
  });
}

const segmentsOf = ({ path }) => path.slice(1).split('/');
const isParameter = (segment) => segment.startsWith('{');

function writeTable(operations) {
  const rows = operations.map(({ method, path, operationId, isDeclared, needs }) =>
    [method, path, operationId, ...(isDeclared ? needs : [])].join(' '),
  );
  return `${HEAD}

/**
 * One operation a line: method, path, operationId, and where the operation declares them the scopes that each actor needs, in
 * the order of OPERATION_ACTORS; \`,\` between scopes that are all needed, \`-\` for an actor that is not accepted.
 */
export const OPERATION_TABLE: string = \`\\
${rows.join('\n')}\`;
`;
}

/** Whether there is a path that both could answer. */
function overlap(one, other) {
  const [left, right] = [segmentsOf(one), segmentsOf(other)];
  return (
    one.method === other.method &&
    left.length === right.length &&
    left.every((segment, index) => segment === right[index] || isParameter(segment) || isParameter(right[index]))
  );
}

/** What the types do not know, they accept: an operation that declares nothing counts where it hides one that does. */
function ofConsequence(operations) {
  const declared = operations.filter(({ isDeclared }) => isDeclared);
  return operations.filter((one) => declared.some((other) => overlap(one, other)));
}

function writeTrie(operations) {
  const trie = {};
  for (const operation of ofConsequence(operations)) {
    const keys = segmentsOf(operation).map((segment) => (isParameter(segment) ? '*' : segment));
    let node = trie;
    for (const key of [operation.method, ...keys]) {
      node[key] ??= {};
      node = node[key];
    }
    const accepted = ACTORS.filter((_actor, index) => operation.needs[index] !== '-');
    node['/'] = accepted.map((actor) => `'${actor}'`).join(' | ');
  }
  const write = (node) =>
    typeof node === 'string'
      ? node
      : `{\n${Object.entries(node)
          .map(([key, value]) => `'${key}': ${write(value)};`)
          .join('\n')}\n}`;
  return `${HEAD}

/**
 * Who is accepted, by method and by the segments of the path: \`*\` is a parameter, and at \`/\`, where a path ends, are the
 * actors. Without the operations that declare nothing: who is unknown here is accepted.
 */
export interface OperationTrie ${write(trie)}
`;
}

/** As Biome has it, so that the rules for sources hold for these too. */
function format(path, text) {
  const biome = join(root, 'node_modules/.bin/biome');
  const { status, stdout, stderr, error } = spawnSync(biome, ['format', `--stdin-file-path=${path}`], {
    ...{ cwd: root, input: text, encoding: 'utf8' },
  });
  if (error) throw error;
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

const operations = readOperations();
const files = { 'operation-table.ts': writeTable(operations), 'operation-trie.ts': writeTrie(operations) };
const stale = Object.entries(files)
  .map(([name, text]) => [`${FOLDER}/${name}`, text])
  .map(([path, text]) => [path, format(path, text)])
  .filter(([path, text]) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== text);

if (process.argv.includes('--check')) {
  for (const [path] of stale) process.stderr.write(`${path} is not what ${SOURCE} says: npm run operations\n`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of stale) writeFileSync(join(root, path), text);
}
process.stdout.write(`${operations.length} operations\n`);
