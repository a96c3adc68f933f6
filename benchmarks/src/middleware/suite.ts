import { startChild } from '../process.ts';
import type { Suite } from '../suite.ts';
import { CONTESTANTS, type ContestantName, FLOOR, loadContestant } from './contestants.ts';
import { measureMiddleware } from './measure.ts';
import { describeMiddleware } from './report.ts';
import type { ApplicationOrders } from './serve-contestant.ts';

const QUICK = { pairs: 1, roundMs: 30, warmUpMs: 30 };
const FULL = { pairs: 16, roundMs: 500, warmUpMs: 3000 };

export const middleware: Suite = {
  contestants: Object.keys(CONTESTANTS),
  parts: [],
  packagesOf: async ({ contestants }) =>
    Promise.all(contestants.map(async (name) => (await loadContestant(name as ContestantName)).package)),

  async run({ contestants, isQuick, progress }) {
    const size = isQuick ? QUICK : FULL;
    const startApplication = (name: string) =>
      startChild<ApplicationOrders>(new URL('application-process.js', import.meta.url), [name]);
    const figures = await measureMiddleware({ startApplication, floor: FLOOR, contestants, progress, ...size });
    return {
      text: `GET / of whoever is signed in, Express; medians of ${size.pairs} pairs (min–max)\n\n${describeMiddleware(figures)}`,
      figures: { ...size, middleware: figures },
    };
  },
};
