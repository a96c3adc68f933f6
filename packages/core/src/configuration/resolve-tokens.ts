import { bare } from '../http/agent.ts';
import type { EgainAuthOptions } from '../options.ts';
import type { ResolvedTokens } from '../resolved-options.ts';
import { MIN_SECRET_BYTES, type Problems } from './option-problems.ts';

const DEFAULT_MAX_ENTRIES = 10_000;
const MAX_ENTRIES = 1_000_000;
const DEFAULT_RENEW_AHEAD_MS = 5 * 60 * 1000;
const DEFAULT_MIN_TTL_MS = 30 * 1000;

export function resolveTokens(given: EgainAuthOptions['tokens'], problems: Problems): ResolvedTokens {
  const {
    store,
    onStoreError = 'fallback',
    maxEntries = DEFAULT_MAX_ENTRIES,
  } = given ?? bare<NonNullable<EgainAuthOptions['tokens']>>({});
  const remedy = `Set at least ${MIN_SECRET_BYTES} random bytes, the same in all processes, such as from: openssl rand -base64 33`;
  const encryptionKeys = problems.secrets('tokens.encryptionKeys', given?.encryptionKeys, remedy);
  if (store !== undefined && encryptionKeys.length === 0) {
    problems.add('tokens.encryptionKeys', 'missing', 'is not set, but tokens.store is', remedy);
  }
  problems.store('tokens.store', store, ['get', 'set', 'delete'], 'createMemoryTokenStore');
  if (onStoreError !== 'fallback' && onStoreError !== 'throw') {
    problems.add('tokens.onStoreError', 'not_a_choice', 'is neither fallback nor throw', 'Leave it out for fallback.');
  }
  if (!Number.isInteger(maxEntries) || maxEntries < 1 || maxEntries > MAX_ENTRIES) {
    const range = `Use 1 to ${MAX_ENTRIES}, or leave it out for ${DEFAULT_MAX_ENTRIES}.`;
    problems.add('tokens.maxEntries', 'not_a_count', 'is no whole number of entries', range);
  }
  return Object.freeze({
    store,
    encryptionKeys: () => encryptionKeys,
    onStoreError,
    maxEntries,
    renewAheadMs: problems.milliseconds('tokens.renewAheadMs', given?.renewAheadMs, DEFAULT_RENEW_AHEAD_MS),
    minTtlMs: problems.milliseconds('tokens.minTtlMs', given?.minTtlMs, DEFAULT_MIN_TTL_MS),
  });
}
