// npm run mutants -- tokens: breaks the code on purpose, one line at a time, and sees whether the test that is there for
// it turns red. What is broken stands in tests/mutants/*.mjs. The working tree is copied, never touched.
// `expects` names the file and a test in it, or a rule of the contract of adapters and the one host to see it broken on.
// With --isolated: each in a process of its own, which takes three times as long.
// With --check: only whether every text to be replaced still occurs once, and every test still has its name.
import { fork, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { projectNamesOf } from './jest-projects.mjs';
import { root } from './setup.mjs';

const FOLDER = join(root, 'tests/mutants');
const RULES = join(root, 'packages/testing/src/adapter-contract/rules');
const RUN_TIMEOUT_MS = 240_000;
/** What waits for what a mutant took away would wait for as long as a busy machine may take. */
const TEST_TIMEOUT_MS = 60_000;

const checksOnly = process.argv.includes('--check');
const isIsolated = process.argv.includes('--isolated');
const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const known = readdirSync(FOLDER).map((file) => basename(file, '.mjs'));
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) fail([`No mutants ${unknown.join(', ')}: there are ${known.join(', ')}.`]);

const sets = await Promise.all(
  known.filter((name) => names.length === 0 || names.includes(name)).map((name) => import(join(FOLDER, `${name}.mjs`))),
);
const mutants = sets.flatMap((set) => set.mutants);

/** The texts of the contract of adapters, by id. */
const rules = new Map(
  readdirSync(RULES)
    .map((file) => readFileSync(join(RULES, file), 'utf8'))
    .flatMap((text) => [...text.matchAll(/^ {4}id: '(\w+)',\n {4}text: '(.*)',$/gm)].map(([, id, rule]) => [id, rule])),
);

/** What a test is called, without what it stands in. */
const titleOf = ({ test, rule }) => test ?? `${rule}: ${rules.get(rule)}`;

/** Finds the test by its full name, on one host only where it is a rule. */
function patternOf(expected) {
  const { host, rule } = expected;
  const part = rule === undefined ? titleOf(expected) : `${host}: the contract of adapters ${titleOf(expected)}`;
  return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function fail(problems) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(1);
}

const read = (path) => readFileSync(join(root, path), 'utf8');
const countOf = (text, part) => text.split(part).length - 1;
const editsOf = ({ find, replace, and = [] }) => [{ find, replace }, ...and];

function mutate(mutant) {
  return editsOf(mutant).reduce((text, { find, replace }) => text.replace(find, () => replace), read(mutant.file));
}

const hasTest = ({ file, test, rule }) =>
  rule === undefined ? read(file).includes(test) : rules.has(rule) && read(file).includes('describeAdapterContract(');

const stale = mutants.flatMap((mutant) => {
  const { name, file, expects } = mutant;
  const text = read(file);
  return [
    ...editsOf(mutant)
      .filter(({ find }) => countOf(text, find) !== 1)
      .map(({ find }) => `${name}: ${file} has ${countOf(text, find)} times: ${find}`),
    ...(mutate(mutant) === text ? [`${name}: changes nothing`] : []),
    ...(hasTest(expects) ? [] : [`${name}: ${expects.file} has no test: ${expects.test ?? expects.rule}`]),
  ];
});
if (new Set(mutants.map(({ name }) => name)).size !== mutants.length) stale.push('Two mutants have the same name.');
if (stale.length > 0) fail(stale);
if (checksOnly) {
  process.stdout.write(`${mutants.length} mutants can be made\n`);
  process.exit(0);
}

/**
 * What git would commit, with the dependencies that are installed. The links of a package are copied as they stand, which
 * is relative: those to packages of the workspace lead into the copy, or a mutant of core would not be seen by an adapter.
 */
function copyTree() {
  const copy = mkdtempSync(join(tmpdir(), 'mutants-'));
  const { stdout } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const path of stdout.split('\0').filter((name) => name !== '' && existsSync(join(root, name)))) {
    cpSync(join(root, path), join(copy, path), { recursive: true });
  }
  const packages = ['packages', 'apps', 'tests'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(folder, name)),
  );
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const folder of packages.map((name) => join(name, 'node_modules'))) {
    const original = join(root, folder);
    if (existsSync(original)) cpSync(original, join(copy, folder), { recursive: true, verbatimSymlinks: true });
  }
  return copy;
}

