import type { EgainAuthOptions } from '../src/options.ts';

/** As little as works without a login. */
export const OPTIONS = {
  clientId: 'client-1',
  clientSecret: 'canary-secret',
  tenantId: 'TMPRODB88619984',
  domainUrl: 'https://ai.egain.cloud',
  authorizeSubject: () => true,
} satisfies EgainAuthOptions;

/** As little as works with one. */
export const LOGIN_OPTIONS = {
  ...OPTIONS,
  baseUrl: 'https://desk.example.com',
  login: { user: { scope: ['knowledge.portalmgr.read'] } },
  session: { secret: 'a session secret of more than 32 bytes' },
} satisfies EgainAuthOptions;
