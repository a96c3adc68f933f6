import { createHash, randomBytes } from 'node:crypto';
import { EgainAuthError, isEgainAuthError } from '../errors.ts';
import type { RefreshRequest } from '../flows/refresh-token.ts';
import type { HttpReply, HttpRequest } from '../http/exchange.ts';
import type { Persona } from '../protocol/endpoints.ts';
import { createTokenSet, type IssuedTokenSet } from '../protocol/token-set.ts';
import type { ResolvedLogin } from '../resolved-options.ts';
import type { Sealer } from '../seal.ts';
import { type Flight, startFlight } from '../tokens/flight.ts';
import { expireCookie, parseCookies, readCookie, serializeCookie } from './cookies.ts';
import { createRecent } from './recent.ts';
import {
  createSessionRecord,
  type EgainIdentity,
  type EgainSession,
  parseSession,
  type SessionRecord,
  serializeSession,
} from './session.ts';

/** A token that ends sooner than this is renewed rather than sent, if it can be. */
const RENEWAL_MARGIN_MS = 30_000;
/** Requests that were sent with the cookie of before a renewal may still be on their way for so long. */
const RENEWAL_MEMORY_MS = 60_000;
/** Of ended sessions, and of renewals. */
const MAX_REMEMBERED = 10_000;

export interface SessionManager {
  /** Whether somebody is signed in with a request. */
  has(request: HttpRequest): boolean;
  /** The session of a request. Its later changes go to `reply`, as long as headers can be sent. */
  open(request: HttpRequest, reply: HttpReply): SessionRecord | undefined;
  /**
   * A new session, with a new id; the one that the browser had is over (T009).
   * @returns its cookies
   */
  start(request: HttpRequest, persona: Persona, identity: EgainIdentity, tokens: IssuedTokenSet): string[];
  /**
   * Ends the session of a request. Requests that are under way can neither use nor revive it, in this process (T042).
   * @returns the cookies that end it in the browser
   */
  end(request: HttpRequest): string[];
  /**
   * The session's own token, renewed first if it ends and can be renewed.
   * @throws {EgainAuthError} `login_required` when only a new login can help
   */
  getToken(
    session: EgainSession,
    options: {
      forceRenewal?: boolean | undefined;
      /** Renewed only if it is still this one. */
      rejected?: string | undefined;
      signal?: AbortSignal | undefined;
    },
  ): Promise<IssuedTokenSet>;
}

