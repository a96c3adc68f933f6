import { type MiddlewareFigures, measureMiddleware } from '../middleware/measure.ts';
import { describeMiddleware } from '../middleware/report.ts';
import type { ApplicationOrders } from '../middleware/serve-contestant.ts';
import { startChild } from '../process.ts';
import type { Suite } from '../suite.ts';
import { CONTESTANT_NAMES, contestantsOf, FLOOR, loadContestant } from './contestants.ts';
import { HOSTS, type HostName, hostOf } from './hosts.ts';

const QUICK = { pairs: 1, roundMs: 30, warmUpMs: 30 };
const FULL = { pairs: 16, roundMs: 300, warmUpMs: 1500 };

export interface HostFigures {
  readonly host: string;
  readonly contestants: readonly MiddlewareFigures[];
}

export const hosts: Suite = {
  contestants: CONTESTANT_NAMES,
  parts: Object.keys(HOSTS),

  async packagesOf({ contestants, parts }) {
    const frameworks = new Set(parts.map((part) => hostOf(part as HostName).framework));
    const chosen = [...frameworks].flatMap((framework) =>
      contestantsOf(framework)
        .filter((name) => contestants.includes(name) && name !== FLOOR)
        .map(async (name) => (await loadContestant(framework, name)).package),
    );
    return [...parts.map((part) => hostOf(part as HostName).package), ...(await Promise.all(chosen))];
  },

  async run({ contestants, parts, isQuick, progress }) {
    const size = isQuick ? QUICK : FULL;
    const figures: HostFigures[] = [];
    // One after another: a host is compared with itself.
    for (const host of parts) {
      const own = contestantsOf(hostOf(host as HostName).framework).filter((name) => contestants.includes(name));
      const startApplication = (name: string) =>
        startChild<ApplicationOrders>(new URL('application-process.js', import.meta.url), [name, host]);
      const tell = (line: string) => progress(`${host}: ${line}`);
      const measured = { startApplication, floor: FLOOR, contestants: own, progress: tell, ...size };
      figures.push({ host, contestants: await measureMiddleware(measured) });
    }
    const tables = figures.map(({ host, contestants: rows }) => `${host}\n${describeMiddleware(rows)}`);
    return {
      text: `GET / of whoever is signed in; medians of ${size.pairs} pairs (min–max)\n\n${tables.join('\n')}`,
      figures: { ...size, hosts: figures },
    };
  },
};
