const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds, or a number with its unit: `'500ms'`, `'90s'`, `'59m'`, `'2h'`, `'14d'`. */
export type Duration = number | `${number}${keyof typeof UNITS_MS}`;

/**
 * The emulator's time: codes, tokens, secrets and jobs end by it, and the journal is dated by it. It runs with the wall
 * clock, ahead by what it was advanced. It is eGain's clock, not the application's: advance both to test what an
 * application does on its own account.
 */
export interface EmulatorClock {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** @throws {TypeError} when it is no duration, or would go back. */
  readonly advance: (by: Duration) => void;
}

export function createClock(): EmulatorClock {
  let aheadMs = 0;
  return {
    now: () => Date.now() + aheadMs,
    advance: (by) => {
      aheadMs += parseDuration(by);
    },
  };
}

/** @returns milliseconds */
export function parseDuration(duration: Duration): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(String(duration)) ?? [];
  const ms = typeof duration === 'number' ? duration : Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS];
  if (Number.isFinite(ms) && ms >= 0) return ms;
  throw new TypeError(`'${duration}' is no duration: say milliseconds, or '90s', '59m', '2h'.`);
}