/** Sessions in one sealed cookie. Every limit is inside the seal and enforced here, not by the browser (T040). */
export function createSessionManager(
  settings: ResolvedLogin['session'],
  sealer: Sealer,
  refresh: (request: RefreshRequest) => Promise<IssuedTokenSet>,
): SessionManager {
  const { cookieName, secure, idleMs, absoluteMs } = settings;
  /** How to write each open session back, as long as that is possible. */
  const replies = new WeakMap<EgainSession, HttpReply>();
  const ended = createRecent<true>({ maxEntries: MAX_REMEMBERED, lifetimeMs: absoluteMs });
  /** By the refresh token that each spent, as a hash: it can be used once (RFC 9700 §4.14.2). */
  const renewals = createRecent<Renewal>({ maxEntries: MAX_REMEMBERED, lifetimeMs: RENEWAL_MEMORY_MS });

  function cookieOf(session: SessionRecord): string {
    const maxAgeMs = session.startedAt + absoluteMs - Date.now();
    return serializeCookie(cookieName, sealer.seal(cookieName, serializeSession(session)), { secure, maxAgeMs });
  }

  function isAlive({ startedAt, touchedAt, tokens }: SessionRecord, now: number): boolean {
    const renewable = tokens.refreshToken !== undefined;
    return now < startedAt + absoluteMs && now < touchedAt + idleMs && (renewable || now < tokens.expiresAt);
  }

  function read(request: HttpRequest): SessionRecord | undefined {
    const sealed = readCookie(parseCookies(request), cookieName);
    const text = sealed === undefined ? undefined : sealer.open(cookieName, sealed);
    const session = text === undefined ? undefined : parseSession(text);
    return session && isAlive(session, Date.now()) && !ended.get(session.id) ? session : undefined;
  }

  function end(request: HttpRequest): void {
    const session = read(request);
    if (session) ended.set(session.id, true);
  }

  function write(session: SessionRecord): void {
    const reply = replies.get(session);
    if (reply && !reply.headersSent && !ended.get(session.id)) reply.appendHeader('set-cookie', cookieOf(session));
  }

  function open(request: HttpRequest, reply: HttpReply): SessionRecord | undefined {
    const session = read(request);
    if (!session) return undefined;
    replies.set(session, reply);
    // Not on every response: a cookie that is written needlessly makes every page uncacheable (R9).
    const now = Date.now();
    if (now - session.touchedAt > idleMs / 10) {
      session.touchedAt = now;
      write(session);
    }
    return session;
  }

  /** One renewal for all requests that come with the same cookie, those included that come a moment later (F29). */
  async function renew(session: SessionRecord, refreshToken: string, signal?: AbortSignal): Promise<void> {
    const { persona, scope } = session;
    const name = createHash('sha256').update(refreshToken).digest('base64url');
    let renewal = renewals.get(name);
    // What this request has already is no renewal of it: where refresh tokens stay the same, their hash does too.
    if (!renewal || renewal.accessToken === session.tokens.accessToken) {
      const flight = startFlight(
        () => refresh({ persona, refreshToken, scope: [...scope] }),
        () => {},
      );
      renewal = { flight, accessToken: undefined };
      renewals.set(name, renewal);
      // Stays to the end, so that it is not stopped when its callers leave: eGain may have spent the token already.
      flight.join().then(landed(renewal), () => renewals.delete(name));
    }
    const renewed = await renewal.flight.join(signal);
    const { accessToken, expiresAt, source } = renewed;
    // The old refresh token stays good when no new one comes (RFC 6749 §6).
    session.tokens = createTokenSet({
      ...{ accessToken, expiresAt, scope: renewed.scope, source },
      refreshToken: renewed.refreshToken ?? refreshToken,
    });
    write(session);
  }

  return {
    open,

    has: (request) => read(request) !== undefined,

    start(request, persona, identity, tokens) {
      end(request);
      const now = Date.now();
      const id = randomBytes(32).toString('base64url');
      return [cookieOf(createSessionRecord({ id, persona, identity, tokens, startedAt: now, touchedAt: now }))];
    },

    end(request) {
      end(request);
      return [expireCookie(cookieName, { secure })];
    },

    async getToken(session, { signal, rejected, ...options }) {
      const record = session as SessionRecord;
      if (!replies.has(record) || ended.get(record.id)) throw loginRequired();
      const { accessToken, refreshToken, expiresAt } = record.tokens;
      const forceRenewal = options.forceRenewal === true || rejected === accessToken;
      const remainingMs = expiresAt - Date.now();
      if (refreshToken === undefined) {
        if (forceRenewal || remainingMs <= 0) throw loginRequired();
      } else if (forceRenewal || remainingMs <= RENEWAL_MARGIN_MS) {
        await renew(record, refreshToken, signal).catch((error: unknown) => {
          // eGain cannot be reached, but what we have is still good.
          if (forceRenewal || remainingMs <= 0 || !isEgainAuthError(error) || !error.retryable) throw error;
        });
      }
      return record.tokens;
    },
  };
}

interface Renewal {
  readonly flight: Flight<IssuedTokenSet>;
  /** Once it is there. */
  accessToken: string | undefined;
}

const landed = (renewal: Renewal) => (tokens: IssuedTokenSet) => {
  renewal.accessToken = tokens.accessToken;
};

function loginRequired(): EgainAuthError {
  return new EgainAuthError('login_required', 'the session’s token cannot be renewed', {
    remedy: 'Send the person to sign in again.',
  });
}
