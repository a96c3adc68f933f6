import { setTimeout as sleep } from 'node:timers/promises';

/** Just less than a test may take, so that the expectation is what fails. Mutants set less, because they are to fail. */
const PATIENCE_MS = Number(process.env['EGAIN_AUTH_PATIENCE_MS'] ?? 240_000);

/** Waits until an expectation holds, however slow the machine is. */
export async function soon(expectation: () => void | Promise<void>): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; ; await sleep(5)) {
    try {
      await expectation();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
    }
  }
}
