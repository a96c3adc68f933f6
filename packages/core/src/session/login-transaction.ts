import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createExpiringMap } from '../expiring-map.ts';
import type { HttpRequest } from '../http/exchange.ts';
import { isObject, isTexts, isTime, parseJson } from '../json.ts';
import type { Persona } from '../protocol/endpoints.ts';
import type { Sealer } from '../seal.ts';
import { sha256 } from '../sha256.ts';
import { expireCookie, parseCookies, readCookie, serializeCookie } from './cookies.ts';
import type { SessionManager } from './session-manager.ts';

const LIFETIME_MS = 10 * 60 * 1000;
const MAX_PENDING = 5;
/** Of one answer: what proxies take as headers, and browsers hold nearly two hundred cookies. */
const MAX_EXPIRED = 20;
const MAX_CLAIMED = 10_000;
/** Of all our cookies together, half of what Node accepts as headers (T034). */
const MAX_BYTES = 8192;

/** The value of the late cookie once another login was started. */
const AGAIN = 'again';
/**
 * Changes with the members of {@link LoginTransaction}. A version reads its own format and the one of the release before
 * (F68, docs/decisions/0011-sealed-formats.md).
 */
export const LOGIN_FORMAT = 1;

/** One attempt to sign in, between the redirect to eGain and the way back. */
export interface LoginTransaction {
  readonly state: string;
  readonly codeVerifier: string | undefined;
  readonly persona: Persona;
  /** What the callback must still find configured, or the answer came from another tenant or client (T006). */
  readonly binding: string;
  readonly scope: readonly string[];
  readonly returnTo: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
}

export interface LoginTransactions {
  /** @returns the transaction, and the cookies that keep it in the browser that started it (T001) */
  start(
    request: HttpRequest,
    transaction: Omit<LoginTransaction, 'state' | 'codeVerifier' | 'startedAt'> & { readonly pkce: boolean },
  ): { transaction: LoginTransaction; cookies: string[] };
  /** The transaction of this state, if this browser started it and it is not too old. */
  find(request: HttpRequest, state: string): LoginTransaction | undefined;
  /** The same for a transaction that may be too old or used. It says where its browser wanted to go, and must not be used. */
  recall(request: HttpRequest, state: string): Pick<LoginTransaction, 'persona' | 'returnTo'> | undefined;
  /**
   * Allows a late callback of this browser to lead on, once in a row (F71). The row goes on if the same callback comes
   * again, or if the late callback belongs to a login that was started after the browser was led on. It ends with a
   * completed login. Other tabs whose logins are over too begin rows of their own.
   * @returns the cookie that remembers it, or nothing if this is the second one in a row
   */
  leadOn(request: HttpRequest, state: string): string | undefined;
  /** Takes a transaction for the one callback that may use it. @returns whether it was still to be had (T003) */
  claim(state: string): Promise<boolean>;
  /** Gives back what was claimed, because the code was not spent. Never throws. */
  release(state: string): Promise<void>;
  /**
   * @param sessionCookies the cookies of the session that this login started; empty if it failed
   * @returns the cookies that make this transaction unusable
   */
  end(request: HttpRequest, state: string, sessionCookies: readonly string[]): string[];
}

/**
 * Each attempt has a sealed cookie of its own, so that tabs sign in side by side (T012), at most five (T013). The name
 * says which state it belongs to without saying the state.
 * @param elsewhere takes a name among all processes, if they have something in common, and gives it back
 */
