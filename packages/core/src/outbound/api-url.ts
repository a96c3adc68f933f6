import { EgainAuthError } from '../errors.ts';
import type { RequestUrl } from '../http/client.ts';
import { assertPlainPath } from './api-path.ts';

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Where APIs are, and the hosts that are taken for it. */
export interface ApiHosts {
  /** The only origin that a token is sent to. */
  readonly apiUrl: URL;
  /** Where people sign in and tokens are issued. */
  readonly loginOrigins: ReadonlySet<string>;
}

/**
 * The origin lock: whatever the path looks like once a URL parser has read it, the token goes to the configured API
 * origin or nowhere (T069).
 * @throws {EgainAuthError} `origin_not_allowed`; `invalid_path` for dot segments and backslashes (T107)
 * @throws {TypeError} for a path that is not a string, such as a URL
 */
export function resolveApiUrl(hosts: ApiHosts, path: string, query?: Query): RequestUrl {
  const { apiUrl } = hosts;
  if (typeof (path as unknown) !== 'string') {
    throw new TypeError('path must be a string: pass a path that starts with one /, or the href of a URL');
  }
  // What no URL parser reads in another way is not worth the time of one.
  const [, pathname = '', search = ''] = PLAIN_PATH.exec(path) ?? [];
  if (pathname !== '' && query === undefined) return { origin: apiUrl.origin, pathname, search };
  const url = URL.canParse(path, apiUrl.href) ? new URL(path, apiUrl) : undefined;
  if (!url || !isOfApi(url, apiUrl)) throw originNotAllowed(hosts, url);
  // As it was given: in what the parser made of it, dot segments and backslashes are resolved already.
  assertPlainPath(path);
  const added = serializeQuery(query ?? {});
  if (added !== '') url.search += `${url.search === '' ? '' : '&'}${added}`;
  return url;
}

/** Letters, digits and what a parser leaves alone; no escape, no two slashes and no segment that starts with a dot. */
const PLAIN_PATH = /^((?:\/(?!\.)[\w~!$&()*+,;=:@.-]+)+)(\?[\w~!$&()*+,;=:@%./?-]+)?$/;

function isOfApi({ protocol, origin, username, password, pathname }: URL, apiUrl: URL): boolean {
  // The origin of `blob:https://…` is that of what follows, and a path that starts with two slashes is a host to whoever
  // reads it next.
  const isPlain = protocol === apiUrl.protocol && username === '' && password === '' && !pathname.startsWith('//');
  return isPlain && origin === apiUrl.origin;
}

/** Not encodeURIComponent, which fails on half a surrogate pair. Form decoding is not needed to read it. */
function serializeQuery(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null) continue;
    if (typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol') {
      throw new TypeError('options.query: a value must be text, a number or a boolean');
    }
    parameters.append(name, String(value));
  }
  return parameters.toString().replaceAll('+', '%20');
}

/** Names no host that a caller sent: it may hold what does not belong into a log. */
export function originNotAllowed({ apiUrl, loginOrigins }: ApiHosts, url: URL | undefined): EgainAuthError {
  const isLogin = url !== undefined && loginOrigins.has(url.origin);
  return new EgainAuthError('origin_not_allowed', `only ${apiUrl.origin} may be called with a token`, {
    remedy: isLogin
      ? `${url.host} is the host people sign in at; APIs are at ${apiUrl.host}. Pass the path alone.`
      : 'Pass a path that starts with one /, such as /knowledge/portalmgr/v4/myportals; or set apiUrl.',
  });
}
