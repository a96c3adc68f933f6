/** An access token with what is known about it. Neither `JSON.stringify`, spread nor `console.log` shows the token. */
export interface TokenSet {
  /** Not enumerable. Send it as `Authorization: Bearer` to eGain's API origin and nowhere else. */
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
  /** Not enumerable. eGain documents none, its commercial generation issues them. */
  readonly refreshToken: string | undefined;
}

export interface TokenSetFields {
  readonly accessToken: string;
  readonly refreshToken?: string | undefined;
  readonly expiresAt: number;
  readonly scope: Iterable<string>;
  readonly source: TokenSet['source'];
}

/**
 * Everything but the tokens is on the object; the tokens are behind a proxy's `get`. Whatever walks, prints, spreads or
 * serializes an object sees the proxy's target, which does not have them (T095). Even hidden getters would not do:
 * `inspect` can be told to call those.
 */
export function createTokenSet({
  accessToken,
  refreshToken,
  expiresAt,
  scope,
  source,
}: TokenSetFields): IssuedTokenSet {
  const visible = Object.freeze({ expiresAt, scope: new Set(scope), source });
  return new Proxy(visible, {
    get(target, name, receiver) {
      if (name === 'accessToken') return accessToken;
      if (name === 'refreshToken') return refreshToken;
      if (name === 'toJSON') return () => ({ ...visible, scope: [...visible.scope] });
      return Reflect.get(target, name, receiver);
    },
  }) as typeof visible & IssuedTokenSet;
}

/** What may leave the session layer. */
export function withoutRefreshToken({ accessToken, expiresAt, scope, source }: IssuedTokenSet): TokenSet {
  return createTokenSet({ accessToken, expiresAt, scope, source });
}
