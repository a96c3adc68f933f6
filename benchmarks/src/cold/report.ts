import { digits, range, table } from '../table.ts';
import type { ColdFigures } from './measure.ts';
import type { TypeCheckFigures } from './type-check.ts';

export function describeCold(figures: readonly ColdFigures[]): string {
  return table(
    ['', 'import ms', 'CPU ms', 'of the last', 'CommonJS modules', 'packages', 'MB', 'install scripts'],
    figures.map((row) => [
      row.contestant,
      range(row.ms),
      range(row.cpuMs),
      row.lastCpuMs ? range(row.lastCpuMs) : '–',
      String(row.commonJsModules),
      String(row.packages.length),
      (row.bytes / 1e6).toFixed(2),
      row.installScripts.join(', ') || 'none',
    ]),
  );
}

export function describeTypeCheck(figures: readonly TypeCheckFigures[]): string {
  return table(
    ['', 'paths', 'check ms', 'added', 'instantiations'],
    figures.map((row) => [
      `${row.compiler}, ${row.program}`,
      String(row.paths),
      range(row.checkMs),
      range(row.checkMsAdded),
      digits(row.instantiations),
    ]),
  );
}
