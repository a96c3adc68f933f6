import { execFile } from 'node:child_process';
import { join } from 'node:path';

const { EGAIN_AUTH_PACKED: PACKED = '' } = process.env;

/** A path in the folder that the tarballs are installed in. */
export const inConsumer = (...path: readonly string[]): string => join(PACKED, 'application', ...path);

/** A path in the project of Nest 11. */
export const inNest11 = (...path: readonly string[]): string => join(PACKED, 'nest11', ...path);

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  /** @default the folder that the tarballs are installed in */
  readonly cwd?: string;
}

/** Runs this very Node there. */
export function runNode(args: readonly string[], { env, cwd = inConsumer() }: Surroundings = {}): Promise<Outcome> {
  // What jest and pnpm set for themselves is not what an application finds.
  const { NODE_OPTIONS: _, NODE_ENV: __, ...inherited } = process.env;
  return new Promise((resolve) => {
    const options = { cwd, env: { ...inherited, ...env }, timeout: 60_000 };
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      resolve({ status: error ? Number(error.code ?? 1) : 0, stdout, stderr });
    });
  });
}

/** The lines of JSON that a consumer printed; it must have ended well and said nothing else. */
export async function linesOf(args: readonly string[], surroundings?: Surroundings): Promise<unknown[]> {
  const { status, stdout, stderr } = await runNode(args, surroundings);
  if (status !== 0 || stderr !== '') {
    // A stack trace quotes whole lines, and those of a bundle are long.
    const said = stderr.replace(/.{400,}/g, '…');
    throw new Error(`node ${args.join(' ')} ended with ${status}: ${said}`);
  }
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}
