import { UserRefreshClient } from 'google-auth-library';
import { CLIENT_ID, CLIENT_SECRET } from '../../tokens/contestant.ts';
import { ARTICLE_PATH } from '../article.ts';
import { CALLER_HEADERS, type Contestant, SUBJECT } from '../contestant.ts';

/** A client that gets its token by a refresh token, which stands for the subject. Version 10: 11 wants Node 22. */
export const googleAuthLibrary: Contestant = {
  package: 'google-auth-library',
  create({ origin, tokenUrl }) {
    const client = new UserRefreshClient({
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      refreshToken: SUBJECT,
      endpoints: { oauth2TokenUrl: tokenUrl },
    });
    const url = origin + ARTICLE_PATH;
    return async () => (await client.request<unknown>({ url, headers: CALLER_HEADERS })).data;
  },
};
