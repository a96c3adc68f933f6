import { STATUS_CODES } from 'node:http';
import type { Behaviour } from './behaviour.ts';
import { htmlPage } from './html-page.ts';
import { json, type Reply } from './http.ts';
import type { OAuthError } from './oauth-error.ts';

/** RFC 6749 5.1 and 5.2: an answer of a token endpoint must not be served twice by a cache. */
export const NO_STORE = { 'cache-control': 'no-store' };

/** A refused token request, in the shape and with the status that the emulator was told to use. */
export function tokenErrorReply(error: OAuthError, behaviour: Behaviour): Reply {
  const status = error.error === 'invalid_client' ? behaviour.invalidClientStatus : error.status;
  const { headers, ...reply } = SHAPES[behaviour.errorShape](status, error);
  return { ...reply, headers: { ...headers, ...NO_STORE, ...error.headers } };
}

const SHAPES: Readonly<Record<Behaviour['errorShape'], (status: number, error: OAuthError) => Reply>> = {
  oauth: (status, { error, description }) => json(status, { error, error_description: description }),
  // INFERRED: no such code is published for a token endpoint; `100` is the number of the general ones.
  egain: (status, { description }) => json(status, { code: `${status}-100`, developerMessage: description }),
  gateway: (status) => json(status, { message: STATUS_CODES[status] }),
  html: (status) => htmlPage(status, 'Error', `<h1>${status} ${STATUS_CODES[status]}</h1>`),
  empty: (status) => ({ status, headers: {}, body: '' }),
};
