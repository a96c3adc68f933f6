import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ROOT } from './sources.ts';

test('what is generated of the operations is what the data say', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'tools/operations.mjs'), '--check'], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toBe('263 operations\n');
  expect(status).toBe(0);
});
