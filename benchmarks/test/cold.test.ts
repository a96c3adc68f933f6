import { expect, test } from '@jest/globals';
import type { ColdFigures } from '../src/cold/measure.ts';
import type { TypeCheckFigures } from '../src/cold/type-check.ts';
import { runQuickly } from './run-suite.ts';

interface Figures {
  readonly packages: readonly ColdFigures[];
  readonly types: readonly TypeCheckFigures[];
}

const MEGABYTE = 1e6;
const namesOf = (row: ColdFigures | undefined) =>
  row?.packages.map((name) => name.slice(0, name.lastIndexOf('@'))) ?? [];

// Seconds, but on a machine with much else to do.
test('cold: core is two packages, an adapter adds no other, and undici comes at first use', () => {
  const { figures } = runQuickly<Figures>('cold', ['egain-auth', 'egain-auth-first-use', 'koa', 'egain-auth-koa']);
  const rows = new Map(figures.packages.map((row) => [row.contestant, row]));
  const core = rows.get('egain-auth');
  const adapter = rows.get('egain-auth-koa');

  expect(namesOf(core)).toEqual(['@egain-auth/core', 'undici']);
  expect(core?.bytes).toBeLessThan(6 * MEGABYTE);
  const framework = new Set(namesOf(rows.get('koa')));
  expect(framework).toContain('koa');
  expect(namesOf(adapter).filter((name) => !framework.has(name))).toEqual([
    '@egain-auth/core',
    '@egain-auth/koa',
    'undici',
  ]);
  expect([core?.installScripts, adapter?.installScripts]).toEqual([[], []]);

  // All that core could load of CommonJS is undici.
  expect(core?.commonJsModules).toBe(0);
  expect(rows.get('egain-auth-first-use')?.commonJsModules).toBeGreaterThan(0);

  // Is it the table that takes the compiler's time? The more paths are looked up, the more types are made.
  const [none = 0, one = 0, all = 0] = figures.types.map(({ instantiations }) => instantiations);
  expect(one).toBeGreaterThan(none);
  expect(all).toBeGreaterThan(one);
}, 120_000);
