// What npm run test:full does after npm test. On the Node that runs it: larger loads, packed projects, processes, the quick
// mode of the benchmarks, and mutants. Then the tests once more on the other versions of Node.
// With --long, before a release: the largest loads and every mutant.
import { build, install, jest, nginx, succeeds } from './setup.mjs';
import {
  FILES_SAME_ON_EVERY_NODE,
  LEFT_OUT,
  LOADS,
  MUTANTS_IN_FULL,
  NODE_VERSIONS,
  ONLY_IN_FULL,
  SAME_ON_EVERY_NODE,
} from './test-sets.mjs';

const isLong = process.argv.includes('--long');
const env = { EGAIN_AUTH_LOAD: isLong ? 'long' : 'full' };
process.env.EGAIN_AUTH_NGINX = nginx();
const totals = { passed: 0, failed: 0 };
const failedSteps = [];

function step(name, { passed, failed }) {
  totals.passed += passed;
  totals.failed += failed;
  if (failed > 0) failedSteps.push(name);
}

function testStep(name, args, options) {
  process.stdout.write(`\n== ${name}\n`);
  step(name, jest(args, options));
}

install();
if (!build()) process.exit(1);

testStep('loads', ['--selectProjects', 'core', '--testPathPatterns', ...LOADS], { env });
testStep(ONLY_IN_FULL.join(', '), ['--selectProjects', ...ONLY_IN_FULL]);
for (const version of NODE_VERSIONS.filter((other) => other !== process.versions.node)) {
  const leftOut = isLong ? [] : [LEFT_OUT[version.split('.', 1)[0]] ?? []].flat();
  testStep(
    `Node ${version}`,
    [
      ...['--ignoreProjects', ...SAME_ON_EVERY_NODE, ...leftOut],
      ...['--testPathIgnorePatterns', '/node_modules/', ...FILES_SAME_ON_EVERY_NODE],
    ],
    { version },
  );
}

process.stdout.write('\n== mutants\n');
const killed = succeeds(process.execPath, ['tools/mutants.mjs', ...(isLong ? ['--isolated'] : MUTANTS_IN_FULL)]);
step('mutants', { passed: 0, failed: killed ? 0 : 1 });

if (failedSteps.length > 0) process.stdout.write(`\nFailed: ${failedSteps.join('; ')}\n`);
process.stdout.write(`${totals.passed} passed, ${totals.failed} failed\n`);
process.exitCode = totals.failed === 0 ? 0 : 1;
