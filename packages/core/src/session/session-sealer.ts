import { createExpiringMap } from '../expiring-map.ts';
import type { Sealer } from '../seal.ts';
import { createSessionRecord, parseSession, type SessionFields } from './session.ts';
import type { KeptSession } from './session-keeper.ts';

/** What was opened lately need not be opened for each of a page's requests. As much of it as fits into some megabytes. */
const MAX_REMEMBERED = 1000;
const MEMORY_MS = 60_000;

interface Opened {
  readonly name: string;
  readonly fields: SessionFields;
  readonly isOutdated: boolean;
}

/**
 * Opens sealed sessions. Only what opened is remembered, under every byte of the sealed text, so that who sends something
 * else, or what nobody sealed, finds nothing and leaves nothing behind (F49). Whether the session is over is asked each
 * time, of somebody else.
 * @returns a record for this request alone, or nothing for what cannot be read
 */
export function createSessionReader(sealer: Sealer): (name: string, sealed: string) => KeptSession | undefined {
  const recent = createExpiringMap<Opened>({ maxEntries: MAX_REMEMBERED, lifetimeMs: MEMORY_MS });

  function open(name: string, sealed: string): Opened | undefined {
    const unsealed = sealer.unseal(name, sealed);
    const fields = unsealed && parseSession(unsealed.plaintext);
    if (!fields) return undefined;
    const opened = { name, fields, isOutdated: unsealed.isOutdated };
    recent.set(sealed, opened);
    return opened;
  }

  return (name, sealed) => {
    const known = recent.get(sealed);
    // What is sealed for one name opens under no other (T011).
    const opened = known?.name === name ? known : open(name, sealed);
    return opened && { session: createSessionRecord(opened.fields), isOutdated: opened.isOutdated, sealed };
  };
}
