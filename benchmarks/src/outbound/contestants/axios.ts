import { Agent } from 'node:http';
import axios from 'axios';
import { ARTICLE_PATH } from '../article.ts';
import { CALLER_HEADERS, type Contestant } from '../contestant.ts';
import { requestToken } from '../token-request.ts';

/** An instance whose interceptor adds the token, as its documentation has it. */
export const axiosInterceptor: Contestant = {
  package: 'axios',
  async create(surroundings) {
    const { accessToken } = await requestToken(surroundings);
    const client = axios.create({ baseURL: surroundings.origin, httpAgent: new Agent({ keepAlive: true }) });
    client.interceptors.request.use((config) => {
      config.headers.set('authorization', `Bearer ${accessToken}`);
      return config;
    });
    return async () => (await client.get<unknown>(ARTICLE_PATH, { headers: CALLER_HEADERS })).data;
  },
};
