import { type Actor, type ApiClient, EgainApiError, path, type TokenSet } from '@egain-auth/express';
import { type Html, html } from './html.ts';
import { calledAs } from './pages.ts';

const PORTAL = process.env['EGAIN_PORTAL'] ?? 'PROD-1000';

/** As whom eGain is called: `req.egain` is one. */
export interface Caller {
  readonly actor: Actor | undefined;
  readonly api: ApiClient;
  getToken(): Promise<TokenSet>;
}

interface SearchAnswer {
  readonly searchResults?: { readonly article?: readonly { id: string; name: string; snippet?: string }[] };
}

interface Article {
  readonly id: string;
  readonly name: string;
  readonly articleSummary?: string;
  readonly modifiedDate?: string;
}

/**
 * A search form with what eGain found.
 * @param q what the form sent, if anything
 * @param articles the path below which articles open; without it they are only listed
 */
export async function searchArticles(caller: Caller, q: unknown, articles?: string): Promise<Html> {
  const query = typeof q === 'string' ? q : '';
  // 204, eGain's answer when nothing is found, arrives as undefined.
  const answer = query
    ? await caller.api.get<SearchAnswer | undefined>(path`/knowledge/portalmgr/v4/${PORTAL}/search`, {
        query: { q: query, $lang: 'en-US' },
      })
    : undefined;
  return html`<form method="get" role="search">
  <label for="q">Search articles</label>
  <input id="q" name="q" value="${query}">
  <button>Search</button>
</form>
${query && results(query, answer?.searchResults?.article ?? [], articles)}
${calledAs(caller.actor, await caller.getToken())}`;
}

function results(
  query: string,
  found: readonly { id: string; name: string; snippet?: string }[],
  articles: string | undefined,
): Html {
  if (found.length === 0) return html`<p>Nothing found for “${query}”.</p>`;
  return html`<ul class="results">${found.map(
    ({ id, name, snippet }) =>
      html`<li>${articles ? html`<a href="${articles}/${id}">${name}</a>` : name}<p>${snippet}</p></li>`,
  )}</ul>`;
}

/** @returns `undefined` when there is no such article */
export async function openArticle(caller: Caller, id: string): Promise<{ title: string; body: Html } | undefined> {
  try {
    const article = await caller.api.get<Article>(path`/knowledge/portalmgr/v4/portals/${PORTAL}/articles/${id}`);
    const body = html`<p>${article.articleSummary}</p>
<p><small>${article.id}, last changed ${article.modifiedDate?.slice(0, 10)}</small></p>
${calledAs(caller.actor, await caller.getToken())}`;
    return { title: article.name, body };
  } catch (error) {
    if (error instanceof EgainApiError && error.apiStatus === 404) return undefined;
    throw error;
  }
}
