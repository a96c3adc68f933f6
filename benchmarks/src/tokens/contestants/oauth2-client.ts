import { OAuth2Client, OAuth2Fetch, type OAuth2Token } from '@badgateway/oauth2-client';
import { CLIENT_ID, CLIENT_SECRET, type Contestant, SCOPE } from '../contestant.ts';

/** One OAuth2Fetch per subject, which is where this library caches and joins requests. */
export const oauth2Client: Contestant<OAuth2Token> = {
  package: '@badgateway/oauth2-client',
  create({ tokenUrl }) {
    const client = new OAuth2Client({
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      tokenEndpoint: tokenUrl.href,
      authenticationMethod: 'client_secret_post',
    });
    const wrappers = new Map<string, OAuth2Fetch>();
    return {
      getToken(subject) {
        let wrapper = wrappers.get(subject);
        if (!wrapper) {
          wrapper = new OAuth2Fetch({
            client,
            getNewToken: () => client.password({ username: subject, password: 'password', scope: [SCOPE] }),
            scheduleRefresh: false,
          });
          wrappers.set(subject, wrapper);
        }
        return wrapper.getToken();
      },
      accessTokenOf: (token) => token.accessToken,
    };
  },
};
