// Which projects of jest.config.mjs run when. What is not named here is part of every set.

/** What starts compilers, installs packages or measures: not in `npm test`. */
export const ONLY_IN_FULL = ['packed', 'compiled', 'processes', 'benchmarks'];

/** What is the same on every Node: texts, pages in a browser, and what compilers and benchmarks say. */
export const SAME_ON_EVERY_NODE = [
  'repository',
  'express-agent-desk in Chromium',
  'koa-self-service in Chromium',
  'nestjs-bff in Chromium',
  'compiled',
  'benchmarks',
];

/** Test files that say the same on every Node: what the compiler says, and contracts of stores that wait for real time. */
export const FILES_SAME_ON_EVERY_NODE = [
  '/testing/test/(session|token)-store-contract',
  '/core/test/(types|operations/operation-types)',
];

/**
 * One of the two majors of Nest for each other major of Node, except in `npm run test:long`. Both run on the Node that runs
 * everything, and the packed projects of both run on every Node.
 */
export const LEFT_OUT = { 22: 'Nest 12', 24: 'Nest 11' };

/** Test files whose loads are larger in `npm run test:full`, and larger still in `npm run test:long`. */
export const LOADS = ['/core/test/history/', '/core/test/faults/(bounds|flood|single-flight)'];

/** Mutants that every change must kill. */
export const MUTANTS_IN_FULL = ['tokens', 'sessions', 'contract'];

/** The newest of each major version that is supported, beside the one that runs this. */
export const NODE_VERSIONS = (process.env.NODE_VERSIONS ?? '20.20.2 22.23.3 24.21.0').split(' ');
