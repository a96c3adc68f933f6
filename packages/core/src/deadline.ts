/**
 * What a function of the application's returned, waited for no longer than this. A value that is there already is
 * returned as it is, so that a synchronous answer stays synchronous.
 */
export function withinDeadline<T>(
  value: T | Promise<T>,
  timeoutMs: number,
  tooLate: () => Error = () => new Error(`no answer within ${timeoutMs} ms`),
): T | Promise<T> {
  if (!isPromiseLike(value)) return value;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(tooLate()), timeoutMs).unref();
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
