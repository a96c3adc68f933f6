import { randomBytes } from 'node:crypto';
import type { Persona } from './persona.ts';

/** What an authorization code is bound to. */
export interface CodeGrant {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly persona: Persona;
  readonly subject: string;
  readonly scope: readonly string[];
  /** The S256 challenge, when the login sent one. */
  readonly codeChallenge?: string;
}

export interface AuthorizationCodes {
  readonly issue: (grant: CodeGrant) => string;
  /** The grant, once: a code is gone after the first call, whatever comes of it (RFC 6749 4.1.2: single use). */
  readonly redeem: (code: string) => CodeGrant | undefined;
}

/** INFERRED: the guide names no lifetime; RFC 6749 4.1.2 asks for a short one, ten minutes at most. */
const LIFETIME_MS = 60_000;

/** @param now the current time in epoch milliseconds */
export function createAuthorizationCodes(now: () => number = Date.now): AuthorizationCodes {
  const codes = new Map<string, { grant: CodeGrant; expiresAt: number }>();
  return {
    issue: (grant) => {
      const code = randomBytes(32).toString('base64url');
      codes.set(code, { grant, expiresAt: now() + LIFETIME_MS });
      return code;
    },
    redeem: (code) => {
      const entry = codes.get(code);
      codes.delete(code);
      return entry !== undefined && now() < entry.expiresAt ? entry.grant : undefined;
    },
  };
}
