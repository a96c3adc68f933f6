import type { Suite } from '../suite.ts';
import { CONTESTANTS, type ContestantName, loadContestant } from './contestants.ts';
import { measureOutbound, type OutboundFigures } from './measure.ts';
import { describeOutbound } from './report.ts';

const QUICK = { processes: 1, pairs: 1, roundRequests: 100, warmUpRequests: 100, heapRequests: 50 };
const FULL = { processes: 4, pairs: 5, roundRequests: 1500, warmUpRequests: 8000, heapRequests: 2000 };
/** How many requests at once, by the names that `--part` takes. */
const CONCURRENCY = { parallel: 16, sequential: 1 } as const;

type Part = keyof typeof CONCURRENCY;

export const outbound: Suite = {
  contestants: Object.keys(CONTESTANTS),
  parts: Object.keys(CONCURRENCY),
  packagesOf: ({ contestants }) =>
    Promise.all(contestants.map(async (name) => (await loadContestant(name as ContestantName)).package)),

  async run({ contestants, parts, isQuick, progress }) {
    const size = isQuick ? QUICK : FULL;
    const figures: OutboundFigures[] = [];
    const texts: string[] = [];
    for (const part of parts as Part[]) {
      const concurrency = CONCURRENCY[part];
      const own = await measureOutbound({
        contestants: contestants as ContestantName[],
        ...{ concurrency, progress, ...size },
      });
      figures.push(...own);
      texts.push(
        `GET of a small JSON, ${concurrency} at once; medians of ${size.pairs} pairs in each of ${size.processes} processes (min–max)\n`,
      );
      texts.push(describeOutbound(own));
    }
    return { text: texts.join('\n'), figures: { ...size, outbound: figures } };
  },
};
