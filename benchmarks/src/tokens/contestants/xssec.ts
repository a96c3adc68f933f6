import { XsuaaService } from '@sap/xssec';
import { CLIENT_ID, CLIENT_SECRET, type Contestant, SCOPE } from '../contestant.ts';

/** Its type leaves out what its documentation names. */
const OPTIONS: object = { scope: SCOPE };

type Result = Awaited<ReturnType<XsuaaService['getPasswordToken']>>;

/** The password grant, its cached getter with room for everybody. Its own client speaks http where the URL does. */
export const xssec: Contestant<Result> = {
  package: '@sap/xssec',
  create({ tokenUrl, subjects }) {
    const service = new XsuaaService(
      { clientid: CLIENT_ID, clientsecret: CLIENT_SECRET, url: tokenUrl.origin },
      {
        endpoints: { token: tokenUrl.pathname },
        tokenfetch: { cache: { size: subjects } },
        // Its 2 s would be over before the last of a thousand callers had its answer on a busy machine.
        requests: { timeout: 10_000 },
      },
    );
    return {
      getToken: (subject) => service.getPasswordToken(subject, 'password', OPTIONS),
      accessTokenOf: (response) => response.access_token,
    };
  },
};
