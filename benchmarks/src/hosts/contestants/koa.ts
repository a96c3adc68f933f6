import { createMemorySessionStore, type SessionStore } from '@egain-auth/core';
import { egainAuth, onBehalfOf, requiresAuth, user } from '@egain-auth/koa';
import type { Context, Middleware } from 'koa';
import type { Contestant } from '../../middleware/contestant.ts';
import { NAME, PROFILES } from '../../middleware/profile.ts';
import { createApplication, greet } from '../koa-application.ts';

const SCOPE = ['knowledge.portalmgr.onbehalfof.read'] as const;

/** The floor: Koa, and a name that is always there. */
export const bare: Contestant = {
  create: () => createApplication({ signIn: (_ctx, next) => next(), home: [(ctx) => greet(ctx, NAME)] }),
};

export const egainAuthCookie = contestant({});
export const egainAuthStore = contestant({ store: createMemorySessionStore });
/** Signed in, and on a page that does not care. */
export const egainAuthUntouched = contestant({ home: [(ctx) => greet(ctx, NAME)] });
/** Signed in, and eGain is about to be called on behalf of somebody: the token is in the cache. */
export const egainAuthOnBehalfOf = contestant({
  home: [
    onBehalfOf((ctx) => user({ username: ctx.egain.identity?.id ?? '' }), { scope: SCOPE }),
    async (ctx) => {
      const { accessToken } = await ctx.egain.getToken();
      greet(ctx, accessToken ? ctx.egain.identity?.name : undefined);
    },
  ],
});

interface Variant {
  readonly store?: () => SessionStore;
  readonly home?: readonly Middleware[];
}

/** Ours, as the README shows it. */
function contestant({ store, home = [(ctx: Context) => greet(ctx, ctx.egain.identity?.name)] }: Variant): Contestant {
  return {
    package: '@egain-auth/koa',
    create: ({ egain }) =>
      createApplication({
        use: () => [
          egainAuth({
            ...egain,
            login: { ...egain.login, resolveIdentity: async () => ({ id: 'maria.agent', ...PROFILES.small }) },
            session: { ...egain.session, ...(store && { store: store() }) },
            authorizeSubject: () => true,
          }),
        ],
        signIn: requiresAuth({ as: 'user' }),
        home,
      }),
  };
}
