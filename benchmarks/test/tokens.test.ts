import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import type { CachedFigures, MissedFigures } from '../src/tokens/suite.ts';

const folder = mkdtempSync(join(tmpdir(), 'benchmarks-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('tokens: a thousand callers make one token request per subject', () => {
  const file = join(folder, 'tokens.json');
  const main = resolve(import.meta.dirname, '../dist/main.js');
  const args = [main, 'tokens', '--quick', '--only=map,egain-auth', `--json=${file}`];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  expect(stdout).toContain('1,000 subjects');

  const { cached, missed } = JSON.parse(readFileSync(file, 'utf8')) as {
    cached: CachedFigures[];
    missed: MissedFigures[];
  };
  // That cached calls make no request at all is something the benchmark itself insists on.
  expect(cached.map(({ contestant, subjects }) => `${contestant} ${subjects}`)).toEqual([
    'map 1',
    'egain-auth 1',
    'map 1000',
    'egain-auth 1000',
  ]);
  expect(missed.map(({ subjects, tokenRequests }) => [subjects, tokenRequests.median])).toEqual([
    [1, 1],
    [1, 1],
    [1000, 1000],
    [1000, 1000],
  ]);
}, 30_000);
