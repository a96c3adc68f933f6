import { decodeNested } from '../protocol/encodings.ts';

/** A longer target is not kept: it has to fit into the cookie of the login transaction. */
const MAX_LENGTH = 2048;

/**
 * Where to go after a login or logout: a path of this origin, or `undefined` for anything that a browser, a proxy or a
 * framework could read as another origin (T024, T025). Query and fragment are kept as they are, but for backslashes:
 * browsers send those as they stand, and here they become `%5C` (F82).
 * @param target untrusted
 */
export function parseReturnTo(target: unknown): string | undefined {
  if (typeof target !== 'string' || target.length > MAX_LENGTH) return undefined;
  // Of printable ASCII, what RFC 3986 knows: in a path, browsers strip tabs and line breaks, and turn `\` into `/`.
  const [, path, rest] =
    /^(\/[\x21\x24-\x3b\x3d\x40-\x5b\x5d-\x7e]*)((?:[?#][\x21\x23-\x3b\x3d\x3f-\x7e]*)?)$/.exec(target) ?? [];
  if (path === undefined || rest === undefined) return undefined;
  const kept = path + rest.replaceAll('\\', '%5C');
  return kept.length <= MAX_LENGTH && isWellEncoded(path) && staysHere(path) ? kept : undefined;
}

/** Whether every escape is one, and all of them together are UTF-8. */
function isWellEncoded(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether the path leads to this origin as it is written, and however often a server behind this one decodes it. Slashes,
 * dots, backslashes and control characters survive further decoding, so only the last reading is looked at (T110).
 */
function staysHere(path: string): boolean {
  const decoded = decodeNested(path);
  if (decoded.startsWith('//') || /[\\\p{Cc}]|%c2%[89]/iu.test(decoded)) return false;
  if (decoded === path) return !new URL(`http://origin.invalid${path}`).pathname.startsWith('//');
  // Some reading between the two may resolve to `//host`. That takes a double slash and a dot segment in front of it.
  return !(decoded.includes('//') && /\/\.{1,2}(?:[/?#]|$)/.test(decoded));
}
