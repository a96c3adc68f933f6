// npm test: installs what is needed, builds, runs every test, and counts them from jest's own reports.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { chromium, install, root, turbo } from './setup.mjs';

const results = join(root, '.results');
/** With --what-depends-on-node, for the second Node and the third: without what reads texts, and what measures. */
const LEFT_OUT = process.argv.includes('--what-depends-on-node') ? ['benchmarks', 'repository'] : [];

install();
const EGAIN_AUTH_CHROMIUM = chromium();
rmSync(results, { recursive: true, force: true });
// `--continue`: one failing package must not hide the others' counts.
const succeeded =
  turbo(['build', '--output-logs=errors-only']) &&
  turbo(
    ['test', 'test:browser', '--continue', '--concurrency=3', ...LEFT_OUT.map((folder) => `--filter=!./**/${folder}`)],
    { EGAIN_AUTH_CHROMIUM },
  );

/** Every package with a test script must have left a report: a run that never started is not a pass. */
function expectedReports() {
  const below = (folder) => readdirSync(join(root, folder)).map((name) => join(folder, name));
  const folders = [...['packages', 'apps', 'tests'].flatMap(below), 'benchmarks'];
  return folders.flatMap((folder) => {
    if (LEFT_OUT.includes(basename(folder))) return [];
    const manifest = join(root, folder, 'package.json');
    const { scripts = {} } = existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')) : {};
    return ['test', 'test:browser']
      .filter((task) => scripts[task])
      .map((task) => `${basename(folder)}-${task.replace(':', '-')}.json`);
  });
}

let passed = 0;
let failed = 0;
for (const report of expectedReports()) {
  const path = join(results, report);
  if (!existsSync(path)) {
    process.stderr.write(`No report ${report}: the run did not get that far.\n`);
    failed += 1;
    continue;
  }
  const { numPassedTests, numFailedTests, numFailedTestSuites, numPendingTests, success } = JSON.parse(
    readFileSync(path, 'utf8'),
  );
  passed += numPassedTests;
  // A suite that does not load has no failed test; a skipped test is not a pass.
  failed += numFailedTests + numPendingTests || (success ? 0 : Math.max(1, numFailedTestSuites));
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(succeeded && failed === 0 && passed > 0 ? 0 : 1);
