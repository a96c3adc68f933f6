import type { Contestant } from '../middleware/contestant.ts';

type Contestants = Readonly<Record<string, () => Promise<Contestant>>>;

/** For each framework by the names that `--only` takes, the floor first. Each is imported in its own process only. */
const CONTESTANTS = {
  express: {
    bare: async () => (await import('../middleware/contestants/bare.ts')).bare,
    'egain-auth-untouched': async () => (await import('../middleware/contestants/egain-auth.ts')).egainAuthUntouched,
    'egain-auth': async () => (await import('../middleware/contestants/egain-auth.ts')).egainAuthCookie('small'),
    'egain-auth-store': async () => (await import('../middleware/contestants/egain-auth.ts')).egainAuthStore,
    'egain-auth-on-behalf-of': async () =>
      (await import('../middleware/contestants/egain-auth.ts')).egainAuthCookieOnBehalfOf,
    passport: async () => (await import('../middleware/contestants/passport.ts')).passportSession,
  },
  koa: {
    bare: async () => (await import('./contestants/koa.ts')).bare,
    'egain-auth-untouched': async () => (await import('./contestants/koa.ts')).egainAuthUntouched,
    'egain-auth': async () => (await import('./contestants/koa.ts')).egainAuthCookie,
    'egain-auth-store': async () => (await import('./contestants/koa.ts')).egainAuthStore,
    'egain-auth-on-behalf-of': async () => (await import('./contestants/koa.ts')).egainAuthOnBehalfOf,
    'koa-session': async () => (await import('./contestants/koa-session.ts')).koaSessionCookie,
    'koa-session-store': async () => (await import('./contestants/koa-session.ts')).koaSessionStore,
  },
  'nest-express': nest('express'),
  'nest-fastify': nest('fastify'),
} satisfies Record<string, Contestants>;

export type Framework = keyof typeof CONTESTANTS;

export const FLOOR = 'bare';

export const contestantsOf = (framework: Framework): readonly string[] => Object.keys(CONTESTANTS[framework]);

export const CONTESTANT_NAMES: readonly string[] = [
  ...new Set((Object.keys(CONTESTANTS) as Framework[]).flatMap(contestantsOf)),
];

export async function loadContestant(framework: Framework, name: string): Promise<Contestant> {
  const contestants: Contestants = CONTESTANTS[framework];
  const load = contestants[name];
  if (!load) throw new Error(`there is no ${name} on ${framework}`);
  return load();
}

function nest(platform: 'express' | 'fastify'): Contestants {
  return {
    bare: async () => (await import('./contestants/nest.ts')).bare(platform),
    'egain-auth-untouched': async () => (await import('./contestants/nest.ts')).egainAuthUntouched(platform),
    'egain-auth': async () => (await import('./contestants/nest.ts')).egainAuthCookie(platform),
    'egain-auth-store': async () => (await import('./contestants/nest.ts')).egainAuthStore(platform),
    'egain-auth-on-behalf-of': async () => (await import('./contestants/nest.ts')).egainAuthOnBehalfOf(platform),
  };
}
