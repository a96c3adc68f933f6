import { type ApiClient, EgainApiError, path } from '@egain-auth/koa';

const PORTAL = process.env['EGAIN_PORTAL'] ?? 'PROD-1000';

export interface Article {
  readonly id: string;
  readonly name: string;
  readonly snippet?: string;
  readonly articleSummary?: string;
}

export async function searchArticles(api: ApiClient, q: string): Promise<readonly Article[]> {
  // 204, eGain's answer when nothing is found, arrives as undefined.
  const answer = await api.get<{ searchResults?: { article?: Article[] } } | undefined>(
    path`/knowledge/portalmgr/v4/${PORTAL}/search`,
    {
      query: { q, $lang: 'en-US' },
    },
  );
  return answer?.searchResults?.article ?? [];
}

/** @returns `undefined` when there is no such article, or none for this caller */
export async function readArticle(api: ApiClient, id: string): Promise<Article | undefined> {
  try {
    return await api.get<Article>(path`/knowledge/portalmgr/v4/portals/${PORTAL}/articles/${id}`);
  } catch (error) {
    if (error instanceof EgainApiError && error.apiStatus === 404) return undefined;
    throw error;
  }
}
