/** Node's timers turn anything longer into one millisecond. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

export const isWhole = (value: unknown, min: number, max: number = Number.MAX_SAFE_INTEGER): boolean =>
  Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
