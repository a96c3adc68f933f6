import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ROOT } from './sources.ts';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
}

const PACKAGES = readdirSync(join(ROOT, 'packages'));
const manifestOf = (name: string) =>
  JSON.parse(readFileSync(join(ROOT, 'packages', name, 'package.json'), 'utf8')) as Manifest;

describe('T100: what a package brings along', () => {
  test.each(PACKAGES)('%s depends on little, and runs nothing when it is installed', (name) => {
    const { dependencies = {}, scripts = {} } = manifestOf(name);
    expect(Object.keys(dependencies).length).toBeLessThanOrEqual(4);
    expect(Object.keys(scripts).filter((script) => /^(pre|post)?(install|prepare|publish)/.test(script))).toEqual([]);
  });
});

describe('T099: no range begins below a version with a known hole', () => {
  const floors: Readonly<Record<string, RegExp>> = {
    undici: /^\^(7\.(3\d|[4-9]\d)|8\.(1[1-9]|[2-9]\d))\.\d+$/,
    express: /^\^4\.(2\d)\.\d+ \|\| \^5\.\d+\.\d+$/,
    koa: /^\^2\.16\.[4-9] \|\| \^3\.(1\.[2-9]|[2-9]\.\d+)$/,
    '@nestjs/platform-fastify': /^\^11\.1\.(2[4-9]|[3-9]\d) \|\| \^1[2-9]\.\d+\.\d+$/,
  };
  const catalog = readFileSync(join(ROOT, 'pnpm-workspace.yaml'), 'utf8');

  test.each(PACKAGES)('%s', (name) => {
    const { dependencies = {}, peerDependencies = {} } = manifestOf(name);
    const external = Object.entries({ ...dependencies, ...peerDependencies }).filter(
      ([, range]) => !range.startsWith('workspace:'),
    );
    for (const [dependency, range] of external) {
      const floor = floors[dependency];
      if (!floor) continue;
      const resolved = range === 'catalog:' ? new RegExp(`^ +${dependency}: (.*)$`, 'm').exec(catalog)?.[1] : range;
      expect(resolved).toMatch(floor);
    }
  });
});
