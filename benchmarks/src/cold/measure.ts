import { execFile } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Measured, measured } from '../statistics.ts';
import { type ContestantName, contestantOf, importsOf } from './contestants.ts';
import type { ImportTime } from './import-times.ts';
import type { Installation, Installer } from './installation.ts';

export interface ColdOptions {
  readonly contestants: readonly ContestantName[];
  readonly rounds: number;
  readonly progress: (text: string) => void;
}

/** What a contestant weighs, and how long a new process takes to import it. */
export interface ColdFigures extends Omit<Installation, 'folder'> {
  readonly contestant: ContestantName;
  readonly imports: readonly string[];
  readonly ms: Measured;
  readonly cpuMs: Measured;
  /** Of the last import alone, where others come before it. */
  readonly lastCpuMs: Measured | undefined;
  readonly commonJsModules: number;
}

/** Its name says that it is a module: nothing around it does. */
const SCRIPT = 'import-times.mjs';
const execute = promisify(execFile);

export async function measureCold(installer: Installer, options: ColdOptions): Promise<ColdFigures[]> {
  const { contestants, rounds, progress } = options;
  const installations = new Map<ContestantName, Installation>();
  for (const name of contestants) {
    progress(`installing ${name}`);
    const installation = await installer.install(contestantOf(name).packages);
    copyFileSync(new URL('import-times.js', import.meta.url), join(installation.folder, SCRIPT));
    installations.set(name, installation);
  }

  const times = new Map(contestants.map((name) => [name, [] as ImportTime[][]]));
  // A round that does not count: the files come into the system's cache.
  for (let round = 0; round <= rounds; round += 1) {
    progress(round === 0 ? 'importing once' : `round ${round} of ${rounds}`);
    for (const [name, { folder }] of installations) {
      const taken = await timeImports(folder, importsOf(contestantOf(name)));
      if (round > 0) times.get(name)?.push(taken);
    }
  }

  return [...installations].map(([contestant, { packages, bytes, installScripts }]) => {
    const own = times.get(contestant) ?? [];
    const imports = importsOf(contestantOf(contestant));
    const of = (value: (time: ImportTime) => number) =>
      own.map((steps) => steps.reduce((total, step) => total + value(step), 0));
    return {
      ...{ contestant, packages, bytes, installScripts, imports },
      ms: measured(of(({ ms }) => ms)),
      cpuMs: measured(of(({ cpuMs }) => cpuMs)),
      lastCpuMs: imports.length > 1 ? measured(own.map((steps) => steps.at(-1)?.cpuMs ?? Number.NaN)) : undefined,
      commonJsModules: Math.max(...of(({ commonJsModules }) => commonJsModules)),
    };
  });
}

/** In a new process, as an application finds it: without what a test runner sets for itself. */
async function timeImports(folder: string, imports: readonly string[]): Promise<ImportTime[]> {
  const { NODE_OPTIONS: _, NODE_ENV: __, ...env } = process.env;
  const { stdout } = await execute(process.execPath, [join(folder, SCRIPT), ...imports], { cwd: folder, env });
  return JSON.parse(stdout);
}
