/**
 * How large loads are: `npm test` runs a sample of each, which finds the same defects; `npm run test:full` runs `full`
 * and `npm run test:long` runs `long`.
 */
const SIZE = process.env['EGAIN_AUTH_LOAD'] ?? 'sample';

/** Chooses by EGAIN_AUTH_LOAD. */
export function sized<T>({ sample, full, long = full }: { sample: T; full: T; long?: T }): T {
  return SIZE === 'long' ? long : SIZE === 'full' ? full : sample;
}
