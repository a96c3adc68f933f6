import { OAuth2Client, UserRefreshClient } from 'google-auth-library';
import { CLIENT_ID, CLIENT_SECRET, type Contestant } from '../contestant.ts';

export interface Result {
  readonly token?: string | null | undefined;
}

/**
 * One client per subject, which is where this library caches. They share a transporter, and the refresh token stands
 * for the subject: its grants on behalf of somebody sign a JWT for each request, which others need not do.
 */
export const googleAuthLibrary: Contestant<Result> = {
  package: 'google-auth-library',
  create({ tokenUrl }) {
    const { transporter } = new OAuth2Client();
    const clients = new Map<string, UserRefreshClient>();
    return {
      getToken(subject) {
        let client = clients.get(subject);
        if (!client) {
          client = new UserRefreshClient({
            clientId: CLIENT_ID,
            clientSecret: CLIENT_SECRET,
            refreshToken: subject,
            endpoints: { oauth2TokenUrl: tokenUrl.href },
            transporter,
          });
          clients.set(subject, client);
        }
        return client.getAccessToken();
      },
      accessTokenOf: ({ token }) => token,
    };
  },
};
