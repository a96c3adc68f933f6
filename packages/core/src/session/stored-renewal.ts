import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { holdProcess } from '../deadline.ts';
import { EgainAuthError, isEgainAuthError } from '../errors.ts';
import { publishWarning, type SilencedWarnings } from '../events.ts';
import { isRefreshRefused } from '../flows/refresh-token.ts';
import { mayHaveTakenEffect } from '../protocol/token-refusal.ts';
import type { IssuedTokenSet } from '../protocol/token-set.ts';
import { createSessionRecord, loginRequired, type SessionRecord } from './session.ts';
import type { KeptSession, SessionKeeper } from './session-keeper.ts';
import type { NotOpened } from './session-sealer.ts';

/** How long a request waits for the renewal of another process. */
const WAIT_MS = 5000;
const POLL_MS = 50;
/** How long, and how often, saving is tried again after the store failed. */
const SAVE_FOR_MS = 60_000;
const SAVE_AGAIN_MS = 250;
/** A claim cannot be extended while the store fails, so it outlives a slow refresh and all attempts to save from the start. */
const CLAIM_MARGIN_MS = SAVE_FOR_MS + 5000;
/** Longer than the pause of another process between two attempts to save. */
const SAVING_MS = 1500;
/** How often a session is read again because another process touched it in between. */
const MAX_SWAPS = 10;

const RETRY_AFTER_MS = 1000;

/** What the store holds under the id of a session. */
export interface StoredSessions {
  /** @throws {EgainAuthError} `session_store_unavailable` */
  find(id: string): Promise<KeptSession | 'unknown' | NotOpened>;
  /**
   * Writes a session over the text that it was read as, and over nothing else.
   * @returns false if the store has another text by now, or none
   * @throws {EgainAuthError} `session_store_unavailable`
   */
  replace(previous: KeptSession, session: SessionRecord): Promise<boolean>;
  /** @throws {EgainAuthError} `session_store_unavailable` */
  claim(name: string, owner: string, ttlMs: number): Promise<boolean>;
  /** @throws {EgainAuthError} `session_store_unavailable` */
  release(name: string, owner: string): Promise<void>;
}

export interface StoredRenewalSettings {
  /** How long a refresh may take. */
  readonly timeoutMs: number;
  readonly silenceWarnings?: SilencedWarnings;
}

type Refresh = () => Promise<IssuedTokenSet>;

/**
 * Renews the sessions of a store, each once among all processes. A refresh token may be good for one use only (RFC 9700
 * §4.14.2), so the tokens that replace it are all that the session has left: the claim is kept, and saving is tried again,
 * until they are in the store (F64).
 */
