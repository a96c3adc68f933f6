/** What Node and frameworks hand out and take as a header. */
type HeaderValue = string | number | readonly (string | number)[];

/**
 * Adds names to a `Vary` header and keeps those of the application: a cache that missed `Accept-Encoding` would hand
 * compressed bytes to a client that cannot read them (RFC 9110 §12.5.5, T113).
 * @param values of the header so far and of what is added, in order; each may hold several names. A list that has `*` needs no
 *   other name
 * @returns each name once, whatever its case
 */
export function mergeVary(...values: readonly (HeaderValue | undefined)[]): string {
  const names = new Map<string, string>();
  for (const name of values.flat().flatMap((value) => String(value ?? '').split(','))) {
    const trimmed = name.trim();
    if (trimmed !== '' && !names.has(trimmed.toLowerCase())) names.set(trimmed.toLowerCase(), trimmed);
  }
  return names.has('*') ? '*' : [...names.values()].join(', ');
}
