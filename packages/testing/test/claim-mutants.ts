import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionStore } from '@egain-auth/core';
import { broken } from './replace-mutants.ts';
import type { Mutant } from './store-contract.ts';

const LONG_MS = 3_600_000;

/** Rules and the stores that break them by what `claim` and `release` do. */
export const CLAIM_MUTANTS: readonly Mutant<SessionStore>[] = [
  ['SS22', 'refuses its owner, as SET NX does', withClaims({ mayClaim: ({ held }) => held === undefined })],
  [
    'SS22',
    'compares owners without case',
    withClaims({ mayClaim: ({ held, owner }) => (held ?? owner).toLowerCase() === owner.toLowerCase() }),
  ],
  [
    'SS22',
    'compares the start of owners',
    withClaims({ mayClaim: ({ held, owner }) => (held ?? owner).startsWith(owner) }),
  ],
  ...answering('answers OK or null, as Redis does', 'OK', null),
  ...answering('answers 1 or 0', 1, 0),
  ['SS23', 'looks, and then takes', withClaims({ takesMs: 1 })],
  [
    'SS24',
    'claims for ever',
    broken((store) => ({ claim: (key, owner) => store.claim(key, owner, { ttlMs: LONG_MS }) })),
  ],
  [
    'SS24',
    'counts claims in whole seconds',
    broken((store) => ({
      claim: (key, owner, { ttlMs }) => store.claim(key, owner, { ttlMs: Math.ceil(ttlMs / 1000) * 1000 }),
    })),
  ],
  [
    'SS24',
    'remembers who had the key',
    broken((store) => {
      const had = new Set<string>();
      return {
        async claim(key, owner, options) {
          const isIts = (await store.claim(key, owner, options)) || had.has(`${key} ${owner}`);
          if (isIts) had.add(`${key} ${owner}`);
          return isIts;
        },
      };
    }),
  ],
  [
    'SS25',
    'counts claims, and sets their end each time',
    broken((store) => {
      const holders = new Map<string, string>();
      return {
        async claim(key, owner, options) {
          const isIts = await store.claim(key, owner, options);
          if (isIts) holders.set(key, owner);
          else await store.claim(key, holders.get(key) ?? owner, options);
          return isIts;
        },
      };
    }),
  ],
  ['SS26', 'keeps the end of a claim', broken((store) => withClaimEnds(store, (end) => end))],
  ['SS26', 'keeps the later end of a claim', broken((store) => withClaimEnds(store, Math.max))],
  ['SS26', 'keeps the sooner end of a claim', broken((store) => withClaimEnds(store, Math.min))],
  [
    'SS27',
    'releases a claim to take it again',
    broken((store) => {
      const had = new Set<string>();
      return {
        async claim(key, owner, options) {
          if (had.has(`${key} ${owner}`)) {
            await store.release(key, owner);
            await sleep(5);
          }
          had.add(`${key} ${owner}`);
          return store.claim(key, owner, options);
        },
      };
    }),
  ],
  [
    'SS28',
    'compares owners with their JSON',
    broken((store) => ({ release: (key, owner) => store.release(key, JSON.stringify(owner)) })),
  ],
  ['SS29', 'deletes the claim of any owner', withClaims({ mayRelease: () => true })],
  [
    'SS29',
    'releases without case',
    withClaims({ mayRelease: ({ held, owner }) => held?.toLowerCase() === owner.toLowerCase() }),
  ],
  [
    'SS29',
    'releases by the start of owners',
    withClaims({ mayRelease: ({ held, owner }) => held?.startsWith(owner) === true }),
  ],
  [
    'SS29',
    'trusts who had the key to hold it still',
    broken((store) => {
      const had = new Set<string>();
      const holders = new Map<string, string>();
      return {
        async claim(key, owner, options) {
          const isIts = await store.claim(key, owner, options);
          if (isIts) {
            had.add(`${key} ${owner}`);
            holders.set(key, owner);
          }
          return isIts;
        },
        async release(key, owner) {
          await store.release(key, had.has(`${key} ${owner}`) ? (holders.get(key) ?? owner) : owner);
        },
      };
    }),
  ],
  [
    'SS30',
    'fails where it finds nothing to release',
    withClaims({
      mayRelease({ held, owner }) {
        if (held === undefined) throw new Error('lock not found');
        return held === owner;
      },
    }),
  ],
  ['SS31', 'has one map for claims and values', createSharedMap],
  [
    'SS31',
    'deletes the claim with the value',
    broken((store) => {
      const holders = new Map<string, string>();
      return {
        async claim(key, owner, options) {
          const isIts = await store.claim(key, owner, options);
          if (isIts) holders.set(key, owner);
          return isIts;
        },
        async delete(key) {
          await store.delete(key);
          await store.release(key, holders.get(key) ?? '');
        },
      };
    }),
  ],
  [
    'SS31',
    'deletes the value with the claim',
    broken((store) => ({
      async release(key, owner) {
        await store.release(key, owner);
        await store.delete(key);
      },
    })),
  ],
  [
    'SS32',
    'refuses every claim while it takes one',
    broken((store) => {
      let isBusy = false;
      return {
        async claim(...given) {
          if (isBusy) return false;
          isBusy = true;
          await sleep(1);
          isBusy = false;
          return store.claim(...given);
        },
      };
    }),
  ],
  ['SS32', 'folds the case of claims', broken((store) => withClaimKeys(store, (key) => key.toLowerCase()))],
  [
    'SS32',
    'takes what follows a third colon of a claim for a path',
    broken((store) => withClaimKeys(store, (key) => key.split(':').slice(0, 2).join(':'))),
  ],
  [
    'SS32',
    'releases every claim of an owner, as a closed connection does',
    broken((store) => {
      const keys = new Map<string, Set<string>>();
      return {
        async claim(key, owner, options) {
          keys.set(owner, (keys.get(owner) ?? new Set()).add(key));
          return store.claim(key, owner, options);
        },
        async release(key, owner) {
          for (const name of [key, ...(keys.get(owner) ?? [])]) await store.release(name, owner);
        },
      };
    }),
  ],
];

