import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
/** Collects garbage now, so that what is left is what something still refers to. */
const collectGarbage = runInNewContext('gc') as () => void;

/** The bytes of the heap that are still referred to. Garbage does not count, so a busy collector changes nothing. */
export function heapInUse(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** Runs an action, and tells by how many bytes the process had grown at its largest. */
export async function measure<T>(action: () => Promise<T>): Promise<{ value: T; grownBytes: number }> {
  const before = process.memoryUsage.rss();
  let largest = before;
  const look = () => {
    largest = Math.max(largest, process.memoryUsage.rss());
  };
  const timer = setInterval(look, 5);
  try {
    const value = await action();
    look();
    return { value, grownBytes: largest - before };
  } finally {
    clearInterval(timer);
  }
}
