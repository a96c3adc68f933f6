import type { RequestUrl } from '../http/client.ts';
import { assertPlainPath } from './api-path.ts';
import { type ApiHosts, resolveApiUrl } from './api-url.ts';

/**
 * Where eGain's TypeScript SDK 0.7.0 sends what it is not told otherwise, and 14 operations of AI services, content import
 * and prompts whatever `serverURL` says.
 */
const SDK_ORIGIN = 'https://api.aidev.egain.cloud';

/**
 * The URL that the SDK means: its built-in host is the API host, and the second slash with which it calls
 * `//knowledge/contentmgr/v4` is a slip. Every other host is refused.
 * @throws {EgainAuthError} `origin_not_allowed`, `invalid_path`
 */
export function resolveSdkUrl(hosts: ApiHosts, given: string): RequestUrl {
  const { apiUrl } = hosts;
  const url = URL.canParse(given, apiUrl.href) ? new URL(given, apiUrl) : undefined;
  if (!url) return resolveApiUrl(hosts, given);
  assertPlainPath(given);
  url.pathname = url.pathname.replace(/^\/{2,}/, '/');
  if (url.origin === SDK_ORIGIN) {
    url.protocol = apiUrl.protocol;
    url.host = apiUrl.host;
  }
  return resolveApiUrl(hosts, url.href);
}
