// All tests of the repository as projects of one jest, which keeps every core busy until the last file has ended.
// Native ES modules; TypeScript through swc (no type check); packages of the workspace from their sources.
import { fileURLToPath } from 'node:url';

const absolute = (path) => fileURLToPath(new URL(path, import.meta.url));

const shared = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@egain-auth/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true },
          target: 'es2023',
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};

/** The tests of one folder, under the name that `--selectProjects` takes. */
const project = (folder, settings = {}) => ({
  ...shared,
  displayName: folder.split('/').at(-1),
  rootDir: absolute(folder),
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  ...settings,
});

const APPS = ['express-agent-desk', 'koa-self-service', 'nestjs-bff'].map((name) => `apps/${name}`);

const PACKED = {
  globalSetup: absolute('tests/packed/test/install.mjs'),
  globalTeardown: absolute('tests/packed/test/uninstall.mjs'),
};

export default {
  // Far more than any test needs on an idle machine. A test fails for what happened, never for how long it took.
  testTimeout: 300_000,
  maxWorkers: '100%',
  // Jest keeps the ES modules of every file it has run. A worker that has collected many of them is slower by a factor of
  // three, so it is replaced.
  workerIdleMemoryLimit: '500MB',
  reporters: [absolute('tools/jest-reporter.mjs')],
  projects: [
    project('packages/core'),
    project('packages/testing'),
    project('packages/express'),
    project('packages/koa'),
    // Both majors run the same tests. Nest 11 lives in a package of its own: its packages are each other's peers.
    project('packages/nestjs', { displayName: 'Nest 12', globals: { nest: 'Nest 12' } }),
    project('packages/nestjs', {
      displayName: 'Nest 11',
      globals: { nest: 'Nest 11' },
      moduleNameMapper: { '^@nestjs/(.*)$': `${absolute('tests/nest11/node_modules/@nestjs')}/$1` },
    }),
    ...APPS.map((folder) => project(folder, { testPathIgnorePatterns: ['/test/browser/'] })),
    ...APPS.map((folder) =>
      project(folder, {
        displayName: `${folder.split('/').at(-1)} in Chromium`,
        testMatch: ['<rootDir>/test/browser/**/*.test.ts'],
      }),
    ),
    project('tests/interop'),
    project('tests/repository'),
    project('tests/processes'),
    // Packing and installing happens once for both, before their tests.
    project('tests/packed', { ...PACKED, testMatch: ['<rootDir>/test/{javascript,host,nest11}.test.ts'] }),
    project('tests/packed', {
      ...PACKED,
      displayName: 'compiled',
      testMatch: ['<rootDir>/test/{typescript,builds}.test.ts'],
    }),
    project('benchmarks'),
  ],
};
