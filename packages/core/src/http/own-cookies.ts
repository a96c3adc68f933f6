import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { publishWarning } from '../events.ts';
import { PRIVATE_HEADERS } from './exchange.ts';
import { mergeVary } from './vary.ts';

/** The cookies that this suite sets on a response, by name: the last line for a name is the one that is sent. */
const ownCookies = new WeakMap<ServerResponse, Map<string, string>>();

/** The headers that {@link sendOwnCookies} decides. Lower case. */
const DECIDED = ['set-cookie', 'cache-control', 'vary'];

/**
 * Sets cookies beside those of the application. They are on whatever final head goes out: frameworks remove all headers
 * before they answer an error, and proxies replace `Set-Cookie`. A browser that missed the cookie of a renewed session
 * would keep a refresh token that is spent (F51).
 * @param lines whole `Set-Cookie` values
 */
export function setOwnCookies(response: ServerResponse, lines: readonly string[]): void {
  let own = ownCookies.get(response);
  if (!own) {
    own = new Map();
    ownCookies.set(response, own);
    completeHead(response, own);
  }
  for (const line of lines) own.set(nameOf(line), line);
  sendOwnCookies(response, own, {});
}

/** Replaces `writeHead`, which Node calls for every head, also for those that nobody writes explicitly. */
function completeHead(response: ServerResponse, own: ReadonlyMap<string, string>): void {
  const writeHead = response.writeHead.bind(response) as (...given: unknown[]) => ServerResponse;
  const complete = (status: number, ...given: unknown[]): ServerResponse => {
    if (status < 200 || response.headersSent) return writeHead(status, ...given);
    const reason = typeof given[0] === 'string' ? given[0] : undefined;
    const { decided, others } = split((reason === undefined ? (given[0] ?? given[1]) : given[1]) as GivenHeaders);
    sendOwnCookies(response, own, decided);
    return writeHead(status, ...(reason === undefined ? [] : [reason]), others);
  };
  response.writeHead = complete as ServerResponse['writeHead'];
}

/** What `writeHead` takes: an object, a flat list of names and values, or a list of pairs. */
type GivenHeaders = OutgoingHttpHeaders | readonly unknown[] | undefined;

function split(headers: GivenHeaders): { decided: Record<string, unknown>; others: unknown[] } {
  const decided: Record<string, unknown> = {};
  const others: unknown[] = [];
  for (const [name, value] of entriesOf(headers)) {
    const lowerCase = name.toLowerCase();
    if (!DECIDED.includes(lowerCase)) others.push(name, value);
    else decided[lowerCase] = decided[lowerCase] === undefined ? value : [decided[lowerCase], value].flat();
  }
  return { decided, others };
}

function entriesOf(headers: GivenHeaders): [name: string, value: unknown][] {
  if (!Array.isArray(headers)) return Object.entries(headers ?? {}).filter(([, value]) => value !== undefined);
  if (Array.isArray(headers[0])) return headers as [string, unknown][];
  const names = headers.filter((_part, index) => index % 2 === 0);
  return names.map((name, index) => [String(name), headers[2 * index + 1]]);
}

/**
 * Sets the headers that an answer with our cookies must have. It is for this browser alone: a cache that kept it would
 * sign in others (T045).
 * @param given headers that replace those of the response, by lower-case name
 */
function sendOwnCookies(
  response: ServerResponse,
  own: ReadonlyMap<string, string>,
  given: Record<string, unknown>,
): void {
  const valuesOf = (name: string): string[] => [given[name] ?? response.getHeader(name) ?? []].flat().map(String);
  const others = valuesOf('set-cookie').filter((line) => !own.has(nameOf(line)));
  const lines = [...others, ...own.values()];
  warnOfLargeCookies(lines);
  response.setHeader('set-cookie', lines);
  response.setHeader('cache-control', PRIVATE_HEADERS['cache-control']);
  response.setHeader('vary', mergeVary(valuesOf('vary'), PRIVATE_HEADERS.vary));
}

/** Proxies such as nginx take the head of an answer into a buffer of 4 KiB. The other headers need the rest of it. */
const LARGE_COOKIES_BYTES = 3.5 * 1024;
let hasWarnedOfLargeCookies = false;

/** Once in a process. Behind such a proxy a browser gets 502 for a login that succeeded, and no log says why (F72). */
function warnOfLargeCookies(lines: readonly string[]): void {
  if (hasWarnedOfLargeCookies || lines.reduce((sum, line) => sum + line.length, 0) <= LARGE_COOKIES_BYTES) return;
  hasWarnedOfLargeCookies = true;
  publishWarning({
    code: 'large_cookies',
    message:
      'The cookies of an answer exceed 3.5 KB. A proxy with a small buffer answers 502 instead. Set "proxy_buffer_size 16k; proxy_buffers 4 16k;" in nginx, or set session.store.',
  });
}

const nameOf = (line: string): string => line.split('=', 1)[0] ?? '';
