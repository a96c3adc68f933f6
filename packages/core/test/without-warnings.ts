import { setImmediate } from 'node:timers/promises';
import { runInThisContext } from 'node:vm';

// Not the copy that a test has: warnings are reported to the real one.
const host = runInThisContext('process') as NodeJS.Process;

/** Does what Node warns of on purpose, without the warning in the output of the tests. */
export async function withoutWarnings<T>(action: () => Promise<T> | T): Promise<T> {
  const listeners = host.listeners('warning') as ((warning: Error) => void)[];
  host.removeAllListeners('warning');
  try {
    const result = await action();
    await setImmediate();
    return result;
  } finally {
    for (const listener of listeners) host.on('warning', listener);
  }
}
