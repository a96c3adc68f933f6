/** The wall clock of this process. Timers, the monotonic clock and `new Date()` keep the real time. */
export interface WallClock {
  /** Sets `Date.now()` forwards. Core and the emulator, which run in this process, both read it. */
  advance(ms: number): void;
  /** Shows the real time again. */
  restore(): void;
}

export function createWallClock(): WallClock {
  const { now } = Date;
  let aheadMs = 0;
  return {
    advance(ms) {
      aheadMs += ms;
      Date.now = () => now.call(Date) + aheadMs;
    },
    restore() {
      Date.now = now;
    },
  };
}
