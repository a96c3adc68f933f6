import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';

const PACKAGE = resolve(import.meta.dirname, '..');

/**
 * Compiles sources before the first test, all in one go.
 * @param name of the folder they are in meanwhile, two levels below the package: ours are at `../../src`
 * @param sources by the name of their file, without `.ts`
 * @returns what the compiler said of a file
 */
export function compile(name: string, sources: Readonly<Record<string, string>>): (file: string) => string {
  const folder = join(PACKAGE, '.types', name);
  let output = '';

  beforeAll(() => {
    mkdirSync(folder, { recursive: true });
    for (const [file, text] of Object.entries(sources)) writeFileSync(join(folder, `${file}.ts`), text);
    const compilerOptions = {
      noEmit: true,
      noUnusedLocals: false,
      types: ['node'],
      customConditions: ['@egain-auth/source'],
    };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: '../../../../tsconfig.base.json', compilerOptions, include: ['*.ts'] }),
    );
    output = spawnSync(join(PACKAGE, '../../node_modules/.bin/tsc'), ['-p', folder, '--pretty', 'false'], {
      encoding: 'utf8',
    }).stdout;
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  return (file) => {
    const messages = output.split(/\n(?=\S)/);
    return messages.filter((message) => message.includes(`${file}.ts(`)).join('\n');
  };
}
