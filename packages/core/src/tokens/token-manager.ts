import { holdProcess, withinDeadline } from '../deadline.ts';
import type { EgainAuthErrorCode } from '../errors.ts';
import { EgainAuthError, isEgainAuthError, repeatError } from '../errors.ts';
import { type TokenEvent, tokenEvents } from '../events.ts';
import { createTokenSet, type TokenSet, withSource } from '../protocol/token-set.ts';
import { assertSubject, type Subject } from '../subject.ts';
import { backOffMs } from './back-off.ts';
import { expiryOfExternalToken, hashExternalToken } from './external-token.ts';
import { startFlight } from './flight.ts';
import type { ImpersonationAudit } from './impersonation-audit.ts';
import type { KeyedHash } from './keyed-hash.ts';
import type { SharedKey, SharedTokens, StoredTokens } from './shared-tokens.ts';
import { type CacheEntry, createTokenCache } from './token-cache.ts';
import type { CachedActor, CachedRequest, TokenContext } from './token-context.ts';
import type { TokenRequest, TokenSource } from './token-source.ts';

/** Shares of a token's lifetime: no token is so short-lived that it would be renewed all the time. */
const RENEW_AHEAD_SHARE = 0.2;
const MARGIN_SHARE = 0.1;
/** Of the time ahead, so that tokens that were issued together are not renewed together (F38). */
const JITTER_SHARE = 0.1;
/** For tokens with less than was asked for: a permission that is assigned at eGain is noticed after this long (T068). */
const NARROW_GRANT_MS = 60_000;
/** What eGain refused is refused again without asking, for so long (T093). */
const REFUSAL_MS = 5000;
/** A token that was minted here and is rejected sooner is not replaced: an API that rejects all of them would cost one for each call. */
const MIN_REPLACEMENT_MS = 1000;
const FIRST_BACK_OFF_MS = 3000;

export interface TokenManager extends TokenSource {
  /**
   * Forgets the tokens of a subject, in memory and in the store. Whoever waits for one is refused, and what is under way
   * is not kept. The next request asks the policy and eGain again.
   * @throws {EgainAuthError} `invalid_subject`; `token_store_unavailable`: other processes may still find some
   */
  revoke(subject: Subject): Promise<void>;
  /** Asks for no new token any more, and waits for those under way. */
  close(): Promise<void>;
}

export interface TokenManagerDependencies {
  /** Mints. */
  readonly issuer: TokenSource;
  readonly shared: SharedTokens | undefined;
  /** What a context does not say of a key: tenant, token URL, client application, prefix. */
  readonly destinationOf: (context: TokenDestination) => readonly (string | undefined)[];
  readonly audit: ImpersonationAudit;
  /** For events. */
  readonly hash: KeyedHash;
  /** The age clock: milliseconds. */
  readonly now: () => number;
  readonly settings: TokenSettings;
}

export type TokenDestination = Pick<TokenContext<CacheEntry>, 'actor' | 'persona'>;

export interface TokenSettings {
  readonly maxEntries: number;
  readonly renewAheadMs: number;
  readonly minTtlMs: number;
  /** How long an application's own function may take. */
  readonly timeoutMs: number;
}

/**
 * One cache for all actors but sessions, which keep their own tokens. A token is fresh until it is time to renew it;
 * then it is renewed once, behind the callers' backs; below a hard margin callers wait for that. Nothing runs by timer:
 * what is not asked for is not renewed.
 */
