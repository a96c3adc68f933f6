import { inspect } from 'node:util';
import { expect } from '@jest/globals';

/** Every way in which an error may end up in a log, with its causes, in one text. */
function shownBy(error: Error): string {
  const { code, remedy } = error as { code?: unknown; remedy?: unknown };
  return [
    inspect(error, { depth: 9, showHidden: true, getters: true, maxStringLength: null, maxArrayLength: null }),
    JSON.stringify(error),
    JSON.stringify(Object.getOwnPropertyDescriptors(error)),
    String(error),
    error.stack,
    error.message,
    String(code),
    String(remedy),
    error.cause instanceof Error ? shownBy(error.cause) : inspect(error.cause, { depth: 9, showHidden: true }),
  ].join('\n');
}

/** The forms in which a secret may get into a log. */
function encodingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    encodeURIComponent(secret),
    bytes.toString('hex').replace(/../g, '%$&'),
    bytes.toString('hex'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('utf16le'),
    [...bytes].join(','),
    [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
  ];
}

/** T095: none of the canaries, in no encoding, in anything that an error shows. */
export function expectNoDisclosure(error: Error, ...canaries: string[]): void {
  const shown = shownBy(error).toLowerCase();
  const found = canaries.flatMap(encodingsOf).filter((form) => shown.includes(form.toLowerCase()));
  expect(found).toEqual([]);
}
