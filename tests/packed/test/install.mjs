import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pnpm } from '../../../tools/setup.mjs';

const HERE = resolve(import.meta.dirname, '..');
const BUILT = resolve(HERE, '../../packages/express/dist/index.js');
const NEST = [
  ...['@nestjs/common', '@nestjs/core', '@nestjs/platform-express', '@nestjs/testing'],
  ...['reflect-metadata', 'rxjs'],
];
/** What the READMEs show us beside. */
const SHOWN = ['@nestjs/graphql', 'graphql', '@nestjs/websockets', '@nestjs/microservices', 'ws', '@types/ws'];
const DAY_MS = 86_400_000;

/**
 * Does what a user does: installs the tarballs with npm into folders that know nothing of the workspace. `application` has
 * Express, Koa and Nest 12, with the consumers beside them; `nest11` is a project as Nest 11's own `nest new` makes it.
 * The tests find both in EGAIN_AUTH_PACKED.
 */
export default async function install() {
  if (!existsSync(BUILT)) throw new Error('There is nothing to pack yet: pnpm run build');
  const folder = mkdtempSync(join(tmpdir(), 'egain-auth-packed-'));
  process.env['EGAIN_AUTH_PACKED'] = folder;
  const packing = ['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', folder];
  pnpm(packing, { stdio: ['ignore', 'ignore', 'inherit'] });
  const packages = Object.fromEntries(
    readdirSync(folder).map((name) => [`@egain-auth/${name.split('-')[2]}`, `file:../${name}`]),
  );
  const application = join(folder, 'application');
  cpSync(join(HERE, 'consumers'), application, { recursive: true });
  const brought = pick(
    'express',
    '@types/express',
    'koa',
    '@types/koa',
    '@types/node',
    '@opentelemetry/api',
    ...NEST,
    ...SHOWN,
  );
  const nest11 = join(folder, 'nest11');
  cpSync(join(HERE, 'nest11'), nest11, { recursive: true });
  await Promise.all([
    npmInstall(application, { private: true, dependencies: brought }, packages),
    npmInstall(nest11, readJson(join(nest11, 'package.json')), only(packages, 'core', 'nestjs', 'testing')),
  ]);
}

async function npmInstall(folder, project, packages) {
  const manifest = {
    ...project,
    dependencies: { ...project.dependencies, ...packages },
    // Also where one asks for the other by version: none of them is in a registry yet.
    overrides: Object.fromEntries(Object.keys(packages).map((name) => [name, `$${name}`])),
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  // The same caution as in the workspace: nothing published today, no install scripts.
  const caution = ['--ignore-scripts', `--before=${new Date(Date.now() - DAY_MS).toISOString()}`];
  const args = ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', ...caution];
  const status = await new Promise((done, fail) => {
    const npm = spawn('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    npm.once('error', fail).once('close', done);
  });
  if (status !== 0) throw new Error(`npm install ended with ${status} in ${folder}`);
}

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** What an application brings along, at the versions of the workspace. */
const pick = (...names) =>
  Object.fromEntries(names.map((name) => [name, readJson(join(HERE, 'node_modules', name, 'package.json')).version]));

const only = (packages, ...names) =>
  Object.fromEntries(names.map((name) => [`@egain-auth/${name}`, packages[`@egain-auth/${name}`]]));
