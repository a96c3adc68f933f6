/** What the rounds gave. */
export interface Measured {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function measured(rounds: readonly number[]): Measured {
  return { median: quantile(rounds, 0.5), min: Math.min(...rounds), max: Math.max(...rounds) };
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}
