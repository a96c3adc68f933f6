// What a person sees of a test run: a line for each file as it ends; at the end every failure once, the count, and the
// names of what failed with the command that runs each alone.
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './setup.mjs';

/** Of all runs since the gate began, for its last lines. */
const FAILURES = join(root, '.results/failures.txt');

const print = (text) => process.stdout.write(`${text}\n`);
const pathOf = ({ testFilePath }) => relative(root, testFilePath);
const projectOf = ({ displayName }) => displayName.name;
const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
/** Stack frames of the test runner say nothing of the failure. */
const withoutLibraries = (message) =>
  message.replace(/\n +at [^\n]*\/node_modules\/[^\n]*|\n +at [^\n]*\(node:[^\n]*/g, '');
const escapePattern = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function commandFor(file, name) {
  const pattern = name === undefined ? '' : ` -t ${quote(escapePattern(name))}`;
  return `node tools/jest.mjs ${pathOf(file)} --selectProjects ${quote(projectOf(file))}${pattern}`;
}

export default class Reporter {
  #isPartial;
  #ended = 0;

  constructor({ testNamePattern }) {
    this.#isPartial = Boolean(testNamePattern);
  }

  onTestResult(_test, file, { numTotalTestSuites }) {
    this.#ended += 1;
    const progress = `${this.#ended}/${numTotalTestSuites}`.padStart(8);
    const seconds = `${((file.perfStats.end - file.perfStats.start) / 1000).toFixed(1)} s`.padStart(8);
    const failed = this.#failuresOf(file).length;
    const verdict = failed > 0 ? `FAILED ${failed} of` : 'passed';
    const count = file.testResults.filter(({ status }) => status !== 'pending').length;
    if (count > 0 || failed > 0)
      print(`${progress} ${seconds}  ${projectOf(file)}  ${pathOf(file)}  ${verdict} ${count}`);
  }

  onRunComplete(_contexts, { testResults, numPassedTests }) {
    const failures = testResults.flatMap((file) => this.#failuresOf(file));
    for (const { title, message } of failures) print(`\n● ${title}\n\n${withoutLibraries(message)}`);
    print(`\n${numPassedTests} passed, ${failures.length} failed`);
    const list = failures.map(({ title, command }) => `\n  ${title}\n    ${command}\n`).join('');
    process.stdout.write(list);
    mkdirSync(dirname(FAILURES), { recursive: true });
    appendFileSync(FAILURES, list);
  }

  /** A test that was skipped is not a pass, and neither is a file that does not load or has no test. */
  #failuresOf(file) {
    if (file.testExecError || (file.testResults.length === 0 && !file.skipped)) {
      return [{ title: `${pathOf(file)} does not run`, message: file.failureMessage ?? '', command: commandFor(file) }];
    }
    return file.testResults
      .filter(({ status }) => status === 'failed' || (status !== 'passed' && !this.#isPartial))
      .map(({ fullName, status, failureMessages }) => ({
        title: `${fullName} (${projectOf(file)})`,
        message: failureMessages.join('\n') || `The test is ${status}.`,
        command: commandFor(file, fullName),
      }));
  }
}
