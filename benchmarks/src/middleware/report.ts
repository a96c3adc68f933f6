import { digits, range, table } from '../table.ts';
import type { MiddlewareFigures } from './measure.ts';

export function describeMiddleware(figures: readonly MiddlewareFigures[]): string {
  return table(
    [
      '',
      '× bare',
      'by CPU',
      'requests/s',
      'CPU µs per request',
      'added',
      'cookie bytes',
      'Set-Cookie bytes',
      'load busy',
    ],
    figures.map((row) => [
      row.contestant,
      range(row.ofBare),
      range(row.ofBareByCpu),
      digits(row.requestsPerSecond.median),
      digits(row.cpuMicroseconds.median),
      range(row.cpuMicrosecondsAdded),
      String(row.cookieBytes),
      row.setCookieBytes.toFixed(0),
      `${(row.loadBusy.median * 100).toFixed(0)} %`,
    ]),
  );
}
