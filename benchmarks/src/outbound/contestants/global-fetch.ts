import { ARTICLE_PATH } from '../article.ts';
import { CALLER_HEADERS, type Contestant } from '../contestant.ts';
import { requestToken } from '../token-request.ts';

/** Node's own. */
export const globalFetch: Contestant = {
  async create(surroundings) {
    const authorization = `Bearer ${(await requestToken(surroundings)).accessToken}`;
    const url = surroundings.origin + ARTICLE_PATH;
    return async () => (await fetch(url, { headers: { ...CALLER_HEADERS, authorization } })).json();
  },
};
