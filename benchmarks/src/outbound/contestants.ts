import type { Contestant } from './contestant.ts';

/**
 * By the names that `--only` takes, floors first. Each is imported in its own process only: undici, for one, replaces
 * the dispatcher of Node's own fetch on Node 20, which others use.
 */
export const CONTESTANTS = {
  'pool-request': async () => (await import('./contestants/undici.ts')).poolRequest,
  'thin-layer': async () => (await import('./contestants/thin-layer.ts')).thinLayer,
  'thin-interceptor': async () => (await import('./contestants/thin-layer.ts')).thinInterceptor,
  'undici-request': async () => (await import('./contestants/undici.ts')).undiciRequest,
  'egain-auth': async () => (await import('./contestants/egain-auth.ts')).egainAuth,
  'egain-auth-no-header': async () => (await import('./contestants/egain-auth.ts')).egainAuthWithoutHeader,
  'egain-auth-fetch': async () => (await import('./contestants/egain-auth.ts')).egainAuthFetch,
  'egain-auth-interceptor': async () => (await import('./contestants/egain-auth.ts')).egainAuthInterceptor,
  'undici-fetch': async () => (await import('./contestants/undici.ts')).undiciFetch,
  'global-fetch': async () => (await import('./contestants/global-fetch.ts')).globalFetch,
  axios: async () => (await import('./contestants/axios.ts')).axiosInterceptor,
  got: async () => (await import('./contestants/got.ts')).gotHook,
  'google-auth-library': async () => (await import('./contestants/google-auth-library.ts')).googleAuthLibrary,
  'rest-pipeline-bearer': async () => (await import('./contestants/rest-pipeline.ts')).bearerPolicyOnly,
  'rest-pipeline': async () => (await import('./contestants/rest-pipeline.ts')).defaultPipeline,
  'oauth2-client': async () => (await import('./contestants/oauth2-client.ts')).oauth2Client,
  'openid-client': async () => (await import('./contestants/openid-client.ts')).openidClient,
} satisfies Record<string, () => Promise<Contestant>>;

export type ContestantName = keyof typeof CONTESTANTS;

export const FLOOR: ContestantName = 'pool-request';

export const loadContestant = (name: ContestantName): Promise<Contestant> => CONTESTANTS[name]();
