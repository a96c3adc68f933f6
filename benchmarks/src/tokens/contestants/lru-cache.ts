import { LRUCache } from 'lru-cache';
import type { Contestant } from '../contestant.ts';
import { createMint } from './undici.ts';

/** The cache alone, asked without a promise in between. */
export const lruCache: Contestant<string> = {
  package: 'lru-cache',
  part: 'cached',
  create(surroundings) {
    const { mint, close } = createMint(surroundings);
    const cache = new LRUCache<string, string>({ max: surroundings.subjects });

    async function fill(subject: string): Promise<string> {
      const { accessToken, expiresAt } = await mint(subject);
      cache.set(subject, accessToken, { ttl: expiresAt - Date.now() });
      return accessToken;
    }

    return { getToken: (subject) => cache.get(subject) ?? fill(subject), accessTokenOf: (token) => token, close };
  },
};
