import type { Contestant } from './contestant.ts';

/** By the names that `--only` takes, floors first. Each is imported in its own process only. */
export const CONTESTANTS = {
  bare: async () => (await import('./contestants/bare.ts')).bare,
  'bare-cookie': async () => (await import('./contestants/bare.ts')).bareWithCookie,
  'bare-cookie-large': async () => (await import('./contestants/bare.ts')).bareWithLargeCookie,
  'thin-sealed': async () => (await import('./contestants/thin-sealed.ts')).thinSealed('small'),
  'thin-sealed-large': async () => (await import('./contestants/thin-sealed.ts')).thinSealed('large'),
  'thin-id': async () => (await import('./contestants/thin-id.ts')).thinId,
  'egain-auth': async () => (await import('./contestants/egain-auth.ts')).egainAuthCookie('small'),
  'egain-auth-large': async () => (await import('./contestants/egain-auth.ts')).egainAuthCookie('large'),
  'egain-auth-store': async () => (await import('./contestants/egain-auth.ts')).egainAuthStore,
  'egain-auth-untouched': async () => (await import('./contestants/egain-auth.ts')).egainAuthUntouched,
  'egain-auth-on-behalf-of': async () => (await import('./contestants/egain-auth.ts')).egainAuthCookieOnBehalfOf,
  'egain-auth-store-on-behalf-of': async () => (await import('./contestants/egain-auth.ts')).egainAuthStoreOnBehalfOf,
  'express-openid-connect': async () =>
    (await import('./contestants/express-openid-connect.ts')).expressOpenidConnectCookie,
  'express-openid-connect-store': async () =>
    (await import('./contestants/express-openid-connect.ts')).expressOpenidConnectStore,
  passport: async () => (await import('./contestants/passport.ts')).passportSession,
  'iron-session': async () => (await import('./contestants/iron-session.ts')).ironSession('small'),
  'iron-session-large': async () => (await import('./contestants/iron-session.ts')).ironSession('large'),
} satisfies Record<string, () => Promise<Contestant>>;

export type ContestantName = keyof typeof CONTESTANTS;

export const FLOOR: ContestantName = 'bare';

export const loadContestant = (name: ContestantName): Promise<Contestant> => CONTESTANTS[name]();
