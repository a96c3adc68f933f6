import { afterEach, jest } from '@jest/globals';
import { passTime, stopClock } from '../clock.ts';

let offsetMs = 0;

afterEach(() => {
  jest.restoreAllMocks();
});

/** Stops both clocks of the machine, so that only {@link passTime} moves them. Timers stay real. */
export function stopBothClocks(): void {
  stopClock();
  offsetMs = 0;
  const [startedAt, wallAt] = [performance.now(), Date.now()];
  jest.spyOn(performance, 'now').mockImplementation(() => startedAt + Date.now() - wallAt - offsetMs);
}

/** Sets the wall clock, forwards or back, while no time passes. */
export function setWallClock(byMs: number): void {
  offsetMs += byMs;
  passTime(byMs);
}

export { passTime };
