import { setMaxListeners } from 'node:events';

/**
 * Listens for the abort of a caller's signal. The caller may share one signal between any number of calls.
 * @returns stops listening. Call it when the work ends: the signal may live as long as the application
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  // Node would report a leak that does not exist: each call that shares a signal adds a listener to it (F54).
  if (signal instanceof EventTarget) setMaxListeners(0, signal);
  signal.addEventListener('abort', listener);
  return () => signal.removeEventListener('abort', listener);
}

/** What the promise gives, or the reason of the signal as soon as the caller gives up. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let stopListening = (): void => {};
  const givenUp = new Promise<never>((_resolve, reject) => {
    const giveUp = (): void => reject(signal.reason);
    stopListening = onAbort(signal, giveUp);
    if (signal.aborted) giveUp();
  });
  try {
    return await Promise.race([promise, givenUp]);
  } finally {
    stopListening();
  }
}
