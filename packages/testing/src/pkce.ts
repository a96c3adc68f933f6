import { createHash } from 'node:crypto';

/** An S256 challenge is 32 bytes in base64url without padding (RFC 7636 4.2). */
export const isCodeChallenge = (value: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(value);

/** RFC 7636 4.1: 43 to 128 unreserved characters. */
export const isCodeVerifier = (value: string): boolean => /^[A-Za-z0-9._~-]{43,128}$/.test(value);

/** RFC 7636 4.6. */
export const isVerifierOf = (verifier: string, challenge: string): boolean =>
  createHash('sha256').update(verifier, 'ascii').digest('base64url') === challenge;
