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
  const path = decodeFully(target.split(/[?#]/, 1)[0] ?? '');
  if (path === undefined || /[\\\p{Cc}]/u.test(path)) return undefined;
  // `/.//host` and `/%2e%2e//host` become `//host`: judge the path as it will be, not as it is written.
  return new URL(`http://origin.invalid${path.replace(/[?#]/g, '')}`).pathname.startsWith('//') ? undefined : target;
}

/** Decodes until nothing changes, because somebody behind us may decode once more than we did. */
function decodeFully(path: string): string | undefined {
  try {
    for (let current = path; ; ) {
      const decoded = decodeURIComponent(current);
      if (decoded === current) return decoded;
      current = decoded;
    }
  } catch {
    return undefined;
  }
}
