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

  async 'a token whose first request fails'() {
    await createEgainAuth(options()).clientCredentials({ scope: ['app.knowledge.portalmgr.read'] });
    tell('got', 'a token');
  },

  async 'a token whose secret never comes'() {
    const clientSecret = () => new Promise<string>(() => {});
    const egain = createEgainAuth({ ...options(), clientSecret, http: { timeoutMs: 100 } });
    const error: unknown = await egain.clientCredentials({ scope: ['app.knowledge.portalmgr.read'] }).catch((e) => e);
    tell('got', (error as { code?: string }).code ?? String(error));
  },

  async 'a policy that never answers'() {
    const authorizeSubject = () => new Promise<boolean>(() => {});
    const egain = createEgainAuth({ ...options(), authorizeSubject, http: { timeoutMs: 100 } });
    const error: unknown = await egain.onBehalfOf(user({ username: 'u1' }), { scope: SCOPE }).catch((e) => e);
    tell('got', (error as { code?: string }).code ?? String(error));
  },

  async 'a renewal that nobody awaits, whose secret never comes'() {
    const given = options();
    const secrets = [given.clientSecret as string];
    const clientSecret = () => secrets.pop() ?? new Promise<string>(() => {});
    const egain = createEgainAuth({ ...given, clientSecret, http: { timeoutMs: 600_000 } });
    const scope = ['app.knowledge.portalmgr.read'] as const;
    await egain.clientCredentials({ scope });
    const now = Date.now.bind(Date);
    // The token is due, and still good.
    Date.now = () => now() + 3400 * 1000;
    tell('got', (await egain.clientCredentials({ scope })).source);
  },
};

await SCRIPTS[process.argv[3] ?? '']?.();
// What would keep it running, at the end of this turn of the event loop, beside its own pipes.
setImmediate(() => tell('left', ...process.getActiveResourcesInfo().filter((resource) => resource !== 'PipeWrap')));
