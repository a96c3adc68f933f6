import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Request } from 'express';
import { createApplication, greet } from '../application.ts';
import type { Contestant } from '../contestant.ts';
import { PROFILES, type Profile, SECRET, SESSION_MS, type Size, type Tokens, tokens } from '../profile.ts';

interface Session extends Profile {
  readonly tokens: Tokens;
  readonly endsAt: number;
}

const COOKIE = 'thin';
const CHUNK = 4000;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** What somebody writes by hand who knows what they need: AES-256-GCM, in as many cookies as it takes. Nothing rotates. */
export const thinSealed = (size: Size): Contestant => ({
  create() {
    const key = Buffer.from(hkdfSync('sha256', SECRET, '', 'session', 32));
    const associatedData = Buffer.from(COOKIE);

    function seal(session: Session): string {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(associatedData);
      const text = Buffer.concat([iv, cipher.update(JSON.stringify(session)), cipher.final()]);
      return Buffer.concat([text, cipher.getAuthTag()]).toString('base64url');
    }

    function open(sealed: string): Session | undefined {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < IV_BYTES + TAG_BYTES) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
        .setAAD(associatedData)
        .setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        const text = decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
        const session = JSON.parse(text) as Session;
        return Date.now() < session.endsAt ? session : undefined;
      } catch {
        return undefined;
      }
    }

    return createApplication({
      signIn(_req, res, next) {
        const sealed = seal({ ...PROFILES[size], tokens: tokens(), endsAt: Date.now() + SESSION_MS });
        for (let at = 0; at < sealed.length; at += CHUNK) {
          res.append('set-cookie', `${COOKIE}.${at / CHUNK}=${sealed.slice(at, at + CHUNK)}; Path=/; HttpOnly`);
        }
        next();
      },
      home: (req, res) => greet(res, open(chunksOf(req))?.name),
    });
  },
});

function chunksOf({ headers }: Request): string {
  let value = '';
  for (const pair of headers.cookie?.split('; ') ?? []) {
    if (pair.startsWith(`${COOKIE}.`)) value += pair.slice(pair.indexOf('=') + 1);
  }
  return value;
}
