import { randomBytes } from 'node:crypto';
import type { Persona } from './persona.ts';

/** `none`: never issued. `kept`: valid until it expires. `rotating`: valid once. */
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
  readonly lifetimeSeconds: number;
  /** A new token, or `undefined` in mode `none`. */
  readonly issue: (grant: RefreshGrant) => string | undefined;
  readonly find: (token: string) => RefreshGrant | undefined;
  /** Ends the token and answers its successor; in mode `kept` it lives on and there is no successor. */
  readonly rotate: (token: string, grant: RefreshGrant) => string | undefined;
}

/** @param settings.now the current time in epoch milliseconds */
export function createRefreshTokens(settings: {
  readonly mode: RefreshTokenMode;
  readonly lifetimeSeconds: number;
  readonly now: () => number;
}): RefreshTokens {
  const { mode, lifetimeSeconds, now } = settings;
  const grants = new Map<string, { readonly grant: RefreshGrant; readonly expiresAt: number }>();
  const issue = (grant: RefreshGrant): string | undefined => {
    if (mode === 'none') return undefined;
    const token = randomBytes(32).toString('base64url');
    grants.set(token, { grant, expiresAt: now() + lifetimeSeconds * 1000 });
    return token;
  };
  return {
    mode,
    lifetimeSeconds,
    issue,
    find: (token) => {
      const entry = grants.get(token);
      return entry !== undefined && now() < entry.expiresAt ? entry.grant : undefined;
    },
    rotate: (token, grant) => {
      if (mode !== 'rotating') return undefined;
      grants.delete(token);
      return issue(grant);
    },
  };
}
