/** A map whose entries expire. It is bounded in number and time, because requests fill it (T094). */
export interface ExpiringMap<T> {
  get(name: string): T | undefined;
  set(name: string, value: T): void;
  delete(name: string): void;
  clear(): void;
  /** How many entries have not expired. */
  readonly size: number;
  /** Whether the map holds no entry at all. Cheaper than `size`. */
  readonly isEmpty: boolean;
}

export interface ExpiringMapSettings {
  /** The oldest entries make room. */
  readonly maxEntries: number;
  readonly lifetimeMs: number;
  /** Milliseconds on any clock. @default the wall clock */
  readonly now?: () => number;
}

/** All entries live equally long, so insertion order is expiry order and eviction looks only at the first entry. */
export function createExpiringMap<T>({
  maxEntries,
  lifetimeMs,
  now = () => Date.now(),
}: ExpiringMapSettings): ExpiringMap<T> {
  const entries = new Map<string, { readonly value: T; readonly endsAt: number }>();

  function evict(): void {
    const at = now();
    for (const [name, { endsAt }] of entries) {
      if (at < endsAt && entries.size <= maxEntries) return;
      entries.delete(name);
    }
  }

  return {
    get(name) {
      const entry = entries.get(name);
      return entry && now() < entry.endsAt ? entry.value : undefined;
    },
    set(name, value) {
      entries.delete(name);
      entries.set(name, { value, endsAt: now() + lifetimeMs });
      evict();
    },
    delete(name) {
      entries.delete(name);
    },
    clear() {
      entries.clear();
    },
    get size() {
      evict();
      return entries.size;
    },
    get isEmpty() {
      return entries.size === 0;
    },
  };
}
