import { Agent } from 'node:http';
import got from 'got';
import { ARTICLE_PATH } from '../article.ts';
import { CALLER_HEADERS, type Contestant } from '../contestant.ts';
import { requestToken } from '../token-request.ts';

/** An instance whose hook adds the token. Version 14: 15 wants Node 22. */
export const gotHook: Contestant = {
  package: 'got',
  async create(surroundings) {
    const { accessToken } = await requestToken(surroundings);
    const client = got.extend({
      prefixUrl: surroundings.origin,
      agent: { http: new Agent({ keepAlive: true }) },
      hooks: {
        beforeRequest: [
          (options) => {
            options.headers['authorization'] = `Bearer ${accessToken}`;
          },
        ],
      },
    });
    const path = ARTICLE_PATH.slice(1);
    return () => client.get(path, { headers: CALLER_HEADERS }).json();
  },
};
