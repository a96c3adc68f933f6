import { randomBytes } from 'node:crypto';
import { withinDeadline } from '../deadline.ts';
import { EgainAuthError, isEgainAuthError, repeatError } from '../errors.ts';
import { publishSession, type SessionEvent, type SignedOutReason } from '../events.ts';
import { createExpiringMap } from '../expiring-map.ts';
import { isRefreshRefused, type RefreshRequest } from '../flows/refresh-token.ts';
import type { HttpReply, HttpRequest } from '../http/exchange.ts';
import type { Persona } from '../protocol/endpoints.ts';
import { createTokenSet, type IssuedTokenSet } from '../protocol/token-set.ts';
import type { ResolvedSession } from '../resolved-options.ts';
import { sha256 } from '../sha256.ts';
import { backOffMs } from '../tokens/back-off.ts';
import { createAgeClock } from '../tokens/clock.ts';
import { type Flight, startFlight } from '../tokens/flight.ts';
import {
  createSessionRecord,
  type EgainIdentity,
  type EgainSession,
  loginRequired,
  type SessionRecord,
} from './session.ts';
import type { Exchange, KeptSession, SessionKeeper, SessionLookup } from './session-keeper.ts';

/** A token that ends sooner than this is renewed rather than sent, if it can be; at most a tenth of its lifetime. */
const RENEWAL_MARGIN_MS = 30_000;
const RENEWAL_MARGIN_SHARE = 0.1;
/** Requests that were sent with the cookie of before a renewal may still be on their way for so long. */
const RENEWAL_MEMORY_MS = 60_000;
const FIRST_BACK_OFF_MS = 1000;
/** How long a request whose token is still good waits for a better one. */
const PATIENCE_MS = 1000;
/** Of ended sessions, and of renewals. */
const MAX_REMEMBERED = 10_000;

export interface SessionManager {
  /**
   * Whoever sent a request, to be asked when it matters: a cookie is opened when somebody looks, a store is asked at once
   * (R9). Never throws, since a request may have no need to know.
   */
  lookUp(request: HttpRequest, reply: HttpReply): (() => SessionLookup) | Promise<() => SessionLookup>;
  /** The same for a request that does not count as a use of the session. */
  peek(request: HttpRequest): Promise<SessionLookup>;
  /**
   * A new session, with a new id; the one that the browser had is over (T009).
   * @returns its cookies
   * @throws {EgainAuthError} `session_too_large`, `session_store_unavailable`
   */
  start(request: HttpRequest, login: NewSession): Promise<string[]>;
  /**
   * Ends the session of a request. Requests that are under way can neither use nor revive it (T042), in any process.
   * @returns the session that was, for what else is to be done about it
   * @throws {EgainAuthError} `session_store_unavailable`
   */
  end(request: HttpRequest): Promise<SessionRecord | undefined>;
  /** @returns the cookies that end the session of a request in its browser */
  expire(request: HttpRequest): string[];
  /**
   * Takes a name for one owner among all processes.
   * @returns whether `owner` holds it now
   * @throws {EgainAuthError} `session_store_unavailable`
   */
  claim(name: string, owner: string, ttlMs: number): Promise<boolean>;
  /** Releases a claim that `owner` still holds. @throws {EgainAuthError} `session_store_unavailable` */
  release(name: string, owner: string): Promise<void>;
  /** When a session ends if nothing happens, in epoch milliseconds. */
  endOf(session: SessionRecord): number;
  /**
   * The session's own token, renewed first if it ends and can be renewed.
   * @throws {EgainAuthError} `login_required` when only a new login can help
   */
  getToken(session: EgainSession, options: SessionTokenOptions): Promise<IssuedTokenSet>;
}

export interface NewSession {
  readonly persona: Persona;
  readonly identity: EgainIdentity;
  readonly tokens: IssuedTokenSet;
  readonly requestedScope: readonly string[];
}

