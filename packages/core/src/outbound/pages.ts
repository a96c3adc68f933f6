import { EgainAuthError } from '../errors.ts';
import { bare } from '../http/agent.ts';
import type { ApiRequestOptions } from './api-client.ts';

/** eGain counts pages up to here. */
const MAX_PAGES = 999;

interface Page {
  readonly paginationInfo?: { readonly link?: unknown } | null;
}

interface Link {
  readonly rel?: unknown;
  readonly href?: unknown;
}

/**
 * Follows the `next` links of eGain's lists, which are paths of the same host and hold the whole query. `count` is not
 * looked at: eGain's pages disagree on what it counts.
 * @see eGain's OpenAPI files, `paginationInfo`
 */
export async function* followPages(
  path: string,
  options: Omit<ApiRequestOptions, 'body'> | undefined,
  fetchPage: (path: string, options: Omit<ApiRequestOptions, 'body'>) => Promise<unknown>,
): AsyncGenerator<unknown, void, undefined> {
  let next: string | undefined = path;
  let { query, ...rest } = bare({ ...options });
  const seen = new Set<string>();
  while (next !== undefined) {
    seen.add(next);
    const page = (await fetchPage(next, { ...rest, ...(query && { query }) })) as Page | null | undefined;
    // 204: nothing there, or not any more.
    if (page === undefined) return;
    yield page;
    query = undefined;
    next = nextOf(page);
    if (next !== undefined && (seen.has(next) || seen.size >= MAX_PAGES)) throw endless();
  }
}

function nextOf(page: Page | null): string | undefined {
  const { link } = page?.paginationInfo ?? {};
  const links: readonly (Link | null)[] = Array.isArray(link) ? link : [];
  const href = links.find((one) => one?.rel === 'next')?.href;
  return typeof href === 'string' && href !== '' ? href : undefined;
}

function endless(): EgainAuthError {
  return new EgainAuthError('invalid_api_response', 'the links to the next page lead in a circle, or never end', {
    remedy: 'Read the pages yourself, with $pagenum and $pagesize.',
  });
}
