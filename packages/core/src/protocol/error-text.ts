import { decodePercent, decodeUtf8, repeatsAny } from './encodings.ts';

const MAX_TEXT = 1024;
const MAX_DESCRIPTION = 64 * 1024;

/** Parameters that must not come back in an error, whatever the server repeats (T095). */
const CONFIDENTIAL = ['client_secret', 'code', 'code_verifier', 'refresh_token', 'state', 'subject_token'] as const;
const SUBJECTS = ['subject_username', 'subject_userid', 'subject_email'] as const;

/**
 * The OAuth `error` of an answer or a callback (RFC 6749 §4.1.2.1, §5.2).
 * @param sent what the request held
 * @returns `undefined` for a text that is no code, or that repeats a secret
 */
export function parseErrorCode(value: unknown, sent: URLSearchParams): string | undefined {
  const code = typeof value === 'string' ? decodeErrorText(value) : '';
  return /^[\w.-]{1,64}$/.test(code) && !repeatsConfidential(code, sent) ? code : undefined;
}

/**
 * An `error_description` as it may be logged: one line of printable ASCII, at most 1 KiB (T063, T096), without the
 * subject. Nothing of it, if it repeats what must stay secret, or is too long to look for that in every encoding.
 * @param sent what the request held
 * @returns `undefined` for what is no text
 */
export function parseErrorDescription(value: unknown, sent: URLSearchParams): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (value.length > MAX_DESCRIPTION) return '(description withheld: it is too long)';
  const text = withoutSubject(decodeErrorText(value), sent).slice(0, MAX_TEXT);
  if (repeatsConfidential(text, sent)) return '(description withheld: it repeats a secret of the request)';
  return text.replace(/[^\x20-\x7e]/g, '?');
}

/** Standard or URL alphabet, with or without padding. Nothing shorter is worth the doubt. */
const BASE64 = /^(?:[A-Za-z0-9+/]{8,}|[\w-]{8,})={0,2}$/;
/** A word, a code, a number: `Unauthorized`, `invalid_client`, `AADB2C90118`. Base64 of a text mixes its cases. */
const PLAIN_WORD = /^(?:[^A-Z]*|[^a-z]*|[A-Z][^A-Z]*)$/;

/**
 * eGain's identity provider may send `error` and `error_description` as base64, of URL-encoded text at that: eGain's own
 * clients decode both when they look like it. So do we, if they do not read as they are and do read once decoded.
 */
function decodeErrorText(text: string): string {
  if (!BASE64.test(text) || PLAIN_WORD.test(text)) return text;
  const bytes = Buffer.from(text, 'base64');
  // Node ignores what is no base64: what does not give the same again was none.
  if (bytes.toString('base64url') !== text.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_')) return text;
  const decoded = decodeUtf8(bytes);
  if (decoded === undefined || !/^[\P{C}\s]+$/u.test(decoded)) return text;
  return /\s/.test(decoded) ? decoded : decodePercent(decoded);
}

function repeatsConfidential(text: string, sent: URLSearchParams): boolean {
  return repeatsAny(
    text,
    CONFIDENTIAL.flatMap((name) => sent.getAll(name)),
  );
}

/**
 * Whole words only: the subject `pa` must not be cut out of `parameter`. A character that a description cannot have
 * (RFC 6749 §5.2) may have become another one.
 */
function withoutSubject(text: string, sent: URLSearchParams): string {
  const values = SUBJECTS.flatMap((name) => sent.getAll(name));
  return values
    .flatMap((value) => [value, encodeURIComponent(value)])
    .reduce((rest, value) => {
      const literal = value.replace(/\W/g, (character) => (/[ !#-[\]-~]/.test(character) ? `\\${character}` : '[^]'));
      const [before, after] = [/^\w/.test(value) ? '(?<!\\w)' : '', /\w$/.test(value) ? '(?!\\w)' : ''];
      return rest.replace(new RegExp(`${before}${literal}${after}`, 'gi'), '[subject]');
    }, text);
}
