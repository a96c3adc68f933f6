import { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client';
import { CLIENT_ID, CLIENT_SECRET, SCOPE } from '../../tokens/contestant.ts';
import { ARTICLE_PATH } from '../article.ts';
import { CALLER_HEADERS, type Contestant, SUBJECT } from '../contestant.ts';

/** Its wrapper of Node's own fetch, which keeps the token. */
export const oauth2Client: Contestant = {
  package: '@badgateway/oauth2-client',
  create({ origin, tokenUrl }) {
    const client = new OAuth2Client({
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      tokenEndpoint: tokenUrl,
      authenticationMethod: 'client_secret_post',
    });
    const wrapper = new OAuth2Fetch({
      client,
      getNewToken: () => client.password({ username: SUBJECT, password: 'password', scope: [SCOPE] }),
      scheduleRefresh: false,
    });
    const url = origin + ARTICLE_PATH;
    return async () => (await wrapper.fetch(url, { headers: CALLER_HEADERS })).json();
  },
};
