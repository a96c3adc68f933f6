import { allowInsecureRequests, ClientSecretPost, Configuration, fetchProtectedResource } from 'openid-client';
import { CLIENT_ID, CLIENT_SECRET } from '../../tokens/contestant.ts';
import { ARTICLE_PATH } from '../article.ts';
import { CALLER_HEADERS, type Contestant } from '../contestant.ts';
import { requestToken } from '../token-request.ts';

/** It takes the token with each call: it has no cache. Plain http by its own `allowInsecureRequests`. */
export const openidClient: Contestant = {
  package: 'openid-client',
  async create(surroundings) {
    const { origin, tokenUrl } = surroundings;
    const { accessToken } = await requestToken(surroundings);
    const configuration = new Configuration(
      { issuer: origin, token_endpoint: tokenUrl },
      CLIENT_ID,
      undefined,
      ClientSecretPost(CLIENT_SECRET),
    );
    allowInsecureRequests(configuration);
    return async () => {
      const url = new URL(ARTICLE_PATH, origin);
      const headers = new Headers(CALLER_HEADERS);
      return (await fetchProtectedResource(configuration, accessToken, url, 'GET', null, headers)).json();
    };
  },
};
