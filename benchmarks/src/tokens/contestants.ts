import type { Contestant } from './contestant.ts';

/**
 * By the names that `--only` takes, floors first. Each is imported in its own process only: undici, for one, replaces
 * the dispatcher of Node's own fetch on Node 20, which others use.
 */
export const CONTESTANTS = {
  map: async () => (await import('./contestants/map.ts')).map,
  'lru-cache': async () => (await import('./contestants/lru-cache.ts')).lruCache,
  undici: async () => (await import('./contestants/undici.ts')).undici,
  'egain-auth': async () => (await import('./contestants/egain-auth.ts')).egainAuth,
  'egain-auth-kept-subject': async () => (await import('./contestants/egain-auth.ts')).egainAuthKeptSubject,
  'google-auth-library': async () => (await import('./contestants/google-auth-library.ts')).googleAuthLibrary,
  'oauth2-client': async () => (await import('./contestants/oauth2-client.ts')).oauth2Client,
  xssec: async () => (await import('./contestants/xssec.ts')).xssec,
  'msal-node': async () => (await import('./contestants/msal-node.ts')).msalNode,
  'openid-client': async () => (await import('./contestants/openid-client.ts')).openidClient,
  'simple-oauth2': async () => (await import('./contestants/simple-oauth2.ts')).simpleOauth2,
} satisfies Record<string, () => Promise<Contestant<unknown>>>;

export type ContestantName = keyof typeof CONTESTANTS;

export const loadContestant = (name: ContestantName): Promise<Contestant<unknown>> => CONTESTANTS[name]();
