import { holdsAny } from './holds-any.ts';

/** Whoever quotes a secret may cut it: so many characters in a row are too many. */
const PIECE = 12;

/** Whether a text holds one of the secrets, or a piece of one, in whatever encoding (T095). */
export function repeatsAny(text: string, secrets: readonly string[]): boolean {
  const forms = secrets.flatMap(piecesOf).flatMap(encodingsOf);
  const words = new Set(forms.map((form) => form.toLowerCase()));
  return readingsOf(text).some((reading) => holdsAny(reading.toLowerCase(), words));
}

/** All of it, and enough pieces that whatever is twice as long holds one of them. */
function piecesOf(secret: string): string[] {
  if (secret.length <= PIECE) return secret === '' ? [] : [secret];
  const count = Math.floor(secret.length / PIECE);
  const pieces = Array.from({ length: count }, (_, index) => secret.slice(index * PIECE, (index + 1) * PIECE));
  return [secret, ...pieces, secret.slice(-PIECE)];
}

/** The text, what can be decoded of it, and what can be decoded of that: a secret may be in any of them (T095). */
export function readingsOf(text: string): string[] {
  const decode = (reading: string) => [
    ...[decodePercent, decodeEntities, decodeEscapes, decodeHex, decodeDecimals].map((decodeOne) => decodeOne(reading)),
    ...decodeBase64Runs(reading),
  ];
  const once = decode(text);
  return [...new Set([text, ...once, ...once.flatMap(decode)])];
}

/** The forms of a value that decoding a text does not undo. */
export function encodingsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const base64 = [bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
  return [value, JSON.stringify(value).slice(1, -1), bytes.toString('hex'), ...base64];
}

/** `undefined` for what is no UTF-8. A byte order mark is skipped. */
export function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** JSON as a server may send it: with a byte order mark, which a parser may skip (RFC 8259 §8.1). */
export const withoutByteOrderMark = (text: string): string => (text.startsWith('\ufeff') ? text.slice(1) : text);

/** Form encoding undone, wherever it is. */
export function decodePercent(text: string): string {
  return text
    .replaceAll('+', ' ')
    .replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
}

/**
 * Undoes percent-encoding of ASCII however often it was applied: eGain, or a proxy before it, may decode once more than its
 * neighbour. One pass with a stack, so the work is linear in the length (T107, T110). Escapes never overlap, so their order
 * is irrelevant.
 */
export function decodeNested(text: string): string {
  if (!text.includes('%')) return text;
  const read: string[] = [];
  for (const character of text) {
    read.push(character);
    // The decoded character may complete another escape, as in %%32e.
    while (read.at(-3) === '%' && ESCAPED_ASCII.test(`${read.at(-2)}${read.at(-1)}`)) {
      const [, high = '', low = ''] = read.splice(-3);
      read.push(String.fromCharCode(Number.parseInt(high + low, 16)));
    }
  }
  return read.join('');
}

const ESCAPED_ASCII = /^[0-7][0-9a-f]$/i;

const ENTITIES: ReadonlyMap<string, string> = new Map(
  Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }),
);

function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|([a-z]+));/gi,
    (entity, decimal?: string, hex?: string, name = '') => {
      if (decimal !== undefined || hex !== undefined) {
        return String.fromCodePoint(decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal));
      }
      return ENTITIES.get(String(name).toLowerCase()) ?? entity;
    },
  );
}

/** What JSON escapes, and null characters dropped: ASCII in UTF-16. */
function decodeEscapes(text: string): string {
  return text
    .replace(/\\u([0-9a-f]{4})|\\x([0-9a-f]{2})/gi, (_escape, unit?: string, byte = '') =>
      String.fromCharCode(Number.parseInt(unit ?? byte, 16)),
    )
    .replace(/\\(.)/g, '$1')
    .replaceAll('\0', '');
}

/** Bytes as a hex dump has them. */
function decodeHex(text: string): string {
  return text.replace(/(?:[0-9a-f]{2}[ :,]?){4,}/gi, (run) =>
    Buffer.from(run.replace(/[ :,]/g, ''), 'hex').toString().replaceAll('\0', ''),
  );
}

/** Bytes as a list of numbers has them. */
function decodeDecimals(text: string): string {
  return text.replace(/(?:\d{1,3}, ?){4,}\d{1,3}/g, (run) => Buffer.from(run.split(',').map(Number)).toString());
}

/** Base64 within a text, from each of the four places where it may begin: the value may stand anywhere in it. */
function decodeBase64Runs(text: string): string[] {
  const runs = text.match(/[\w+/-]{8,}/g) ?? [];
  return [0, 1, 2, 3].map((skip) => runs.map((run) => Buffer.from(run.slice(skip), 'base64').toString()).join(' '));
}
