import { createHmac, hkdfSync } from 'node:crypto';

/** Names things where names must not be seen: the same text has the same hash, and nobody without the key can try texts. */
export type KeyedHash = (text: string) => string;

/**
 * HMAC-SHA256 under a key derived for one purpose (RFC 5869), as base64url.
 * @param purpose so that a hash of one use says nothing about another
 */
export function createKeyedHash(secret: string | Buffer, purpose: string): KeyedHash {
  const key = Buffer.from(hkdfSync('sha256', secret, 'egain-auth', purpose, 32));
  return (text) => createHmac('sha256', key).update(text).digest('base64url');
}
