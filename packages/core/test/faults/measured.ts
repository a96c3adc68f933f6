import { appendFileSync } from 'node:fs';

/** What a test counted or timed, for whoever asks: one line of JSON in the file that EGAIN_AUTH_MEASUREMENTS names. */
export function measured(fault: string, values: Readonly<Record<string, unknown>>): void {
  const file = process.env['EGAIN_AUTH_MEASUREMENTS'];
  if (file) appendFileSync(file, `${JSON.stringify({ fault, ...values })}\n`);
}

/** The share of the values that is not larger, such as 0.99. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
