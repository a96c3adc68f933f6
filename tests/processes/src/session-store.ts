import type { SessionStore } from '@egain-auth/core';

/** A store that outlives this process: it asks whoever started it, by HTTP. */
export function createRemoteSessionStore(url: string): Required<SessionStore> {
  async function ask(operation: string, key: string, value?: string, ttlMs?: number): Promise<string | null> {
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify({ operation, key, value, ttlMs }) });
    return ((await answer.json()) as { result: string | null }).result;
  }

  return {
    get: async (key) => (await ask('get', key)) ?? undefined,
    async set(key, value, { ttlMs }) {
      await ask('set', key, value, ttlMs);
    },
    update: async (key, value, { ttlMs }) => (await ask('update', key, value, ttlMs)) !== null,
    claim: async (key, { ttlMs }) => (await ask('claim', key, '1', ttlMs)) !== null,
    async delete(key) {
      await ask('delete', key);
    },
  };
}
