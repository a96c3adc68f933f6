// Copied beside the installed packages and run there, in a process for each time. Usage: node import-times.js [specifier…]
import { createRequire } from 'node:module';

/** What importing one more module took. */
export interface ImportTime {
  readonly ms: number;
  readonly cpuMs: number;
  /** How many CommonJS modules were loaded with it. */
  readonly commonJsModules: number;
}

const { cache } = createRequire(import.meta.url);
const times: ImportTime[] = [];
for (const specifier of process.argv.slice(2)) {
  const loaded = Object.keys(cache).length;
  const usage = process.cpuUsage();
  const startedAt = performance.now();
  await import(specifier);
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(usage);
  times.push({ ms, cpuMs: (user + system) / 1000, commonJsModules: Object.keys(cache).length - loaded });
}
process.stdout.write(JSON.stringify(times));
