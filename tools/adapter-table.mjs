// npm run adapter-table, after npm test: writes docs/adapter-behaviour.md from what the contract of adapters found.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

const PACKAGES = ['express', 'koa', 'nestjs'];
const SUFFIX = ': the contract of adapters';

/** By rule, by host. */
const rules = new Map();
const hosts = new Set();
for (const name of PACKAGES) {
  const report = join(root, '.results', `${name}-test.json`);
  if (!existsSync(report)) throw new Error(`${report} is missing: run npm test first`);
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  for (const { ancestorTitles, title, status } of testResults.flatMap((file) => file.assertionResults)) {
    const [about = ''] = ancestorTitles;
    if (!about.endsWith(SUFFIX) || status === 'pending') continue;
    const host = about.slice(0, -SUFFIX.length);
    hosts.add(host);
    if (!rules.has(title)) rules.set(title, new Map());
    rules.get(title).set(host, status === 'passed' ? '✓' : '✗');
  }
}
if (rules.size === 0) throw new Error('the reports have no test of the contract: run npm test first');

const columns = [...hosts];
const rows = [...rules].map(([title, found]) => {
  const [, id, text] = /^(\w+): (.*)$/.exec(title) ?? [undefined, '', title];
  return `| ${id} | ${text} | ${columns.map((host) => found.get(host) ?? '–').join(' | ')} |`;
});
writeFileSync(
  join(root, 'docs/adapter-behaviour.md'),
  `# What holds on which host

The rules of \`describeAdapterContract\`, and on which hosts they were seen to hold: \`npm run adapter-table\` writes this from the
reports of \`npm test\`. The words MUST and MUST NOT are those of RFC 2119. [How to write an adapter](adapters.md)

| | | ${columns.join(' | ')} |
|---|---|${columns.map(() => '---|').join('')}
${rows.join('\n')}
`,
);
process.stdout.write(`${rules.size} rules on ${hosts.size} hosts\n`);
