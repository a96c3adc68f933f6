import { randomUUID } from 'node:crypto';
import { withinDeadline } from '../deadline.ts';
import { EgainAuthError } from '../errors.ts';
import { createNotTextWarning, publishWarning, type SilencedWarnings } from '../events.ts';
import { isObject, isTexts, parseJson } from '../json.ts';
import { createTokenSet, type TokenSet } from '../protocol/token-set.ts';
import { createSealer } from '../seal.ts';
import { createKeyedHash, type KeyedHash } from './keyed-hash.ts';
import type { TokenStore } from './token-store.ts';

/** A store that takes longer is as good as none. */
const STORE_TIMEOUT_MS = 250;
/** A lock outlives a token request that is slow, but not a process that died. */
const LOCK_TTL_MS = 5000;
/** A store that failed is left alone for so long, but for one that sees whether it is back: nobody else waits for it. */
const PAUSE_MS = 1000;
/** No token lives longer than a day; one that was asked for before the revocation may come a little after it. */
const REVOCATION_MS = 25 * 60 * 60 * 1000;
/** A sealed token set of the largest token that is taken is well below. */
const MAX_VALUE_LENGTH = 256 * 1024;
const WARNING_INTERVAL_MS = 30_000;

/** A token with how long it was made for: what of that is left decides when it is renewed. */
export interface StoredTokens {
  readonly tokens: TokenSet;
  readonly lifetimeMs: number;
}

/**
 * One key of the store, as of the last revocation of its subject.
 * @throws {EgainAuthError} `token_store_unavailable`, where that is not to be hidden
 */
