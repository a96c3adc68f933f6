import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const VERSION = 'v1';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Authenticated encryption for one purpose. What it sealed opens only with a sealer of the same secret, purpose and
 * audience, and only under the same name.
 */
export interface Sealer {
  /** @returns printable ASCII without any character that a cookie value forbids */
  seal(name: string, plaintext: string | Uint8Array): string;
  /** @returns the plaintext, or `undefined`: why a value does not open is nobody's business (T036) */
  open(name: string, sealed: string): string | undefined;
  /** The same as bytes, and whether it is time to seal it again: the secret is not the first any more (T039). */
  unseal(name: string, sealed: string): { plaintext: Buffer; isOutdated: boolean } | undefined;
}

/**
 * AES-256-GCM with a fresh 96-bit IV and the full 128-bit tag (NIST SP 800-38D). Keys are derived once, here, by
 * HKDF-SHA256 (RFC 5869) per purpose; purpose, audience, name and version are authenticated too, so that a value moved
 * to another cookie, deployment or use does not open (T011).
 * @param secrets the first seals, all open: put a new one in front to rotate (T039)
 */
export function createSealer(secrets: readonly string[], purpose: string, audience: string): Sealer {
  const keys = secrets.map((secret) =>
    Buffer.from(hkdfSync('sha256', secret, 'egain-auth', `${VERSION} ${purpose}`, 32)),
  );
  const [sealingKey] = keys;
  if (!sealingKey) throw new TypeError('createSealer needs at least one secret');
  const associatedData = rememberLast((name) => Buffer.from(JSON.stringify([VERSION, purpose, audience, name])));

  function unseal(name: string, sealed: string): ReturnType<Sealer['unseal']> {
    if (!sealed.startsWith(`${VERSION}.`)) return undefined;
    const body = Buffer.from(sealed.slice(VERSION.length + 1), 'base64url');
    if (body.length < IV_BYTES + TAG_BYTES) return undefined;
    for (const key of keys) {
      const plaintext = decrypt(key, body, associatedData(name));
      if (plaintext !== undefined) return { plaintext, isOutdated: key !== sealingKey };
    }
    return undefined;
  }

  return {
    seal(name, plaintext) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', sealingKey, iv).setAAD(associatedData(name));
      const bytes = typeof plaintext === 'string' ? Buffer.from(plaintext) : plaintext;
      const body = Buffer.concat([iv, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
      return `${VERSION}.${body.toString('base64url')}`;
    },

    unseal,
    open: (name, sealed) => unseal(name, sealed)?.plaintext.toString('utf8'),
  };
}

function decrypt(key: Buffer, body: Buffer, associatedData: Buffer): Buffer | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(associatedData)
    .setAuthTag(body.subarray(-TAG_BYTES));
  const plaintext = decipher.update(body.subarray(IV_BYTES, -TAG_BYTES));
  try {
    // Throws for what was changed. There is nothing more to come: GCM has no padding.
    decipher.final();
    return plaintext;
  } catch {
    return undefined;
  }
}

/** Most sealers are only ever asked for one name. */
function rememberLast<T>(create: (name: string) => T): (name: string) => T {
  let last: { readonly name: string; readonly value: T } | undefined;
  return (name) => {
    if (last?.name !== name) last = { name, value: create(name) };
    return last.value;
  };
}
