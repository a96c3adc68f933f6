import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until an expectation holds: for what the other end of a connection learns a moment later. */
export async function soon(expectation: () => void, withinMs = 2000): Promise<void> {
  for (const end = performance.now() + withinMs; ; await sleep(5)) {
    try {
      expectation();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
    }
  }
}