export function createLoginTransactions(
  { cookieName, secure }: { cookieName: string; secure: boolean },
  sealer: Sealer,
  elsewhere: Pick<SessionManager, 'claim' | 'release'>,
): LoginTransactions {
  const prefix = `${cookieName}_login_`;
  const isOurs = new RegExp(`^${prefix}[\\w-]{1,64}$`);
  const hashOf = (state: string) => sha256(state).slice(0, 16);
  const nameOf = (state: string) => prefix + hashOf(state);
  /**
   * Remembers in the browser that it was led on, so that a stranger leaves nothing in memory. It is not sealed, because
   * it is neither secret nor worth forging: all it can do is to show a page in place of a redirect.
   */
  const lateName = `${cookieName}_late`;
  const lateCookie = (value: string) => serializeCookie(lateName, value, { secure, maxAgeMs: LIFETIME_MS });

  /** @returns also a transaction that is too old */
  function open(cookies: Cookies, name: string): LoginTransaction | undefined {
    const sealed = readCookie(cookies, name);
    const text = sealed === undefined ? undefined : sealer.open(name, sealed);
    return text === undefined ? undefined : parseTransaction(text);
  }

  function openOf(request: HttpRequest, state: string): LoginTransaction | undefined {
    const transaction = open(parseCookies(request), nameOf(state));
    return transaction && isEqual(transaction.state, state) ? transaction : undefined;
  }

  /** A start in the future is tolerated as far as clocks of several processes may differ, and not for ever. */
  const isLive = ({ startedAt }: LoginTransaction) => Math.abs(Date.now() - startedAt) < LIFETIME_MS;

  /**
   * Abandoned attempts would fill the header that every request carries, until servers refuse it: the oldest give way.
   * @param others what else the browser will have
   */
  function expireSurplus(cookies: Cookies, max: number, others: number): string[] {
    const pending = [...cookies.keys()]
      .filter((name) => isOurs.test(name))
      .map((name) => ({ name, startedAt: open(cookies, name)?.startedAt ?? 0 }))
      .sort((one, other) => other.startedAt - one.startedAt);
    let bytes = others;
    const surplus = pending.filter(({ name }, index) => {
      bytes += sizeOf(cookies, name);
      return index >= max || bytes > MAX_BYTES;
    });
    return surplus.slice(-MAX_EXPIRED).map(({ name }) => expireCookie(name, { secure }));
  }

  const sizeOf = (cookies: Cookies, name: string) => name.length + (cookies.get(name) ?? []).join('').length;

  /** Of the session that a browser has while it signs in anew. */
  function sizeOfSession(cookies: Cookies): number {
    const names = [...cookies.keys()].filter((name) => name === cookieName || name.startsWith(`${cookieName}.`));
    return names.reduce((sum, name) => sum + sizeOf(cookies, name), 0);
  }

  /** The owner of each claim. One owner per attempt, because an owner that claims again would succeed again. */
  const claimed = createExpiringMap<string>({ maxEntries: MAX_CLAIMED, lifetimeMs: LIFETIME_MS });

  return {
    start(request, { pkce, ...attempt }) {
      const transaction: LoginTransaction = {
        ...attempt,
        state: randomBytes(32).toString('base64url'),
        codeVerifier: pkce ? randomBytes(32).toString('base64url') : undefined,
        startedAt: Date.now(),
      };
      const name = nameOf(transaction.state);
      const sealed = sealer.seal(name, JSON.stringify({ format: LOGIN_FORMAT, ...transaction }));
      const cookie = serializeCookie(name, sealed, { secure, maxAgeMs: LIFETIME_MS });
      const cookies = parseCookies(request);
      const others = name.length + sealed.length + sizeOfSession(cookies);
      const late = cookies.has(lateName) ? [lateCookie(AGAIN)] : [];
      return { transaction, cookies: [...expireSurplus(cookies, MAX_PENDING - 1, others), ...late, cookie] };
    },

    find(request, state) {
      const transaction = openOf(request, state);
      return transaction && isLive(transaction) ? transaction : undefined;
    },

    recall: openOf,

    leadOn(request, state) {
      const late = parseCookies(request).get(lateName) ?? [];
      const hash = hashOf(state);
      return late.includes(AGAIN) || late.includes(hash) ? undefined : lateCookie(hash);
    },

    async claim(state) {
      const name = nameOf(state);
      if (claimed.get(name)) return false;
      const owner = randomBytes(16).toString('base64url');
      claimed.set(name, owner);
      try {
        return await elsewhere.claim(name, owner, LIFETIME_MS);
      } catch (error) {
        // Nothing was spent: the person can load the page again. The store may still have taken the claim.
        claimed.delete(name);
        void elsewhere.release(name, owner).catch(() => {});
        throw error;
      }
    },

    async release(state) {
      const name = nameOf(state);
      const owner = claimed.get(name);
      claimed.delete(name);
      if (owner !== undefined) await elsewhere.release(name, owner).catch(() => {});
    },

    end(request, state, sessionCookies) {
      const name = nameOf(state);
      const cookies = new Map(parseCookies(request));
      cookies.delete(name);
      const others = sessionCookies.reduce((sum, cookie) => sum + cookie.split(';', 1).join('').length, 0);
      const isRowOver = sessionCookies.length > 0 && cookies.has(lateName);
      const late = isRowOver ? [expireCookie(lateName, { secure })] : [];
      return [expireCookie(name, { secure }), ...late, ...expireSurplus(cookies, MAX_PENDING, others)];
    },
  };
}

type Cookies = ReturnType<typeof parseCookies>;

/** @returns undefined for anything but a transaction in this format: another version may have sealed it (F69) */
function parseTransaction(text: string): LoginTransaction | undefined {
  const stored = parseJson(text);
  if (!isObject(stored) || stored['format'] !== LOGIN_FORMAT) return undefined;
  const { format: _format, ...transaction } = stored as unknown as LoginTransaction & { format: number };
  const { state, codeVerifier = '', persona, binding, scope, returnTo, startedAt } = transaction;
  const areTexts = isTexts([state, codeVerifier, binding, returnTo]) && isTexts(scope);
  return areTexts && (persona === 'user' || persona === 'customer') && isTime(startedAt) ? transaction : undefined;
}

function isEqual(one: string, other: string): boolean {
  const [oneBytes, otherBytes] = [Buffer.from(one), Buffer.from(other)];
  return oneBytes.length === otherBytes.length && timingSafeEqual(oneBytes, otherBytes);
}
