import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ROOT } from './sources.ts';

const DOCUMENTS = [
  'README.md',
  'docs/adapters.md',
  'docs/permissions.md',
  ...['core', 'express', 'koa', 'nestjs', 'testing'].map((name) => `packages/${name}/README.md`),
];
// Inside the package, so that its dependencies resolve.
const FOLDER = join(import.meta.dirname, '..', '.snippets');

beforeAll(() => {
  mkdirSync(FOLDER, { recursive: true });
});
afterAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
});

function snippetsOf(document: string): string[] {
  const blocks = readFileSync(join(ROOT, document), 'utf8').matchAll(/^```ts\n(.*?)^```/gms);
  return [...blocks].map(([, code = '']) => code);
}

/** Whole projects are checked as they stand; what a reader brings along — an application, a handler — is declared. */
const SURROUNDINGS = `
import type { RequestHandler, Express } from 'express';
declare global {
  var app: Express; var handler: RequestHandler; var myAuth: RequestHandler;
  namespace Express { interface User { login: string } interface Request { user?: User } }
}
export {};
`;

/** What a Nest application has of its own. */
const CONFIG = `
import { Module } from '@nestjs/common';
import type { EgainAuthOptions } from '@egain-auth/nestjs';
export class ConfigService { readonly egain: EgainAuthOptions = {}; }
@Module({ providers: [ConfigService], exports: [ConfigService] })
export class ConfigModule {}
`;

/** eGain's own SDK is not on npm: as much of its types as the documents use. */
const SDK = `
declare module '@egain/egain-api-typescript/lib/http.js' {
  type Fetcher = (input: Request | string | URL, init?: RequestInit) => Promise<Response>;
  export class HTTPClient { constructor(options: { fetcher?: Fetcher }); }
}
declare module '@egain/egain-api-typescript' {
  import type { HTTPClient } from '@egain/egain-api-typescript/lib/http.js';
  export class Egain { constructor(options: { httpClient?: HTTPClient }); }
}
`;

function compile(files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(FOLDER, name), text);
  const config = {
    extends: '../../../tsconfig.base.json',
    compilerOptions: {
      noEmit: true,
      types: ['node', 'jest'].slice(0, 1),
      customConditions: ['@egain-auth/source'],
      noUnusedLocals: false,
      noUnusedParameters: false,
      // As Nest's own template has it.
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      erasableSyntaxOnly: false,
    },
    include: ['*.ts'],
  };
  writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify(config));
  const { stdout } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', FOLDER], { encoding: 'utf8' });
  return stdout;
}

test('README: every TypeScript block of the documents compiles', () => {
  const snippets = DOCUMENTS.flatMap((document) =>
    snippetsOf(document).map(
      (code, index) => [`${document.replace(/\W/g, '-')}-${index + 1}.ts`, `export {};\n${code}`] as const,
    ),
  );
  expect(snippets.length).toBeGreaterThan(4);
  expect(
    compile({ 'surroundings.ts': SURROUNDINGS, 'config.ts': CONFIG, 'sdk.d.ts': SDK, ...Object.fromEntries(snippets) }),
  ).toBe('');
});

test('the check itself sees a block that does not', () => {
  expect(
    compile({ 'wrong.ts': "import { egainAuth } from '@egain-auth/express';\negainAuth({ clientId: 1 });\n" }),
  ).toContain('TS2322');
});
