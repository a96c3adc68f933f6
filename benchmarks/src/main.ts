// npm run bench -- tokens|middleware|hosts|outbound|cold|neighbours [--only=bare,egain-auth] [--part=cached] [--quick] [--json [file]]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { cold } from './cold/suite.ts';
import { hosts } from './hosts/suite.ts';
import { middleware } from './middleware/suite.ts';
import { neighbours } from './neighbours/suite.ts';
import { outbound } from './outbound/suite.ts';
import type { Suite } from './suite.ts';
import { tokens } from './tokens/suite.ts';

const SUITES: ReadonlyMap<string, Suite> = new Map(
  Object.entries({ tokens, middleware, hosts, outbound, cold, neighbours }),
);
const USAGE = `npm run bench -- ${[...SUITES.keys()].join('|')} [options]

  --only=map,egain-auth   these contestants
${namesOf(({ contestants }) => contestants)}\
  --part=cached           these parts
${namesOf(({ parts }) => parts)}\
  --quick                 few and short rounds: to see that it works, not for figures
  --json [file]           the figures as JSON too, in benchmarks/.results/<suite>.json unless a file is named
`;

const [name = ''] = process.argv.slice(2);
const { values: flags, positionals } = parseArgs({
  // A flag whose value is optional is not something that parseArgs knows.
  args: process.argv
    .slice(2)
    .map((arg, index, all) =>
      arg === '--json' && (all[index + 1] ?? '-').startsWith('-') ? `--json=${defaultFile(name)}` : arg,
    ),
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    part: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const suite = SUITES.get(name);
const contestants = flags.only?.split(',') ?? suite?.contestants ?? [];
const parts = flags.part?.split(',') ?? suite?.parts ?? [];
if (
  !suite ||
  positionals.length > 1 ||
  !contestants.every((contestant) => suite.contestants.includes(contestant)) ||
  !parts.every((part) => suite.parts.includes(part))
) {
  process.stderr.write(USAGE);
  process.exit(2);
}

const versions: Record<string, string> = { node: process.versions.node };
for (const dependency of await suite.packagesOf({ contestants, parts })) {
  if (dependency) versions[dependency] = versionOf(dependency);
}
const { text, figures } = await suite.run({
  contestants,
  parts,
  isQuick: flags.quick,
  progress: (line) => process.stderr.write(`${line}\n`),
});

process.stdout.write(`
${Object.entries(versions)
  .map((entry) => entry.join(' '))
  .join(', ')}
${cpus().length} × ${cpus()[0]?.model}

${text}`);

if (flags.json) {
  mkdirSync(dirname(flags.json), { recursive: true });
  writeFileSync(flags.json, `${JSON.stringify({ suite: name, versions, ...figures }, null, 2)}\n`);
}

function namesOf(of: (suite: Suite) => readonly string[]): string {
  return [...SUITES]
    .map(([name, described]) => [name, of(described).join(', ')])
    .map(([name, names]) => (names ? `                          ${name}: ${names}\n` : ''))
    .join('');
}

function defaultFile(suiteName: string): string {
  return join(import.meta.dirname, `../.results/${suiteName}.json`);
}

/** From the folder, since not every package exports its package.json. */
function versionOf(dependency: string): string {
  const manifest = join(import.meta.dirname, '../node_modules', dependency, 'package.json');
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}
