import { EgainAuthError } from '../errors.ts';
import type { TokenSet } from '../protocol/token-set.ts';
import type { Subject } from '../subject.ts';
import type { Flight } from './flight.ts';
import { type CachedRequest, createTokenContexts, type TokenContext } from './token-context.ts';

/** How many entries are looked at to make room for one. */
const MAX_STEPS = 64;

/** What is known for one key. Times are of the age clock, in whole milliseconds: small integers cost no memory of their own. */
export interface CacheEntry {
  readonly context: TokenContext<CacheEntry>;
  /** Empty where an actor has none. */
  readonly subject: string;
  tokens: TokenSet | undefined;
  obtainedAt: number;
  /** Until here the tokens are good without a thought. */
  renewAt: number;
  /** From here on they are not sent any more, if others can be had. */
  marginAt: number;
  endsAt: number;
  flight: Flight<TokenSet> | undefined;
  trouble: Trouble | undefined;
  /** Since the last search for room. */
  used: boolean;
  /** Its place in the ring; -1 while it has nothing to keep. */
  place: number;
}

/** What went wrong the last time, and what follows from it. */
export interface Trouble {
  /** What eGain said of this very key: the answer to everybody until `retryAt`. */
  readonly refusal: EgainAuthError | undefined;
  /** In a row. */
  readonly failures: number;
  readonly retryAt: number;
}

/**
 * Tokens, flights and refusals of one key are one entry, so that one bound holds them all (R8, T094): `maxEntries` that
 * hold something, and as many that wait for their first token. Room is made by second chance (CLOCK): a hit is a single
 * write, and who was not asked for since the last search goes first.
 */
export interface TokenCache {
  contextOf(request: CachedRequest): TokenContext<CacheEntry>;
  /** @throws {EgainAuthError} `token_endpoint_unavailable` when too many wait already */
  enter(context: TokenContext<CacheEntry>, subject: string): CacheEntry;
  /** Keeps an entry that has something to keep. */
  keep(entry: CacheEntry): void;
  /** Forgets an entry, whatever it holds. */
  drop(entry: CacheEntry): void;
  entriesOf(subject: Subject): CacheEntry[];
  readonly size: number;
}

export function createTokenCache(maxEntries: number): TokenCache {
  const ring: CacheEntry[] = [];
  let hand = 0;
  /** Entries that are in their context but not in the ring. */
  let waiting = 0;
  const contexts = createTokenContexts<CacheEntry>(() => {
    for (const entry of ring.splice(0)) entry.place = -1;
    hand = 0;
    waiting = 0;
  });

  function drop(entry: CacheEntry): void {
    const { entries } = entry.context;
    if (entries.get(entry.subject) !== entry) return;
    entries.delete(entry.subject);
    if (entry.place < 0) waiting -= 1;
    else leaveRing(entry);
  }

  function leaveRing(entry: CacheEntry): void {
    const last = ring.pop();
    if (last && last !== entry) {
      ring[entry.place] = last;
      last.place = entry.place;
    }
    entry.place = -1;
  }

  function makeRoom(): void {
    for (let steps = 0; ; steps += 1) {
      hand = hand + 1 < ring.length ? hand + 1 : 0;
      const entry = ring[hand] as CacheEntry;
      if (steps === MAX_STEPS || !(entry.used || entry.flight)) {
        drop(entry);
        return;
      }
      entry.used = false;
    }
  }

  return {
    contextOf: (request) => contexts.of(request),

    enter(context, subject) {
      if (waiting >= maxEntries) throw tooMany(maxEntries);
      const entry: CacheEntry = {
        context,
        subject,
        tokens: undefined,
        obtainedAt: 0,
        renewAt: 0,
        marginAt: 0,
        endsAt: 0,
        flight: undefined,
        trouble: undefined,
        used: false,
        place: -1,
      };
      context.entries.set(subject, entry);
      waiting += 1;
      return entry;
    },

    keep(entry) {
      // Somebody dropped it meanwhile: what it holds is nobody's any more.
      if (entry.place >= 0 || entry.context.entries.get(entry.subject) !== entry) return;
      if (ring.length >= maxEntries) makeRoom();
      entry.place = ring.length;
      ring.push(entry);
      waiting -= 1;
    },

    drop,

    entriesOf({ persona, kind, value }) {
      return [...contexts].flatMap((context) => {
        const entry =
          context.persona === persona && context.subjectKind === kind ? context.entries.get(value) : undefined;
        return entry ?? [];
      });
    },

    get size() {
      return ring.length;
    },
  };
}

function tooMany(max: number): EgainAuthError {
  return new EgainAuthError('token_endpoint_unavailable', `${max} keys are waiting for their tokens already`, {
    remedy: 'Try again later. Raise tokens.maxEntries if as many are meant to be served at once.',
  });
}
