import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type Pipeline,
} from '@azure/core-rest-pipeline';
import { SCOPE } from '../../tokens/contestant.ts';
import { ARTICLE_PATH } from '../article.ts';
import { CALLER_HEADERS, type Contestant } from '../contestant.ts';
import { requestToken } from '../token-request.ts';

export const bearerPolicyOnly = contestant(createEmptyPipeline);
export const defaultPipeline = contestant(() => createPipelineFromOptions({}));

/** What Azure's clients are made of. Version 1.24: 1.25 wants Node 22. */
function contestant(createPipeline: () => Pipeline): Contestant {
  return {
    package: '@azure/core-rest-pipeline',
    async create(surroundings) {
      const { accessToken, expiresAt } = await requestToken(surroundings);
      const pipeline = createPipeline();
      pipeline.addPolicy(
        bearerTokenAuthenticationPolicy({
          credential: { getToken: async () => ({ token: accessToken, expiresOnTimestamp: expiresAt }) },
          scopes: SCOPE,
        }),
        { phase: 'Sign' },
      );
      // Its bearer policy has the URL begin with https:, and everybody here speaks http.
      pipeline.addPolicy(
        {
          name: 'plainHttp',
          sendRequest(request, next) {
            request.url = surroundings.origin + ARTICLE_PATH;
            return next(request);
          },
        },
        { afterPhase: 'Sign' },
      );
      const client = createDefaultHttpClient();
      const url = `${surroundings.origin.replace('http:', 'https:')}${ARTICLE_PATH}`;
      return async () => {
        const request = createPipelineRequest({
          url,
          headers: createHttpHeaders(CALLER_HEADERS),
          allowInsecureConnection: true,
        });
        return JSON.parse((await pipeline.sendRequest(client, request)).bodyAsText ?? '');
      };
    },
  };
}
