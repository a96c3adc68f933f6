// What a clone needs before anything runs: the dependencies, and Chromium for the browser tests.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '..');
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Runs a command in the repository and ends this process when it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * The pnpm that package.json names, fetched by npm: a machine with Node has nothing else. `--package` is said, because
 * below another `npx --package` its value would be inherited.
 */
const PNPM = ['--yes', `--package=${packageManager}`, '--', 'pnpm'];

export function pnpm(args, options) {
  run('npx', [...PNPM, ...args], options);
}

/** Runs turbo tasks. @returns whether all of them succeeded */
export function turbo(args, env = {}) {
  const { status } = spawnSync('npx', [...PNPM, 'exec', 'turbo', 'run', ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', ...env },
  });
  return status === 0;
}

export function install() {
  pnpm(['install', '--frozen-lockfile', '--prefer-offline'], { stdio: ['ignore', 'ignore', 'inherit'] });
}

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const INSTALL_CHROMIUM = 'apt-get update && apt-get install --yes --no-install-recommends chromium';

/** The path of a Chromium: the one in EGAIN_AUTH_CHROMIUM, an installed one, or Debian's, installed now. */
export function chromium() {
  const find = () => [process.env.EGAIN_AUTH_CHROMIUM, ...CHROMIUM].find((path) => path && existsSync(path));
  const found = find();
  if (found) return found;
  if (existsSync('/etc/debian_version') && process.getuid?.() === 0) {
    run('sh', ['-c', INSTALL_CHROMIUM], { stdio: ['ignore', 'ignore', 'inherit'] });
    const installed = find();
    if (installed) return installed;
  }
  process.stderr.write(
    `The browser tests need Chromium. Install it, then run the tests again:\n\n  sudo sh -c '${INSTALL_CHROMIUM}'\n\nor name one you have: EGAIN_AUTH_CHROMIUM=/path/to/chromium npm test\n`,
  );
  process.exit(1);
}