const folderOf = (file) => file.split('/').slice(0, 2).join('/');
const unique = (values) => [...new Set(values)];
/** The one that is named, or all of the package. */
const projectsOf = ({ file, project }) =>
  project === undefined ? projectNamesOf(join(root, folderOf(file))) : [project];

/** A process that has collected more than this is slow, because jest keeps the modules of every run. */
const MAX_BYTES = 700 * 1024 * 1024;
const ENVIRONMENT = {
  ...process.env,
  // The same each time.
  ...{ EGAIN_AUTH_SEED: '1', EGAIN_AUTH_LOAD: 'sample', EGAIN_AUTH_PATIENCE_MS: '5000' },
};

/**
 * Runs tests in a copy of the tree, in one process for many runs; with --isolated in a process of its own for each, so that
 * nothing of one mutant can turn the test of the next one red.
 */
function createRunner(copy) {
  let child;

  function start() {
    const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
    const options = { cwd: copy, stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: flags, env: ENVIRONMENT };
    child = fork(join(root, 'tools/mutant-runner.mjs'), options);
  }

  function stop() {
    child?.kill('SIGKILL');
    child = undefined;
  }

  /** @returns jest's report, or `undefined` for a run that had to be stopped */
  async function run(expected) {
    if (!child) start();
    const current = child;
    const report = await new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), RUN_TIMEOUT_MS);
      const end = (value) => {
        clearTimeout(timer);
        current.removeAllListeners();
        resolve(value);
      };
      current.once('message', end).once('exit', () => end(undefined));
      current.send({
        root: copy,
        files: unique(expected.map(({ file }) => join(copy, file))),
        pattern: unique(expected.map(patternOf)).join('|'),
        projects: unique(expected.flatMap(projectsOf)),
        testTimeout: TEST_TIMEOUT_MS,
      });
    });
    if (!report || isIsolated || report.usedBytes > MAX_BYTES) stop();
    return report;
  }

  return { run, stop };
}

/** @returns what became of it */
async function judge(copy, runner, mutant) {
  const { file, expects } = mutant;
  const original = read(file);
  writeFileSync(join(copy, file), mutate(mutant));
  try {
    const report = await runner.run([expects]);
    if (!report) return 'had to be stopped';
    const ran = report.tests.filter(({ status }) => status === 'passed' || status === 'failed');
    // A file that does not load tells nothing of the test.
    if (ran.length === 0) return 'ran no test';
    return ran.some(({ status }) => status === 'failed') ? 'killed' : 'SURVIVED';
  } finally {
    writeFileSync(join(copy, file), original);
  }
}

// One more than there are cores, because many mutants are killed by a deadline that is waited for.
const copies = Array.from({ length: Math.min(availableParallelism() + 1, 4, mutants.length) }, copyTree);
const runners = new Map(copies.map((copy) => [copy, createRunner(copy)]));
process.once('SIGINT', () => process.exit(130));
process.once('exit', () => {
  for (const [copy, runner] of runners) {
    runner.stop();
    rmSync(copy, { recursive: true, force: true });
  }
});

const folders = unique(mutants.map(({ expects }) => folderOf(expects.file))).values();
await Promise.all(
  [...runners.values()].map(async (runner) => {
    for (const folder of folders) {
      const expected = mutants.map(({ expects }) => expects).filter(({ file }) => folderOf(file) === folder);
      const report = await runner.run(expected);
      if (report?.success) continue;
      const red = report?.tests.filter(({ status }) => status === 'failed') ?? [];
      const problems = red.map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages[0]}`);
      fail(['Without any mutant these are red:', ...problems]);
    }
  }),
);

const results = new Map();
const queue = mutants.values();
await Promise.all(
  [...runners].map(async ([copy, runner]) => {
    for (const mutant of queue) results.set(mutant, await judge(copy, runner, mutant));
    runner.stop();
  }),
);

const alive = mutants.filter((mutant) => results.get(mutant) !== 'killed');
for (const mutant of alive) {
  process.stdout.write(`${mutant.name}: ${results.get(mutant)}, expected red: ${titleOf(mutant.expects)}\n`);
}
process.stdout.write(`${mutants.length - alive.length} of ${mutants.length} mutants killed\n`);
process.exitCode = alive.length === 0 ? 0 : 1;
