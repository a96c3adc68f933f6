import { withinDeadline } from '../deadline.ts';
import { createNotTextWarning } from '../events.ts';
import type { HttpRequest } from '../http/exchange.ts';
import type { ResolvedSession } from '../resolved-options.ts';
import { sha256 } from '../sha256.ts';
import { expireCookie, parseCookies, readCookie, serializeCookie } from './cookies.ts';
import type { SessionRecord } from './session.ts';
import type { KeptSession, SessionKeeper } from './session-keeper.ts';
import type { NotOpened, SessionSealer } from './session-sealer.ts';
import type { SessionStore } from './session-store.ts';
import {
  createStoredRenewal,
  type StoredRenewalSettings,
  type StoredSessions,
  storeUnavailable,
} from './stored-renewal.ts';

/** Longer than any store in working order takes, and short enough to tell people that it is not. */
const STORE_TIMEOUT_MS = 1000;

export type StoredSessionSettings = Omit<ResolvedSession, 'secrets' | 'store'> & StoredRenewalSettings;

/** Sessions in a store; the browser has a random ticket that says nothing, and the store, as the session's id, a hash of it (T043). */
export function createStoredSessions(
  settings: StoredSessionSettings,
  sealer: SessionSealer,
  store: SessionStore,
): SessionKeeper {
  const { cookieName, secure, idleMs, absoluteMs, silenceWarnings } = settings;
  const warnOfValue = createNotTextWarning('session.store', 'nobody is signed in', silenceWarnings);

  /** @param holdsProcess false in a touch or a renewal, which callers may have left */
  async function ask<T>(operation: () => Promise<T>, holdsProcess = true): Promise<T> {
    try {
      return await withinDeadline(operation(), STORE_TIMEOUT_MS, { holdsProcess });
    } catch (cause) {
      throw storeUnavailable('session.store failed, or did not answer in time', cause);
    }
  }

  const ttlOf = ({ startedAt, touchedAt }: SessionRecord) =>
    Math.max(1, Math.min(startedAt + absoluteMs, touchedAt + idleMs) - Date.now());

  async function find(id: string, holdsProcess?: boolean): Promise<KeptSession | 'unknown' | NotOpened> {
    const key = keyOf(id);
    const sealed: unknown = await ask(() => store.get(key), holdsProcess);
    if (isMissing(sealed)) return 'unknown';
    if (typeof sealed === 'string') return sealer.open(key, sealed);
    warnOfValue(sealed);
    return 'unreadable';
  }

  /** In the background: no caller may be left to wait for it. */
  const stored: StoredSessions = {
    find: (id) => find(id, false),
    replace({ sealed }, session) {
      const key = keyOf(session.id);
      const next = sealer.seal(key, session);
      return ask(() => store.replace(key, sealed, next, { ttlMs: ttlOf(session) }), false);
    },
    claim: (name, owner, ttlMs) => ask(() => store.claim(claimKeyOf(name), owner, { ttlMs }), false),
    release: (name, owner) => ask(() => store.release(claimKeyOf(name), owner), false),
  };

  function readId(request: HttpRequest): { id: string } | 'no_cookie' | 'duplicate_cookie' | 'unreadable' {
    const cookies = parseCookies(request);
    const ticket = readCookie(cookies, cookieName);
    if (ticket === undefined) return cookies.has(cookieName) ? 'duplicate_cookie' : 'no_cookie';
    return TICKET.test(ticket) ? { id: sha256(ticket) } : 'unreadable';
  }

  return {
    isImmediate: false,

    read(request) {
      const found = readId(request);
      return typeof found === 'string' ? found : find(found.id);
    },

    async create(session, ticket) {
      const key = keyOf(session.id);
      await ask(() => store.set(key, sealer.seal(key, session), { ttlMs: ttlOf(session) }));
      return [serializeCookie(cookieName, ticket, { secure, maxAgeMs: absoluteMs })];
    },

    touch(kept) {
      void stored.replace(kept, kept.session).catch(() => {});
    },

    canRenew: () => true,
    renew: createStoredRenewal(stored, settings),
    renewed() {},

    async end(request) {
      const found = readId(request);
      if (typeof found !== 'string') await ask(() => store.delete(keyOf(found.id)));
    },

    expire: () => [expireCookie(cookieName, { secure })],
    claim: (name, owner, ttlMs) => ask(() => store.claim(claimKeyOf(name), owner, { ttlMs })),
    release: (name, owner) => ask(() => store.release(claimKeyOf(name), owner)),
  };
}

/** 256 random bits as base64url. */
const TICKET = /^[\w-]{43}$/;

const keyOf = (id: string) => `s:${id}`;
const claimKeyOf = (name: string) => `c:${sha256(name)}`;

/** Many clients say null, whatever our types ask for. */
const isMissing = (value: unknown) => value === undefined || value === null;
