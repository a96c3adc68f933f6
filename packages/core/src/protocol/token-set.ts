import { inspect } from 'node:util';

/** An access token with what is known about it. Neither `JSON.stringify`, spread nor `console.log` shows the token. */
export interface TokenSet {
  /** Non-enumerable. Send it as `Authorization: Bearer` to eGain's API origin and nowhere else. */
  readonly accessToken: string;
  /** When it ends, in epoch milliseconds. */
  readonly expiresAt: number;
  /** What was granted, without prefix. An answer without `scope` means "as requested" (RFC 6749 §5.1). */
  readonly scope: ReadonlySet<string>;
  /**
   * Where this one came from: `issuer` is a fresh answer of eGain, `memory` and `store` are caches, `stale` is still
   * valid but could not be renewed.
   */
  readonly source: 'memory' | 'store' | 'issuer' | 'stale';
}

/** What the token endpoint answered. The refresh token never leaves the session layer. */
export interface IssuedTokenSet extends TokenSet {
  /** Non-enumerable. eGain documents none, its commercial generation issues them. */
  readonly refreshToken: string | undefined;
}

export interface TokenSetFields {
  readonly accessToken: string;
  readonly refreshToken?: string | undefined;
  readonly expiresAt: number;
  readonly scope: Iterable<string>;
  readonly source: TokenSet['source'];
}

/** Keeps the tokens behind non-enumerable getters, so that nothing that walks or prints an object meets them (T095). */
export function createTokenSet({
  accessToken,
  refreshToken,
  expiresAt,
  scope,
  source,
}: TokenSetFields): IssuedTokenSet {
  const visible = { expiresAt, scope: new Set(scope), source };
  return Object.freeze(
    Object.defineProperties(visible, {
      accessToken: { get: () => accessToken },
      refreshToken: { get: () => refreshToken },
      toJSON: { value: () => ({ accessToken: '[redacted]', ...visible, scope: [...visible.scope] }) },
      [inspect.custom]: { value: () => ({ accessToken: '[redacted]', ...visible }) },
    }),
  ) as typeof visible & IssuedTokenSet;
}
