import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { Actor, EgainEmulator } from '../src/index.ts';
import {
  anonymousTokenUrl,
  apply,
  type Changes,
  credentials,
  logIn,
  requestToken,
  startEmulator,
  tokenUrl,
} from './emulator-client.ts';

const BASE = '/knowledge/portalmgr/v4';
const USER = `${BASE}/portals/user`;
const PORTALS = `${BASE}/myportals?$lang=en-US`;
const ARTICLE = `${BASE}/portals/PROD-1000/articles/PROD-2996`;
const SEARCH = `${BASE}/PROD-1000/search?q=loan&$lang=en-US`;

async function callApi(emulator: EgainEmulator, path: string, token?: string, headers: Record<string, string> = {}) {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return fetch(`${emulator.apiUrl}${path}`, { headers: { 'accept-language': 'en-US', ...authorization, ...headers } });
}

async function mint(emulator: EgainEmulator, url: string, form: Changes): Promise<string> {
  const { body } = await requestToken(url, apply(form, credentials(emulator)));
  return body['access_token'] ?? JSON.stringify(body);
}

/** A token of each actor, by the flow that makes it; `right` says which of the resource's scopes it has. */
const TOKENS: Record<Actor, (emulator: EgainEmulator, right: string) => Promise<string>> = {
  user: async (emulator, right) => (await logIn(emulator, 'user', `knowledge.portalmgr.${right}`)).access_token,
  customer: async (emulator, right) => (await logIn(emulator, 'customer', `knowledge.portalmgr.${right}`)).access_token,
  'anonymous-customer': (emulator, right) => {
    const scope = `${emulator.apiUrl}/auth/knowledge.portalmgr.${right}`;
    return mint(emulator, anonymousTokenUrl(emulator), { grant_type: 'client_credentials', scope });
  },
  client: (emulator, right) => {
    const scope = `app.knowledge.portalmgr.${right}`;
    return mint(emulator, tokenUrl(emulator), { grant_type: 'client_credentials', scope });
  },
  'on-behalf-of-user': (emulator, right) => {
    const scope = `knowledge.portalmgr.onbehalfof.${right}`;
    return mint(emulator, tokenUrl(emulator), { grant_type: 'password', subject_username: 'maria.agent', scope });
  },
  'on-behalf-of-customer': (emulator, right) => {
    const form = { grant_type: 'password', subject_email: 'jane.doe@example.com' };
    return mint(emulator, tokenUrl(emulator, 'customer'), {
      ...form,
      scope: `knowledge.portalmgr.onbehalfof.${right}`,
    });
  },
};

// The published operations × actors, written out: 200 accepted, 403-112 refused.
const REFUSED = '403-112';
const MATRIX: [path: string, answers: Record<Actor, number | string>][] = [
  [
    USER,
    {
      user: 200,
      customer: REFUSED,
      'anonymous-customer': REFUSED,
      client: REFUSED,
      'on-behalf-of-user': 200,
      'on-behalf-of-customer': REFUSED,
    },
  ],
  [
    PORTALS,
    {
      user: 200,
      customer: REFUSED,
      'anonymous-customer': REFUSED,
      client: REFUSED,
      'on-behalf-of-user': 200,
      'on-behalf-of-customer': REFUSED,
    },
  ],
  [
    ARTICLE,
    {
      user: 200,
      customer: 200,
      'anonymous-customer': 200,
      client: REFUSED,
      'on-behalf-of-user': 200,
      'on-behalf-of-customer': 200,
    },
  ],
  [
    SEARCH,
    {
      user: 200,
      customer: 200,
      'anonymous-customer': 200,
      client: 200,
      'on-behalf-of-user': 200,
      'on-behalf-of-customer': 200,
    },
  ],
];

const verdict = async (response: Response): Promise<number | string> =>
  response.status < 300 ? response.status : ((await response.json()) as { code: string }).code;