export function createStoredRenewal(
  stored: StoredSessions,
  { timeoutMs, silenceWarnings }: StoredRenewalSettings,
): SessionKeeper['renew'] {
  const claimMs = timeoutMs + CLAIM_MARGIN_MS;
  // One owner for all renewals of this process: each is a single flight, so it extends its own claim and races nobody here.
  const owner = randomBytes(16).toString('base64url');
  /** Ids of the sessions whose new tokens are not in the store yet. */
  const unsaved = new Set<string>();

  /** @returns the session with the very tokens that are to be renewed, or the newer tokens that the store has instead */
  async function findCurrent({ id, tokens }: SessionRecord): Promise<KeptSession | IssuedTokenSet> {
    const kept = await stored.find(id);
    if (typeof kept === 'string') throw loginRequired('it was ended meanwhile');
    return isSame(kept.session.tokens, tokens) ? kept : kept.session.tokens;
  }

  /** Waits until this process holds the claim, or another one has renewed the session. */
  async function claimOrWait(session: SessionRecord, name: string): Promise<KeptSession | IssuedTokenSet> {
    for (const until = performance.now() + WAIT_MS; ; await sleep(POLL_MS, undefined, { ref: false })) {
      const isClaimed = await stored.claim(name, owner, claimMs);
      const current = await findCurrent(session);
      if (isClaimed || !isKept(current)) return current;
      if (performance.now() > until) throw storeUnavailable('another process has not renewed the session in time');
    }
  }

  /** Another process may have lost its claim before it could save. Nothing is deleted: its tokens may be on their way (F29). */
  async function findSaved(session: SessionRecord): Promise<IssuedTokenSet | undefined> {
    const until = performance.now() + SAVING_MS;
    for (let polls = SAVING_MS / POLL_MS; polls > 0; polls -= 1) {
      const current = await findCurrent(session);
      if (!isKept(current)) return current;
      // A store that is far away must not make every refused renewal slow.
      if (performance.now() > until) return undefined;
      await sleep(POLL_MS, undefined, { ref: false });
    }
    return undefined;
  }

  async function refreshOrFind(session: SessionRecord, refresh: Refresh): Promise<IssuedTokenSet> {
    try {
      return await refresh();
    } catch (error) {
      const saved = isRefreshRefused(error) ? await findSaved(session) : undefined;
      if (saved) return saved;
      throw error;
    }
  }

  /**
   * Writes the new tokens over the old ones. A touch by another process in between only means reading once more.
   * @returns the tokens that the store has now
   * @throws {EgainAuthError} `session_store_unavailable` also for a store that replaces nothing
   */
  async function save(kept: KeptSession, tokens: IssuedTokenSet): Promise<IssuedTokenSet> {
    let current: KeptSession | IssuedTokenSet = kept;
    for (let swaps = 0; swaps < MAX_SWAPS; swaps += 1) {
      if (!isKept(current)) return current;
      const renewed = createSessionRecord({ ...current.session, ...{ tokens, obtainedAt: Date.now() } });
      if (await stored.replace(current, renewed)) return tokens;
      await sleep(POLL_MS, undefined, { ref: false });
      current = await findCurrent(kept.session);
    }
    throw storeUnavailable('session.store replaced nothing, although the value was the one that it had returned');
  }

  /** Keeps the process alive for a minute at most, since with it these tokens would be lost. */
  async function saveLater({ session }: KeptSession, name: string, tokens: IssuedTokenSet): Promise<void> {
    const letGo = holdProcess();
    unsaved.add(session.id);
    try {
      for (const until = performance.now() + SAVE_FOR_MS; performance.now() < until; ) {
        await sleep(SAVE_AGAIN_MS);
        if (await isSaved(session, tokens)) return release(name);
      }
      const message = 'session.store failed for a minute, so the renewed tokens of a session are lost.';
      publishWarning({ code: 'session_not_saved', message }, silenceWarnings);
    } finally {
      unsaved.delete(session.id);
      letGo();
    }
  }

  /** One more attempt. A session that was ended counts as saved. */
  async function isSaved(session: SessionRecord, tokens: IssuedTokenSet): Promise<boolean> {
    try {
      const current = await findCurrent(session);
      if (isKept(current)) await save(current, tokens);
      return true;
    } catch (error) {
      return isEgainAuthError(error, 'login_required');
    }
  }

  /** In the background: a claim that cannot be released expires. */
  function release(name: string): void {
    void stored.release(name, owner).catch(() => {});
  }

  return async (session, name, refresh) => {
    if (unsaved.has(session.id)) throw storeUnavailable('the tokens of the last renewal are not saved yet');
    let kept: KeptSession | undefined;
    let tokens: IssuedTokenSet | undefined;
    try {
      const current = await claimOrWait(session, name);
      if (!isKept(current)) {
        release(name);
        return current;
      }
      kept = current;
      tokens = await refreshOrFind(session, refresh);
      const saved = await save(current, tokens);
      release(name);
      return saved;
    } catch (error) {
      if (kept && tokens && !isEgainAuthError(error, 'login_required')) {
        void saveLater(kept, name, tokens);
        return tokens;
      }
      // If eGain may have spent the token, another process that tried it again would end the session.
      if (!mayHaveTakenEffect(error)) release(name);
      throw error;
    }
  };
}

const isKept = (found: KeptSession | IssuedTokenSet): found is KeptSession => 'sealed' in found;

/** A refresh token may stay the same, and so may an access token that is issued again. */
const isSame = (one: IssuedTokenSet, other: IssuedTokenSet): boolean =>
  one.accessToken === other.accessToken && one.refreshToken === other.refreshToken && one.expiresAt === other.expiresAt;

export function storeUnavailable(problem: string, cause?: unknown): EgainAuthError {
  return new EgainAuthError('session_store_unavailable', problem, {
    remedy: 'Check the store behind session.store; `cause` has its error, if it threw one.',
    retryAfterMs: RETRY_AFTER_MS,
    cause,
  });
}
