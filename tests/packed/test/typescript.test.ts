import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import ts from 'typescript-5.9';
import { APPLICATION, NEST_APPLICATION, NEST_VISITS, VISITS } from './applications.ts';
import { inConsumer, linesOf, type Outcome, runNode } from './consumer.ts';

/** Aliases of this workspace: `typescript-5.4` and so on. */
const COMPILERS = resolve(import.meta.dirname, '../node_modules');

const VERSIONS = ['5.4', '5.9', '6.0', '7.0'];

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

/** What must not compile, each with a comment that expects the error. */
const REFUSED = readFileSync(inConsumer('refused.ts'), 'utf8');
const REFUSED_BY_KOA = readFileSync(inConsumer('refused-koa.ts'), 'utf8');

/** The TypeScript of a README that was delivered. */
function blocksOf(name: string): string[] {
  const readme = readFileSync(inConsumer('node_modules/@egain-auth', name, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/^```(?:ts|typescript)\n(.*?)^```/gms)].map(([, code = '']) => code);
  if (blocks.length === 0) throw new Error(`The README of ${name} shows no TypeScript`);
  return blocks;
}

/** The other entry point of core, which node10 finds by `typesVersions` only. */
const OBSERVED = `import { type InstrumentEgainAuthOptions, instrumentEgainAuth } from '@egain-auth/core/opentelemetry';
const options: InstrumentEgainAuthOptions = {};
const stop: () => void = instrumentEgainAuth(options);
stop();
console.log(true);
`;

/** eGain's own SDK is not on npm: as much of its types as the documents use. */
const SDK = `declare module '@egain/egain-api-typescript/lib/http.js' {
  type Fetcher = (input: Request | string | URL, init?: RequestInit) => Promise<Response>;
  export class HTTPClient { constructor(options: { fetcher?: Fetcher }); }
}
declare module '@egain/egain-api-typescript' {
  import type { HTTPClient } from '@egain/egain-api-typescript/lib/http.js';
  export class Egain { constructor(options: { httpClient?: HTTPClient }); }
}`;

/** Files of what READMEs show, and what a reader brings along. */
function readmeFiles(extension: string, packages = ['core', 'express']): Record<string, string> {
  const config = `./config.${extension.replace('ts', 'js')}`;
  const blocks = packages.flatMap((name) =>
    blocksOf(name).map((code, index) => [
      `${name}-${index + 1}.${extension}`,
      `export {};\n${code.replace('./config.ts', config)}`,
    ]),
  );
  const surroundings = `import type { RequestHandler, Express as Application } from 'express';
declare global {
  var app: Application; var handler: RequestHandler; var myAuth: RequestHandler;
  namespace Express { interface User { login: string } interface Request { user?: User } }
}`;
  const configuration = `import { Module } from '@nestjs/common';
import type { EgainAuthOptions } from '@egain-auth/nestjs';
export class ConfigService { readonly egain: EgainAuthOptions = {}; }
@Module({ providers: [ConfigService], exports: [ConfigService] })
export class ConfigModule {}`;
  return {
    [`surroundings.${extension}`]: surroundings,
    [`config.${extension}`]: configuration,
    'sdk.d.ts': SDK,
    ...Object.fromEntries(blocks),
  };
}

test.each(VERSIONS)('TypeScript %s is that version', (version) => {
  const { version: installed } = JSON.parse(
    readFileSync(join(COMPILERS, `typescript-${version}`, 'package.json'), 'utf8'),
  );
  expect(installed).toMatch(new RegExp(`^${version}\\.\\d+$`));
});

test.concurrent.each(['5.9', '6.0', '7.0'])(
  'TypeScript %s compiles the READMEs, ES modules and CommonJS, and both run',
  async (version) => {
    const express = { 'application.mts': APPLICATION, 'application.cts': APPLICATION };
    const nest = { 'nest.mts': NEST_APPLICATION, 'nest.cts': NEST_APPLICATION };
    const files = { ...express, ...nest, 'refused.mts': REFUSED, ...readmeFiles('mts') };
    const { stdout, status, folder } = await compile({ version, mode: 'nodenext', files });
    expect([stdout, status]).toEqual(['', 0]);
    expect(await linesOf([`${folder}/out/application.mjs`])).toEqual([VISITS]);
    expect(await linesOf([`${folder}/out/application.cjs`])).toEqual([VISITS]);
    expect(await linesOf([`${folder}/out/nest.mjs`])).toEqual([NEST_VISITS]);
    expect(await linesOf([`${folder}/out/nest.cjs`])).toEqual([NEST_VISITS]);
  },
);

test.concurrent('TypeScript 5.4 compiles the READMEs and ES modules, and they run', async () => {
  const applications = { 'application.mts': APPLICATION, 'nest.mts': NEST_APPLICATION };
  const files = { ...applications, 'refused.mts': REFUSED, ...readmeFiles('mts') };
  const { stdout, status, folder } = await compile({ version: '5.4', mode: 'nodenext', files });
  expect([stdout, status]).toEqual(['', 0]);
  expect(await linesOf([`${folder}/out/application.mjs`])).toEqual([VISITS]);
  expect(await linesOf([`${folder}/out/nest.mjs`])).toEqual([NEST_VISITS]);
});

