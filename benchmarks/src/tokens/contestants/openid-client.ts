import { allowInsecureRequests, ClientSecretPost, Configuration, genericGrantRequest } from 'openid-client';
import { CLIENT_ID, CLIENT_SECRET, type Contestant, SCOPE } from '../contestant.ts';

type Result = Awaited<ReturnType<typeof genericGrantRequest>>;

/** The same grant as ours. Plain http by its own `allowInsecureRequests`. */
export const openidClient: Contestant<Result> = {
  package: 'openid-client',
  part: 'missed',
  create({ tokenUrl }) {
    const configuration = new Configuration(
      { issuer: tokenUrl.origin, token_endpoint: tokenUrl.href },
      CLIENT_ID,
      undefined,
      ClientSecretPost(CLIENT_SECRET),
    );
    allowInsecureRequests(configuration);
    return {
      getToken: (subject) =>
        genericGrantRequest(configuration, 'password', { subject_username: subject, scope: SCOPE }),
      accessTokenOf: (response) => response.access_token,
    };
  },
};
