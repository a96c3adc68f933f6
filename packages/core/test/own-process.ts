import { execFile } from 'node:child_process';

export interface Ended {
  /** 0 for a process that ended by itself. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const LOADER = new URL('typescript-loader.mjs', import.meta.url).href;

/**
 * Runs a module in a process of its own, to see how that ends. It can import our TypeScript.
 * @param code its imports are relative to the folder of `test`
 */
export function runAlone(code: string): Promise<Ended> {
  const options = ['--import', LOADER, '--input-type=module', '--eval', code];
  return new Promise((resolve) => {
    execFile(process.execPath, options, { cwd: import.meta.dirname, timeout: 20_000 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}
