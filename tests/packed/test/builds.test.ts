import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Options, transform } from '@swc/core';
import { build } from 'esbuild';
import { NEST_APPLICATION, NEST_VISITS, VISITS } from './applications.ts';
import { bundle } from './bundle.ts';
import { inConsumer, linesOf } from './consumer.ts';

/** As Nest's own command line has it. */
const SWC: Options = {
  swcrc: false,
  jsc: {
    target: 'es2021',
    parser: { syntax: 'typescript', decorators: true, dynamicImport: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
};

test.concurrent.each([
  ['commonjs', 'cjs'],
  ['es6', 'mjs'],
] as const)('an application of Nest that swc compiled to %s runs', async (type, extension) => {
  const { code } = await transform(NEST_APPLICATION, { ...SWC, filename: 'nest-application.ts', module: { type } });
  writeFileSync(inConsumer(`swc.${extension}`), code);
  expect(await linesOf([`swc.${extension}`])).toEqual([NEST_VISITS]);
});

test.concurrent.each([
  ['one ES module', 'esm', 'bundled/application.mjs'],
  ['CommonJS', 'cjs', 'bundled/application.cjs'],
] as const)('an application of Express that esbuild bundled into %s runs', async (_what, format, outfile) => {
  await bundle('application.ts', outfile, { format });
  expect(await linesOf([outfile])).toEqual([VISITS]);
});

describe('without metadata of decorators', () => {
  const tsconfig = {
    compilerOptions: { experimentalDecorators: true, emitDecoratorMetadata: true, module: 'nodenext' },
  };
  const tsconfigRaw = { compilerOptions: { experimentalDecorators: true } };
  const tsx = (entry: string) => {
    const command = fileURLToPath(import.meta.resolve('tsx/cli'));
    return linesOf([command, '--tsconfig', 'tsconfig.tsx.json', entry]);
  };
  // The parameter names its token, as the README says.
  const named = NEST_APPLICATION.replace(
    'constructor(private readonly http',
    'constructor(@Inject(EgainHttpService) private readonly http',
  ).replace('{ Controller,', '{ Inject, Controller,');
  /** What is missing is the application's own: nothing was injected into its controller. */
  const untold = NEST_VISITS.answers.map(([path, status, seen]) =>
    path === 'observed' ? [path, 500, null] : [path, status, seen],
  );

  beforeAll(() => {
    expect(named.match(/Inject\b/g)).toHaveLength(2);
    writeFileSync(inConsumer('nest-named.ts'), named);
    writeFileSync(inConsumer('tsconfig.tsx.json'), JSON.stringify(tsconfig));
  });

  test('tsx runs an application of Nest', async () => {
    expect(await tsx('nest-named.ts')).toEqual([NEST_VISITS]);
  });

  test.each([
    ['as named', 'nest-named', NEST_VISITS],
    ['by type: everything but what its own classes are given', 'nest-application', { answers: untold }],
  ])('esbuild compiles it, %s', async (_how, entry, visits) => {
    const outfile = inConsumer(`esbuild/${entry}.mjs`);
    await build({ entryPoints: [inConsumer(`${entry}.ts`)], outfile, format: 'esm', tsconfigRaw });
    expect(await linesOf([outfile])).toEqual([visits]);
  });

  test.each([
    ['one ES module', 'esm', 'bundled/nest.mjs'],
    ['CommonJS', 'cjs', 'bundled/nest.cjs'],
  ] as const)('esbuild bundles it with all of Nest into %s', async (_what, format, outfile) => {
    // What Nest loads only if it is there.
    const external = ['@nestjs/microservices', '@nestjs/websockets', 'class-transformer', 'class-validator'];
    await bundle('nest-named.ts', outfile, { format, external, tsconfigRaw });
    expect(await linesOf([outfile])).toEqual([NEST_VISITS]);
  });
});
