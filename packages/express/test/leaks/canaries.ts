import { randomBytes } from 'node:crypto';

/** The forms in which a value may get somewhere, by name. Two of base64's three alignments leave out what neighbours change. */
export const ENCODINGS: Readonly<Record<string, (value: string) => readonly string[]>> = {
  plain: (value) => [value],
  percent: (value) => [encodeURIComponent(value), encodeURI(value)],
  'percent, all of it': (value) => [hexOf(value).replace(/../g, '%$&')],
  form: (value) => [new URLSearchParams({ '': value }).toString().slice(1)],
  base64: (value) => alignments(value).map(base64Of),
  base64url: (value) => alignments(value).map((text) => base64Of(text).replaceAll('+', '-').replaceAll('/', '_')),
  hex: (value) => [hexOf(value)],
  'hex, as Node prints bytes': (value) => [hexOf(value).replace(/..(?=.)/g, '$& ')],
  'decimal bytes': (value) => [Buffer.from(value).join(','), Buffer.from(value).join(', ')],
  JSON: (value) => [JSON.stringify(value).slice(1, -1), JSON.stringify(value).slice(1, -1).replaceAll('/', '\\/')],
  'JSON, all of it': (value) => [
    unitsOf(value)
      .map((unit) => `\\u${hex4(unit)}`)
      .join(''),
  ],
  HTML: (value) => [
    value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`),
    value.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character),
  ],
  'HTML, all of it': (value) => [
    unitsOf(value)
      .map((unit) => `&#${unit};`)
      .join(''),
    unitsOf(value)
      .map((unit) => `&#x${unit.toString(16)};`)
      .join(''),
  ],
  inspect: (value) => [value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")],
  'UTF-16': (value) => [Buffer.from(value, 'utf16le').toString('latin1')],
  'UTF-16, hex': (value) => [Buffer.from(value, 'utf16le').toString('hex')],
};

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
};

const hexOf = (value: string) => Buffer.from(value).toString('hex');
const hex4 = (unit: number) => unit.toString(16).padStart(4, '0');
const unitsOf = (value: string) => Array.from(value, (_, index) => value.charCodeAt(index));

/** What can be read of a value however many bytes stand before it: whole groups of three. */
function alignments(value: string): string[] {
  const hex = hexOf(value);
  return [0, 1, 2].map((skip) => {
    const rest = hex.slice(2 * skip);
    return rest.slice(0, rest.length - (rest.length % 6));
  });
}

const base64Of = (hex: string) => Buffer.from(hex, 'hex').toString('base64');

/** Something that must be nowhere, unique in the whole run and awkward to escape. */
export const createCanary = (kind: string): string =>
  `${kind}+"<&'>/\\ ${randomBytes(12).toString('base64url')}=%${randomBytes(12).toString('base64url')}`;

export interface Hit {
  readonly sink: string;
  readonly kind: string;
  readonly encoding: string;
  /** With what is around it. */
  readonly excerpt: string;
}

/** A log cuts what is long: this much of a canary is a leak too. */
const PART = 20;
/** The window by which candidates are found; a form that is shorter would not be unique. */
const PROBE = 8;

/** @param canaries values by what they are @param sinks texts by where they were seen */
export function findLeaks(
  canaries: ReadonlyMap<string, ReadonlySet<string>>,
  sinks: ReadonlyMap<string, ReadonlySet<string>>,
): Hit[] {
  const probes = new Map<string, { needle: string; kind: string; encoding: string }[]>();
  for (const [kind, values] of canaries) {
    for (const value of [...values].flatMap(partsOf)) {
      for (const [encoding, encode] of Object.entries(ENCODINGS)) {
        for (const needle of new Set(encode(value).map((text) => text.toLowerCase()))) {
          if (needle.length < PROBE) throw new Error(`a ${kind} is too short to be looked for`);
          const probe = needle.slice(0, PROBE);
          probes.set(probe, [...(probes.get(probe) ?? []), { needle, kind, encoding }]);
        }
      }
    }
  }
  const hits = new Map<string, Hit>();
  for (const [sink, texts] of sinks) {
    for (const text of texts) {
      const shown = text.toLowerCase();
      for (let at = 0; at + PROBE <= shown.length; at += 1) {
        for (const { needle, kind, encoding } of probes.get(shown.slice(at, at + PROBE)) ?? []) {
          if (!shown.startsWith(needle, at)) continue;
          const excerpt = text.slice(Math.max(0, at - 80), at + 120);
          hits.set(`${sink} ${kind} ${encoding}`, { sink, kind, encoding, excerpt });
        }
      }
    }
  }
  return [...hits.values()];
}

/** The whole, and both ends: of a JWT those of the signature, since all begin alike. */
function partsOf(value: string): string[] {
  const random = value.slice(value.lastIndexOf('.') + 1);
  return random.length < 2 * PART ? [value] : [value, random.slice(0, PART), random.slice(-PART)];
}
