import { createApplication, greet } from '../application.ts';
import type { Contestant } from '../contestant.ts';
import { NAME } from '../profile.ts';

/** The floor: Express, and a name that is always there. */
export const bare = contestant([]);

/** The same with a cookie that nobody reads, as long as ours: what its bytes alone cost, which no middleware can save. */
export const bareWithCookie = contestant([`unread=${'x'.repeat(1474)}; Path=/; HttpOnly`]);
export const bareWithLargeCookie = contestant(
  ['unread.0', 'unread.1'].map((name) => `${name}=${'x'.repeat(2940)}; Path=/; HttpOnly`),
);

function contestant(cookies: string[]): Contestant {
  return {
    package: 'express',
    create: () =>
      createApplication({
        signIn(_req, res, next) {
          res.append('set-cookie', cookies);
          next();
        },
        home: (_req, res) => greet(res, NAME),
      }),
  };
}
