import type { Actor, EgainEmulator } from '../src/index.ts';
import {
  anonymousTokenUrl,
  apply,
  type Changes,
  credentials,
  logIn,
  requestToken,
  tokenUrl,
} from './emulator-client.ts';

export const BASE = '/knowledge/portalmgr/v4';
export const USER = `${BASE}/portals/user`;
export const PORTALS = `${BASE}/myportals?$lang=en-US`;
export const ARTICLE = `${BASE}/portals/PROD-1000/articles/PROD-2996`;
export const SEARCH = `${BASE}/PROD-1000/search?q=loan&$lang=en-US`;

/** An API call with `Accept-Language`, and a JSON body where there is one. */
export async function callApi(
  emulator: EgainEmulator,
  path: string,
  token?: string,
  headers: Record<string, string> = {},
  body?: unknown,
) {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  return fetch(`${emulator.apiUrl}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'accept-language': 'en-US', ...json, ...authorization, ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

/** The status of a success, or eGain's code. */
export const verdict = async (response: Response): Promise<number | string> =>
  response.status < 300 ? response.status : ((await response.json()) as { code: string }).code;

export async function mint(emulator: EgainEmulator, url: string, form: Changes): Promise<string> {
  const { body } = await requestToken(url, apply(form, credentials(emulator)));
  return body['access_token'] ?? JSON.stringify(body);
}

const prefixAll = (scope: string, before: string) =>
  scope
    .split(' ')
    .map((name) => `${before}${name}`)
    .join(' ');

/** A token of each actor, by the flow that makes it. The scopes are said as a user has them: `knowledge.portalmgr.read`. */
export const TOKENS: Record<Actor, (emulator: EgainEmulator, scope: string) => Promise<string>> = {
  user: async (emulator, scope) => (await logIn(emulator, 'user', scope)).access_token,
  customer: async (emulator, scope) => (await logIn(emulator, 'customer', scope)).access_token,
  'anonymous-customer': (emulator, scope) => {
    const form = { grant_type: 'client_credentials', scope: prefixAll(scope, `${emulator.apiUrl}/auth/`) };
    return mint(emulator, anonymousTokenUrl(emulator), form);
  },
  client: (emulator, scope) =>
    mint(emulator, tokenUrl(emulator), { grant_type: 'client_credentials', scope: prefixAll(scope, 'app.') }),
  'on-behalf-of-user': (emulator, scope) => {
    const form = { grant_type: 'password', subject_username: 'maria.agent' };
    return mint(emulator, tokenUrl(emulator), { ...form, scope: toOnBehalfOf(scope) });
  },
  'on-behalf-of-customer': (emulator, scope) => {
    const form = { grant_type: 'password', subject_email: 'jane.doe@example.com' };
    return mint(emulator, tokenUrl(emulator, 'customer'), { ...form, scope: toOnBehalfOf(scope) });
  },
};

/** Of the emulator's permissions only portalmgr's have an on-behalf-of form; the others are left out. */
const toOnBehalfOf = (scope: string): string =>
  scope
    .split(' ')
    .flatMap((name) => /^knowledge\.portalmgr\.(read|manage)$/.exec(name)?.[1] ?? [])
    .map((right) => `knowledge.portalmgr.onbehalfof.${right}`)
    .join(' ');

export const ACTORS = Object.keys(TOKENS) as Actor[];
