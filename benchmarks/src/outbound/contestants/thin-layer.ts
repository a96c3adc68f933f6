import { Pool } from 'undici';
import { ARTICLE_PATH } from '../article.ts';
import { CALLER_HEADERS, type Contestant, SUBJECT, type Surroundings } from '../contestant.ts';
import { type Minted, requestToken } from '../token-request.ts';

/** What somebody writes by hand who knows what they need: a token from a `Map`, one origin, the caller's headers. */
export const thinLayer: Contestant = {
  package: 'undici',
  async create(surroundings) {
    const { origin } = surroundings;
    const pool = new Pool(origin);
    const tokens = await tokensOf(surroundings);

    async function get(subject: string, path: string, headers: Readonly<Record<string, string>>): Promise<unknown> {
      if (new URL(path, origin).origin !== origin) throw new Error(`only ${origin} may be called with a token`);
      const answer = await pool.request({
        path,
        method: 'GET',
        headers: { ...headers, authorization: authorizationOf(tokens, subject) },
      });
      if (answer.statusCode !== 200) throw new Error(`answered ${answer.statusCode}`);
      return JSON.parse(await answer.body.text());
    }

    return () => get(SUBJECT, ARTICLE_PATH, CALLER_HEADERS);
  },
};

/** The same token by an interceptor that undici composes with the pool. */
export const thinInterceptor: Contestant = {
  package: 'undici',
  async create(surroundings) {
    const { origin } = surroundings;
    const tokens = await tokensOf(surroundings);
    const pool = new Pool(origin).compose((dispatch) => (options, handler) => {
      if (options.origin !== origin) throw new Error(`only ${origin} may be called with a token`);
      const given = options.headers as Record<string, string>;
      const headers = { ...given, authorization: authorizationOf(tokens, SUBJECT) };
      return dispatch({ ...options, headers }, handler);
    });
    return async () => {
      const { body } = await pool.request({ origin, path: ARTICLE_PATH, method: 'GET', headers: CALLER_HEADERS });
      return JSON.parse(await body.text());
    };
  },
};

async function tokensOf(surroundings: Surroundings): Promise<ReadonlyMap<string, Minted>> {
  return new Map([[SUBJECT, await requestToken(surroundings)]]);
}

function authorizationOf(tokens: ReadonlyMap<string, Minted>, subject: string): string {
  const token = tokens.get(subject);
  if (!token || token.expiresAt <= Date.now()) throw new Error(`no token for ${subject}`);
  return `Bearer ${token.accessToken}`;
}
