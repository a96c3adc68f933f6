import type { Measured } from './statistics.ts';

/** Columns as wide as they need to be: the first to the left, numbers to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const pad = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return lines.map((line) => `${line.map(pad).join('  ').trimEnd()}\n`).join('');
}

/** Three digits that count: 0.950, 12.3, 144, 4,200. */
export function digits(value: number): string {
  if (Math.abs(value) >= 1000) return Number(value.toPrecision(3)).toLocaleString('en');
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

export const range = ({ median, min, max }: Measured): string => `${digits(median)} (${digits(min)}–${digits(max)})`;

/** How many times another figure this one is; `–` where there is no other. */
export function ratio(figure: Measured, to: Measured | undefined): string {
  return to ? `${digits(figure.median / to.median)}×` : '–';
}
