import { digits, range, ratio, table } from '../table.ts';
import type { ContestantName } from './contestants.ts';
import type { CachedFigures, MissedFigures } from './measure.ts';

const FLOOR: ContestantName = 'map';
const OURS: ContestantName = 'egain-auth';
const WORK = `${OURS} makes the subject, which validates it, and calls authorizeSubject at every call; ${FLOOR} does neither.\n`;

export function describeCached(figures: readonly CachedFigures[]): string {
  return perSubjects(figures, (subjects, group, beside) => [
    `A token from the cache, ${plural(subjects)}`,
    table(
      [
        '',
        'ns per call',
        '× floor',
        '× ours',
        ...(group[0]?.heapBytesPerEntry === undefined ? [] : ['heap bytes per entry']),
      ],
      group.map((row) => [
        row.contestant,
        range(row.nanosecondsPerCall),
        ratio(row.nanosecondsPerCall, beside(FLOOR)?.nanosecondsPerCall),
        ratio(row.nanosecondsPerCall, beside(OURS)?.nanosecondsPerCall),
        ...(row.heapBytesPerEntry === undefined ? [] : [digits(row.heapBytesPerEntry)]),
      ]),
    ) + WORK,
  ]);
}

export function describeMissed(figures: readonly MissedFigures[]): string {
  return perSubjects(figures, (subjects, group, beside) => [
    `No token yet, ${group[0]?.callers} callers at once, ${plural(subjects)}`,
    table(
      ['', 'token requests', 'p50 ms', 'p99 ms', '× floor', '× ours', 'CPU µs per caller', '× floor', '× ours'],
      group.map((row) => [
        row.contestant,
        digits(row.tokenRequests.median),
        range(row.p50Ms),
        range(row.p99Ms),
        ratio(row.p99Ms, beside(FLOOR)?.p99Ms),
        ratio(row.p99Ms, beside(OURS)?.p99Ms),
        range(row.cpuMicrosecondsPerCaller),
        ratio(row.cpuMicrosecondsPerCaller, beside(FLOOR)?.cpuMicrosecondsPerCaller),
        ratio(row.cpuMicrosecondsPerCaller, beside(OURS)?.cpuMicrosecondsPerCaller),
      ]),
    ),
  ]);
}

/** A title and a table for each number of subjects. `beside` finds another contestant of the same table. */
function perSubjects<F extends { contestant: ContestantName; subjects: number }>(
  figures: readonly F[],
  describe: (subjects: number, group: readonly F[], beside: (name: ContestantName) => F | undefined) => string[],
): string {
  return [...new Set(figures.map(({ subjects }) => subjects))]
    .map((subjects) => figures.filter((row) => row.subjects === subjects))
    .flatMap((group) =>
      describe(group[0]?.subjects ?? 0, group, (name) => group.find(({ contestant }) => contestant === name)),
    )
    .join('\n');
}

const plural = (subjects: number) => (subjects === 1 ? '1 subject' : `${subjects.toLocaleString('en')} subjects`);
