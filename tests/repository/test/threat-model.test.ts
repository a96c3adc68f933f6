import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ROOT } from './sources.ts';

const TEXT = readFileSync(join(ROOT, 'docs/threat-model.md'), 'utf8');
/** Of tables with the columns `id`, `requirement` and `proven by`: a test file, and the title of a test or of a group in it. */
const PROVEN = [...TEXT.matchAll(/^\| ([TF]\d+) \| [^|]+ \| `([^`|]+)`: ([^|]+) \|$/gm)].map(
  ([, id = '', path = '', title = '']) => ({ id, path, title }),
);

const hasTest = ({ path, title }: { path: string; title: string }): boolean =>
  existsSync(join(ROOT, path)) && readFileSync(join(ROOT, path), 'utf8').includes(`('${title}', `);

describe('the threat model', () => {
  test('names tests that exist, by a title that names the row', () => {
    expect(PROVEN.length).toBeGreaterThan(20);
    expect(PROVEN.filter((row) => !(hasTest(row) && row.title.includes(row.id)))).toEqual([]);
  });

  test('has a proof in each row of the faults', () => {
    const rows = [...TEXT.matchAll(/^\| (F\d\d) \|/gm)].map(([, id]) => id);
    expect(rows).toEqual([...new Set(rows)]);
    expect(PROVEN.map(({ id }) => id).filter((id) => id.startsWith('F'))).toEqual(rows);
  });

  test('the check itself sees a title that is not there', () => {
    const [row] = PROVEN;
    expect(row && hasTest({ ...row, title: 'F01: no such thing' })).toBe(false);
    expect(row && hasTest({ ...row, path: 'packages/core/test/no-such.test.ts' })).toBe(false);
  });
});
