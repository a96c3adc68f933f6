/** What varies, with its values. */
export type Factors = Readonly<Record<string, readonly unknown[]>>;

export type Row = Readonly<Record<string, unknown>>;

/** Every pair of values of two different factors, as text. */
export function pairsOf(factors: Factors): ReadonlySet<string> {
  const names = Object.keys(factors);
  const pairs = names.flatMap((first, index) =>
    names
      .slice(index + 1)
      .flatMap((second) => valuesOf(factors, first).flatMap((a) => valuesOf(factors, second).map((b) => [a, b]))),
  );
  return new Set(pairs.map(([a = '', b = '']) => pair(a, b)));
}

/** The pairs that a row covers, of the factors it names. */
export function pairsIn(row: Row): readonly string[] {
  const cells = Object.entries(row).map(([name, value]) => cell(name, value));
  return cells.flatMap((a, index) => cells.slice(index + 1).map((b) => pair(a, b)));
}

/**
 * Rows that cover every pair: each starts with a pair that is missing and takes, factor by factor, the value that adds
 * most. The same factors give the same rows.
 */
export function coverPairs(factors: Factors): readonly Row[] {
  const missing = new Set(pairsOf(factors));
  const rows: Row[] = [];
  for (;;) {
    const [first] = missing;
    if (first === undefined) return rows;
    const row = completeRow(factors, first, missing);
    for (const covered of pairsIn(row)) missing.delete(covered);
    rows.push(row);
  }
}

function completeRow(factors: Factors, seed: string, missing: ReadonlySet<string>): Row {
  const seeded = seed.split(' ');
  const gain = (name: string, value: unknown, chosen: readonly string[]) =>
    chosen.filter((other) => missing.has(pair(cell(name, value), other)) || missing.has(pair(other, cell(name, value))))
      .length;
  const chosen = new Map<string, unknown>();
  for (const [name, values] of Object.entries(factors)) {
    const given = values.find((value) => seeded.includes(cell(name, value)));
    if (given !== undefined) chosen.set(name, given);
  }
  for (const [name, values] of Object.entries(factors)) {
    if (chosen.has(name)) continue;
    const cells = [...chosen].map(([other, value]) => cell(other, value));
    const [best] = values.toSorted((a, b) => gain(name, b, cells) - gain(name, a, cells));
    chosen.set(name, best);
  }
  return Object.fromEntries(Object.keys(factors).map((name) => [name, chosen.get(name)]));
}

const cell = (name: string, value: unknown): string => `${name}=${String(value)}`;
const pair = (a: string, b: string): string => `${a} ${b}`;
const valuesOf = (factors: Factors, name: string): readonly string[] =>
  (factors[name] ?? []).map((value) => cell(name, value));
