import type { Suite } from '../suite.ts';
import { CONTESTANTS, type ContestantName, loadContestant } from './contestants.ts';
import { measureCached, measureMissed } from './measure.ts';
import { describeCached, describeMissed } from './report.ts';

const QUICK = { cachedSubjects: [1, 1000], warmUps: 1, rounds: 1, roundMs: 10 };
const FULL = { cachedSubjects: [1, 1000, 100_000], warmUps: 6, rounds: 7, roundMs: 300 };

export const tokens: Suite = {
  contestants: Object.keys(CONTESTANTS),
  parts: ['cached', 'missed'],
  packagesOf: async ({ contestants }) =>
    Promise.all(contestants.map(async (name) => (await loadContestant(name as ContestantName)).package)),

  async run({ contestants, parts, isQuick, progress }) {
    const size = isQuick ? QUICK : FULL;
    const options = { contestants: contestants as ContestantName[], callers: 1000, progress, ...size };
    const cached = parts.includes('cached') ? await measureCached(options) : [];
    const missed = parts.includes('missed') ? await measureMissed(options) : [];
    const { rounds, roundMs } = size;
    return {
      text: [`Medians of ${rounds} rounds (min–max)\n`, describeCached(cached), describeMissed(missed)]
        .filter(Boolean)
        .join('\n'),
      figures: { rounds, roundMs, cached, missed },
    };
  },
};