export interface SessionTokenOptions {
  readonly forceRenewal?: boolean | undefined;
  /** A token that the API did not take: renewed unless the session has another one by now. */
  readonly rejected?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export function createSessionManager(
  { idleMs, absoluteMs }: Pick<ResolvedSession, 'idleMs' | 'absoluteMs'>,
  keeper: SessionKeeper,
  refresh: (request: RefreshRequest) => Promise<IssuedTokenSet>,
): SessionManager {
  const age = createAgeClock();
  /** Whom to tell what becomes of each session. */
  const exchanges = new WeakMap<EgainSession, Exchange>();
  const ended = createExpiringMap<true>({ maxEntries: MAX_REMEMBERED, lifetimeMs: absoluteMs });
  /** By the tokens that each replaces, as a hash: a refresh token can be used once (RFC 9700 §4.14.2). */
  const renewals = createExpiringMap<Renewal>({ maxEntries: MAX_REMEMBERED, lifetimeMs: RENEWAL_MEMORY_MS });
  /** Renewals that failed, by the same name, so that one session in trouble does not ask with every request (F61). */
  const failures = createExpiringMap<RenewalFailure>({
    ...{ maxEntries: MAX_REMEMBERED, lifetimeMs: RENEWAL_MEMORY_MS },
    now: age,
  });
  /**
   * Token generations that eGain refused to renew, by the same name. The session itself is not marked, because a cookie
   * with newer tokens, which another process sent, may be on its way. For the same reason no cookie is removed (F29).
   */
  const refused = createExpiringMap<true>({ maxEntries: MAX_REMEMBERED, lifetimeMs: absoluteMs });

  const wasRefused = (session: SessionRecord): boolean => !refused.isEmpty && refused.get(renewalOf(session)) === true;

  /** The limits are inside the seal: what a browser does with a cookie decides nothing (T040). */
  function whyOver(session: SessionRecord): SignedOutReason | undefined {
    const { id, startedAt, touchedAt, tokens } = session;
    const now = Date.now();
    if (ended.get(id)) return 'signed_out';
    // A clock that was set back signs nobody out (F34), but a time far in the future would make a session without end (T105).
    const isWithin = (since: number, limitMs: number) => now < since + limitMs && since <= now + absoluteMs;
    if (!isWithin(startedAt, absoluteMs)) return 'expired';
    if (!isWithin(touchedAt, idleMs)) return 'idle';
    const canRenew = tokens.refreshToken !== undefined && !wasRefused(session);
    return now < tokens.expiresAt || canRenew ? undefined : 'token_expired';
  }

  /** Again, because a request may be held for longer than its session lasts (T104). What its token allows is not looked at. */
  function assertNotOver(session: SessionRecord): void {
    const reason = whyOver(session);
    if (reason && reason !== 'token_expired') throw loginRequired(OVER[reason] ?? 'it is over');
  }

  function judge(kept: KeptSession | SignedOutReason): SessionLookup {
    const reason = typeof kept === 'string' ? kept : whyOver(kept.session);
    const session = typeof kept === 'string' || reason ? undefined : kept.session;
    if (reason && reason !== 'no_cookie')
      publish('refused', typeof kept === 'string' ? undefined : kept.session, reason);
    return { session, reason, failure: undefined };
  }

  function use(kept: KeptSession | SignedOutReason, exchange: Exchange): SessionLookup {
    const lookup = judge(kept);
    const { session } = lookup;
    if (!session) return lookup;
    exchanges.set(session, exchange);
    const { isOutdated } = kept as KeptSession;
    // Another answer may have reached the browser after the one that had them, with the cookie of before.
    const renewed = findRenewed(session);
    if (renewed) adopt(session, renewed);
    // Not on every response: a cookie that is written needlessly makes every page uncacheable (R9).
    const now = Date.now();
    if (renewed || isOutdated || now - session.touchedAt > idleMs / 10) {
      session.touchedAt = now;
      keeper.touch(kept as KeptSession, exchange);
    }
    return lookup;
  }

  function failed(error: unknown): SessionLookup {
    if (!isEgainAuthError(error, 'session_store_unavailable')) throw error;
    publish('refused', undefined, 'store_unavailable');
    return { session: undefined, reason: 'store_unavailable', failure: error };
  }

  function publish(type: SessionEvent['type'], session: SessionRecord | undefined, reason?: SignedOutReason): void {
    publishSession(() => ({
      type,
      ...(session && { session: sha256(session.id), persona: session.persona }),
      ...(reason && { reason }),
    }));
  }

  /** One renewal for all requests that come with the same cookie, those included that come a moment later (F29). */
  async function renew(session: SessionRecord, refreshToken: string, signal?: AbortSignal): Promise<void> {
    const name = renewalOf(session);
    const failure = failures.get(name);
    const waitMs = (failure?.retryAt ?? 0) - age();
    if (failure && waitMs > 0) throw repeatError(failure.error, waitMs);
    const renewal = renewals.get(name) ?? startRenewal(name, session, refreshToken);
    adopt(session, await renewal.flight.join(signal));
    const exchange = exchanges.get(session);
    if (exchange && !ended.get(session.id)) keeper.renewed(session, exchange);
  }

  function startRenewal(name: string, session: SessionRecord, refreshToken: string): Renewal {
    const { persona, scope } = session;
    const request = { persona, refreshToken, scope: [...scope] };
    const flight = startFlight(
      () => keeper.renew(session, name, async () => withRefreshToken(await refresh(request), refreshToken)),
      () => {},
    );
    const renewal: Renewal = { flight, tokens: undefined };
    renewals.set(name, renewal);
    // Stays to the end, so that it is not stopped when its callers leave: eGain may have spent the token already.
    flight.follow().then(
      (tokens) => {
        renewal.tokens = tokens;
        // Again, so that the memory lasts for as long as a store is asked to save them (F64).
        renewals.set(name, renewal);
        failures.delete(name);
        publish('renewed', session);
      },
      (error) => {
        renewals.delete(name);
        rememberFailure(name, session, error);
      },
    );
    return renewal;
  }

  /** Only `invalid_grant` ends a session; the keeper has made sure that these tokens were still the current ones. */
  function rememberFailure(name: string, session: SessionRecord, error: unknown): void {
    if (isRefreshRefused(error)) {
      refused.set(name, true);
      publish('ended', session);
    } else if (isEgainAuthError(error) && error.code !== 'login_required') {
      const count = (failures.get(name)?.count ?? 0) + 1;
      failures.set(name, { error, count, retryAt: age() + backOffMs(count, error, FIRST_BACK_OFF_MS) });
    }
  }

  /** What this process knows to have come after the tokens of a session, where a request brings those of before. */
  function findRenewed(session: SessionRecord): IssuedTokenSet | undefined {
    return renewals.isEmpty || session.tokens.refreshToken === undefined
      ? undefined
      : renewals.get(renewalOf(session))?.tokens;
  }

  async function end(request: HttpRequest): Promise<SessionRecord | undefined> {
    const kept = await keeper.read(request);
    const session = typeof kept === 'string' || whyOver(kept.session) ? undefined : kept.session;
    if (session) {
      ended.set(session.id, true);
      publish('ended', session);
    }
    await keeper.end(request);
    return session;
  }

  return {
    lookUp(request, reply) {
      const exchange = { request, reply };
      if (keeper.isImmediate) {
        let lookup: SessionLookup | undefined;
        return () => {
          lookup ??= use(keeper.read(request) as KeptSession | SignedOutReason, exchange);
          return lookup;
        };
      }
      return Promise.resolve(keeper.read(request))
        .then((kept) => use(kept, exchange), failed)
        .then((lookup) => () => lookup);
    },

    async peek(request) {
      return judge(await keeper.read(request));
    },

    async start(request, login) {
      await end(request);
      const now = Date.now();
      const ticket = randomBytes(32).toString('base64url');
      const session = createSessionRecord({
        ...login,
        id: sha256(ticket),
        startedAt: now,
        touchedAt: now,
        obtainedAt: now,
      });
      const cookies = await keeper.create(session, ticket, request);
      publish('started', session);
      return cookies;
    },

    end,
    expire: (request) => keeper.expire(request),
    claim: async (name, owner, ttlMs) => keeper.claim(name, owner, ttlMs),
    release: async (name, owner) => keeper.release(name, owner),

    endOf({ startedAt, touchedAt, tokens }) {
      const end = Math.min(startedAt + absoluteMs, touchedAt + idleMs);
      return tokens.refreshToken === undefined ? Math.min(end, tokens.expiresAt) : end;
    },

    async getToken(session, { signal, rejected, ...options }) {
      const record = session as SessionRecord;
      const exchange = exchanges.get(record);
      if (!exchange) throw loginRequired('it is not of this instance');
      assertNotOver(record);
      const { accessToken, refreshToken, expiresAt } = record.tokens;
      const mustRenew = options.forceRenewal === true || rejected === accessToken;
      const remainingMs = expiresAt - Date.now();
      const lifetimeMs = Math.max(0, expiresAt - record.obtainedAt);
      const marginMs = Math.min(RENEWAL_MARGIN_MS, lifetimeMs * RENEWAL_MARGIN_SHARE);
      if (!mustRenew && remainingMs > marginMs) return record.tokens;
      const isUsable = !mustRenew && remainingMs > 0;
      const isRefused = wasRefused(record);
      if (refreshToken === undefined || isRefused || !keeper.canRenew(exchange)) {
        // The last seconds of a token that nothing can follow are still good.
        if (isUsable) return record.tokens;
        if (isRefused) throw loginRequired(REFUSED);
        throw loginRequired(
          refreshToken === undefined ? 'its token ended, and eGain issued none to renew it with' : TOO_LATE,
        );
      }
      const renewal = renew(record, refreshToken, signal);
      try {
        // With a store, the renewal goes on without this request; in a cookie, this response has to carry it.
        await (isUsable && !keeper.isImmediate ? withinDeadline(renewal, PATIENCE_MS, { tooLate }) : renewal);
      } catch (error) {
        // It could not be renewed, but the current token is still good.
        if (!isUsable || !isEgainAuthError(error) || error.code === 'login_required') {
          throw isRefreshRefused(error) ? loginRequired(REFUSED) : error;
        }
      }
      assertNotOver(record);
      return record.tokens;
    },
  };
}

interface RenewalFailure {
  readonly error: EgainAuthError;
  /** In a row. */
  readonly count: number;
  /** By the age clock, which a wall clock that is set back does not hold up. */
  readonly retryAt: number;
}

interface Renewal {
  readonly flight: Flight<IssuedTokenSet>;
  /** Once it is there. */
  tokens: IssuedTokenSet | undefined;
}

/** By everything that a renewal changes: a refresh token that stays the same is used for many renewals, and so may be a token. */
const renewalOf = ({ tokens: { refreshToken, accessToken, expiresAt } }: SessionRecord) =>
  sha256(JSON.stringify([refreshToken, accessToken, expiresAt]));

function adopt(session: SessionRecord, tokens: IssuedTokenSet): void {
  session.tokens = tokens;
  session.obtainedAt = Date.now();
}

/** The old refresh token stays good when no new one comes (RFC 6749 §6). */
function withRefreshToken(renewed: IssuedTokenSet, refreshToken: string): IssuedTokenSet {
  const { accessToken, expiresAt, scope, source } = renewed;
  return createTokenSet({ accessToken, expiresAt, scope, source, refreshToken: renewed.refreshToken ?? refreshToken });
}

const OVER: Readonly<Partial<Record<SignedOutReason, string>>> = {
  signed_out: 'it was ended',
  expired: 'it started longer ago than session.absoluteMs allows',
  idle: 'it was not used for longer than session.idleMs allows',
};
/** Never leaves this module: the request goes on with the token that it has. */
const tooLate = () => new EgainAuthError('token_endpoint_unavailable', 'the renewal takes long', { remedy: 'Wait.' });

const REFUSED = 'eGain does not renew it any more';
const TOO_LATE =
  'its token is to be renewed, but the headers are sent already. Guard the route with requiresAuth(), which renews before, or set session.store';