export function createTokenManager(dependencies: TokenManagerDependencies): TokenManager {
  const { issuer, shared, destinationOf, audit, hash, now, settings } = dependencies;
  const cache = createTokenCache(settings.maxEntries);
  const underWay = new Set<Promise<unknown>>();
  const eventKeys = new WeakMap<CacheEntry, string>();
  let isClosed = false;

  function getToken(request: TokenRequest): TokenSet | Promise<TokenSet> {
    const { actor } = request;
    if (actor.type === 'session') return issuer.getToken(request);
    if (actor.type === 'exchanged') return getExchangedToken(request, actor);
    return getCachedToken(request as CachedRequest, actor.type === 'on-behalf-of' ? actor.subject.value : '');
  }

  async function getExchangedToken(
    request: TokenRequest,
    { registrationId, subjectToken }: Extract<CachedActor, { type: 'exchanged' }>,
  ): Promise<TokenSet> {
    // Asked for once: what the key is made of is what is exchanged.
    const token: unknown = await withinDeadline(subjectToken(), settings.timeoutMs);
    const actor = { type: 'exchanged', registrationId, subjectToken: () => token as string } as const;
    const isComplete = typeof token === 'string' && typeof registrationId === 'string' && registrationId !== '';
    // The flow says what is wrong.
    if (!isComplete) return issuer.getToken({ ...request, actor });
    return getCachedToken({ ...request, actor }, hashExternalToken(token));
  }

  function getCachedToken(request: CachedRequest, subject: string): TokenSet | Promise<TokenSet> {
    const context = cache.contextOf(request);
    const entry = context.entries.get(subject);
    if (entry?.tokens && !isUnwanted(entry, request)) {
      const age = now();
      if (age < entry.marginAt) {
        if (age >= entry.renewAt) renewBehind(entry, request);
        entry.used = true;
        if (tokenEvents.hasSubscribers) publish('hit', entry, { source: 'memory' });
        return entry.tokens;
      }
    }
    return waitForToken(request, entry ?? cache.enter(context, subject));
  }

  function isUnwanted(entry: CacheEntry, { forceRenewal = false, rejected }: CachedRequest): boolean {
    if (rejected === undefined) return forceRenewal;
    // Another token was had meanwhile, or this one is so new that another would be rejected too.
    return rejected === entry.tokens?.accessToken && now() - entry.mintedAt >= MIN_REPLACEMENT_MS;
  }

  function waitForToken(request: CachedRequest, entry: CacheEntry): TokenSet | Promise<TokenSet> {
    const { signal } = request;
    try {
      signal?.throwIfAborted();
      if (isClosed) throw closed();
      if (entry.tokens && isUnwanted(entry, request)) entry.tokens = undefined;
      const { trouble } = entry;
      if (trouble && now() < trouble.retryAt) {
        if (isAlive(entry)) return stale(entry);
        if (trouble.refusal) throw repeatError(trouble.refusal, trouble.retryAt - now());
      }
    } catch (error) {
      if (!entry.flight) forgetIfEmpty(entry);
      throw error;
    }
    entry.flight ??= start('miss', entry, request);
    const tokens = entry.flight.join(signal);
    return isAlive(entry) ? tokens.catch((error: unknown) => staleOr(error, entry, signal)) : tokens;
  }

  /** Never awaited by a request, and harmless when it fails (R4). */
  function renewBehind(entry: CacheEntry, request: CachedRequest): void {
    if (entry.flight || isClosed) return;
    entry.flight = start('renew', entry, request);
    // Stays until the end: a caller that joins and leaves does not stop it.
    void entry.flight.follow();
  }

  const isAlive = (entry: CacheEntry): boolean => entry.tokens !== undefined && now() < entry.endsAt;

  function stale(entry: CacheEntry): TokenSet {
    entry.used = true;
    publish('stale', entry, { source: 'stale' });
    return withSource(entry.tokens as TokenSet, 'stale');
  }

  function staleOr(error: unknown, entry: CacheEntry, signal: AbortSignal | undefined): TokenSet {
    if (signal?.aborted || !isAlive(entry)) throw error;
    return stale(entry);
  }

  function start(type: 'miss' | 'renew', entry: CacheEntry, request: CachedRequest): NonNullable<CacheEntry['flight']> {
    function work(signal: AbortSignal): Promise<TokenSet> {
      const result = obtain(type, entry, request, signal);
      underWay.add(result);
      const landed = () => underWay.delete(result);
      result.then(landed, landed);
      return result;
    }
    const flight = startFlight(work, () => {
      // Nobody waits any more. Only the flight itself may go: there may be another by now (R2).
      if (entry.flight !== flight) return;
      entry.flight = undefined;
      forgetIfEmpty(entry);
    });
    return flight;
  }

  function forgetIfEmpty(entry: CacheEntry): void {
    if (!entry.tokens && !entry.trouble) cache.drop(entry);
  }

  function forget(subject: Subject): void {
    for (const entry of cache.entriesOf(subject)) {
      entry.tokens = undefined;
      entry.flight?.cancel(revoked());
      cache.drop(entry);
    }
  }

  /** Ends with the entry as the outcome makes it, unless the flight was stopped: then the entry is no longer its own. */
  async function obtain(
    type: 'miss' | 'renew',
    entry: CacheEntry,
    request: CachedRequest,
    signal: AbortSignal,
  ): Promise<TokenSet> {
    const startedAt = now();
    try {
      const { tokens, lifetimeMs, endsAt } = await mintOrShare(entry, request, signal);
      signal.throwIfAborted();
      entry.flight = undefined;
      remember(entry, tokens, lifetimeMs, endsAt);
      publish(type, entry, { source: tokens.source, durationMs: now() - startedAt });
      return tokens;
    } catch (error) {
      if (!signal.aborted) {
        entry.flight = undefined;
        rememberFailure(entry, error);
        publish('fail', entry, {
          durationMs: now() - startedAt,
          code: isEgainAuthError(error) ? error.code : undefined,
        });
      }
      throw error;
    }
  }

  interface Obtained extends StoredTokens {
    /** By the age clock. */
    readonly endsAt: number;
  }

  async function mintOrShare(entry: CacheEntry, request: CachedRequest, signal: AbortSignal): Promise<Obtained> {
    const key = await shared?.open(serializeKey(entry), subjectName(entry));
    if (!key) return mint(entry, request, signal);
    const known = entry.tokens;

    async function read(from: SharedKey): Promise<Obtained | undefined> {
      if (request.forceRenewal) return undefined;
      const stored = await from.read();
      if (!stored || stored.tokens.accessToken === request.rejected) return undefined;
      const { tokens, lifetimeMs } = stored;
      const leftMs = Math.min(tokens.expiresAt - Date.now(), lifetimeMs);
      const isBetter = leftMs > marginOf(lifetimeMs) && tokens.expiresAt > (known?.expiresAt ?? 0);
      return isBetter ? { tokens, lifetimeMs, endsAt: now() + leftMs } : undefined;
    }

    return (
      (await read(key)) ??
      key.withLock(async () => {
        // Whoever had the lock before may have done what this is for (R3).
        const stored = await read(key);
        if (stored) return stored;
        const minted = await mint(entry, request, signal);
        // Somebody else would take it for as much as there is to be had, for longer than we do.
        if (!isLessThan(minted.tokens.scope, entry.context.scope)) await key.write(minted);
        return minted;
      })
    );
  }

  async function mint({ context }: CacheEntry, request: CachedRequest, signal: AbortSignal): Promise<Obtained> {
    const { actor, scope } = request;
    const parameters = Object.fromEntries(context.parameters);
    // Both clocks before anything is asked: what was spent on the way is not ours to use.
    const [startedAt, startedWallAt] = [now(), Date.now()];
    const issued = await audit.follow(actor, scope, () => issuer.getToken({ actor, scope, parameters, signal }));
    const tokens = actor.type === 'exchanged' ? endingWith(await actor.subjectToken(), issued) : issued;
    const lifetimeMs = tokens.expiresAt - startedWallAt;
    return { tokens, lifetimeMs, endsAt: startedAt + lifetimeMs };
  }

  const marginOf = (lifetimeMs: number): number => Math.min(settings.minTtlMs, lifetimeMs * MARGIN_SHARE);

  function remember(entry: CacheEntry, tokens: TokenSet, lifetimeMs: number, endsAt: number): void {
    const jitter = 1 + JITTER_SHARE * (2 * Math.random() - 1);
    const aheadMs = Math.min(settings.renewAheadMs, lifetimeMs * RENEW_AHEAD_SHARE) * jitter;
    const { scope, scopeSet } = entry.context;
    const isNarrow = isLessThan(tokens.scope, scope);
    const cutOff = isNarrow ? now() + NARROW_GRANT_MS : Number.POSITIVE_INFINITY;
    entry.trouble = undefined;
    const asRequested = !isNarrow && tokens.scope.size === scopeSet.size && !scopeSet.has('.default');
    entry.tokens = withSource(tokens, 'memory', asRequested ? scopeSet : tokens.scope);
    // Only what this process minted can be too new to be replaced: a token of the store may be any age.
    entry.mintedAt = tokens.source === 'store' ? -MIN_REPLACEMENT_MS : Math.floor(now());
    entry.endsAt = Math.floor(Math.min(endsAt, cutOff));
    entry.marginAt = Math.floor(Math.min(endsAt - marginOf(lifetimeMs), cutOff));
    entry.renewAt = Math.min(Math.floor(endsAt - aheadMs), entry.marginAt);
    if (isAlive(entry)) cache.keep(entry);
    else cache.drop(entry);
  }

  function rememberFailure(entry: CacheEntry, error: unknown): void {
    const refusal = isRefusal(error) ? error : undefined;
    // eGain does not know this subject any more: what it issued before is not to be used either (T083).
    if (refusal?.oauthError === 'invalid_grant') entry.tokens = undefined;
    const failures = (entry.trouble?.failures ?? 0) + 1;
    if (isAlive(entry)) {
      const retryAt = Math.ceil(now() + backOffMs(failures, error, FIRST_BACK_OFF_MS));
      entry.trouble = { refusal: undefined, failures, retryAt };
      entry.renewAt = Math.min(retryAt, entry.marginAt);
    } else if (refusal) {
      entry.tokens = undefined;
      entry.trouble = { refusal, failures, retryAt: Math.ceil(now() + REFUSAL_MS) };
      cache.keepRefusal(entry);
    } else {
      cache.drop(entry);
    }
  }

  /** Keys leave this function as text: the caller hashes them before they leave the process. */
  function serializeKey({ context, subject }: CacheEntry): string {
    const { actor, persona, subjectKind, registrationId, scope, parameters } = context;
    return JSON.stringify([
      ...[destinationOf(context), actor, persona, subjectKind, registrationId],
      ...[scope, parameters, subject],
    ]);
  }

  /** As whose a stored token can be revoked. */
  function subjectName({ context, subject }: CacheEntry): string | undefined {
    const { persona, subjectKind } = context;
    return persona && subjectKind && revocationName({ persona, kind: subjectKind, value: subject });
  }

  function revocationName({ persona, kind, value }: Pick<Subject, 'persona' | 'kind' | 'value'>): string {
    return JSON.stringify([destinationOf({ actor: 'on-behalf-of', persona })[0], persona, kind, value]);
  }

  /** Made once for each entry that somebody is told of. */
  function eventKeyOf(entry: CacheEntry): string {
    const key = eventKeys.get(entry) ?? hash(serializeKey(entry));
    eventKeys.set(entry, key);
    return key;
  }

  function publish(
    type: TokenEvent['type'],
    entry: CacheEntry,
    told: { source?: TokenSet['source']; durationMs?: number; code?: EgainAuthErrorCode | undefined },
  ): void {
    if (!tokenEvents.hasSubscribers) return;
    const { actor, scope } = entry.context;
    const { source, durationMs = 0, code } = told;
    tokenEvents.publish({
      ...{ type, actor, scope, durationMs, key: eventKeyOf(entry) },
      ...(source !== undefined && { source }),
      ...(code !== undefined && { code }),
    } satisfies TokenEvent);
  }

  return {
    getToken,

    async revoke(subject) {
      assertSubject(subject);
      forget(subject);
      // Once more for what was read from the store until it heard of it.
      const letGo = holdProcess();
      try {
        await shared?.revoke(revocationName(subject));
      } finally {
        letGo();
        forget(subject);
      }
    },

    async close() {
      isClosed = true;
      await Promise.allSettled(underWay);
    },
  };
}

