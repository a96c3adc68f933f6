const MAX_LENGTH = 2048;

/**
 * Where to go after a login or logout: a path of this origin, or `undefined` for anything that a browser, a proxy or a
 * framework could read as another origin (T024, T025). Query and fragment are kept as they are.
 * @param target untrusted
 */
export function parseReturnTo(target: unknown): string | undefined {
  // Printable ASCII only: browsers strip tabs and line breaks from URLs, and turn `\` into `/`.
  if (typeof target !== 'string' || target.length > MAX_LENGTH || !/^\/[\x21-\x5b\x5d-\x7e]*$/.test(target)) {
    return undefined;
  }
  const path = target.split(/[?#]/, 1)[0] ?? '';
  const once = decodeText(path);
  const decoded = decodeFully(path);
  if (once === undefined || /[\\\p{Cc}]/u.test(once + decoded)) return undefined;
  // `/.//host` and `/%2e%2e//host` become `//host`: judge the path as it will be, not as it is written.
  const { pathname } = new URL(`http://origin.invalid${decoded.replace(/[?#]/g, '')}`);
  return pathname.startsWith('//') ? undefined : target;
}

/** @returns `undefined` unless every escape is one, and all of them together are UTF-8 */
function decodeText(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/**
 * Decodes ASCII until nothing changes, because somebody behind us may decode once more than we did. Escape by escape:
 * `%25` is a percent sign, and no reason to stop or to fail.
 */
function decodeFully(path: string): string {
  const decoded = path.replace(/%([0-7][0-9a-f])/gi, (_escape, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return decoded === path ? path : decodeFully(decoded);
}
