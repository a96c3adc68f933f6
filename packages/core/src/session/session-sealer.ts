import { createExpiringMap } from '../expiring-map.ts';
import type { Sealer } from '../seal.ts';
import type { SessionBindings } from './binding.ts';
import { createSessionRecord, type SessionFields, type SessionRecord } from './session.ts';
import { parseSession, serializeSession } from './session-format.ts';
import type { KeptSession } from './session-keeper.ts';

/** What was opened lately need not be opened for each of a page's requests. As much of it as fits into some megabytes. */
const MAX_REMEMBERED = 1000;
const MEMORY_MS = 60_000;

/** Why a sealed value is not a session of this instance. */
export type NotOpened = 'unreadable' | 'other_configuration';

export interface SessionSealer {
  /** Seals a session, bound to the configuration of this instance. */
  seal(name: string, session: SessionRecord): string;
  /** @returns a record for this request alone. Whether the session is over is decided elsewhere, for every request */
  open(name: string, sealed: string): KeptSession | NotOpened;
}

interface Opened {
  readonly name: string;
  readonly fields: SessionFields;
  readonly isOutdated: boolean;
}

/**
 * Seals and opens sessions. Only what opened is remembered, under every byte of the sealed text: a client that sends
 * something else, or a value that was never sealed, finds nothing and leaves nothing behind (F49).
 * @param bindings a session with any other binding is not opened, so its token goes to no other API (T103)
 */
export function createSessionSealer(sealer: Sealer, bindings: SessionBindings): SessionSealer {
  const recent = createExpiringMap<Opened>({ maxEntries: MAX_REMEMBERED, lifetimeMs: MEMORY_MS });

  function open(name: string, sealed: string): Opened | NotOpened {
    const unsealed = sealer.unseal(name, sealed);
    const parsed = unsealed && parseSession(unsealed.plaintext);
    if (!parsed) return 'unreadable';
    const { fields, binding } = parsed;
    if (binding !== bindings[fields.persona]) return 'other_configuration';
    const opened = { name, fields, isOutdated: unsealed.isOutdated };
    recent.set(sealed, opened);
    return opened;
  }

  return {
    seal: (name, session) => sealer.seal(name, serializeSession(session, bindings[session.persona] ?? '')),

    open(name, sealed) {
      const known = recent.get(sealed);
      // A value that was sealed for one name opens under no other (T011).
      const opened = known?.name === name ? known : open(name, sealed);
      if (typeof opened === 'string') return opened;
      return { session: createSessionRecord(opened.fields), isOutdated: opened.isOutdated, sealed };
    },
  };
}
