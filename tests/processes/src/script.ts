// Does one thing with eGain, and ends. Usage: node script.js <options> <what>.
import { createEgainAuth, createMemoryTokenStore, user } from '@egain-auth/core';
import { tell } from './tell.ts';
import { options, SCOPE } from './work.ts';

const SCRIPTS: Readonly<Record<string, () => Promise<void>>> = {
  async 'a token'() {
    await createEgainAuth(options()).clientCredentials({ scope: ['app.knowledge.portalmgr.read'] });
  },

  async 'a call of the API on behalf of somebody'() {
    const actor = { type: 'on-behalf-of', subject: user({ username: 'u1' }) } as const;
    const api = createEgainAuth(options()).api(actor, { scope: SCOPE });
    await api.get('/knowledge/portalmgr/v4/myportals', { query: { $lang: 'en-US' } });
  },

  async 'a token that a store keeps'() {
    const tokens = { store: createMemoryTokenStore(), encryptionKeys: ['k'.repeat(32)] };
    await createEgainAuth({ ...options(), tokens }).onBehalfOf(user({ username: 'u1' }), { scope: SCOPE });
  },
};

await SCRIPTS[process.argv[3] ?? '']?.();
// What would keep it running, at the end of this turn of the event loop, beside its own pipes.
setImmediate(() => tell('left', ...process.getActiveResourcesInfo().filter((resource) => resource !== 'PipeWrap')));
