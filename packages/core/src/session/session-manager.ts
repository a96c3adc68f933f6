import { randomBytes } from 'node:crypto';
import { EgainAuthError, isEgainAuthError } from '../errors.ts';
import type { RefreshRequest } from '../flows/refresh-token.ts';
import type { HttpReply, HttpRequest } from '../http/exchange.ts';
import type { Persona } from '../protocol/endpoints.ts';
import { createTokenSet, type IssuedTokenSet } from '../protocol/token-set.ts';
import type { ResolvedLogin } from '../resolved-options.ts';
import type { Sealer } from '../seal.ts';
import { expireCookie, parseCookies, readCookie, serializeCookie } from './cookies.ts';
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

export interface SessionManager {
  /** The session of a request. Its later changes go to `reply`, as long as headers can be sent. */
  open(request: HttpRequest, reply: HttpReply): SessionRecord | undefined;
  /** A new session, with a new id whatever cookie the browser had (T009). @returns its cookies */
  start(persona: Persona, identity: EgainIdentity, tokens: IssuedTokenSet): string[];
  /** @returns the cookies that end the session */
  end(): string[];
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
  /** How to write each open session back. */
  const writers = new WeakMap<EgainSession, () => void>();

  function cookieOf(session: SessionRecord): string {
    const maxAgeMs = session.startedAt + absoluteMs - Date.now();
    return serializeCookie(cookieName, sealer.seal(cookieName, serializeSession(session)), { secure, maxAgeMs });
  }

  function isAlive({ startedAt, touchedAt, tokens }: SessionRecord, now: number): boolean {
    const renewable = tokens.refreshToken !== undefined;
    return now < startedAt + absoluteMs && now < touchedAt + idleMs && (renewable || now < tokens.expiresAt);
  }

  function open(request: HttpRequest, reply: HttpReply): SessionRecord | undefined {
    const sealed = readCookie(parseCookies(request), cookieName);
    const text = sealed === undefined ? undefined : sealer.open(cookieName, sealed);
    if (text === undefined) return undefined;
    const session = parseSession(text);
    const now = Date.now();
    if (!isAlive(session, now)) return undefined;

    const write = () => {
      if (!reply.headersSent) reply.appendHeader('set-cookie', cookieOf(session));
    };
    writers.set(session, write);
    // Not on every response: a cookie that is written needlessly makes every page uncacheable (R9).
    if (now - session.touchedAt > idleMs / 10) {
      session.touchedAt = now;
      write();
    }
    return session;
  }

  async function renew(session: SessionRecord, refreshToken: string, signal?: AbortSignal): Promise<void> {
    const { persona, scope } = session;
    const renewed = await refresh({ persona, refreshToken, scope: [...scope], signal });
    const { accessToken, expiresAt, source } = renewed;
    // The old refresh token stays good when no new one comes (RFC 6749 §6).
    session.tokens = createTokenSet({
      ...{ accessToken, expiresAt, scope: renewed.scope, source },
      refreshToken: renewed.refreshToken ?? refreshToken,
    });
    writers.get(session)?.();
  }

  return {
    open,

    start(persona, identity, tokens) {
      const now = Date.now();
      const id = randomBytes(32).toString('base64url');
      return [cookieOf(createSessionRecord({ id, persona, identity, tokens, startedAt: now, touchedAt: now }))];
    },

    end: () => [expireCookie(cookieName, { secure })],

    async getToken(session, { signal, rejected, ...options }) {
      const record = session as SessionRecord;
      if (!writers.has(record)) throw loginRequired();
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

function loginRequired(): EgainAuthError {
  return new EgainAuthError('login_required', 'the session’s token cannot be renewed', {
    remedy: 'Send the person to sign in again.',
  });
}
