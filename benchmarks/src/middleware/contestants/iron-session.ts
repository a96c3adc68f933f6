import { getIronSession } from 'iron-session';
import { createApplication, greet } from '../application.ts';
import type { Contestant } from '../contestant.ts';
import { PROFILES, type Profile, SECRET, type Size, type Tokens, tokens } from '../profile.ts';

type Session = Partial<Profile & Tokens>;

const OPTIONS = { password: SECRET, cookieName: 'iron', cookieOptions: { secure: false } };
/** It writes a single cookie and refuses more than 4096 bytes: large is what it takes. */
const MOST_ROLES = 85;

/** Version 8: 9 wants Node 22. */
export const ironSession = (size: Size): Contestant => ({
  package: 'iron-session',
  create: () =>
    createApplication({
      async signIn(req, res, next) {
        const session = await getIronSession<Session>(req, res, OPTIONS);
        const { name, roles } = PROFILES[size];
        Object.assign(session, { name, roles: roles.slice(0, MOST_ROLES), ...tokens() });
        await session.save();
        next();
      },
      home: async (req, res) => greet(res, (await getIronSession<Session>(req, res, OPTIONS)).name),
    }),
});
