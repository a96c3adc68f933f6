import { bare } from '../http/agent.ts';
import type { SessionStore } from './session-store.ts';

const DEFAULT_MAX_ENTRIES = 100_000;

export interface MemorySessionStoreOptions {
  /**
   * How many sessions are kept. The sessions that were not used for longest make room: their persons are signed out. As many
   * claims are kept beside them, so that no number of callbacks pushes out a session (F57). @default 100_000
   */
  maxEntries?: number;
}

/**
 * A {@link SessionStore} in this process's memory, for an application that is one process and may sign every person out
 * by a restart, for tests, and for a store of your own to be modelled on. No timer keeps a process alive.
 * @throws {TypeError} when `maxEntries` is no positive whole number
 */
export function createMemorySessionStore(options: MemorySessionStoreOptions = {}): SessionStore {
  const { maxEntries = DEFAULT_MAX_ENTRIES } = bare(options);
  if (!Number.isSafeInteger(maxEntries) || maxEntries < 1) {
    throw new TypeError('createMemorySessionStore: maxEntries must be a positive whole number');
  }
  const sessions = createBoundedMap(maxEntries);
  const claims = createBoundedMap(maxEntries);

  return {
    get: async (key) => sessions.find(key),

    async set(key, value, { ttlMs }) {
      sessions.put(key, value, ttlMs);
    },

    async delete(key) {
      sessions.delete(key);
    },

    async replace(key, previous, value, { ttlMs }) {
      const isCurrent = sessions.find(key) === previous;
      if (isCurrent) sessions.put(key, value, ttlMs);
      return isCurrent;
    },

    async claim(key, owner, { ttlMs }) {
      const isOwners = (claims.find(key) ?? owner) === owner;
      if (isOwners) claims.put(key, owner, ttlMs);
      return isOwners;
    },

    async release(key, owner) {
      if (claims.find(key) === owner) claims.delete(key);
    },
  };
}

/** Each entry has a time to live of its own. Entries that were not written for longest make room. */
function createBoundedMap(maxEntries: number) {
  const entries = new Map<string, { readonly value: string; readonly endsAt: number }>();
  // One iterator for all evictions. A fresh one has to skip every deleted slot, which is O(n) after many deletions.
  const oldestFirst = entries.keys();

  return {
    find(key: string): string | undefined {
      const entry = entries.get(key);
      if (!entry || Date.now() < entry.endsAt) return entry?.value;
      entries.delete(key);
      return undefined;
    },
    put(key: string, value: string, ttlMs: number): void {
      entries.delete(key);
      while (entries.size >= maxEntries) entries.delete(oldestFirst.next().value as string);
      entries.set(key, { value, endsAt: Date.now() + ttlMs });
    },
    delete(key: string): void {
      entries.delete(key);
    },
  };
}
