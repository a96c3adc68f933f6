// Runs jest in native ES modules: every project of jest.config.mjs, or those of the package in whose folder it is called.
// Usage: node tools/jest.mjs [jest options]
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectNamesOf } from './jest-projects.mjs';
import { root } from './setup.mjs';

// CI says which Node it means: a runner that fell back to another would test nothing new.
const expected = process.env.EGAIN_AUTH_NODE;
if (expected && process.versions.node !== expected) {
  process.stderr.write(`This is Node ${process.versions.node}, not ${expected}\n`);
  process.exit(1);
}

const args = process.argv.slice(2);
const own = projectNamesOf(process.cwd());
const selected = own.length > 0 && !args.includes('--selectProjects') ? ['--selectProjects', ...own] : [];

const { status } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    // Tests cause them on purpose. Those that are about them read the output of a process of their own.
    '--disable-warning=EgainAuthWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    ...args,
    ...selected,
  ],
  { cwd: root, stdio: 'inherit' },
);
process.exit(status ?? 1);
