import type { SessionStore } from '@egain-auth/core';

/** A store that outlives this process: it asks the process that started it, by HTTP. */
export function createRemoteSessionStore(url: string): SessionStore {
  async function ask<Result>(operation: keyof SessionStore, key: string, given?: object): Promise<Result> {
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify({ operation, key, ...given }) });
    return ((await answer.json()) as { result: Result }).result;
  }

  return {
    get: async (key) => (await ask<string | null>('get', key)) ?? undefined,
    set: (key, value, { ttlMs }) => ask('set', key, { value, ttlMs }),
    delete: (key) => ask('delete', key),
    replace: (key, previous, value, { ttlMs }) => ask('replace', key, { previous, value, ttlMs }),
    claim: (key, owner, { ttlMs }) => ask('claim', key, { owner, ttlMs }),
    release: (key, owner) => ask('release', key, { owner }),
  };
}