/** `.default` stands for whatever is assigned: nothing can be missing from it. */
function isLessThan(granted: ReadonlySet<string>, requested: readonly string[]): boolean {
  return requested.some((name) => name !== '.default' && !granted.has(name));
}

/** eGain's last word on this key. On the client's secret it is one on all keys, and kept elsewhere. */
function isRefusal(error: unknown): error is EgainAuthError {
  return isEgainAuthError(error, 'token_request_failed') && error.oauthError !== 'invalid_client';
}

/** No later than the external token it was made of (T089). */
function endingWith(externalToken: string, tokens: TokenSet): TokenSet {
  const endsAt = expiryOfExternalToken(externalToken) ?? Number.POSITIVE_INFINITY;
  const { accessToken, scope, source } = tokens;
  return endsAt < tokens.expiresAt ? createTokenSet({ accessToken, scope, source, expiresAt: endsAt }) : tokens;
}

function closed(): EgainAuthError {
  return new EgainAuthError('instance_closed', 'close() was called, so no new token is asked for', {
    remedy: 'Close the instance after the server has answered its last request.',
  });
}

function revoked(): EgainAuthError {
  return new EgainAuthError('subject_refused', 'the subject was revoked while a token was asked for', {
    remedy: 'Ask again, if this application may still act for them.',
  });
}
