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
