import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ROOT } from './sources.ts';

interface Row {
  readonly id: string;
  readonly proofs: string;
}

/** The rows of every table whose last column says what proves them. */
function rowsOf(document: string): Row[] {
  const rows: Row[] = [];
  let isProven = false;
  for (const line of document.split('\n')) {
    if (!line.startsWith('|')) isProven = false;
    const cells = line.split('|').map((cell) => cell.trim());
    const [id = '', proofs = ''] = [cells[1], cells.at(-2)];
    if (proofs === 'proven by') isProven = true;
    else if (/^[TF]\d+$/.test(id)) rows.push({ id, proofs: isProven ? proofs : '' });
  }
  return rows;
}

/** What is wrong with a row: `path`: a part of a title, several of them, or what has to come first. */
function problemsOf({ proofs }: Row): string[] {
  const named = [...proofs.matchAll(/`([^`]+\.tsx?)`([^`]*)/g)];
  if (named.length === 0) return /\blater: \w/.test(proofs) ? [] : ['has neither a test nor a “later”'];
  return named.flatMap(([, path = '', rest = '']) => {
    const title = (rest.split(/<br>|\blater:/, 1)[0] ?? '').replace(/^[\s:,“"(—-]+|[\s;,.”")]+$/g, '');
    if (!/(^|\/)tests?\//.test(path) || !existsSync(join(ROOT, path))) return [`${path} is no test`];
    if (title === '') return [`${path} without a title`];
    return hasTitle(readFileSync(join(ROOT, path), 'utf8'), title) ? [] : [`${path} has no “${title}”`];
  });
}

/** In a line of code that has strings, so that no comment will do. */
function hasTitle(text: string, title: string): boolean {
  return text
    .split('\n')
    .some(
      (line) => !/^\s*(\/\/|\/?\*)/.test(line) && /['"`]/.test(line.split(title, 1)[0] ?? '') && line.includes(title),
    );
}

const ROWS = rowsOf(readFileSync(join(ROOT, 'docs/threat-model.md'), 'utf8'));

describe('the threat model', () => {
  test('has all its rows, each once', () => {
    const threats = ROWS.map(({ id }) => id).filter((id) => id.startsWith('T'));
    expect(threats.length).toBeGreaterThanOrEqual(101);
    // A later row has the next number, and stands in the section that it belongs to.
    expect(threats.sort()).toEqual(threats.map((_, index) => `T${String(index + 1).padStart(3, '0')}`));
  });

  test('has each fault once, with a title that names it', () => {
    const faults = ROWS.filter(({ id }) => id.startsWith('F'));
    expect(faults.length).toBeGreaterThan(20);
    expect(new Set(faults.map(({ id }) => id)).size).toBe(faults.length);
    expect(faults.filter(({ id, proofs }) => !proofs.replace(/`[^`]*`/g, '').includes(id))).toEqual([]);
  });

  test.each(ROWS)('$id is proven by tests that are there, or says what it waits for', (row) => {
    expect(problemsOf(row)).toEqual([]);
  });
});

describe('the check itself', () => {
  const here = 'tests/repository/test/threat-model.test.ts';

  test.each([
    [`\`${here}\`: the check itself`, 0],
    [`\`${here}\`: the check itself<br>later: Redis`, 0],
    [`\`${here}\` “the check itself”; \`${here}\`: the threat model`, 0],
    ['later: Redis', 0],
    ['', 1],
    ['soon', 1],
    ['later:', 1],
    [`\`${here}\``, 1],
    [`\`${here}\`: ${'no such title'.toUpperCase()}`, 1],
    [`\`${here}\`: ${'In a line'} of code that has`, 1],
    ['`tests/repository/test/nowhere.test.ts`: the check itself', 1],
    ['`packages/core/src/seal.ts`: not with %s', 1],
  ])('%s has %i problems', (proofs, count) => {
    expect(problemsOf({ id: 'T001', proofs })).toHaveLength(count);
  });

  test('sees a row without the last column', () => {
    expect(rowsOf('| id | threat |\n|---|---|\n| T001 | x |\n')).toEqual([{ id: 'T001', proofs: '' }]);
    expect(rowsOf('| id | proven by |\n|---|---|\n| F01 | x |\n')).toEqual([{ id: 'F01', proofs: 'x' }]);
  });
});