export interface SharedKey {
  read(): Promise<StoredTokens | undefined>;
  /**
   * Does not replace what somebody else wrote since the last {@link SharedKey.read}, if that ends later (T088). A key that
   * was revoked meanwhile takes nothing.
   */
  write(stored: StoredTokens): Promise<void>;
  /** Runs alone among all processes, if the store can do that. A key that was revoked while waiting has nothing. */
  withLock<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * The tokens that several processes share. What goes into the store is sealed under the key it goes to, so that a value
 * that is moved, cut or made up is a miss (T087), and the key is a keyed hash, so that no name can be read or tried
 * (T077).
 */
export interface SharedTokens {
  /**
   * @param key everything that shapes the token, unambiguously
   * @param subject whom {@link SharedTokens.revoke} may be asked to forget
   * @throws {EgainAuthError} `token_store_unavailable`, where that is not to be hidden
   */
  open(key: string, subject: string | undefined): Promise<SharedKey | undefined>;
  /**
   * From now on nothing that was stored for this subject is read any more, in any process: their keys change.
   * @throws {EgainAuthError} `token_store_unavailable`, always: whoever revokes must know that it did not work
   */
  revoke(subject: string): Promise<void>;
}

export interface SharedTokensSettings {
  readonly store: TokenStore;
  /** The first seals, all open. */
  readonly encryptionKeys: readonly string[];
  readonly onStoreError: 'fallback' | 'throw';
  readonly silenceWarnings?: SilencedWarnings;
}

export function createSharedTokens(settings: SharedTokensSettings): SharedTokens {
  const { store, encryptionKeys, onStoreError, silenceWarnings } = settings;
  const sealer = createSealer(encryptionKeys, 'tokens', '');
  // The first names what is written; what processes that have only the others wrote is found until it ends.
  const hashes = encryptionKeys.map((secret) => createKeyedHash(secret, 'token-store'));
  const hash = hashes[0] as KeyedHash;
  /** Not before, by the monotonic clock. Set while the store fails. */
  let askAgainAt: number | undefined;
  const warnOfValue = createNotTextWarning('tokens.store', 'no token is shared', silenceWarnings);
  let warnedAt = Number.NEGATIVE_INFINITY;

  async function ask<T>(operation: () => Promise<T>, timeoutMs = STORE_TIMEOUT_MS): Promise<T> {
    try {
      return await withinDeadline(operation(), timeoutMs, { holdsProcess: false });
    } catch (cause) {
      throw new EgainAuthError('token_store_unavailable', 'the token store did not answer as it should', {
        remedy: 'Check tokens.store; `cause` has what it threw.',
        cause,
      });
    }
  }

  /** The store is a help, not a condition: without it each process asks eGain itself. */
  async function askOrDoWithout<T>(operation: () => Promise<T>, timeoutMs?: number): Promise<T | undefined> {
    if (onStoreError === 'throw') return ask(operation, timeoutMs);
    if (askAgainAt !== undefined) {
      if (performance.now() < askAgainAt) return undefined;
      pause();
    }
    try {
      const answer = await ask(operation, timeoutMs);
      askAgainAt = undefined;
      return answer;
    } catch {
      pause();
      if (Date.now() - warnedAt >= WARNING_INTERVAL_MS) {
        warnedAt = Date.now();
        const message = 'tokens.store fails: tokens are not shared.';
        publishWarning({ code: 'token_store_unavailable', message }, silenceWarnings);
      }
      return undefined;
    }
  }

  function pause(): void {
    askAgainAt = performance.now() + PAUSE_MS;
  }

  const revocationKey = (hashOf: KeyedHash, subject: string) => `r:${hashOf(subject)}`;
  const tagOf = (hashOf: KeyedHash, subject: string) => `s:${hashOf(subject)}`;

  /**
   * What names the keys of a subject beside the subject. Not sealed: it is no secret, and whoever can write it could as
   * well delete it. Looked up under all keys, since a process that has only an old one revokes by that.
   */
  async function readRevocations(subject: string): Promise<string[]> {
    const values: unknown[] = await Promise.all(hashes.map((hashOf) => store.get(revocationKey(hashOf, subject))));
    const revocations = values.filter((value) => value !== undefined && value !== null);
    if (!revocations.every((value) => typeof value === 'string')) throw new TypeError('a value is no string');
    return [...new Set(revocations)];
  }

  async function getRevocations(subject: string | undefined): Promise<string[] | undefined> {
    if (subject === undefined) return [];
    return askOrDoWithout(() => readRevocations(subject));
  }

  return {
    async open(key, subject) {
      const revocations = await getRevocations(subject);
      // A store that cannot say whether somebody was revoked is not asked for their tokens either.
      if (!revocations) return undefined;
      const text = JSON.stringify([key, revocations]);
      const [name, ...oldNames] = hashes.map((hashOf) => `t:${hashOf(text)}`) as [string, ...string[]];
      const tags = subject === undefined ? [] : [tagOf(hash, subject)];
      /** What {@link SharedKey.read} found under `name`. */
      let seen: string | undefined;
      let isRevoked = false;

      async function lookForRevocation(): Promise<void> {
        const current = await getRevocations(subject);
        isRevoked = current?.join() !== revocations?.join();
      }

      async function readFrom(from: string): Promise<{ sealed: string | undefined; stored: StoredTokens | undefined }> {
        const value: unknown = await askOrDoWithout(() => store.get(from));
        if (value !== undefined && value !== null && typeof value !== 'string') warnOfValue(value);
        const sealed = typeof value === 'string' && value.length <= MAX_VALUE_LENGTH ? value : undefined;
        const opened = sealed === undefined ? undefined : sealer.open(from, sealed);
        return { sealed, stored: opened === undefined ? undefined : parseStored(opened) };
      }

      return {
        async read() {
          if (isRevoked) return undefined;
          const { sealed, stored } = await readFrom(name);
          seen = sealed;
          if (stored) return stored;
          for (const oldName of oldNames) {
            const old = await readFrom(oldName);
            if (old.stored) return old.stored;
          }
          return undefined;
        },

        async write(stored) {
          await lookForRevocation();
          if (isRevoked) return;
          const present = await readFrom(name);
          const isNew = present.sealed !== seen;
          if (isNew && present.stored && present.stored.tokens.expiresAt > stored.tokens.expiresAt) return;
          const ttlMs = Math.floor(stored.tokens.expiresAt - Date.now());
          if (ttlMs <= 0) return;
          const sealed = sealer.seal(name, serializeStored(stored));
          await askOrDoWithout(() => store.set(name, sealed, { ttlMs, tags }));
        },

        async withLock(work) {
          const unlock = await takeLock(`l:${name}`);
          try {
            await lookForRevocation();
            return await work();
          } finally {
            // Nobody waits for it, and it is tried even if the store just failed: others would wait for the lock.
            if (unlock) void ask(unlock).catch(() => {});
          }
        },
      };
    },

    async revoke(subject) {
      const revocation = randomUUID();
      const options = { ttlMs: REVOCATION_MS, tags: [] };
      // Under every key that some process may still go by.
      await Promise.all(
        hashes.map((hashOf) => ask(() => store.set(revocationKey(hashOf, subject), revocation, options))),
      );
      await Promise.all(hashes.map((hashOf) => ask(async () => store.deleteByTag?.(tagOf(hashOf, subject)))));
    },
  };

  /** @returns how to end the lock, if it was had in time */
  async function takeLock(name: string): Promise<(() => Promise<void>) | undefined> {
    let isGivenUp = false;
    async function take() {
      const unlock = await store.lock?.(name, { ttlMs: LOCK_TTL_MS, waitMs: LOCK_TTL_MS });
      // Nobody will use it: it must not keep others waiting.
      if (isGivenUp) await unlock?.();
      return unlock;
    }
    try {
      return await askOrDoWithout(take, LOCK_TTL_MS + STORE_TIMEOUT_MS);
    } finally {
      isGivenUp = true;
    }
  }
}

function serializeStored({ tokens, lifetimeMs }: StoredTokens): string {
  const { accessToken, expiresAt, scope } = tokens;
  return JSON.stringify({ accessToken, expiresAt, scope: [...scope], lifetimeMs });
}

/** @returns undefined for anything but a token that has not expired: another version may have sealed it (F69) */
function parseStored(text: string): StoredTokens | undefined {
  const stored = parseJson(text);
  if (!isObject(stored)) return undefined;
  const { accessToken, expiresAt, scope, lifetimeMs } = stored;
  if (typeof accessToken !== 'string' || accessToken === '' || !isTexts(scope)) return undefined;
  if (!isDuration(lifetimeMs) || !isDuration(expiresAt) || expiresAt <= Date.now()) return undefined;
  return { tokens: createTokenSet({ accessToken, expiresAt, scope, source: 'store' }), lifetimeMs };
}

/** Not necessarily whole milliseconds: `expires_in` may have decimal places. */
const isDuration = (value: unknown): value is number => Number.isFinite(value) && (value as number) >= 0;
