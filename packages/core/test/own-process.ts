import { execFile, execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

export interface Ended {
  /** 0 for a process that ended by itself. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface AloneOptions {
  /** The imports of the module are relative to it. By default the folder of this file. */
  readonly folder?: string;
  /** Options of esbuild. By default packages are not bundled. */
  readonly bundle?: readonly string[];
  /** Added to the variables of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node. */
  readonly flags?: readonly string[];
}

const ESBUILD = resolve(import.meta.dirname, '../../../node_modules/.bin/esbuild');
const BUNDLE = ['--bundle', '--loader=ts', '--format=esm', '--platform=node', '--log-level=error'];

/**
 * Runs a module in a process of its own, to see how that ends. It can import our TypeScript, which is bundled first: a
 * child that compiles what it imports is slow on a busy machine.
 */
export function runAlone(
  code: string,
  { folder: cwd = import.meta.dirname, bundle = ['--packages=external'], env = {}, flags = [] }: AloneOptions = {},
): Promise<Ended> {
  const options = { cwd, encoding: 'utf8', maxBuffer: Number.POSITIVE_INFINITY } as const;
  const bundled = execFileSync(ESBUILD, [...BUNDLE, ...bundle], { ...options, input: code });
  return new Promise((done) => {
    const settings = { ...options, timeout: 240_000, env: { ...process.env, ...env } };
    const arguments_ = [...flags, '--input-type=module', '-'];
    const child = execFile(process.execPath, arguments_, settings, (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
    child.stdin?.end(bundled);
  });
}
