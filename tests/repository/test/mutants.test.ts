import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ROOT } from './sources.ts';

test('every mutant can still be made, and the test that is to turn red is there', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'tools/mutants.mjs'), '--check'], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^[1-9]\d+ mutants can be made\n$/);
  expect(status).toBe(0);
});

test('the contract of adapters is tried with mutants of core and of each adapter, by rules of every kind', async () => {
  const { mutants } = (await import(join(ROOT, 'tests/mutants/contract.mjs'))) as { mutants: readonly Mutant[] };
  const countOf = (name: string) => mutants.filter(({ file }) => file.startsWith(`packages/${name}/src/`)).length;
  expect(countOf('core')).toBeGreaterThanOrEqual(15);
  for (const name of ['express', 'koa', 'nestjs']) expect(countOf(name)).toBeGreaterThanOrEqual(5);
  expect([...new Set(mutants.map(({ expects }) => expects.rule.slice(0, 2)))].sort()).toEqual([
    'CK',
    'ER',
    'GD',
    'HD',
    'IS',
    'LT',
    'OB',
    'RT',
    'SD',
    'SN',
  ]);
});

interface Mutant {
  readonly file: string;
  readonly expects: { readonly rule: string };
}
