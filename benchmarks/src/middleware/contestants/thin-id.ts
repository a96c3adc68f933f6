import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { createApplication, greet } from '../application.ts';
import type { Contestant } from '../contestant.ts';
import { PROFILES, type Profile, SECRET, SESSION_MS, type Tokens, tokens } from '../profile.ts';

interface Session extends Profile {
  readonly tokens: Tokens;
  readonly endsAt: number;
}

/** The same for a session in memory: an id with its HMAC, and a `Map` of objects that are never written down. */
export const thinId: Contestant = {
  create() {
    const sessions = new Map<string, Session>();
    const sign = (id: string) => createHmac('sha256', SECRET).update(id).digest();

    function find(cookie: string | undefined): Session | undefined {
      const [, id, signature] = /(?:^|; )thin=([\w-]+)\.([\w-]+)/.exec(cookie ?? '') ?? [];
      if (id === undefined || signature === undefined) return undefined;
      const given = Buffer.from(signature, 'base64url');
      const expected = sign(id);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
      const session = sessions.get(id);
      return session && Date.now() < session.endsAt ? session : undefined;
    }

    return createApplication({
      signIn(_req, res, next) {
        const id = randomBytes(32).toString('base64url');
        sessions.set(id, { ...PROFILES.small, tokens: tokens(), endsAt: Date.now() + SESSION_MS });
        res.append('set-cookie', `thin=${id}.${sign(id).toString('base64url')}; Path=/; HttpOnly`);
        next();
      },
      home: (req, res) => greet(res, find(req.headers.cookie)?.name),
    });
  },
};
