// Part of a package's build: its sources as one file for each entry point. Node takes a third of a millisecond for each file of
// ES modules that it loads, which for core was more than for all that is in them. Declarations are the compiler's.
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';

const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = Object.values(exports).filter((entry) => entry['@egain-auth/source']);

await build({
  entryPoints: entries.map((entry) => ({
    in: entry['@egain-auth/source'],
    out: entry.default.replace(/^\.\/dist\/|\.js$/g, ''),
  })),
  outdir: 'dist',
  bundle: true,
  splitting: true,
  chunkNames: '[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
