import { setMaxListeners } from 'node:events';

/**
 * Listens for a caller's signal. One signal may serve any number of calls at a time, such as that of a whole job, so Node's
 * warning about more than ten listeners would tell of a leak that is none (F54).
 * @returns stops listening
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  if (signal instanceof EventTarget) setMaxListeners(0, signal);
  signal.addEventListener('abort', listener);
  return () => signal.removeEventListener('abort', listener);
}
