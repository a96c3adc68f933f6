import { isEgainAuthError } from '../errors.ts';

const MAX_BACK_OFF_MS = 30_000;

/**
 * How long not to ask again after a failure, in milliseconds: twice as long each time, with jitter, and no shorter than
 * eGain's `Retry-After` (R5).
 * @param failures in a row, this one included
 */
export function backOffMs(failures: number, error: unknown, firstMs: number): number {
  const ownMs = Math.min(firstMs * 2 ** (failures - 1), MAX_BACK_OFF_MS) * (1 + Math.random() / 4);
  return Math.max(ownMs, (isEgainAuthError(error) && error.retryAfterMs) || 0);
}
