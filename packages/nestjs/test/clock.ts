import { afterEach, jest } from '@jest/globals';

let aheadMs = 0;

afterEach(() => {
  aheadMs = 0;
  jest.restoreAllMocks();
});

/** Sets the wall clock forwards until the test ends, for the application and its emulator. Nothing waits. */
export function passTime(ms: number): void {
  const { now } = Date;
  aheadMs += ms;
  if (!jest.isMockFunction(now)) jest.spyOn(Date, 'now').mockImplementation(() => now.call(Date) + aheadMs);
}
