import { writeSync } from 'node:fs';

/** A line to whoever started this process. At once: a killed process has told all that it got to. */
export function tell(...words: readonly (string | number)[]): void {
  writeSync(1, `${words.join(' ')}\n`);
}
