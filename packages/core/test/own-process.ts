import { execFile, execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

export interface Ended {
  /** 0 for a process that ended by itself. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ESBUILD = resolve(import.meta.dirname, '../../../node_modules/.bin/esbuild');
const BUNDLE = ['--bundle', '--format=esm', '--platform=node', '--packages=external', '--log-level=error'];

/**
 * Runs a module in a process of its own, to see how that ends. It can import our TypeScript, which is bundled first: a
 * child that compiles what it imports is slow on a busy machine.
 * @param code its imports are relative to the folder of `test`
 */
export function runAlone(code: string): Promise<Ended> {
  const bundled = execFileSync(ESBUILD, BUNDLE, { cwd: import.meta.dirname, input: code, encoding: 'utf8' });
  return new Promise((done) => {
    const options = { cwd: import.meta.dirname, timeout: 240_000 };
    const child = execFile(process.execPath, ['--input-type=module', '-'], options, (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
    child.stdin?.end(bundled);
  });
}