describe('an API operation', () => {
  test.each(Object.keys(TOKENS) as Actor[])('accepts and refuses the actor %s as published', async (actor) => {
    const emulator = await startEmulator();
    const token = await TOKENS[actor](emulator, 'read');
    for (const [path, answers] of MATRIX) {
      expect([path, await verdict(await callApi(emulator, path, token))]).toEqual([path, answers[actor]]);
    }
    for (const entry of emulator.journal('api')) expect(entry).toMatchObject({ actor, acceptLanguage: 'en-US' });
  });

  test.each(Object.keys(TOKENS) as Actor[])(
    'wants the read scope of the actor %s, not the manage scope',
    async (actor) => {
      const emulator = await startEmulator();
      const response = await callApi(emulator, SEARCH, await TOKENS[actor](emulator, 'manage'));
      // No source says which application scope an operation needs, so either is accepted.
      expect(await verdict(response)).toBe(actor === 'client' ? 200 : '403-197');
    },
  );

  test('refuses a client token with a delegated scope: it lacks the user context', async () => {
    const emulator = await startEmulator();
    const form = { grant_type: 'client_credentials', scope: 'knowledge.portalmgr.read' };
    const token = await mint(emulator, tokenUrl(emulator), form);
    expect(await verdict(await callApi(emulator, USER, token))).toBe('403-112');
    expect(await verdict(await callApi(emulator, SEARCH, token))).toBe('403-197');
  });

  test('names the actor and the missing scope in the body', async () => {
    const emulator = await startEmulator();
    const actor = await callApi(emulator, USER, await TOKENS['on-behalf-of-customer'](emulator, 'read'));
    expect([actor.status, await actor.json()]).toEqual([
      403,
      {
        code: '403-112',
        developerMessage:
          'Unauthorized URL access: Client applications on behalf of customers are not allowed to access this URL.',
      },
    ]);
    const scope = await callApi(emulator, USER, await TOKENS.user(emulator, 'manage'));
    expect([scope.status, await scope.json()]).toEqual([
      403,
      {
        code: '403-197',
        developerMessage:
          "Unauthorized URL access: Logged in actor must have 'knowledge.portalmgr.read' scope to access this URL.",
      },
    ]);
  });
});

describe('the bearer token', () => {
  const MISSING = { code: '401-104', developerMessage: "Invalid or missing 'authorization' header value." };
  const INVALID = {
    code: '401-101',
    developerMessage: "Invalid or expired 'Authorization' header provided. New login is required.",
  };

  test.each([
    ['is missing', {}, MISSING],
    ['is Basic', { authorization: 'Basic eDp5' }, MISSING],
    ['is empty', { authorization: 'Bearer ' }, MISSING],
    ['is no JWT', { authorization: 'Bearer opaque' }, INVALID],
  ])('that %s gets 401', async (_name, headers, body) => {
    const emulator = await startEmulator();
    const response = await callApi(emulator, USER, undefined, headers);
    expect([response.status, await response.json()]).toEqual([401, body]);
    expect(emulator.journal('api')).toMatchObject([{ status: 401, error: body.code }]);
  });

  test('that has expired gets 401-101', async () => {
    const emulator = await startEmulator({ accessTokenLifetimeSeconds: 1 });
    const { access_token } = await logIn(emulator);
    await sleep(1_100);
    const response = await callApi(emulator, USER, access_token);
    expect([response.status, await response.json()]).toEqual([401, INVALID]);
  });

  test('of another emulator gets 401-101', async () => {
    const [one, other] = [await startEmulator(), await startEmulator()];
    const { access_token } = await logIn(one);
    expect((await callApi(one, USER, access_token)).status).toBe(200);
    expect(await verdict(await callApi(other, USER, access_token))).toBe('401-101');
  });

  test('of the external identity provider gets 401-101', async () => {
    const emulator = await startEmulator();
    const token = await emulator.identityProvider.issueToken({ email: 'pa@example.com', audience: emulator.apiUrl });
    expect(await verdict(await callApi(emulator, USER, token))).toBe('401-101');
  });
});

describe('the request', () => {
  test.each([
    ['de-DE', 200],
    ['en-us', 200],
    ['xx, fr-FR;q=0.8', 200],
    ['xx-YY', '406-100'],
    ['*', '406-100'],
  ])('with Accept-Language %s gets %s', async (language, expected) => {
    const emulator = await startEmulator();
    const { access_token } = await logIn(emulator);
    const response = await callApi(emulator, USER, access_token, { 'accept-language': language });
    expect(await verdict(response)).toBe(expected);
    expect(emulator.journal('api').at(-1)?.acceptLanguage).toBe(language);
  });

  test('for search needs no Accept-Language, as published', async () => {
    const emulator = await startEmulator();
    const { access_token } = await logIn(emulator);
    const response = await callApi(emulator, SEARCH, access_token, { 'accept-language': '*' });
    expect(response.status).toBe(200);
  });

  test.each([
    [`${BASE}/myportals`, '$lang'],
    [`${BASE}/PROD-1000/search`, 'q'],
    [`${BASE}/PROD-1000/search?q=`, 'q'],
  ])('for %s without %s gets 400-112', async (path, name) => {
    const emulator = await startEmulator();
    const response = await callApi(emulator, path, (await logIn(emulator)).access_token);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      code: '400-112',
      developerMessage: `Required query parameter(s) is missing. The following parameters are required: '${name}'.`,
    });
  });

  test.each([`${BASE}/bookmarks`, '/', '//', '/%', `${USER}/`, `${BASE}/portals/PROD-1000/articles/a/b`])(
    'for the unknown path %s gets 404-101 before any token is looked at',
    async (path) => {
      const emulator = await startEmulator();
      expect(await verdict(await callApi(emulator, path))).toBe('404-101');
    },
  );

  test('with another method gets 404-101', async () => {
    const emulator = await startEmulator();
    const response = await fetch(`${emulator.apiUrl}${USER}`, { method: 'POST' });
    expect(await verdict(response)).toBe('404-101');
  });
});
