import { describe, expect, test } from '@jest/globals';
import { BASE, callApi, mint, SEARCH, TOKENS, USER, verdict } from './api-client.ts';
import { logIn, startEmulator, tokenUrl } from './emulator-client.ts';

describe('an API operation', () => {
  test('writes down who called, with which token and language', async () => {
    const emulator = await startEmulator();
    await callApi(emulator, SEARCH, await TOKENS['on-behalf-of-user'](emulator, 'knowledge.portalmgr.read'));
    const scope = ['knowledge.portalmgr.onbehalfof.read'];
    const entry = { actor: 'on-behalf-of-user', subject: 'maria.agent', scope, acceptLanguage: 'en-US' };
    expect(emulator.journal('api')).toMatchObject([entry]);
  });

  test('refuses a client token with a delegated scope: it lacks the user context', async () => {
    const emulator = await startEmulator();
    const form = { grant_type: 'client_credentials', scope: 'knowledge.portalmgr.read' };
    const token = await mint(emulator, tokenUrl(emulator), form);
    expect(await verdict(await callApi(emulator, USER, token))).toBe('403-112');
    expect(await verdict(await callApi(emulator, SEARCH, token))).toBe('403-197');
  });

  test('names the actor and the missing scope in the body', async () => {
    const emulator = await startEmulator();
    const actor = await callApi(
      emulator,
      USER,
      await TOKENS['on-behalf-of-customer'](emulator, 'knowledge.portalmgr.read'),
    );
    expect([actor.status, await actor.json()]).toEqual([
      403,
      {
        code: '403-112',
        developerMessage:
          'Unauthorized URL access: Client applications on behalf of customers are not allowed to access this URL.',
      },
    ]);
    const scope = await callApi(emulator, USER, await TOKENS.user(emulator, 'knowledge.portalmgr.manage'));
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
    const emulator = await startEmulator();
    const { access_token } = await logIn(emulator);
    emulator.clock.advance('59m');
    expect((await callApi(emulator, USER, access_token)).status).toBe(200);
    emulator.clock.advance('1m');
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

  test('with a parameter that is not declared gets 400-101, which names it', async () => {
    const emulator = await startEmulator();
    const response = await callApi(
      emulator,
      `${SEARCH}&page=2&$filter[tags][PROD-1]=a`,
      (await logIn(emulator)).access_token,
    );
    expect([response.status, await response.json()]).toEqual([
      400,
      { code: '400-101', developerMessage: "Unsupported query parameter(s) supplied: 'page'." },
    ]);
  });

  test('with another method gets 404-101', async () => {
    const emulator = await startEmulator();
    const response = await fetch(`${emulator.apiUrl}${USER}`, { method: 'POST' });
    expect(await verdict(response)).toBe('404-101');
  });
});
