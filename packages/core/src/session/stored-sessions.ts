import { setTimeout as sleep } from 'node:timers/promises';
import { withinDeadline } from '../deadline.ts';
import { EgainAuthError } from '../errors.ts';
import { isRefreshRefused } from '../flows/refresh-token.ts';
import type { HttpRequest } from '../http/exchange.ts';
import type { ResolvedSession } from '../resolved-options.ts';
import type { Sealer } from '../seal.ts';
import { sha256 } from '../sha256.ts';
import { expireCookie, parseCookies, readCookie, serializeCookie } from './cookies.ts';
import { createSessionRecord, loginRequired, type SessionRecord, serializeSession } from './session.ts';
import type { KeptSession, SessionKeeper } from './session-keeper.ts';
import { createSessionReader } from './session-reader.ts';
import type { SessionStore } from './session-store.ts';

/** Longer than any store in working order takes, and short enough to tell people that it is not. */
const STORE_TIMEOUT_MS = 1000;
/** A claim outlives a refresh that is slow, but not for long a process that died. */
const CLAIM_MARGIN_MS = 5000;
const POLL_MS = 50;
/** How long a process that has renewed a session may take to save it. */
const SAVING_MS = 1000;
const RETRY_AFTER_MS = 1000;

export interface StoredSessionSettings extends Omit<ResolvedSession, 'secrets' | 'store'> {
  /** How long a refresh may take. */
  readonly timeoutMs: number;
}

/** Sessions in a store; the browser has a random ticket that says nothing, and the store, as the session's id, a hash of it (T043). */
export function createStoredSessions(
  { cookieName, secure, idleMs, absoluteMs, timeoutMs }: StoredSessionSettings,
  sealer: Sealer,
  store: SessionStore,
): SessionKeeper {
  const claimMs = timeoutMs + CLAIM_MARGIN_MS;
  const readSession = createSessionReader(sealer);

  /** @param holdsProcess false in a touch or a renewal, which callers may have left */
  async function ask<T>(operation: () => Promise<T>, holdsProcess = true): Promise<T> {
    try {
      return await withinDeadline(operation(), STORE_TIMEOUT_MS, { holdsProcess });
    } catch (cause) {
      throw unavailable('session.store failed, or did not answer in time', cause);
    }
  }

  const ttlOf = ({ startedAt, touchedAt }: SessionRecord) =>
    Math.max(1, Math.min(startedAt + absoluteMs, touchedAt + idleMs) - Date.now());

  async function find(key: string, holdsProcess?: boolean): Promise<KeptSession | 'unknown' | 'unreadable'> {
    const sealed: unknown = await ask(() => store.get(key), holdsProcess);
    if (isMissing(sealed)) return 'unknown';
    return (typeof sealed === 'string' && readSession(key, sealed)) || 'unreadable';
  }

  /** @returns whether the session was still there */
  async function replace(session: SessionRecord): Promise<boolean> {
    const key = keyOf(session.id);
    const sealed = sealer.seal(key, serializeSession(session));
    const options = { ttlMs: ttlOf(session) };
    return ask(async () => {
      if (store.update) return store.update(key, sealed, options);
      if (isMissing(await store.get(key))) return false;
      await store.set(key, sealed, options);
      return true;
    }, false);
  }

  /** Reads first: somebody may have renewed the session since this request did, and the old tokens must not come back. */
  async function touch({ id, touchedAt }: SessionRecord): Promise<void> {
    const kept = await find(keyOf(id), false);
    if (typeof kept !== 'string')
      await replace(createSessionRecord({ ...kept.session, tokens: kept.session.tokens, touchedAt }));
  }

  async function claim(name: string, ttlMs: number, holdsProcess?: boolean): Promise<boolean> {
    return ask(async () => store.claim?.(claimKeyOf(name), { ttlMs }) ?? true, holdsProcess);
  }

  async function release(name: string, holdsProcess?: boolean): Promise<void> {
    await ask(() => store.delete(claimKeyOf(name)), holdsProcess);
  }

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
      return typeof found === 'string' ? found : find(keyOf(found.id));
    },

    async create(session, ticket) {
      const key = keyOf(session.id);
      await ask(() => store.set(key, sealer.seal(key, serializeSession(session)), { ttlMs: ttlOf(session) }));
      return [serializeCookie(cookieName, ticket, { secure, maxAgeMs: absoluteMs })];
    },

    touch(session) {
      void touch(session).catch(() => {});
    },

    canRenew: () => true,

    async renew(session, name, refresh) {
      const key = keyOf(session.id);
      const { accessToken } = session.tokens;
      /** What another process has done already. */
      const findRenewed = async () => {
        const kept = await find(key, false);
        if (typeof kept === 'string') throw loginRequired('it was ended meanwhile');
        return kept.session.tokens.accessToken === accessToken ? undefined : kept.session.tokens;
      };

      /**
       * Another process may have spent the refresh token. It may not have saved what came of it yet, if the store has no
       * claims. The session is never deleted here: its next tokens may be on their way (F29).
       */
      const findSaved = async () => {
        for (let polls = store.claim ? 1 : SAVING_MS / POLL_MS; ; polls -= 1) {
          const saved = await findRenewed();
          if (saved || polls <= 1) return saved;
          await sleep(POLL_MS, undefined, { ref: false });
        }
      };

      const until = performance.now() + claimMs;
      while (!(await claim(name, claimMs, false))) {
        const renewed = await findRenewed();
        if (renewed) return renewed;
        if (performance.now() > until) throw unavailable('another process has not renewed the session in time');
        await sleep(POLL_MS, undefined, { ref: false });
      }
      const renewed = await findRenewed();
      if (renewed) return renewed;
      let tokens: Awaited<ReturnType<typeof refresh>>;
      try {
        tokens = await refresh();
      } catch (error) {
        try {
          const saved = isRefreshRefused(error) ? await findSaved() : undefined;
          if (saved) return saved;
          throw error;
        } finally {
          // Other processes may try for themselves.
          await release(name, false).catch(() => {});
        }
      }
      if (!(await replace(createSessionRecord({ ...session, tokens, obtainedAt: Date.now() }))))
        throw loginRequired('it was ended meanwhile');
      return tokens;
    },

    renewed() {},

    async end(request) {
      const found = readId(request);
      if (typeof found !== 'string') await ask(() => store.delete(keyOf(found.id)));
    },

    expire: () => [expireCookie(cookieName, { secure })],
    claim,
    release,
  };
}

/** 256 random bits as base64url. */
const TICKET = /^[\w-]{43}$/;

const keyOf = (id: string) => `s:${id}`;
const claimKeyOf = (name: string) => `c:${sha256(name)}`;

/** Many clients say null, whatever our types ask for. */
const isMissing = (value: unknown) => value === undefined || value === null;

function unavailable(problem: string, cause?: unknown): EgainAuthError {
  return new EgainAuthError('session_store_unavailable', problem, {
    remedy: 'Check the store behind session.store; `cause` has its error, if it threw one.',
    retryAfterMs: RETRY_AFTER_MS,
    cause,
  });
}
