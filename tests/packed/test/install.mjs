import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pnpm, run } from '../../../tools/setup.mjs';

const CONSUMERS = resolve(import.meta.dirname, '../consumers');
const BUILT = resolve(import.meta.dirname, '../../../packages/express/dist/index.js');
const INSTALLED = resolve(import.meta.dirname, '../node_modules');
const PEERS = [
  ...['express', 'koa', '@opentelemetry/api'],
  ...['@nestjs/common', '@nestjs/core', '@nestjs/platform-express', '@nestjs/testing'],
  ...['reflect-metadata', 'rxjs'],
];
const DAY_MS = 86_400_000;

/**
 * Does what a user does: installs the tarballs with npm into a folder that knows nothing of the workspace. The consumers
 * are copied beside them. The tests find the folder in EGAIN_AUTH_CONSUMER.
 */
export default function install() {
  if (!existsSync(BUILT)) throw new Error('There is nothing to pack yet: pnpm run build');
  const folder = mkdtempSync(join(tmpdir(), 'egain-auth-packed-'));
  process.env['EGAIN_AUTH_CONSUMER'] = folder;
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'] };
  pnpm(['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', folder], quiet);
  const tarballs = readdirSync(folder).map((name) => [`@egain-auth/${name.split('-')[2]}`, `file:./${name}`]);
  const packages = Object.fromEntries(tarballs);
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({
      private: true,
      dependencies: { ...packages, ...pick(...PEERS, '@types/express', '@types/koa', '@types/node') },
      // Also where one asks for the other by version: none of them is in a registry yet.
      overrides: Object.fromEntries(tarballs.map(([name]) => [name, `$${name}`])),
    }),
  );
  cpSync(CONSUMERS, folder, { recursive: true });
  // The same caution as in the workspace: nothing published today, no install scripts.
  const before = new Date(Date.now() - DAY_MS).toISOString();
  run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', `--before=${before}`], {
    ...quiet,
    cwd: folder,
  });
}

/** What an application brings along, at the versions of the workspace. */
const pick = (...names) =>
  Object.fromEntries(
    names.map((name) => [name, JSON.parse(readFileSync(join(INSTALLED, name, 'package.json'))).version]),
  );
