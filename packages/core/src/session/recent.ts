/** What happened lately, by name. Bounded in number and time, since it is filled by requests (T094). */
export interface Recent<T> {
  get(name: string): T | undefined;
  set(name: string, value: T): void;
  delete(name: string): void;
  /** Whether there may be anything at all. */
  readonly isEmpty: boolean;
}

/** All entries live equally long, so the first is always the oldest: it goes first, at its end or for want of room. */
export function createRecent<T>({ maxEntries, lifetimeMs }: { maxEntries: number; lifetimeMs: number }): Recent<T> {
  const entries = new Map<string, { readonly value: T; readonly endsAt: number }>();

  function forgetOld(): void {
    const now = Date.now();
    for (const [name, { endsAt }] of entries) {
      if (now < endsAt && entries.size <= maxEntries) return;
      entries.delete(name);
    }
  }

  return {
    get(name) {
      const entry = entries.get(name);
      return entry && Date.now() < entry.endsAt ? entry.value : undefined;
    },
    set(name, value) {
      entries.delete(name);
      entries.set(name, { value, endsAt: Date.now() + lifetimeMs });
      forgetOld();
    },
    delete(name) {
      entries.delete(name);
    },
    get isEmpty() {
      return entries.size === 0;
    },
  };
}
