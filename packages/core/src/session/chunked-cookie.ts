import type { HttpRequest } from '../http/exchange.ts';
import { expireCookie, MAX_COOKIE_BYTES, parseCookies, readCookie, serializeCookie } from './cookies.ts';

const MAX_PARTS = 9;

/** A value in as many cookies as it takes: `name`, and where that is too small for it `name.1`, `name.2` and so on. */
export interface ChunkedCookie {
  /** The value, or why it cannot be had. What is not part of it by its own word is not looked at (T035). */
  read(request: HttpRequest): { value: string } | 'no_cookie' | 'duplicate_cookie' | 'incomplete_cookie';
  /**
   * @param value cookie-safe, and without `!`
   * @returns the cookies that set it, and remove what an earlier value of this browser needed more
   */
  write(value: string, maxAgeMs: number, request: HttpRequest): string[];
  /** @returns the cookies that remove every part that a request came with, and the first in any case (T032) */
  expire(request: HttpRequest): string[];
}

/** The first cookie of several says how many there are, as in `2!v1.…`: one that is left over changes nothing. */
export function createChunkedCookie(name: string, { secure }: { secure: boolean }): ChunkedCookie {
  const partName = (index: number) => (index === 0 ? name : `${name}.${index}`);

  function surplus(request: HttpRequest, from: number): string[] {
    const cookies = parseCookies(request);
    const names = Array.from({ length: MAX_PARTS - from }, (_, index) => partName(from + index));
    return names.filter((part) => cookies.has(part)).map((part) => expireCookie(part, { secure }));
  }

  return {
    read(request) {
      const cookies = parseCookies(request);
      const head = readCookie(cookies, name);
      if (head === undefined) return cookies.has(name) ? 'duplicate_cookie' : 'no_cookie';
      const [, count, start] = /^([2-9])!(.*)$/.exec(head) ?? [undefined, '1', head];
      const parts = [start];
      for (let index = 1; index < Number(count); index += 1) {
        const part = readCookie(cookies, partName(index));
        if (part === undefined) return cookies.has(partName(index)) ? 'duplicate_cookie' : 'incomplete_cookie';
        parts.push(part);
      }
      return { value: parts.join('') };
    },

    write(value, maxAgeMs, request) {
      const parts = split(value, name.length);
      const written = parts.map((part, index) => serializeCookie(partName(index), part, { secure, maxAgeMs }));
      return [...written, ...surplus(request, parts.length)];
    },

    expire: (request) => [expireCookie(name, { secure }), ...surplus(request, 1)],
  };
}

/** As few parts as hold it, each no larger than a cookie may be with the longest of the names. */
function split(value: string, nameLength: number): string[] {
  if (nameLength + value.length <= MAX_COOKIE_BYTES) return [value];
  const room = MAX_COOKIE_BYTES - nameLength - '.1'.length;
  const count = Math.ceil((value.length + '2!'.length) / room);
  const text = `${count}!${value}`;
  return Array.from({ length: count }, (_, index) => text.slice(index * room, (index + 1) * room));
}
