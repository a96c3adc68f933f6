import { createApplication, greet } from '../application.ts';
import type { Contestant } from '../contestant.ts';
import { NAME } from '../profile.ts';

/** The floor: Express, and a name that is always there. */
export const bare: Contestant = {
  package: 'express',
  create: () => createApplication({ signIn: (_req, _res, next) => next(), home: (_req, res) => greet(res, NAME) }),
};
