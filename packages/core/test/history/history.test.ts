import { randomInt } from 'node:crypto';
import { beforeEach, expect, jest, test } from '@jest/globals';
import { stopClock } from '../clock.ts';
import { measured } from '../faults/measured.ts';
import { sized } from '../load-size.ts';
import { createRecordingStore } from '../tokens/managed-tokens.ts';
import { flapping } from './flapping-store.ts';
import { type HistorySettings, runHistory } from './history.ts';
import { createRandom } from './random.ts';

/** Another one each time, unless one is to be seen again. */
const SEED = Number(process.env['EGAIN_AUTH_SEED'] ?? randomInt(2 ** 31));
const SIZE = sized({
  sample: { subjects: 25, requestsPerSubject: 80 },
  full: { subjects: 100, requestsPerSubject: 40 },
  // The size of the rule.
  long: { subjects: 500, requestsPerSubject: 200 },
});

/** One process, or several that share a store that fails at times. */
const PLACES: readonly [name: string, settings: () => Partial<HistorySettings>][] = [
  ['in one process', () => ({})],
  ['in two with a store that flaps', () => ({ processes: 2, store: flapping(createRecordingStore(), SEED) })],
];

beforeEach(() => {
  stopClock();
  jest.spyOn(Math, 'random').mockImplementation(createRandom(SEED));
});

test.each(PLACES)(
  'F45: no request is made with a token of somebody else, or one that was revoked, ended or forbidden: %s',
  async (_name, settings) => {
    const { violations, ...counts } = await runHistory({ seed: SEED, ...SIZE, ...settings() });
    const { apiCallsSent, apiCallsServed, outcomes, events, revocations } = counts;
    measured('F45', { seed: SEED, ...counts });
    // With the seed, so that a failure says how to see it again.
    const seen = {
      again: `EGAIN_AUTH_SEED=${SEED} EGAIN_AUTH_LOAD=${process.env['EGAIN_AUTH_LOAD'] ?? 'sample'}`,
      ...counts,
      violations: violations.slice(0, 20),
    };
    expect(seen).toEqual({ ...seen, violations: [] });

    // That it was a history at all.
    const requests = SIZE.subjects * SIZE.requestsPerSubject;
    expect(outcomes['ok']).toBeGreaterThan(requests / 2);
    expect(apiCallsSent).toBeGreaterThan(requests / 2);
    expect(apiCallsServed).toBeGreaterThan(requests / 4);
    expect(revocations).toBeGreaterThan(requests / 200);
    expect(Object.keys(outcomes)).toEqual(expect.arrayContaining(['aborted', 'subject_refused']));
    expect(Object.keys(events)).toEqual(expect.arrayContaining(['hit', 'miss', 'renew', 'fail']));
  },
  sized({ sample: 300_000, full: 300_000, long: 3_600_000 }),
);
