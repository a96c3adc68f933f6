import { EgainAuthError } from '../errors.ts';
import { type HttpRequest, headerOf } from '../http/exchange.ts';

/** Browsers drop a cookie above this without a word (RFC 6265bis §5.6). */
export const MAX_COOKIE_BYTES = 4096;

/** Every cookie of a request by name, in order. Only what RFC 6265 calls white space is trimmed (T033). */
export function parseCookies(request: HttpRequest): ReadonlyMap<string, readonly string[]> {
  const cookies = new Map<string, string[]>();
  for (const pair of headerOf(request, 'cookie')?.split(';') ?? []) {
    const separator = pair.indexOf('=');
    if (separator < 0) continue;
    const name = trim(pair, 0, separator);
    const value = trim(pair, separator + 1, pair.length);
    const values = cookies.get(name);
    if (values) values.push(value);
    else cookies.set(name, [value]);
  }
  return cookies;
}

/** Not by an expression: one that looks for white space at an end takes quadratic time where there is much inside. */
function trim(text: string, start: number, end: number): string {
  let [from, to] = [start, end];
  while (from < to && isSpace(text, from)) from += 1;
  while (from < to && isSpace(text, to - 1)) to -= 1;
  return text.slice(from, to);
}

const isSpace = (text: string, index: number): boolean => text[index] === ' ' || text[index] === '\t';

/**
 * The value of a cookie that was sent exactly once. Of two with one name, a sibling domain may have set either: neither
 * counts (T033).
 */
export function readCookie(cookies: ReturnType<typeof parseCookies>, name: string): string | undefined {
  const values = cookies.get(name);
  return values?.length === 1 ? values[0] : undefined;
}

/**
 * A `Set-Cookie` value: never readable by script, sent on top-level navigations only, for the whole host and no other.
 * @param value cookie-safe already: a sealed value
 * @throws {EgainAuthError} `session_too_large` for what a browser would silently drop (T034)
 */
export function serializeCookie(name: string, value: string, { secure, maxAgeMs }: CookieOptions): string {
  if (name.length + value.length > MAX_COOKIE_BYTES) {
    throw new EgainAuthError('session_too_large', `the cookie ${name} would exceed ${MAX_COOKIE_BYTES} bytes`, {
      remedy: 'Set session.store, request fewer scopes, or return less from login.resolveIdentity.',
    });
  }
  const maxAge = Math.max(0, Math.ceil(maxAgeMs / 1000));
  return `${name}=${value}; Max-Age=${maxAge}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
}

/** Removes a cookie. The attributes are those it was set with, or the browser keeps it (T032). */
export function expireCookie(name: string, { secure }: Pick<CookieOptions, 'secure'>): string {
  return serializeCookie(name, '', { secure, maxAgeMs: 0 });
}

interface CookieOptions {
  readonly secure: boolean;
  readonly maxAgeMs: number;
}
