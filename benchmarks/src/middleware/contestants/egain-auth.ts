import { createMemorySessionStore, type SessionStore } from '@egain-auth/core';
import { egainAuth, onBehalfOf, requiresAuth, user } from '@egain-auth/express';
import type { RequestHandler } from 'express';
import { createApplication, greet } from '../application.ts';
import type { Contestant } from '../contestant.ts';
import { NAME, PROFILES, type Size } from '../profile.ts';

const SCOPE = ['knowledge.portalmgr.onbehalfof.read'] as const;

export const egainAuthCookie = (size: Size) => contestant({ size });
export const egainAuthStore = contestant({ store: createMemorySessionStore });

/** Signed in, and on a page that does not care. */
export const egainAuthUntouched = contestant({ home: [(_req, res) => greet(res, NAME)] });

/** Signed in, and eGain is about to be called on behalf of somebody: the token is in the cache. */
const tokenOnBehalfOf: readonly RequestHandler[] = [
  onBehalfOf((req) => user({ username: req.egain.identity?.id ?? '' }), { scope: SCOPE }),
  async (req, res) => {
    const { accessToken } = await req.egain.getToken();
    greet(res, accessToken ? req.egain.identity?.name : undefined);
  },
];
export const egainAuthCookieOnBehalfOf = contestant({ home: tokenOnBehalfOf });
export const egainAuthStoreOnBehalfOf = contestant({ home: tokenOnBehalfOf, store: createMemorySessionStore });

interface Variant {
  readonly size?: Size;
  readonly store?: () => SessionStore;
  readonly home?: readonly RequestHandler[];
}

/** Ours, as the README shows it; the only one that is signed in by somebody else than itself. */
function contestant({
  size = 'small',
  store,
  home = [(req, res) => greet(res, req.egain.identity?.name)],
}: Variant): Contestant {
  return {
    package: '@egain-auth/express',
    create: ({ egain }) =>
      createApplication({
        use: [
          egainAuth({
            ...egain,
            login: { ...egain.login, resolveIdentity: async () => ({ id: 'maria.agent', ...PROFILES[size] }) },
            session: { ...egain.session, ...(store && { store: store() }) },
            authorizeSubject: () => true,
          }),
        ],
        signIn: requiresAuth({ as: 'user' }),
        home,
      }),
  };
}
