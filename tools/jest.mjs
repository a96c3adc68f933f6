// Runs jest in native ESM for the package in the current folder and leaves its counts in .results/ for tools/test.mjs.
// Usage, from a package: node ../../tools/jest.mjs [jest options]
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const name = `${basename(process.cwd())}-${(process.env.npm_lifecycle_event ?? 'test').replaceAll(':', '-')}`;
mkdirSync(join(root, '.results'), { recursive: true });

// CI says which Node it means: a runner that fell back to another would test nothing new.
const expected = process.env.EGAIN_AUTH_NODE;
if (expected && process.versions.node !== expected) {
  process.stderr.write(`This is Node ${process.versions.node}, not ${expected}\n`);
  process.exit(1);
}

const { status } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    '--json',
    `--outputFile=${join(root, '.results', `${name}.json`)}`,
    ...process.argv.slice(2),
  ],
  { stdio: ['inherit', 'ignore', 'inherit'] },
);
process.exit(status ?? 1);
