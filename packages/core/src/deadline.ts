/**
 * What a function of the application's returned, waited for no longer than this. A value that is there already is
 * returned as it is, so that a synchronous answer stays synchronous.
 */
export function withinDeadline<T>(value: T | Promise<T>, timeoutMs: number): T | Promise<T> {
  if (!isPromiseLike(value)) return value;
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs).unref();
  });
  return Promise.race([value, expired]).finally(() => clearTimeout(timer));
}

function isPromiseLike<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && 'then' in value;
}
