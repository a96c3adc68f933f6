import session from 'express-session';
import passport from 'passport';
import { createApplication, greet } from '../application.ts';
import type { Contestant } from '../contestant.ts';
import { PROFILES, type Profile, SECRET, tokens } from '../profile.ts';

/** express-session with its own memory store, and the profile in the session, as most strategies' examples do it. */
export const passportSession: Contestant = {
  package: 'passport',
  create() {
    passport.serializeUser((user, done) => done(null, user));
    passport.deserializeUser<Express.User>((user, done) => done(null, user));
    return createApplication({
      use: [session({ secret: SECRET, resave: false, saveUninitialized: false }), passport.session()],
      signIn: (req, _res, next) => req.login({ ...PROFILES.small, tokens: tokens() }, next),
      home: (req, res) => greet(res, (req.user as Profile | undefined)?.name),
    });
  },
};
