import session from 'koa-session';
import type { Contestant } from '../../middleware/contestant.ts';
import { PROFILES, SECRET, SESSION_MS, tokens } from '../../middleware/profile.ts';
import { createApplication, greet } from '../koa-application.ts';

/** As it comes: JSON that everybody can read, and a signature beside it. */
export const koaSessionCookie = contestant({});
export const koaSessionStore = contestant({ store: memoryStore() });

function contestant(options: { store?: ReturnType<typeof memoryStore> }): Contestant {
  return {
    package: 'koa-session',
    create: () =>
      createApplication({
        use(app) {
          app.keys = [SECRET];
          return [session({ maxAge: SESSION_MS, ...options }, app)];
        },
        signIn(ctx, next) {
          Object.assign(ctx.session ?? {}, PROFILES.small, tokens());
          return next();
        },
        home: [(ctx) => greet(ctx, ctx.session?.['name'])],
      }),
  };
}

/** A `Map` of objects that nobody serializes. */
function memoryStore() {
  const sessions = new Map<string, unknown>();
  return {
    get: async (key: string) => sessions.get(key),
    async set(key: string, value: unknown) {
      sessions.set(key, value);
    },
    async destroy(key: string) {
      sessions.delete(key);
    },
  };
}
