import { afterEach, jest } from '@jest/globals';

/** Noon of an ordinary day, so that no test depends on the day it runs. */
export const NOON = Date.UTC(2026, 5, 15, 12);

afterEach(() => {
  jest.useRealTimers();
});

/** Stops `Date` until the test ends. Timers stay real: nothing here waits. */
export function stopClock(now = NOON): void {
  jest.useFakeTimers({
    now,
    doNotFake: [
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
      'setTimeout',
      'clearTimeout',
    ],
  });
}

export function passTime(ms: number): void {
  jest.setSystemTime(Date.now() + ms);
}
