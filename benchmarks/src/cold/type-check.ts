// What the table of operations costs who compiles a call of it.
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Measured, measured } from '../statistics.ts';
import { type Installer, versionOf } from './installation.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const OPERATIONS = join(ROOT, 'data/egain-operations.tsv');
/** By the aliases of this workspace: the last one written in JavaScript, and the first one that is not. */
export const COMPILERS = ['typescript-5.9', 'typescript-7.0'] as const;
const execute = promisify(execFile);

export interface TypeCheckOptions {
  readonly compilers: readonly (typeof COMPILERS)[number][];
  readonly rounds: number;
  readonly progress: (text: string) => void;
}

/** One program of one compiler. */
export interface TypeCheckFigures {
  readonly compiler: string;
  readonly program: string;
  /** How many literal paths are looked up. */
  readonly paths: number;
  readonly checkMs: Measured;
  /** Beyond the program of the same compiler that looks nothing up, in the same round. */
  readonly checkMsAdded: Measured;
  readonly instantiations: number;
}

interface Program {
  readonly name: string;
  readonly paths: readonly string[];
}

export async function measureTypeCheck(
  installer: Installer,
  { compilers, rounds, progress }: TypeCheckOptions,
): Promise<TypeCheckFigures[]> {
  const { folder } = await installer.install(['@egain-auth/core']);
  const paths = pathsForUsers();
  const programs: readonly Program[] = [
    { name: 'a string', paths: [] },
    { name: 'a literal path', paths: paths.slice(0, 1) },
    { name: 'every path', paths },
  ];
  for (const { name, paths } of programs) writeProgram(join(folder, name), paths);

  const figures: TypeCheckFigures[] = [];
  for (const alias of compilers) {
    const results = programs.map(() => [] as Diagnostics[]);
    for (let round = 1; round <= rounds; round += 1) {
      progress(`${alias}: round ${round} of ${rounds}`);
      for (const [index, { name }] of programs.entries()) {
        results[index]?.push(await compile(alias, join(folder, name)));
      }
    }
    for (const [index, { name, paths }] of programs.entries()) {
      const own = results[index] ?? [];
      figures.push({
        compiler: `TypeScript ${versionOf(alias)}`,
        ...{ program: name, paths: paths.length },
        checkMs: measured(own.map(({ checkMs }) => checkMs)),
        checkMsAdded: measured(own.map(({ checkMs }, round) => checkMs - (results[0]?.[round]?.checkMs ?? Number.NaN))),
        instantiations: Math.max(...own.map(({ instantiations }) => instantiations)),
      });
    }
  }
  return figures;
}

/** All that a user on whose behalf one calls may GET, with an ID for each parameter. */
function pathsForUsers(): string[] {
  const [header = '', ...rows] = readFileSync(OPERATIONS, 'utf8').trim().split('\n');
  const columns = header.split('\t');
  return rows
    .map((row) => Object.fromEntries(row.split('\t').map((value, index) => [columns[index], value])))
    .filter(({ method, 'on-behalf-of-user': scope }) => method === 'GET' && scope !== '-')
    .map(({ path = '' }) => path.replaceAll(/\{[^}]*\}/g, '4711'));
}

/** A call of a path that is no literal, which is in every program, and one of each path. */
function writeProgram(folder: string, paths: readonly string[]): void {
  mkdirSync(folder);
  const calls = paths.map((path) => `  await api.get('${path}');\n`).join('');
  writeFileSync(
    join(folder, 'program.ts'),
    `import { createEgainAuth, user } from '@egain-auth/core';

export async function call(path: string): Promise<void> {
  const api = createEgainAuth().api({ type: 'on-behalf-of', subject: user({ username: 'maria.agent' }) });
  await api.get(path);
${calls}}
`,
  );
  const compilerOptions = {
    ...{ strict: true, skipLibCheck: true, noEmit: true, target: 'es2022', lib: ['es2022'] },
    ...{ module: 'nodenext', moduleResolution: 'nodenext' },
    ...{ types: ['node'], typeRoots: [join(ROOT, 'benchmarks/node_modules/@types')] },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
}

interface Diagnostics {
  readonly checkMs: number;
  readonly instantiations: number;
}

/** @throws if it does not compile: a path that is refused would be checked faster */
async function compile(alias: string, folder: string): Promise<Diagnostics> {
  const compiler = join(ROOT, 'benchmarks/node_modules', alias, 'bin/tsc');
  const { stdout } = await execute(process.execPath, [compiler, '-p', folder, '--extendedDiagnostics']);
  const numberAfter = (label: string) => Number(new RegExp(`^${label}:\\s+([\\d.]+)`, 'm').exec(stdout)?.[1]);
  return { checkMs: numberAfter('Check time') * 1000, instantiations: numberAfter('Instantiations') };
}
