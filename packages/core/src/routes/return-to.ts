const MAX_LENGTH = 2048;

/**
 * Where to go after a login or logout: a path of this origin, or `undefined` for anything that a browser, a proxy or a
 * framework could read as another origin (T024, T025). Query and fragment are kept as they are.
 * @param target untrusted
 */
export function parseReturnTo(target: unknown): string | undefined {
  // Of printable ASCII, what RFC 3986 knows: browsers strip tabs and line breaks, and turn `\\` into `/`.
  if (
    typeof target !== 'string' ||
    target.length > MAX_LENGTH ||
    !/^\/[\x21\x23-\x3b\x3d\x3f-\x5b\x5d-\x7e]*$/.test(target)
  ) {
    return undefined;
  }
  const path = target.split(/[?#]/, 1)[0] ?? '';
  return isWellEncoded(path) && decodings(path).every(staysHere) ? target : undefined;
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
 * The path as it is written, and as it reads after each further decoding: somebody behind us may decode once more than
 * we did, or not at all. Escape by escape, ASCII only: `%25` is a percent sign, and no reason to stop or to fail.
 */
function decodings(path: string): string[] {
  const next = path.replace(/%([0-7][0-9a-f])/gi, (_escape, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return next === path ? [path] : [path, ...decodings(next)];
}

/** Judged as it will be, not as it is written: `/.//host` and `/%2e%2e//host` become `//host`. */
function staysHere(path: string): boolean {
  if (/[\\\p{Cc}]|%c2%[89]/iu.test(path)) return false;
  return !new URL(`http://origin.invalid${path.replace(/[?#]/g, '')}`).pathname.startsWith('//');
}
