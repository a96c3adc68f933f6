export interface DeadlineOptions {
  /** The error to reject with. */
  readonly tooLate?: () => Error;
  /**
   * Whether the deadline alone keeps the process alive. False where the work may outlive its callers: then the code that
   * awaits it for a caller calls {@link holdProcess}. @default true
   */
  readonly holdsProcess?: boolean;
}

/**
 * What a function of the application's returned, waited for no longer than this. A value that is there already is
 * returned as it is, so that a synchronous answer stays synchronous.
 */
export function withinDeadline<T>(
  value: T | Promise<T>,
  timeoutMs: number,
  { tooLate = () => new Error(`no answer within ${timeoutMs} ms`), holdsProcess = true }: DeadlineOptions = {},
): T | Promise<T> {
  if (!isPromiseLike(value)) return value;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(tooLate()), timeoutMs);
    if (!holdsProcess) timer.unref();
    const settle =
      <A>(answer: (value: A) => void) =>
      (value: A) => {
        clearTimeout(timer);
        answer(value);
      };
    // Any kind of promise: its `then` may return nothing.
    value.then(settle(resolve), settle(reject));
  });
}

function isPromiseLike<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && 'then' in value;
}

/** The longest delay of a Node timer: anything longer counts as one millisecond. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** @throws {TypeError} for a time limit that no timer can wait (F70) */
export function checkTimeout(timeoutMs: number, option: string): number {
  if (Number.isInteger(timeoutMs) && timeoutMs > 0 && timeoutMs <= MAX_TIMER_MS) return timeoutMs;
  throw new TypeError(`${option}: use whole milliseconds from 1 to ${MAX_TIMER_MS}`);
}

/**
 * Keeps the process alive while a caller awaits something of ours. Timers inside of work that may outlive its callers are
 * unref'd, so that a renewal which no caller awaits does not keep a script from ending (F43). Without this, a script that
 * does await it would end in the middle, with exit code 13 (F55).
 * @returns lets go
 */
export function holdProcess(): () => void {
  const timer = setInterval(() => {}, MAX_TIMER_MS);
  return () => clearInterval(timer);
}
