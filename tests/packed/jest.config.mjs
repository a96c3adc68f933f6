import { preset } from '../../jest.preset.mjs';

// Packing and installing happens once, before the tests. Compilers run two at a time.
export default {
  ...preset,
  globalSetup: './test/install.mjs',
  globalTeardown: './test/uninstall.mjs',
  maxConcurrency: 2,
  testTimeout: 120_000,
};
