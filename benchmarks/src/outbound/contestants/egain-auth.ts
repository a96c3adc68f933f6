import { type Actor, createEgainAuth, user } from '@egain-auth/core';
import { CLIENT_ID, CLIENT_SECRET } from '../../tokens/contestant.ts';
import { ARTICLE_PATH } from '../article.ts';
import { CALLER_HEADERS, type Contestant, SUBJECT } from '../contestant.ts';

/** Ours, on behalf of somebody: each call finds its operation, the scope of it, and the token for that; asks the policy. */
export const egainAuth = contestant(CALLER_HEADERS);

/** With the headers that ours sends by itself alone. */
export const egainAuthWithoutHeader = contestant(undefined);

function contestant(headers: typeof CALLER_HEADERS | undefined): Contestant {
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
      const actor = { type: 'on-behalf-of', subject: user({ username: SUBJECT }) } as const satisfies Actor;
      return headers ? () => egain.api(actor).get(ARTICLE_PATH, { headers }) : () => egain.api(actor).get(ARTICLE_PATH);
    },
  };
}
