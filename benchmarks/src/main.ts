// npm run bench -- tokens [--only=map,egain-auth] [--part=cached|missed] [--quick] [--json [file]]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { CONTESTANTS, type ContestantName, loadContestant } from './tokens/contestants.ts';
import { describeCached, describeMissed } from './tokens/report.ts';
import { measureCached, measureMissed } from './tokens/suite.ts';

const USAGE = `npm run bench -- tokens [options]

  --only=map,egain-auth   these contestants; all: ${Object.keys(CONTESTANTS).join(', ')}
  --part=cached|missed    one of the two parts
  --quick                 few and short rounds: to see that it works, not for figures
  --json [file]           the figures as JSON too, in benchmarks/.results/tokens.json unless a file is named
`;
const DEFAULT_FILE = join(import.meta.dirname, '../.results/tokens.json');

const { values: flags, positionals } = parseArgs({
  // A flag whose value is optional is not something that parseArgs knows.
  args: process.argv
    .slice(2)
    .map((arg, index, all) =>
      arg === '--json' && (all[index + 1] ?? '-').startsWith('-') ? `--json=${DEFAULT_FILE}` : arg,
    ),
  allowPositionals: true,
  options: {
    only: { type: 'string', default: Object.keys(CONTESTANTS).join(',') },
    part: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const contestants = flags.only.split(',').filter((name): name is ContestantName => name in CONTESTANTS);
const parts = ['cached', 'missed'].filter((part) => (flags.part ?? part) === part);
const [suite, ...rest] = positionals;
if (suite !== 'tokens' || rest.length > 0 || contestants.length < flags.only.split(',').length || parts.length === 0) {
  process.stderr.write(USAGE);
  process.exit(2);
}

const options = {
  contestants,
  callers: 1000,
  progress: (text: string) => process.stderr.write(`${text}\n`),
  ...(flags.quick
    ? { cachedSubjects: [1, 1000], warmUps: 1, rounds: 1, roundMs: 10 }
    : { cachedSubjects: [1, 1000, 100_000], warmUps: 6, rounds: 7, roundMs: 300 }),
};

const versions: Record<string, string> = { node: process.versions.node };
for (const name of contestants) {
  const { package: dependency } = await loadContestant(name);
  if (dependency) versions[dependency] = versionOf(dependency);
}
const cached = parts.includes('cached') ? await measureCached(options) : [];
const missed = parts.includes('missed') ? await measureMissed(options) : [];

process.stdout.write(`
${Object.entries(versions)
  .map((entry) => entry.join(' '))
  .join(', ')}
${cpus().length} × ${cpus()[0]?.model}; medians of ${options.rounds} rounds (min–max)

${[describeCached(cached), describeMissed(missed)].filter(Boolean).join('\n')}`);

if (flags.json) {
  mkdirSync(dirname(flags.json), { recursive: true });
  const { rounds, roundMs } = options;
  writeFileSync(flags.json, `${JSON.stringify({ suite, versions, rounds, roundMs, cached, missed }, null, 2)}\n`);
}

/** From the folder, since not every package exports its package.json. */
function versionOf(dependency: string): string {
  const manifest = join(import.meta.dirname, '../node_modules', dependency, 'package.json');
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}
