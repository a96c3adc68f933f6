import { Agent, fetch, Pool, request } from 'undici';
import { ARTICLE_PATH } from '../article.ts';
import { CALLER_HEADERS, type Contestant } from '../contestant.ts';
import { requestToken } from '../token-request.ts';

/** The floor: the least that gets the answer, with a token that is always there. */
export const poolRequest: Contestant = {
  package: 'undici',
  async create(surroundings) {
    const authorization = `Bearer ${(await requestToken(surroundings)).accessToken}`;
    const pool = new Pool(surroundings.origin);
    return async () => {
      const headers = { ...CALLER_HEADERS, authorization };
      const { body } = await pool.request({ path: ARTICLE_PATH, method: 'GET', headers });
      return JSON.parse(await body.text());
    };
  },
};

/** The same by URL: undici finds the pool. */
export const undiciRequest: Contestant = {
  package: 'undici',
  async create(surroundings) {
    const authorization = `Bearer ${(await requestToken(surroundings)).accessToken}`;
    const url = surroundings.origin + ARTICLE_PATH;
    const dispatcher = new Agent();
    return async () => {
      const { body } = await request(url, { dispatcher, headers: { ...CALLER_HEADERS, authorization } });
      return body.json();
    };
  },
};

export const undiciFetch: Contestant = {
  package: 'undici',
  async create(surroundings) {
    const authorization = `Bearer ${(await requestToken(surroundings)).accessToken}`;
    const url = surroundings.origin + ARTICLE_PATH;
    return async () => (await fetch(url, { headers: { ...CALLER_HEADERS, authorization } })).json();
  },
};
