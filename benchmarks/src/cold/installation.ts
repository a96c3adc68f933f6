// Installs as an application does: tarballs of ours, npm, no development dependencies, nothing of this workspace near.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const ROOT = resolve(import.meta.dirname, '../../..');
const DAY_MS = 86_400_000;
const execute = promisify(execFile);

export interface Installation {
  readonly folder: string;
  /** Of everything that is there now, `name@version`. */
  readonly packages: readonly string[];
  /** Of all files. */
  readonly bytes: number;
  /** The packages that want to run something when they are installed. Here they do not. */
  readonly installScripts: readonly string[];
}

export interface Installer {
  /** The same packages are installed once. */
  install(packages: readonly string[]): Promise<Installation>;
  remove(): void;
}

export async function createInstaller(): Promise<Installer> {
  const root = mkdtempSync(join(tmpdir(), 'egain-auth-cold-'));
  const tarballs = await pack(join(root, 'tarballs'));
  const installations = new Map<string, Promise<Installation>>();
  return {
    install(packages) {
      const key = [...packages].sort().join(' ');
      let installation = installations.get(key);
      if (!installation) {
        installation = install(join(root, String(installations.size)), packages, tarballs);
        installations.set(key, installation);
      }
      return installation;
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** @returns by name, what npm takes for a version */
async function pack(folder: string): Promise<ReadonlyMap<string, string>> {
  mkdirSync(folder);
  const { packageManager } = readManifest(ROOT);
  const pnpm = ['--yes', `--package=${packageManager}`, '--', 'pnpm'];
  const args = ['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', folder];
  await execute('npx', [...pnpm, ...args], { cwd: ROOT });
  return new Map(
    readdirSync(folder).map((file) => [`@egain-auth/${file.split('-')[2]}`, `file:${join(folder, file)}`]),
  );
}

async function install(
  folder: string,
  packages: readonly string[],
  tarballs: ReadonlyMap<string, string>,
): Promise<Installation> {
  mkdirSync(folder);
  const isOurs = packages.some((name) => tarballs.has(name));
  const dependencies = Object.fromEntries(packages.map((name) => [name, tarballs.get(name) ?? versionOf(name)]));
  // Also where one of ours asks for another by version: none of them is in a registry yet.
  const overrides = isOurs ? Object.fromEntries([...tarballs].filter(([name]) => !packages.includes(name))) : {};
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies, overrides }));
  // The same caution as in the workspace: nothing published today, no install scripts.
  const before = new Date(Date.now() - DAY_MS).toISOString();
  const flags = ['--omit=dev', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', `--before=${before}`];
  await execute('npm', ['install', ...flags], { cwd: folder });

  const modules = join(folder, 'node_modules');
  const installed = Object.entries(readLock(modules).packages);
  const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  return {
    folder,
    packages: installed.map(([path, { version }]) => `${nameOf(path)}@${version}`),
    bytes: bytesOf(modules),
    installScripts: installed.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path)),
  };
}

/** From the folder, since not every package exports its package.json. */
export const versionOf = (name: string): string => readManifest(join(ROOT, 'benchmarks/node_modules', name)).version;

interface Manifest {
  readonly version: string;
  readonly packageManager: string;
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** What npm writes down of what it installed, which of the optional is less than what it resolved. */
interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly hasInstallScript?: boolean }>>;
}

function readLock(modules: string): Lock {
  return JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8'));
}

/** Without npm's own notes. */
function bytesOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== '.package-lock.json')
    .reduce((bytes, entry) => bytes + statSync(join(entry.parentPath, entry.name)).size, 0);
}
