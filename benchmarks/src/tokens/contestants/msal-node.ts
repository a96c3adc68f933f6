import { type AuthenticationResult, ConfidentialClientApplication } from '@azure/msal-node';
import { CLIENT_ID, CLIENT_SECRET, type Contestant, SCOPE } from '../contestant.ts';

const HOST = 'login.example.com';
const AUTHORITY = `https://${HOST}/tenant`;

/**
 * The one peer with an on-behalf-of flow and a cache for it. Its authority must be https, but the metadata that it is
 * given in place of a discovery may name any token endpoint. The assertion is hashed for the cache and otherwise opaque.
 */
export const msalNode: Contestant<AuthenticationResult | null> = {
  package: '@azure/msal-node',
  // It looks through all entries at each call, each miss included: to fill 100 000 would take a day.
  maxCached: 1000,
  create({ tokenUrl }) {
    const application = new ConfidentialClientApplication({
      auth: {
        clientId: CLIENT_ID,
        clientSecret: CLIENT_SECRET,
        authority: AUTHORITY,
        knownAuthorities: [HOST],
        authorityMetadata: JSON.stringify({
          issuer: AUTHORITY,
          authorization_endpoint: `${AUTHORITY}/authorize`,
          token_endpoint: tokenUrl.href,
          jwks_uri: `${AUTHORITY}/keys`,
        }),
      },
    });
    return {
      getToken: (subject) => application.acquireTokenOnBehalfOf({ oboAssertion: subject, scopes: [SCOPE] }),
      accessTokenOf: (result) => result?.accessToken,
    };
  },
};
