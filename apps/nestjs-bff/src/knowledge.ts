import { type ApiClient, path } from '@egain-auth/nestjs';
import { BadRequestException, type PipeTransform } from '@nestjs/common';

/** What the page is told: as whom eGain was called, and what it answered. */
export interface Listing {
  readonly as: string;
  readonly items: readonly string[];
}

interface Named {
  readonly name: string;
}

// 204, eGain's answer when nothing is found, arrives as undefined.
type PortalsAnswer = { readonly portal?: readonly Named[] } | undefined;
export type SearchAnswer = { readonly searchResults?: { readonly article?: readonly Named[] } } | undefined;

export const searchPath = (portal: string): string => path`/knowledge/portalmgr/v4/${portal}/search`;
export const searchQuery = (q: string) => ({ query: { q, $lang: 'en-US' } });
export const articleNames = (answer: SearchAnswer): string[] =>
  answer?.searchResults?.article?.map(({ name }) => name) ?? [];

export async function portalNames(api: ApiClient): Promise<string[]> {
  const answer = await api.get<PortalsAnswer>('/knowledge/portalmgr/v4/myportals', { query: { $lang: 'en-US' } });
  return answer?.portal?.map(({ name }) => name) ?? [];
}

/** For `@Query('q', searchText)`: a query may be missing, or there twice. */
export const searchText: PipeTransform<unknown, string> = {
  transform(value) {
    if (typeof value === 'string' && value !== '') return value;
    throw new BadRequestException('q is what to search for');
  },
};
