import { type Actor, createEgainAuth, type EgainAuth, user } from '@egain-auth/core';
import { Pool } from 'undici';
import { CLIENT_ID, CLIENT_SECRET } from '../../tokens/contestant.ts';
import { ARTICLE_PATH } from '../article.ts';
import { type ArticleGetter, CALLER_HEADERS, type Contestant, SUBJECT } from '../contestant.ts';

const ACTOR = { type: 'on-behalf-of', subject: user({ username: SUBJECT }) } as const satisfies Actor;

/** Ours, on behalf of somebody: each call finds its operation, the scope of it, and the token for that; asks the policy. */
export const egainAuth = contestant((egain) => () => egain.api(ACTOR).get(ARTICLE_PATH, { headers: CALLER_HEADERS }));

/** With the headers that ours sends by itself alone. */
export const egainAuthWithoutHeader = contestant((egain) => () => egain.api(ACTOR).get(ARTICLE_PATH));

export const egainAuthFetch = contestant((egain) => {
  const get = egain.fetch(ACTOR);
  return async () => (await get(ARTICLE_PATH, { headers: CALLER_HEADERS })).json();
});

/** On a pool of the caller's, as the floor has it. */
export const egainAuthInterceptor = contestant((egain, origin) => {
  const pool = new Pool(origin).compose(egain.interceptor(ACTOR));
  return async () => {
    const { body } = await pool.request({ origin, path: ARTICLE_PATH, method: 'GET', headers: CALLER_HEADERS });
    return JSON.parse(await body.text());
  };
});

function contestant(createGetter: (egain: EgainAuth, origin: string) => ArticleGetter): Contestant {
  return {
    package: '@egain-auth/core',
    create({ origin, tokenUrl }) {
      const egain = createEgainAuth({
        clientId: CLIENT_ID,
        clientSecret: CLIENT_SECRET,
        apiUrl: origin,
        endpoints: { onBehalfOf: { user: { tokenUrl } } },
        authorizeSubject: () => true,
      });
      return createGetter(egain, origin);
    },
  };
}
