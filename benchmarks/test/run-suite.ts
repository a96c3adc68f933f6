import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from '@jest/globals';

/** The quick mode of a suite, as a person would start it. @returns what it prints, and its figures */
export function runQuickly<Figures>(suite: string, contestants: readonly string[]): { text: string; figures: Figures } {
  const folder = mkdtempSync(join(tmpdir(), 'benchmarks-'));
  try {
    const file = join(folder, 'figures.json');
    const main = resolve(import.meta.dirname, '../dist/main.js');
    const args = [main, suite, '--quick', `--only=${contestants.join(',')}`, `--json=${file}`];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    // What it says of its progress is nothing to compare, until it says why it ended.
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    return { text: stdout, figures: JSON.parse(readFileSync(file, 'utf8')) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
