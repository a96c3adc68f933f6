// npm run adapter-table: runs the contract of adapters on every host and writes down in docs/adapter-behaviour.md what held.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest, root } from './setup.mjs';

const SUFFIX = ': the contract of adapters';
/** The order of the columns. */
const HOSTS = [
  ...['Express 5', 'Express 4', 'Koa 3', 'Koa 2'],
  ...['12', '11'].flatMap((major) => [`Nest ${major} on Express`, `Nest ${major} on Fastify`]),
];

const { testResults } = jest(['packages/(express|koa|nestjs)/test/contract.test.ts']).report;

/** By rule, by host. */
const rules = new Map();
const hosts = new Set();
for (const { ancestorTitles, title, status } of testResults.flatMap((file) => file.assertionResults)) {
  const [about = ''] = ancestorTitles;
  if (!about.endsWith(SUFFIX)) continue;
  const host = about.slice(0, -SUFFIX.length);
  hosts.add(host);
  if (!rules.has(title)) rules.set(title, new Map());
  rules.get(title).set(host, status === 'passed' ? '✓' : '✗');
}

const columns = HOSTS.filter((host) => hosts.has(host));
if (columns.length !== hosts.size) throw new Error(`Name every host in HOSTS: ${[...hosts].join(', ')}`);
const rows = [...rules].map(([title, found]) => {
  const [, id, text] = /^(\w+): (.*)$/.exec(title) ?? [undefined, '', title];
  return `| ${id} | ${text} | ${columns.map((host) => found.get(host) ?? '–').join(' | ')} |`;
});
writeFileSync(
  join(root, 'docs/adapter-behaviour.md'),
  `# What holds on which host

The rules of \`describeAdapterContract\`, and on which hosts they were seen to hold: \`npm run adapter-table\` runs
them and writes this. The words MUST and MUST NOT are those of RFC 2119. [How to write an adapter](adapters.md)

ER10 is about production. Outside of it Express's own error handler prints the stack of an error, and Nest below 11.2.8
prints the message of an error that has a status: register our error handler, or leave Nest's \`filter\` on.

| | | ${columns.join(' | ')} |
|---|---|${columns.map(() => '---|').join('')}
${rows.join('\n')}
`,
);
process.stdout.write(`${rules.size} rules on ${hosts.size} hosts\n`);
