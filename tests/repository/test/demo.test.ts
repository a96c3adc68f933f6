import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ROOT } from './sources.ts';

const DEMO = join(ROOT, 'tools/demo.mjs');

describe('npm run demo', () => {
  test.each(readdirSync(join(ROOT, 'apps')))('knows %s', (folder) => {
    expect(readFileSync(DEMO, 'utf8')).toContain(`: '${folder}'`);
  });

  test.each([
    [['--app', 'rails'], 'There is no sample rails: use --app express or --app koa or --app nestjs'],
    [['--app', 'constructor'], 'There is no sample constructor: use --app express'],
    [['--app', 'koa', '--check'], '--check walks the flows of all samples at once: leave --app out'],
    [['--ap', 'koa'], "Unknown option '--ap'"],
  ])('says what is wrong with %j, before it installs anything', (given, problem) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [DEMO, ...given], { encoding: 'utf8' });
    expect(stderr).toContain(problem);
    expect(stderr).not.toContain('    at ');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  });
});
