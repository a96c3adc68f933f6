import { EgainAuthError } from '../errors.ts';
import { decodeNested } from '../protocol/encodings.ts';

/**
 * Builds a path from ids. Each value is percent-encoded, so it stays inside its segment (RFC 3986 §3.3). Parameters of the
 * query belong into `query`.
 * @example await api.get(path`/knowledge/portalmgr/v4/portals/${portalId}/articles/${articleId}`)
 * @throws {EgainAuthError} `invalid_path` for a value that is empty, or that holds a dot segment (`.`, `..`),
 *   percent-encoded however often
 * @throws {TypeError} for a value that is neither text nor a finite number, such as `undefined`
 */
export function path(texts: TemplateStringsArray, ...values: readonly (string | number | bigint)[]): string {
  if (!Array.isArray(texts) || !('raw' in texts))
    throw new TypeError('path: write it as a tag, path`…`, without parentheses');
  return texts.reduce((before, text, index) => `${before}${encodeId(values[index - 1])}${text}`);
}

function encodeId(value: unknown): string {
  const isNumber = typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value));
  if (typeof value !== 'string' && !isNumber) {
    throw new TypeError('path: a value is neither text nor a finite number; pass the id itself');
  }
  const id = String(value);
  if (id.trim() === '' || !id.isWellFormed() || hasDotSegment(id)) {
    throw new EgainAuthError('invalid_path', 'an id for a path is empty, malformed, or holds a dot segment', {
      remedy: 'Check the id where it comes from: no id of eGain is empty, "." or "..".',
    });
  }
  return encodeURIComponent(id);
}

/**
 * Refuses what would make a URL parser, a proxy or eGain read another path than the caller wrote. An id such as `../..` that
 * is concatenated into a path would select another operation, and the client would request that operation's scopes (T107).
 * @param given the path or URL before any parser read it; its query may hold anything
 * @throws {EgainAuthError} `invalid_path`
 */
export function assertPlainPath(given: string): void {
  const [written = ''] = given.split(/[?#]/, 1);
  const withoutScheme = written.replace(/^[\0-\x20]*[a-z][a-z\d+.-]*:/i, '');
  if (!written.includes('\\') && !hasDotSegment(withoutScheme)) return;
  throw new EgainAuthError(
    'invalid_path',
    'a path holds a dot segment (. or .., percent-encoded or not) or a backslash',
    {
      remedy: 'Put ids into a path with the template path`…`, which encodes them, and pass the path as it is called.',
    },
  );
}

/** Some servers cut a segment off at `;`, `?` or `#` once they have decoded it. */
const DOT_SEGMENT = /(?:^|[/\\])\.{1,2}(?:[/\\;?#]|$)/;

/** URL parsers and some servers drop control characters and spaces around and within a segment. */
const hasDotSegment = (text: string): boolean => DOT_SEGMENT.test(decodeNested(text).replace(/[\p{Cc} ]/gu, ''));
