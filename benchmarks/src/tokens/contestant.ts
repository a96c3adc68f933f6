/** What every contestant is made with. */
export interface Surroundings {
  readonly tokenUrl: URL;
  /** For how many subjects there must be room in a cache. */
  readonly subjects: number;
}

/** A way to get at a token for a named subject, in as little code as its documentation asks for. */
export interface Contestant<Result> {
  /** The package it is about, if it is one. */
  readonly package?: string;
  /** The only part it is measured in: the other would show code that is not its own. */
  readonly part?: 'cached' | 'missed';
  /** With how many cached subjects it can be measured in a reasonable time. */
  readonly maxCached?: number;
  create(surroundings: Surroundings): TokenGetter<Result>;
}

export interface TokenGetter<Result> {
  /** What an application calls for every request it serves. */
  getToken(this: void, subject: string): Result | Promise<Result>;
  accessTokenOf(this: void, result: Result): string | null | undefined;
  close?(): Promise<void>;
}

/** Names of our own, so that nobody's configuration is nearer to production than another's. */
export const CLIENT_ID = 'benchmark';
export const CLIENT_SECRET = 'a secret of the benchmark';
export const SCOPE = 'knowledge.portalmgr.onbehalfof.read';
