import type { HttpReply, HttpRequest } from '../src/http/exchange.ts';

export interface Browser {
  /** Its cookies, by name. */
  readonly jar: Map<string, string>;
  receive(setCookies: readonly string[]): void;
  request(url?: string): HttpRequest;
}

/** Keeps cookies as a browser does: one per name, and none whose Max-Age is 0. */
export function createBrowser(): Browser {
  const jar = new Map<string, string>();
  return {
    jar,
    receive(setCookies) {
      for (const cookie of setCookies) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        if (maxAgeOf(cookie) > 0) jar.set(name, value);
        else jar.delete(name);
      }
    },
    request: (url = '/') => ({ method: 'GET', url, headers: { cookie: cookieHeader(jar) } }),
  };
}

export const maxAgeOf = (setCookie: string): number => Number(/; Max-Age=(\d+)/.exec(setCookie)?.[1]);

export const cookieHeader = (cookies: Iterable<readonly [name: string, value: string]>): string =>
  [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');

export interface RecordedReply extends HttpReply {
  headersSent: boolean;
  /** The Set-Cookie values that were added. */
  readonly cookies: string[];
  /** Every other header that was added. */
  readonly headers: string[];
}

export function createReply(): RecordedReply {
  const cookies: string[] = [];
  const headers: string[] = [];
  return {
    headersSent: false,
    cookies,
    headers,
    appendHeader(name, value) {
      if (name === 'set-cookie') cookies.push(value);
      else headers.push(`${name}: ${value}`);
    },
    send() {
      throw new Error('unexpected answer');
    },
  };
}
