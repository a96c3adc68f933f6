/**
 * The names that a JSON object has more than once, at its top: `JSON.parse` keeps the last of each, other parsers the
 * first, so that whoever checked the answer on its way may have seen another one (RFC 8259 §4, RFC 6749 §3.2).
 * @param text valid JSON, of an object
 */
export function repeatedMembers(text: string): Set<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const name of topLevelNames(text)) (seen.has(name) ? repeated : seen).add(name);
  return repeated;
}

function* topLevelNames(text: string): Iterable<string> {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') depth++;
    if (character === '}' || character === ']') depth--;
    if (character !== '"') continue;
    const end = endOfString(text, at);
    // Decoded: "access\u005ftoken" is the same name.
    if (depth === 1 && isFollowedByColon(text, end)) yield JSON.parse(text.slice(at, end)) as string;
    at = end - 1;
  }
}

/** @param start where its opening quote is. @returns where the text goes on behind its closing one */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
}

function isFollowedByColon(text: string, from: number): boolean {
  const next = /[^ \t\r\n]/g;
  next.lastIndex = from;
  return next.exec(text)?.[0] === ':';
}
