import { parseJson } from '../json.ts';

/** A JWS has three parts and a JWE five (RFC 7515 §7.1, RFC 7516 §7.1). Text with more parts would grow, so it is not split. */
const MAX_PARTS = 5;
/** JSON never contains this byte: `JSON.stringify` escapes it. */
const SEPARATOR = Buffer.of(0);

/** A part that became so many bytes, or its text. */
type Part = number | string;

/**
 * JSON, and texts in as few bytes as their encoding allows. The base64url parts of a JWT become the bytes they stand for,
 * a quarter less. Nothing is compressed: the length of a compressed value tells what it contains (CRIME, BREACH).
 *
 * The result is `[value, parts of each text]` as JSON, a zero byte, and the bytes of all parts.
 * @param texts any strings: {@link unpackTexts} returns each exactly
 */
export function packTexts(value: unknown, texts: readonly string[]): Buffer {
  const bytes: Buffer[] = [];
  const parts = texts.map((text) => splitText(text).map((part) => packPart(part, bytes)));
  return Buffer.concat([Buffer.from(JSON.stringify([value, parts])), SEPARATOR, ...bytes]);
}

function splitText(text: string): string[] {
  const parts = text.split('.');
  return parts.length > MAX_PARTS ? [text] : parts;
}

/** Only what is encoded to the same characters again is packed: that excludes padding, foreign alphabets and stray bits. */
function packPart(part: string, bytes: Buffer[]): Part {
  const decoded = Buffer.from(part, 'base64url');
  if (decoded.toString('base64url') !== part) return part;
  bytes.push(decoded);
  return decoded.length;
}

/** @returns undefined for anything that {@link packTexts} does not return */
export function unpackTexts(
  packed: Buffer,
): { readonly value: unknown; readonly texts: readonly string[] } | undefined {
  const jsonEnd = packed.indexOf(SEPARATOR);
  if (jsonEnd < 0) return undefined;
  const json = parseJson(packed.toString('utf8', 0, jsonEnd));
  if (!Array.isArray(json) || !isParts(json[1])) return undefined;
  let offset = jsonEnd + 1;
  const texts = json[1].map((parts) =>
    parts
      .map((part) => {
        if (typeof part === 'string') return part;
        offset += part;
        return packed.toString('base64url', offset - part, offset);
      })
      .join('.'),
  );
  return offset === packed.length ? { value: json[0], texts } : undefined;
}

const isParts = (value: unknown): value is Part[][] => Array.isArray(value) && value.every(isPartsOfText);
const isPartsOfText = (value: unknown) => Array.isArray(value) && value.every(isPart);
const isPart = (value: unknown) => typeof value === 'string' || (Number.isSafeInteger(value) && Number(value) >= 0);
