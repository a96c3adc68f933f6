/**
 * Says that a decorator was written without calling it. Nest would drop it or the method, and a guard would be missing (F76).
 * @param given the arguments of the decorator's factory. For an uncalled one they are a class, or what Nest hands to a
 *   decorator of a method or a parameter: the prototype or class, the name, and the descriptor or index
 * @param call how to write it, such as `RequiresAuth()`
 * @throws {TypeError}
 */
export function assertCalled(given: readonly unknown[], call: string): void {
  if (given.length < 3 && !isClass(given[0])) return;
  throw new TypeError(`@${call.split('(', 1)[0]} was written without calling it. Call it: @${call}`);
}

/** A subject of `@OnBehalfOf` is a function too, but no class. */
const isClass = (value: unknown): boolean => typeof value === 'function' && /^class\b/.test(String(value));
