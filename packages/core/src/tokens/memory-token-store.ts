import { bare } from '../http/agent.ts';
import { createAgeClock } from './clock.ts';
import type { TokenStore } from './token-store.ts';

const DEFAULT_MAX_ENTRIES = 10_000;

/** For {@link createMemoryTokenStore}. */
export interface MemoryTokenStoreOptions {
  /** How many values are kept; those that were set first make room. As many locks, too. @default 10_000 */
  maxEntries?: number;
}

/**
 * A {@link TokenStore} in this process's memory: several `EgainAuth` instances share their tokens by it, tests need no
 * server, and a store of your own can be modelled on it. It has all that a store may have, tags and locks too.
 *
 * Every operation takes the same time however much is stored, but for `deleteByTag`, which takes as long as there are
 * values with the tag. Whether a value's time is over is looked at when it is asked for; no timer keeps a process alive.
 * @throws {TypeError} when `maxEntries` is no positive whole number
 */
export function createMemoryTokenStore(options: MemoryTokenStoreOptions = {}): Required<TokenStore> {
  const { maxEntries = DEFAULT_MAX_ENTRIES } = bare(options);
  if (!Number.isSafeInteger(maxEntries) || maxEntries < 1) {
    throw new TypeError('createMemoryTokenStore: maxEntries must be a positive whole number');
  }
  const now = createAgeClock();
  const entries = new Map<string, Entry>();
  const entriesByTag = new Map<string, Set<Entry>>();
  // In the order in which they were set. Never begun anew: a map finds its first the later the more was deleted before it.
  // Whatever this one has passed is deleted, so it ends only if there is nothing left.
  const oldestFirst = entries.values();

  function remove(entry: Entry | undefined): void {
    if (!entry) return;
    entries.delete(entry.key);
    for (const tag of entry.tags) {
      const tagged = entriesByTag.get(tag);
      tagged?.delete(entry);
      if (tagged?.size === 0) entriesByTag.delete(tag);
    }
  }

  return {
    async get(key) {
      const entry = entries.get(key);
      if (!entry || now() < entry.endsAt) return entry?.value;
      remove(entry);
      return undefined;
    },

    async set(key, value, { ttlMs, tags }) {
      remove(entries.get(key));
      // A revocation makes room after all that was set before it.
      if (entries.size >= maxEntries) remove(oldestFirst.next().value);
      const entry: Entry = { key, value, endsAt: now() + ttlMs, tags: [...tags] };
      entries.set(key, entry);
      for (const tag of tags) {
        const tagged = entriesByTag.get(tag);
        if (tagged) tagged.add(entry);
        else entriesByTag.set(tag, new Set([entry]));
      }
    },

    async delete(key) {
      remove(entries.get(key));
    },

    async deleteByTag(tag) {
      for (const entry of entriesByTag.get(tag) ?? []) remove(entry);
    },

    lock: createLocks(maxEntries),
  };
}

interface Entry {
  readonly key: string;
  readonly value: string;
  /** By the age clock. */
  readonly endsAt: number;
  readonly tags: readonly string[];
}

interface Lock {
  /** In the order in which they came. */
  readonly waiting: Set<Waiter>;
  /** Ends the lock, should its holder never do it. */
  readonly timer: NodeJS.Timeout;
}

interface Waiter {
  readonly ttlMs: number;
  grant(unlock: () => Promise<void>): void;
}

function createLocks(maxLocks: number): Required<TokenStore>['lock'] {
  const locks = new Map<string, Lock>();

  /** @param waiting who waited for the one before */
  function hold(key: string, ttlMs: number, waiting: Set<Waiter>): () => Promise<void> {
    const lock: Lock = { waiting, timer: setTimeout(() => passOn(key, lock), ttlMs).unref() };
    locks.set(key, lock);
    return async () => passOn(key, lock);
  }

  function passOn(key: string, lock: Lock): void {
    // It ended already, and may be somebody else's by now.
    if (locks.get(key) !== lock) return;
    clearTimeout(lock.timer);
    const [next] = lock.waiting;
    if (!next) {
      locks.delete(key);
      return;
    }
    lock.waiting.delete(next);
    next.grant(hold(key, next.ttlMs, lock.waiting));
  }

  return async (key, { ttlMs, waitMs }) => {
    const waiting = locks.get(key)?.waiting;
    if (!waiting) return locks.size < maxLocks ? hold(key, ttlMs, new Set()) : undefined;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        waiting.delete(waiter);
        resolve(undefined);
      }, waitMs).unref();
      const waiter: Waiter = {
        ttlMs,
        grant(unlock) {
          clearTimeout(timer);
          resolve(unlock);
        },
      };
      waiting.add(waiter);
    });
  };
}
