/** What every contestant is made with. */
export interface Surroundings {
  /** Of the API. */
  readonly origin: string;
  readonly tokenUrl: string;
}

/** A way to get JSON from an API that wants a token, in as little code as its documentation asks for. */
export interface Contestant {
  /** The package it is about, if it is one. */
  readonly package?: string;
  create(surroundings: Surroundings): ArticleGetter | Promise<ArticleGetter>;
}

/** What an application calls for every request it serves. @returns the parsed JSON */
export type ArticleGetter = () => Promise<unknown>;

/** On whose behalf everybody calls: the server answers 401 to another's token. */
export const SUBJECT = 'agent-1@example.com';

/** The one header that each caller adds to each request, as eGain demands one: the server answers 406 without. */
export const CALLER_HEADERS = { 'accept-language': 'de-DE' } as const;
