/** Words that are shorter are few: the pieces of a secret have this length at least. */
const WINDOW = 12;
const BASE = 257;
/** What the first character of a window counts in its hash. */
const HIGHEST = Array.from({ length: WINDOW - 1 }).reduce<number>((power) => Math.imul(power, BASE), 1);

/**
 * Whether a text holds one of many words. One pass over the text with a rolling hash (Rabin and Karp), so the time depends on
 * the length of the text and not on how many words there are: an API error is compared with every piece of a token, and a
 * search for one after the other took 50 ms for 15 KB (T110).
 */
export function holdsAny(text: string, words: Iterable<string>): boolean {
  const long = new Map<number, string[]>();
  for (const word of new Set(words)) {
    if (word.length < WINDOW) {
      if (text.includes(word)) return true;
    } else {
      const hash = hashOf(word);
      const others = long.get(hash);
      if (others) others.push(word);
      else long.set(hash, [word]);
    }
  }
  if (long.size === 0 || text.length < WINDOW) return false;
  for (let start = 0, hash = hashOf(text); ; start += 1) {
    if (long.get(hash)?.some((word) => text.startsWith(word, start))) return true;
    if (start + WINDOW >= text.length) return false;
    hash = Math.imul(hash - Math.imul(text.charCodeAt(start), HIGHEST), BASE) + text.charCodeAt(start + WINDOW);
    hash |= 0;
  }
}

/** The hash of the first window. */
function hashOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < WINDOW; index += 1) hash = (Math.imul(hash, BASE) + text.charCodeAt(index)) | 0;
  return hash;
}