function answering(mistake: string, claimed: unknown, refused: unknown): Mutant<SessionStore>[] {
  const change = (store: SessionStore): Partial<SessionStore> => ({
    claim: async (...given) => ((await store.claim(...given)) ? claimed : refused) as boolean,
  });
  return [['SS22', mistake, broken(change)]];
}

interface Attempt {
  readonly owner: string;
  /** The owner that holds the key. */
  readonly held: string | undefined;
}

interface ClaimMistakes {
  readonly mayClaim?: (attempt: Attempt) => boolean;
  readonly mayRelease?: (attempt: Attempt) => boolean;
  /** How long it takes between looking and taking, where these are two steps. */
  readonly takesMs?: number;
}

function isItsOwn({ owner, held }: Attempt): boolean {
  return (held ?? owner) === owner;
}

function withClaims({ mayClaim = isItsOwn, mayRelease = isItsOwn, takesMs }: ClaimMistakes): () => SessionStore {
  return broken(() => {
    const claims = new Map<string, { readonly owner: string; readonly endsAt: number }>();
    const attempt = (key: string, owner: string): Attempt => {
      const claim = claims.get(key);
      return { owner, held: claim && Date.now() < claim.endsAt ? claim.owner : undefined };
    };
    return {
      async claim(key, owner, { ttlMs }) {
        const isIts = mayClaim(attempt(key, owner));
        if (takesMs !== undefined) await sleep(takesMs);
        if (isIts) claims.set(key, { owner, endsAt: Date.now() + ttlMs });
        return isIts;
      },
      async release(key, owner) {
        if (mayRelease(attempt(key, owner))) claims.delete(key);
      },
    };
  });
}

function withClaimEnds(
  store: SessionStore,
  choose: (before: number, claimed: number) => number,
): Partial<SessionStore> {
  const ends = new Map<string, number>();
  return {
    async claim(key, owner, { ttlMs }) {
      const now = Date.now();
      const before = ends.get(`${key} ${owner}`) ?? 0;
      const end = before > now ? choose(before, now + ttlMs) : now + ttlMs;
      const isIts = await store.claim(key, owner, { ttlMs: end - now });
      if (isIts) ends.set(`${key} ${owner}`, end);
      return isIts;
    },
  };
}

function withClaimKeys(store: SessionStore, change: (key: string) => string): Partial<SessionStore> {
  return {
    claim: (key, ...rest) => store.claim(change(key), ...rest),
    release: (key, owner) => store.release(change(key), owner),
  };
}

function createSharedMap(): SessionStore {
  const entries = new Map<string, { readonly value: string; readonly endsAt: number }>();
  function find(key: string): string | undefined {
    const entry = entries.get(key);
    return entry && Date.now() < entry.endsAt ? entry.value : undefined;
  }
  const put = (key: string, value: string, ttlMs: number) =>
    void entries.set(key, { value, endsAt: Date.now() + ttlMs });
  async function replace(key: string, previous: string, value: string, { ttlMs }: { ttlMs: number }) {
    if (find(key) !== previous) return false;
    put(key, value, ttlMs);
    return true;
  }

  return {
    get: async (key) => find(key),
    set: async (key, value, { ttlMs }) => put(key, value, ttlMs),
    delete: async (key) => void entries.delete(key),
    replace,
    async claim(key, owner, options) {
      if (find(key) === undefined) put(key, owner, options.ttlMs);
      return replace(key, owner, owner, options);
    },
    async release(key, owner) {
      if (find(key) === owner) entries.delete(key);
    },
  };
}
