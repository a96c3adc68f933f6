import { runInThisContext } from 'node:vm';

/** Of the test's own context, and of Node's: a process has one, a test two. */
const PROTOTYPES = [Object.prototype, runInThisContext('Object.prototype') as object];

/** Runs with a member on every object of the process, as another library's bug may leave it. */
export async function polluted<T>(name: string, value: unknown, run: () => Promise<T>): Promise<T> {
  for (const prototype of PROTOTYPES) {
    Object.defineProperty(prototype, name, { value, configurable: true, writable: true, enumerable: true });
  }
  try {
    return await run();
  } finally {
    for (const prototype of PROTOTYPES) Reflect.deleteProperty(prototype, name);
  }
}
