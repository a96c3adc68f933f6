import { randomBytes } from 'node:crypto';
import type { Persona } from './persona.ts';

/** `none`: never issued. `kept`: valid until the emulator closes. `rotating`: valid once. */
export type RefreshTokenMode = 'none' | 'kept' | 'rotating';

export const REFRESH_TOKEN_MODES: readonly RefreshTokenMode[] = ['none', 'kept', 'rotating'];

/** What a refresh token stands for. */
export interface RefreshGrant {
  readonly clientId: string;
  readonly persona: Persona;
  readonly subject: string;
  readonly scope: readonly string[];
}

export interface RefreshTokens {
  readonly mode: RefreshTokenMode;
  /** A new token, or `undefined` in mode `none`. */
  readonly issue: (grant: RefreshGrant) => string | undefined;
  readonly find: (token: string) => RefreshGrant | undefined;
  /** Ends the token and answers its successor; in mode `kept` it lives on and there is no successor. */
  readonly rotate: (token: string, grant: RefreshGrant) => string | undefined;
}

export function createRefreshTokens(mode: RefreshTokenMode): RefreshTokens {
  const grants = new Map<string, RefreshGrant>();
  const issue = (grant: RefreshGrant): string | undefined => {
    if (mode === 'none') return undefined;
    const token = randomBytes(32).toString('base64url');
    grants.set(token, grant);
    return token;
  };
  return {
    mode,
    issue,
    find: (token) => grants.get(token),
    rotate: (token, grant) => {
      if (mode !== 'rotating') return undefined;
      grants.delete(token);
      return issue(grant);
    },
  };
}
