import { EgainAuthError } from '../errors.ts';
import type { TokenSet } from '../protocol/token-set.ts';
import type { Subject } from '../subject.ts';
import type { Flight } from './flight.ts';
import { type CachedRequest, createTokenContexts, type TokenContext } from './token-context.ts';

/** How many entries are looked at to make room for one. */
const MAX_STEPS = 64;
/** Refusals live for seconds only. More of them than this are forgotten, which costs one token request each (T093). */
const MAX_REFUSALS = 1000;

/** What is known for one key. Times are of the age clock, in whole milliseconds: small integers cost no memory of their own. */
export interface CacheEntry {
  readonly context: TokenContext<CacheEntry>;
  /** Empty where an actor has none. */
  readonly subject: string;
  tokens: TokenSet | undefined;
  /** When this process minted the tokens; long ago for tokens of the store. */
  mintedAt: number;
  /** Until here the tokens are good without a thought. */
  renewAt: number;
  /** From here on they are not sent any more, if others can be had. */
  marginAt: number;
  endsAt: number;
  flight: Flight<TokenSet> | undefined;
  trouble: Trouble | undefined;
  /** Since the last search for room. */
  used: boolean;
  /** Its place in the ring of tokens; -1 while it has none to keep. */
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
 * Tokens, flights and refusals of one key are one entry. Each state has a bound of its own (R8, T094), so that unknown
 * subjects push out no token (F62): `maxEntries` that hold tokens, as many that wait for their first token, and a thousand
 * refusals at most. Room for tokens is made by second chance (CLOCK): a hit is a single write, and the entry that was not
 * asked for since the last search goes first. The oldest refusal goes first.
 */
export interface TokenCache {
  contextOf(request: CachedRequest): TokenContext<CacheEntry>;
  /** @throws {EgainAuthError} `token_endpoint_unavailable` when too many wait already */
  enter(context: TokenContext<CacheEntry>, subject: string): CacheEntry;
  /** Keeps an entry that has tokens. */
  keep(entry: CacheEntry): void;
  /** Keeps an entry that has a refusal and no tokens. */
  keepRefusal(entry: CacheEntry): void;
  /** Forgets an entry, whatever it holds. */
  drop(entry: CacheEntry): void;
  entriesOf(subject: Subject): CacheEntry[];
  readonly size: number;
}

export function createTokenCache(maxEntries: number): TokenCache {
  const ring: CacheEntry[] = [];
  let hand = 0;
  /** In the order in which they came. */
  const refusals = new Set<CacheEntry>();
  const maxRefusals = Math.min(maxEntries, MAX_REFUSALS);
  /** Entries that are in their context but hold neither tokens nor a refusal. */
  let waiting = 0;
  const contexts = createTokenContexts<CacheEntry>(() => {
    for (const entry of ring.splice(0)) entry.place = -1;
    refusals.clear();
    hand = 0;
    waiting = 0;
  });

  function drop(entry: CacheEntry): void {
    if (wasDropped(entry)) return;
    entry.context.entries.delete(entry.subject);
    release(entry);
  }

  /** Gives up the place of an entry among those of its state. */
  function release(entry: CacheEntry): void {
    if (entry.place >= 0) leaveRing(entry);
    else if (!refusals.delete(entry)) waiting -= 1;
  }

  function leaveRing(entry: CacheEntry): void {
    const last = ring.pop();
    if (last && last !== entry) {
      ring[entry.place] = last;
      last.place = entry.place;
    }
    entry.place = -1;
  }

  /** What an entry holds that was dropped meanwhile is not used any more. */
  const wasDropped = (entry: CacheEntry): boolean => entry.context.entries.get(entry.subject) !== entry;

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

  /** One that is asked for right now stays, if another can go. */
  function oldestRefusal(): CacheEntry {
    let steps = 0;
    for (const entry of refusals) {
      if (!entry.flight) return entry;
      steps += 1;
      if (steps === MAX_STEPS) break;
    }
    return refusals.values().next().value as CacheEntry;
  }

  return {
    contextOf: (request) => contexts.of(request),

    enter(context, subject) {
      if (waiting >= maxEntries) throw tooMany(maxEntries);
      const entry: CacheEntry = {
        context,
        subject,
        tokens: undefined,
        mintedAt: 0,
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
      if (entry.place >= 0 || wasDropped(entry)) return;
      release(entry);
      if (ring.length >= maxEntries) makeRoom();
      entry.place = ring.length;
      ring.push(entry);
    },

    keepRefusal(entry) {
      if (refusals.has(entry) || wasDropped(entry)) return;
      release(entry);
      refusals.add(entry);
      if (refusals.size > maxRefusals) drop(oldestRefusal());
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
      return ring.length + refusals.size;
    },
  };
}

function tooMany(max: number): EgainAuthError {
  return new EgainAuthError('token_endpoint_unavailable', `${max} keys are waiting for their tokens already`, {
    remedy: 'Try again later. Raise tokens.maxEntries if as many are meant to be served at once.',
  });
}
