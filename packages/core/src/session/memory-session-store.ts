import type { SessionStore } from './session-store.ts';

const DEFAULT_MAX_ENTRIES = 100_000;

export interface MemorySessionStoreOptions {
  /** Sessions and claims together. Those that were not used for longest make room: signed out. @default 100_000 */
  maxEntries?: number;
}

/**
 * A {@link SessionStore} in this process's memory, for an application that is one process and may sign everybody out by a
 * restart, for tests, and for a store of your own to be modelled on. No timer keeps a process alive.
 * @throws {TypeError} when `maxEntries` is no positive whole number
 */
export function createMemorySessionStore({
  maxEntries = DEFAULT_MAX_ENTRIES,
}: MemorySessionStoreOptions = {}): Required<SessionStore> {
  if (!Number.isSafeInteger(maxEntries) || maxEntries < 1) {
    throw new TypeError('createMemorySessionStore: maxEntries must be a positive whole number');
  }
  const entries = new Map<string, { readonly value: string; readonly endsAt: number }>();
  // Never begun anew: a map finds its first the later the more was deleted before it. What it has passed is deleted.
  const oldestFirst = entries.keys();

  function find(key: string): string | undefined {
    const entry = entries.get(key);
    if (!entry || Date.now() < entry.endsAt) return entry?.value;
    entries.delete(key);
    return undefined;
  }

  function put(key: string, value: string, ttlMs: number): void {
    entries.delete(key);
    while (entries.size >= maxEntries) entries.delete(oldestFirst.next().value as string);
    entries.set(key, { value, endsAt: Date.now() + ttlMs });
  }

  return {
    get: async (key) => find(key),

    async set(key, value, { ttlMs }) {
      put(key, value, ttlMs);
    },

    async update(key, value, { ttlMs }) {
      const isThere = find(key) !== undefined;
      if (isThere) put(key, value, ttlMs);
      return isThere;
    },

    async claim(key, { ttlMs }) {
      const isFree = find(key) === undefined;
      if (isFree) put(key, '1', ttlMs);
      return isFree;
    },

    async delete(key) {
      entries.delete(key);
    },
  };
}
