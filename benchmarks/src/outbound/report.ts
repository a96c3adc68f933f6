import { digits, range, ratio, table } from '../table.ts';
import type { ContestantName } from './contestants.ts';
import type { OutboundFigures } from './measure.ts';

const OURS: ContestantName = 'egain-auth';

export function describeOutbound(figures: readonly OutboundFigures[]): string {
  const ours = figures.find(({ contestant }) => contestant === OURS);
  return table(
    [
      '',
      '× floor',
      'by CPU',
      'CPU × ours',
      'requests/s',
      'CPU µs per request',
      'added',
      'heap bytes per request',
      'token requests',
      'API busy',
    ],
    figures.map((row) => [
      row.contestant,
      range(row.ofFloor),
      range(row.ofFloorByCpu),
      ratio(row.cpuMicroseconds, ours?.cpuMicroseconds),
      digits(row.requestsPerSecond.median),
      digits(row.cpuMicroseconds.median),
      range(row.cpuMicrosecondsAdded),
      digits(row.heapBytesPerRequest),
      String(row.tokenRequestsPerProcess),
      `${(row.apiBusy.median * 100).toFixed(0)} %`,
    ]),
  );
}
