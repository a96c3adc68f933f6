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
 * What is visible of a token set; the tokens are private fields, which nothing that walks, prints, spreads or serializes
 * an object can see. A class, against the house rule, because a closure for each cached token would double its memory.
 */
class VisibleTokenSet {
  readonly expiresAt: number;
  readonly scope: ReadonlySet<string>;
  readonly source: TokenSet['source'];
  readonly #accessToken: string;
  readonly #refreshToken: string | undefined;

  constructor({ accessToken, refreshToken, expiresAt, source }: TokenSetFields, scope: ReadonlySet<string>) {
    this.#accessToken = accessToken;
    this.#refreshToken = refreshToken;
    this.expiresAt = expiresAt;
    this.scope = scope;
    this.source = source;
    Object.freeze(this);
  }

  static read(this: void, target: VisibleTokenSet, name: string | symbol): unknown {
    if (name === 'accessToken') return target.#accessToken;
    if (name === 'refreshToken') return target.#refreshToken;
    if (name === 'toJSON') {
      const { expiresAt, scope, source } = target;
      return () => ({ expiresAt, scope: [...scope], source });
    }
    return Reflect.get(target, name);
  }
}

/** One for all: the tokens are asked for by name, or not found (T095). Even hidden getters would be called by `inspect`. */
const BY_NAME: ProxyHandler<VisibleTokenSet> = { get: VisibleTokenSet.read };

/** @returns a frozen token set whose tokens only their names lead to */
export function createTokenSet(fields: TokenSetFields): IssuedTokenSet {
  return proxy(new VisibleTokenSet(fields, freezeScopes(fields.scope)));
}

/** What may leave the session layer. */
export function withoutRefreshToken(tokens: IssuedTokenSet): TokenSet {
  return withSource(tokens, tokens.source);
}

/**
 * The same token, without a refresh token, as it came from elsewhere.
 * @param scope an equal set, so that many tokens can share one
 */
export function withSource(
  { accessToken, expiresAt, scope: own }: TokenSet,
  source: TokenSet['source'],
  scope: ReadonlySet<string> = own,
): TokenSet {
  return proxy(new VisibleTokenSet({ accessToken, expiresAt, scope, source }, scope));
}

const proxy = (target: VisibleTokenSet) => new Proxy(target, BY_NAME) as VisibleTokenSet & IssuedTokenSet;

/** Many are given the same token: nobody may change what the others see as granted (T068). */
export function freezeScopes(scopes: Iterable<string>): ReadonlySet<string> {
  const set = new Set(scopes);
  for (const name of ['add', 'delete', 'clear']) Object.defineProperty(set, name, { value: refuseChange });
  return Object.freeze(set);
}

function refuseChange(): never {
  throw new TypeError('the scopes of a token cannot be changed');
}
