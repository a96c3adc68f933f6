import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const HEARING_MS = 30_000;

/** A process of `src`, which has to be built. */
export interface Child extends AsyncDisposable {
  /** The lines that it told, by their first word. */
  told(word: string): readonly string[];
  /** The first line with this word, once there are so many. @throws {Error} when they do not come */
  hears(word: string, count?: number): Promise<string>;
  signal(signal: NodeJS.Signals): void;
  /** What it wrote to stderr, and how it ended, once it has. @throws {Error} when it has not within the deadline */
  ended(deadlineMs: number): Promise<Ending>;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

export function startChild(file: string, ...args: readonly string[]): Child {
  const path = resolve(import.meta.dirname, '../dist', file);
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: [word: string, rest: string][] = [];
  createInterface(child.stdout).on('line', (line) => {
    const [word = '', ...rest] = line.split(' ');
    lines.push([word, rest.join(' ')]);
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = endOf(child);
  const told = (word: string) => lines.filter(([first]) => first === word).map(([, rest]) => rest);

  return {
    told,

    async hears(word, count = 1) {
      const until = performance.now() + HEARING_MS;
      for (;;) {
        const found = told(word);
        if (found[0] !== undefined && found.length >= count) return found[0];
        const hasEnded = child.exitCode !== null || child.signalCode !== null;
        if (hasEnded || performance.now() > until) throw new Error(`${file} never told “${word}”: ${stderr}`);
        await sleep(5);
      }
    },

    signal: (signal) => void child.kill(signal),

    async ended(deadlineMs) {
      const deadline = new AbortController();
      const late = sleep(deadlineMs, 'late' as const, { signal: deadline.signal }).catch(() => 'late' as const);
      const ending = await Promise.race([ended, late]);
      deadline.abort();
      if (ending === 'late') throw new Error(`${file} still runs after ${deadlineMs} ms: ${stderr}`);
      return { ...ending, stderr };
    },

    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** `close`, not `exit`: all that it wrote has been read. */
async function endOf(child: ChildProcess): Promise<Omit<Ending, 'stderr'>> {
  const [code, signal] = await once(child, 'close');
  return { code, signal };
}
