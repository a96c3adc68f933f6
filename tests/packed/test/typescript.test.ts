import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { inConsumer, linesOf, type Outcome, runNode } from './consumer.ts';

/** Aliases of this workspace: `typescript-5.4` and so on. */
const COMPILERS = resolve(import.meta.dirname, '../node_modules');

/** What a project may say of its modules. */
const MODES = {
  // ES modules and CommonJS as Node tells them apart; nothing but Node's own types.
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext', lib: ['es2022'] },
  bundler: { module: 'esnext', moduleResolution: 'bundler', lib: ['es2022'] },
  // CommonJS as it was before, with the types of browsers, as in projects that say nothing of `lib`.
  node10: { module: 'commonjs', moduleResolution: 'node10', esModuleInterop: true },
} as const;

interface Project {
  readonly version: string;
  readonly mode: keyof typeof MODES;
  readonly files: Readonly<Record<string, string>>;
  /** Leave the declarations of dependencies alone. @default false */
  readonly skipLibCheck?: boolean;
}

/** Compiles under `strict`, the declarations of the packages and of what they depend on included. */
async function compile({ version, mode, files, skipLibCheck = false }: Project): Promise<Outcome & { folder: string }> {
  const names = Object.keys(files);
  const folder = `${version}-${mode}-${names.length}-${names[0]}`;
  mkdirSync(inConsumer(folder), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(inConsumer(folder, name), text);
  const strict = { strict: true, skipLibCheck, target: 'es2022', types: ['node'], outDir: 'out' };
  // As Nest's own template has it.
  const decorators = { experimentalDecorators: true, emitDecoratorMetadata: true };
  const config = { compilerOptions: { ...strict, ...decorators, ...MODES[mode] }, files: names };
  writeFileSync(inConsumer(folder, 'tsconfig.json'), JSON.stringify(config));
  return { ...(await runNode([join(COMPILERS, `typescript-${version}`, 'bin/tsc'), '-p', folder])), folder };
}

const APPLICATION = readFileSync(inConsumer('application.ts'), 'utf8');

/** The other entry point of core, which node10 finds by `typesVersions` only. */
const OBSERVED = `import { type InstrumentEgainAuthOptions, instrumentEgainAuth } from '@egain-auth/core/opentelemetry';
const options: InstrumentEgainAuthOptions = {};
const stop: () => void = instrumentEgainAuth(options);
stop();
console.log(true);
`;

/** What the application prints: one visit of each kind, and the errors its handler was told of. */
const VISITS = {
  answers: [
    ['desk', 401, 'login_required'],
    ['crm', 200, { persona: 'user', kind: 'username', scope: ['knowledge.portalmgr.onbehalfof.read'] }],
    ['shop', 200, { persona: 'customer', kind: 'email', scope: ['knowledge.portalmgr.onbehalfof.read'] }],
    ['nobody', 502, 'token_request_failed'],
  ],
  errors: ['/desk login_required', '/nobody token_request_failed'],
};

const NEST_APPLICATION = readFileSync(inConsumer('nest-application.ts'), 'utf8');

const NEST_VISITS = {
  answers: [
    ['closed', 401, 'login_required'],
    ['open', 200, true],
    ['desk', 401, 'login_required'],
    ['crm', 200, 'Pat'],
    ['observed', 200, 'Pat'],
  ],
};

/** The blocks of the READMEs that were delivered, and what a reader brings along. */
function readmeFiles(extension: string, packages = ['core', 'express', 'nestjs']): Record<string, string> {
  const blocks = packages.flatMap((name) =>
    [
      ...readFileSync(inConsumer('node_modules/@egain-auth', name, 'README.md'), 'utf8').matchAll(
        /^```ts\n(.*?)^```/gms,
      ),
    ].map(
      ([, code = ''], index) =>
        [
          `${name}-${index + 1}.${extension}`,
          `export {};\n${code.replace('./config.ts', `./config.${extension.replace('ts', 'js')}`)}`,
        ] as const,
    ),
  );
  expect(blocks.length).toBeGreaterThanOrEqual(2);
  const surroundings = `import type { RequestHandler, Express as Application } from 'express';
declare global {
  var app: Application; var handler: RequestHandler; var myAuth: RequestHandler;
  namespace Express { interface User { login: string } interface Request { user?: User } }
}`;
  const config = `import { Module } from '@nestjs/common';
import type { EgainAuthOptions } from '@egain-auth/nestjs';
export class ConfigService { readonly egain: EgainAuthOptions = {}; }
@Module({ providers: [ConfigService], exports: [ConfigService] })
export class ConfigModule {}`;
  return {
    [`surroundings.${extension}`]: surroundings,
    [`config.${extension}`]: config,
    ...Object.fromEntries(blocks),
  };
}

test.concurrent.each(['5.4', '5.9', '6.0', '7.0'])('TypeScript %s is that version', async (version) => {
  const { stdout } = await runNode([join(COMPILERS, `typescript-${version}`, 'bin/tsc'), '--version']);
  expect(stdout).toContain(`Version ${version}.`);
});

test.concurrent.each(['5.9', '6.0', '7.0'])(
  'TypeScript %s compiles an ES module and CommonJS, and both run',
  async (version) => {
    const files = { 'application.mts': APPLICATION, 'application.cts': APPLICATION, ...readmeFiles('mts') };
    const { stdout, status, folder } = await compile({ version, mode: 'nodenext', files });
    expect([stdout, status]).toEqual(['', 0]);
    expect(await linesOf([`${folder}/out/application.mjs`])).toEqual([VISITS]);
    expect(await linesOf([`${folder}/out/application.cjs`])).toEqual([VISITS]);
  },
);

// The declarations of Koa and those of the newest content-disposition, which Express brings, do not fit each other.
test.concurrent.each(['5.4', '5.9', '6.0', '7.0'])(
  'TypeScript %s compiles what the README of Koa shows',
  async (version) => {
    const files = readmeFiles('mts', ['koa']);
    const { stdout, status } = await compile({ version, mode: 'nodenext', files, skipLibCheck: true });
    expect([stdout, status]).toEqual(['', 0]);
  },
);

test.concurrent.each(['5.9', '7.0'])(
  'TypeScript %s compiles an application of Nest as an ES module and as CommonJS, and both run',
  async (version) => {
    const files = { 'nest.mts': NEST_APPLICATION, 'nest.cts': NEST_APPLICATION };
    const { stdout, status, folder } = await compile({ version, mode: 'nodenext', files });
    expect([stdout, status]).toEqual(['', 0]);
    expect(await linesOf([`${folder}/out/nest.mjs`])).toEqual([NEST_VISITS]);
    expect(await linesOf([`${folder}/out/nest.cjs`])).toEqual([NEST_VISITS]);
  },
);

test.concurrent('TypeScript 5.4 compiles an ES module, and it runs', async () => {
  const files = { 'application.mts': APPLICATION, ...readmeFiles('mts') };
  const { stdout, status, folder } = await compile({ version: '5.4', mode: 'nodenext', files });
  expect([stdout, status]).toEqual(['', 0]);
  expect(await linesOf([`${folder}/out/application.mjs`])).toEqual([VISITS]);
});

test.concurrent('TypeScript 5.4 compiles CommonJS, and it runs', async () => {
  const { stdout, status, folder } = await compile({
    ...{ version: '5.4', mode: 'node10' },
    files: { 'application.ts': APPLICATION, 'observed.ts': OBSERVED },
  });
  expect([stdout, status]).toEqual(['', 0]);
  expect(await linesOf([`${folder}/out/observed.js`])).toEqual([true]);
  expect(await linesOf([`${folder}/out/application.js`])).toEqual([VISITS]);
});

test.concurrent('TypeScript 5.4 wants node10 for that: its nodenext does not know yet that Node can require an ES module', async () => {
  const { stdout } = await compile({ version: '5.4', mode: 'nodenext', files: { 'application.cts': APPLICATION } });
  expect(stdout).toContain('TS1479');
});

test.concurrent.each(['5.4', '5.9', '6.0', '7.0'])(
  'TypeScript %s compiles what a bundler will read',
  async (version) => {
    const { stdout, status } = await compile({
      ...{ version, mode: 'bundler' },
      files: { 'application.ts': APPLICATION, ...readmeFiles('ts') },
    });
    expect([stdout, status]).toEqual(['', 0]);
  },
);

test.concurrent('the check itself sees a wrong option and a wrong persona', async () => {
  const { stdout } = await compile({
    ...{ version: '7.0', mode: 'bundler' },
    files: {
      'wrong.ts': `import { egainAuth, requiresAuth } from '@egain-auth/express';
egainAuth({ clientId: 1 });
requiresAuth({ as: 'nobody' });
`,
    },
  });
  expect(stdout.match(/wrong\.ts\(\d+/g)).toEqual(['wrong.ts(2', 'wrong.ts(3']);
});
