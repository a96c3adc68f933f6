// Runs jest again and again in this one process, for tools/mutants.mjs. A start of jest takes longer than most mutants need.
import { createRequire } from 'node:module';

const { runCLI } = createRequire(import.meta.url)('jest');
// Whatever a mutant leaves behind must not end the next run.
process.on('unhandledRejection', () => {});
process.on('uncaughtException', () => {});

async function run({ root, files, pattern, projects, testTimeout }) {
  const { results } = await runCLI(
    {
      ...{ _: files, $0: '', runTestsByPath: true, runInBand: true, silent: true, reporters: [] },
      ...{ testNamePattern: pattern, selectProjects: projects, testTimeout },
    },
    [root],
  );
  const tests = results.testResults.flatMap((file) => file.testResults);
  process.send({
    success: results.success,
    tests: tests.map(({ fullName, status, failureMessages }) => ({ fullName, status, failureMessages })),
    usedBytes: process.memoryUsage().rss,
  });
}

// A run that cannot even begin is one that tells nothing.
process.on('message', (order) => void run(order).catch(() => process.exit(1)));
