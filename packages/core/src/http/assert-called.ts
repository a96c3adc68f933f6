/**
 * Says that a factory of middleware was registered without calling it. Such a factory gets a request and `next` instead of
 * options, and returns a middleware that no framework runs, so the request would never be answered (F76).
 * @param given the arguments of the factory
 * @param call how to write it, such as `requiresAuth()`
 * @throws {TypeError}
 */
export function assertCalled(given: readonly unknown[], call: string): void {
  if (given.length < 2 || typeof given.at(-1) !== 'function') return;
  throw new TypeError(`${call.split('(', 1)[0]} was registered without calling it. Call it: ${call}`);
}
