import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import { NEST_VISITS } from './applications.ts';
import { inConsumer, inNest11, linesOf, runNode } from './consumer.ts';

/** What is asked of jest here. */
interface JestResults {
  readonly numPassedTests: number;
  readonly numTotalTests: number;
  readonly testResults: readonly { readonly message: string }[];
}

/** Runs the project's own jest, as its `npm test` does. */
async function jest(before: readonly string[] = [], after: readonly string[] = []) {
  const args = [...before, 'node_modules/jest/bin/jest.js', '--json', '--no-cache', ...after];
  const { status, stdout, stderr } = await runNode(args, { cwd: inNest11() });
  if (!stdout.startsWith('{')) throw new Error(stderr);
  const { numPassedTests, numTotalTests, testResults }: JestResults = JSON.parse(stdout);
  return { status, numPassedTests, numTotalTests, message: testResults.map(({ message }) => message).join('\n') };
}

/** The one line of the README that was delivered. */
const README = readFileSync(inNest11('node_modules/@egain-auth/nestjs/README.md'), 'utf8');
const [LINE] = /^"transformIgnorePatterns": .*$/m.exec(README) ?? [];
const DOCUMENTED: { readonly transformIgnorePatterns: readonly string[] } = JSON.parse(`{${LINE}}`);

beforeAll(() => {
  const project = JSON.parse(readFileSync(inNest11('package.json'), 'utf8'));
  project.jest = { ...project.jest, ...DOCUMENTED };
  writeFileSync(inNest11('package.json'), JSON.stringify(project));
  copyFileSync(inConsumer('nest-application.ts'), inNest11('src/nest-application.ts'));
});

test('its jest runs the tests of an application, with the line that the README gives', async () => {
  expect(await jest()).toEqual({ status: 0, numPassedTests: 3, numTotalTests: 3, message: '' });
});

test.each(['', '.pnpm/some+package@1.0.0/node_modules/'])(
  'the line finds ES modules below node_modules/%s',
  (below) => {
    const isIgnored = (name: string) =>
      DOCUMENTED.transformIgnorePatterns.some((pattern) =>
        new RegExp(pattern).test(`/application/node_modules/${below}${name}/dist/index.js`),
      );
    expect(['@egain-auth/nestjs', '@egain-auth/core', '@egain-auth/testing', 'jose'].filter(isIgnored)).toEqual([]);
    expect(['@nestjs/core', 'undici', 'rxjs', 'joseph'].filter((name) => !isIgnored(name))).toEqual([]);
  },
);

/** Since Node 24.9 jest can require ES modules, if it is let. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const requires = major > 24 || (major === 24 && minor >= 9);

test(`without the line it ${requires ? 'runs them with --experimental-vm-modules' : 'does not even then'}`, async () => {
  const asBefore = ['--transformIgnorePatterns', '/node_modules/'];
  const { status, numPassedTests, message } = await jest(['--experimental-vm-modules'], asBefore);
  expect([status, numPassedTests]).toEqual(requires ? [0, 3] : [1, 0]);
  expect(message).toMatch(requires ? /^$/ : /Must use import to load ES Module: .*@egain-auth/);
});

test('its TypeScript compiles an application to CommonJS, and it runs', async () => {
  const { stdout, status } = await runNode(['node_modules/typescript/bin/tsc', '-p', '.'], { cwd: inNest11() });
  expect([stdout, status]).toEqual(['', 0]);
  expect(readFileSync(inNest11('dist/nest-application.js'), 'utf8')).toContain('require("@egain-auth/nestjs")');
  expect(await linesOf(['dist/nest-application.js'], { cwd: inNest11() })).toEqual([NEST_VISITS]);
});
