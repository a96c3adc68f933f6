import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from '@jest/globals';
import config from '../../../jest.config.mjs';
import * as sets from '../../../tools/test-sets.mjs';
import { ROOT } from './sources.ts';

const NAMES = config.projects.map(({ displayName }: { displayName: string }) => displayName);

test('every test file is run by a project of jest', () => {
  const folders = [...['packages', 'apps', 'tests'].flatMap((folder) => foldersIn(folder)), 'benchmarks'];
  const written = folders
    .flatMap((folder) => filesBelow(folder))
    .filter((path) => path.endsWith('.test.ts'))
    .sort();
  const { stdout } = spawnSync(process.execPath, [join(ROOT, 'tools/jest.mjs'), '--listTests'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const found = stdout.split('\n').filter((line) => line.endsWith('.test.ts'));
  expect([...new Set(found.map((path) => relative(ROOT, path)))].sort()).toEqual(written);
});

test('every set names projects that exist', () => {
  const named = [...sets.ONLY_IN_FULL, ...sets.SAME_ON_EVERY_NODE, ...Object.values(sets.LEFT_OUT)];
  expect(named.filter((name) => !NAMES.includes(name))).toEqual([]);
});

test('no two projects share a name', () => {
  expect(new Set(NAMES).size).toBe(NAMES.length);
});

const foldersIn = (folder: string) => readdirSync(join(ROOT, folder)).map((name) => join(folder, name));

/** The files of a package's `test` folder, from the root. */
function filesBelow(folder: string): string[] {
  try {
    return readdirSync(join(ROOT, folder, 'test'), { recursive: true, encoding: 'utf8' }).map((name) =>
      join(folder, 'test', name),
    );
  } catch {
    // A package without tests.
    return [];
  }
}
