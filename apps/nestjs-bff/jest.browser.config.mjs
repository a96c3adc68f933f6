import { preset } from '../../jest.preset.mjs';

// One browser at a time: two cores are few for two of them.
export default { ...preset, testMatch: ['<rootDir>/test/browser/**/*.test.ts'], testTimeout: 30_000, maxWorkers: 1 };