// The declarations of Koa and those of the newest content-disposition, which Express brings, do not fit each other; and those of
// Nest's GraphQL name a package that is none of its dependencies.
test.concurrent.each(VERSIONS)('TypeScript %s compiles what the READMEs of Koa and Nest show', async (version) => {
  const files = { 'refused-koa.mts': REFUSED_BY_KOA, ...readmeFiles('mts', ['koa', 'nestjs']) };
  const { stdout, status } = await compile({ version, mode: 'nodenext', files, skipLibCheck: true });
  expect([stdout, status]).toEqual(['', 0]);
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
  const files = { 'require.cts': "import { user } from '@egain-auth/express';\nuser({ username: 'pa' });\n" };
  const { stdout } = await compile({ version: '5.4', mode: 'nodenext', files, skipLibCheck: true });
  expect(stdout).toContain('TS1479');
});

test.concurrent.each(VERSIONS)('TypeScript %s compiles what a bundler will read', async (version) => {
  const { stdout, status } = await compile({
    ...{ version, mode: 'bundler' },
    files: { 'application.ts': APPLICATION, 'refused.ts': REFUSED, ...readmeFiles('ts') },
    // They take longer for the declarations than for all else; the oldest and the newest read them here too.
    skipLibCheck: version === '5.9' || version === '6.0',
  });
  expect([stdout, status]).toEqual(['', 0]);
});

const EXPECTED = /^ *\/\/ @ts-expect-error.*\n/gm;

const WRONG_VALUE = 'TS2322';
const WRONG_ARGUMENT = 'TS2345';
const UNKNOWN_OPTION = 'TS2353';
const MISSPELT = 'TS2551';
const REFUSALS = [...Array(4).fill(WRONG_VALUE), MISSPELT, WRONG_ARGUMENT, WRONG_ARGUMENT];

test.concurrent.each([
  ['refused.ts', REFUSED, [...REFUSALS, UNKNOWN_OPTION, ...Array(4).fill(WRONG_VALUE), MISSPELT]],
  ['refused-koa.ts', REFUSED_BY_KOA, REFUSALS],
])('%s is refused for what it says', async (name, text, codes) => {
  const files = { [name]: text.replace(EXPECTED, '') };
  const { stdout } = await compile({ version: '7.0', mode: 'bundler', files, skipLibCheck: true });
  expect([...stdout.matchAll(/^\S+: error (TS\d+)/gm)].map(([, code]) => code)).toEqual(codes);
});

/** What takes types out of the way: casts, `any`, `!`, and comments to the compiler. */
function bypasses(code: string): string[] {
  const found: string[] = code.match(/@ts-\w+/g) ?? [];
  const look = (node: ts.Node): void => {
    const isCast = ts.isAsExpression(node) && !ts.isConstTypeReference(node.type);
    const isOther = ts.isTypeAssertionExpression(node) || ts.isNonNullExpression(node);
    if (isCast || isOther || node.kind === ts.SyntaxKind.AnyKeyword) found.push(node.getText());
    node.forEachChild(look);
  };
  look(ts.createSourceFile('readme.ts', code, ts.ScriptTarget.ESNext, true));
  return found;
}

test.each(['express', 'koa', 'nestjs'])('what the README of %s shows needs no cast', (name) => {
  expect(blocksOf(name).flatMap(bypasses)).toEqual([]);
});

test('the check itself sees them', () => {
  const code = ['// @ts-ignore', 'a as B', '<B>a', 'a!', 'let b: any', 'a as any', "['c'] as const"].join(';\n');
  expect(bypasses(code)).toEqual(['@ts-ignore', 'a as B', '<B>a', 'a!', 'any', 'a as any', 'any']);
});

test.concurrent.each(['5.4', '5.9', '6.0', '7.0'])(
  'TypeScript %s looks a path up, and says who is not accepted',
  async (version) => {
    const { stdout } = await compile({
      ...{ version, mode: 'bundler' },
      files: {
        'paths.ts': `import type { CheckedPath, OperationActor } from '@egain-auth/core';
interface Api<A extends OperationActor> {
  get<const P extends string, T = unknown>(path: CheckedPath<A, 'GET', P>): Promise<T>;
}
export async function read(user: Api<'user'>, customer: Api<'customer'>, id: string): Promise<number[]> {
  await customer.get('/knowledge/portalmgr/v4/portals/user?$lang=en-US');
  await customer.get(\`/knowledge/portalmgr/v4/portals/\${id}\`);
  await customer.get('/knowledge/portalmgr/v4/portals/PROD-1000');
  return await user.get('/knowledge/portalmgr/v4/portals/user?$lang=en-US');
}
`,
      },
    });
    expect(stdout.match(/paths\.ts\(\d+/g)).toEqual(['paths.ts(6']);
    expect(stdout).toContain(`type '"egain: actor 'customer' is not accepted by this operation"'`);
  },
);
