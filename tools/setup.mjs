// What a clone needs before anything runs: the dependencies, Chromium for the browser tests, and nginx for test:full.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

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

/** Runs a command in the repository. @returns whether it succeeded */
export function succeeds(command, args, env) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  if (error) throw error;
  return status === 0;
}

/**
 * Builds these packages and what they depend on, or all, each only if it changed. Through pnpm, which turbo looks for.
 * @returns whether all of them succeeded
 */
export function build(...packages) {
  const filters = packages.map((name) => `--filter=${name}...`);
  const args = [...PNPM, 'exec', 'turbo', 'run', 'build', '--output-logs=errors-only', ...filters];
  return succeeds('npx', args, { TURBO_TELEMETRY_DISABLED: '1' });
}

/** The command that starts a version of Node, which npm fetches unless it is the one that runs. */
const nodeCommand = (version) =>
  version === process.versions.node
    ? [process.execPath]
    : ['npx', '--yes', `--package=node-${process.platform}-${process.arch}@${version}`, '--', 'node'];

/**
 * Runs jest.
 * @param options.version of Node @default the one that runs
 * @returns jest's report, and how many tests passed and failed; a run that leaves no report is a failure
 */
export function jest(args, { env, version = process.versions.node } = {}) {
  const path = join(root, '.results', 'jest.json');
  rmSync(path, { force: true });
  mkdirSync(dirname(path), { recursive: true });
  const [command, ...options] = nodeCommand(version);
  const jestArgs = ['tools/jest.mjs', '--json', `--outputFile=${path}`, ...args];
  const succeeded = succeeds(command, [...options, ...jestArgs], { EGAIN_AUTH_NODE: version, ...env });
  const report = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { testResults: [], numPassedTests: 0 };
  const failed = succeeded ? 0 : Math.max(1, report.numFailedTests ?? 0);
  return { report, passed: report.numPassedTests, failed };
}

export function install() {
  pnpm(['install', '--frozen-lockfile', '--prefer-offline'], { stdio: ['ignore', 'ignore', 'inherit'] });
}

// The headless shell draws no window that nobody sees, and needs less than half the time of the others.
const CHROMIUM = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'].map(
  (name) => `/usr/bin/${name}`,
);
/** For `nginx` the smallest of Debian's packages: a proxy and no modules. */
const NGINX = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/bin/nginx', '/opt/homebrew/bin/nginx'];
const installCommand = (name) => `apt-get update && apt-get install --yes --no-install-recommends ${name}`;

/** The path of a program: the one in the variable, an installed one, or the one of a Debian package, installed now. */
function program({ title, variable, paths, debianPackage }) {
  const find = () => [process.env[variable], ...paths].find((path) => path && existsSync(path));
  const found = find();
  if (found) return found;
  if (existsSync('/etc/debian_version') && process.getuid?.() === 0) {
    run('sh', ['-c', installCommand(debianPackage)], { stdio: ['ignore', 'ignore', 'inherit'] });
    const installed = find();
    if (installed) return installed;
  }
  process.stderr.write(
    `The tests need ${title}. Install it, then run the tests again:\n\n  sudo sh -c '${installCommand(debianPackage)}'\n\nor name one you have in the variable ${variable}.\n`,
  );
  process.exit(1);
}

export const chromium = () =>
  program({
    ...{ title: 'Chromium', variable: 'EGAIN_AUTH_CHROMIUM' },
    ...{ paths: CHROMIUM, debianPackage: 'chromium-headless-shell' },
  });

/** Only for `npm run test:full`. */
export const nginx = () =>
  program({ title: 'nginx', variable: 'EGAIN_AUTH_NGINX', paths: NGINX, debianPackage: 'nginx-light' });
