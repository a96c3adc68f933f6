import { type AccessToken, ResourceOwnerPassword } from 'simple-oauth2';
import { CLIENT_ID, CLIENT_SECRET, type Contestant, SCOPE } from '../contestant.ts';

/** The password grant. */
export const simpleOauth2: Contestant<AccessToken> = {
  package: 'simple-oauth2',
  part: 'missed',
  create({ tokenUrl }) {
    const client = new ResourceOwnerPassword({
      client: { id: CLIENT_ID, secret: CLIENT_SECRET },
      auth: { tokenHost: tokenUrl.origin, tokenPath: tokenUrl.pathname },
      options: { authorizationMethod: 'body' },
    });
    return {
      getToken: (subject) => client.getToken({ username: subject, password: 'password', scope: SCOPE }),
      accessTokenOf: ({ token }) => token['access_token'] as string,
    };
  },
};
