import { randomUUID } from 'node:crypto';
import { withinDeadline } from '../deadline.ts';
import { EgainAuthError } from '../errors.ts';
import { publishWarning } from '../events.ts';
import { createTokenSet, type TokenSet } from '../protocol/token-set.ts';
import { createSealer } from '../seal.ts';
import { createKeyedHash } from './keyed-hash.ts';
import type { TokenStore } from './token-store.ts';

/** A store that takes longer is as good as none. */
const STORE_TIMEOUT_MS = 250;
/** A lock outlives a token request that is slow, but not a process that died. */
const LOCK_TTL_MS = 5000;
/** No token is older: a revocation that all tokens it applies to are gone of may be forgotten. */
const MAX_TOKEN_LIFE_MS = 24 * 60 * 60 * 1000;
/** A sealed token set of the largest token that is taken is well below. */
const MAX_VALUE_LENGTH = 256 * 1024;
const WARNING_INTERVAL_MS = 30_000;

/** A token with how long it was made for: what of that is left decides when it is renewed. */
export interface StoredTokens {
  readonly tokens: TokenSet;
  readonly lifetimeMs: number;
}

/** One key of the store, as of the last revocation of its subject. */
export interface SharedKey {
  read(): Promise<StoredTokens | undefined>;
  write(stored: StoredTokens): Promise<void>;
  /** Runs alone among all processes, if the store can do that. */
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
}

export function createSharedTokens({ store, encryptionKeys, onStoreError }: SharedTokensSettings): SharedTokens {
  const sealer = createSealer(encryptionKeys, 'tokens', '');
  const hashes = encryptionKeys.map((secret) => createKeyedHash(secret, 'token-store'));
  const hash = hashes[0] as (typeof hashes)[number];
  let warnedAt = Number.NEGATIVE_INFINITY;

  async function ask<T>(operation: () => Promise<T>, timeoutMs = STORE_TIMEOUT_MS): Promise<T> {
    try {
      return await withinDeadline(operation(), timeoutMs);
    } catch (cause) {
      throw new EgainAuthError('token_store_unavailable', 'the token store did not answer as it should', {
        remedy: 'Check tokens.store; `cause` has what it threw.',
        cause,
      });
    }
  }

  /** The store is a help, not a condition: without it each process asks eGain itself. */
  async function askOrDoWithout<T>(operation: () => Promise<T>, timeoutMs?: number): Promise<T | undefined> {
    try {
      return await ask(operation, timeoutMs);
    } catch (error) {
      if (onStoreError === 'throw') throw error;
      if (Date.now() - warnedAt >= WARNING_INTERVAL_MS) {
        warnedAt = Date.now();
        publishWarning({ code: 'token_store_unavailable', message: 'tokens.store fails: tokens are not shared.' });
      }
      return undefined;
    }
  }

  const revocationKey = (hashOf: typeof hash, subject: string) => `r:${hashOf(subject)}`;

  return {
    async open(key, subject) {
      // Not sealed: it is no secret, and whoever can write it could as well delete it.
      const revocation =
        subject === undefined
          ? ''
          : await askOrDoWithout(async () => (await store.get(revocationKey(hash, subject))) ?? '');
      // A store that cannot say whether somebody was revoked is not asked for their tokens either.
      if (revocation === undefined) return undefined;
      const name = `t:${hash(JSON.stringify([key, revocation]))}`;
      const tags = subject === undefined ? [] : [`s:${hash(subject)}`];

      async function read(): Promise<StoredTokens | undefined> {
        const sealed = await askOrDoWithout(() => store.get(name));
        if (typeof sealed !== 'string' || sealed.length > MAX_VALUE_LENGTH) return undefined;
        const text = sealer.open(name, sealed);
        return text === undefined ? undefined : parseStored(text);
      }

      return {
        read,

        async write(stored) {
          const ttlMs = Math.floor(stored.tokens.expiresAt - Date.now());
          if (ttlMs <= 0) return;
          const sealed = sealer.seal(name, serializeStored(stored));
          await askOrDoWithout(() => store.set(name, sealed, { ttlMs, tags }));
        },

        async withLock(work) {
          const lock = store.lock?.bind(store);
          if (!lock) return work();
          const limits = { ttlMs: LOCK_TTL_MS, waitMs: LOCK_TTL_MS };
          const end = await askOrDoWithout(() => lock(`l:${name}`, limits), LOCK_TTL_MS + STORE_TIMEOUT_MS);
          try {
            return await work();
          } finally {
            if (end) await askOrDoWithout(end).catch(() => {});
          }
        },
      };
    },

    async revoke(subject) {
      // Under every key that some process may still go by.
      for (const hashOf of hashes) {
        await ask(() =>
          store.set(revocationKey(hashOf, subject), randomUUID(), { ttlMs: MAX_TOKEN_LIFE_MS, tags: [] }),
        );
        await ask(async () => store.deleteByTag?.(`s:${hashOf(subject)}`));
      }
    },
  };
}

function serializeStored({ tokens, lifetimeMs }: StoredTokens): string {
  const { accessToken, expiresAt, scope } = tokens;
  return JSON.stringify({ accessToken, expiresAt, scope: [...scope], lifetimeMs });
}

/** @param text what {@link serializeStored} returned: it was sealed, so nobody else wrote it */
function parseStored(text: string): StoredTokens | undefined {
  const { lifetimeMs, ...fields } = JSON.parse(text) as {
    accessToken: string;
    expiresAt: number;
    scope: string[];
    lifetimeMs: number;
  };
  return fields.expiresAt > Date.now()
    ? { tokens: createTokenSet({ ...fields, source: 'store' }), lifetimeMs }
    : undefined;
}
