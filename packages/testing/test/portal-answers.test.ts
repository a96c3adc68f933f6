import { describe, expect, test } from '@jest/globals';
import type { EgainEmulator } from '../src/index.ts';
import { apply, credentials, logIn, requestToken, startEmulator, tokenUrl } from './emulator-client.ts';

const BASE = '/knowledge/portalmgr/v4';

async function get(emulator: EgainEmulator, path: string, token: string) {
  const headers = { authorization: `Bearer ${token}`, 'accept-language': 'en-US' };
  const response = await fetch(`${emulator.apiUrl}${BASE}${path}`, { headers });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

describe('portals/user', () => {
  test('answers for the user of the token', async () => {
    const emulator = await startEmulator();
    const { status, body } = await get(emulator, '/portals/user', (await logIn(emulator)).access_token);
    expect(status).toBe(200);
    const roles = [{ id: '1026', name: 'agent' }];
    expect(body).toEqual({
      user: [{ id: '1067', roles, firstName: 'Pat', lastName: 'Admin', hasEmailConfigured: true }],
    });
  });

  test('answers for the subject of an on-behalf-of token', async () => {
    const emulator = await startEmulator({
      users: [{ username: 'pa' }, { username: 'q', userId: '7', firstName: 'Q' }],
    });
    const form = { grant_type: 'password', scope: 'knowledge.portalmgr.onbehalfof.read', subject_userid: '7' };
    const { body } = await requestToken(tokenUrl(emulator), apply(form, credentials(emulator)));
    const answer = await get(emulator, '/portals/user', body['access_token'] ?? '');
    expect(answer.body.user).toMatchObject([{ id: '7', firstName: 'Q', lastName: '', hasEmailConfigured: false }]);
  });
});

test('myportals lists the portal that articles are in', async () => {
  const emulator = await startEmulator();
  const { body } = await get(emulator, '/myportals?$lang=en-US', (await logIn(emulator)).access_token);
  expect(body).toMatchObject({ portal: [{ id: 'PROD-1000' }], paginationInfo: { count: 1, pagenum: 1, pagesize: 25 } });
});

describe('an article', () => {
  test('has the default attributes of eGain, and its content only on request', async () => {
    const emulator = await startEmulator();
    const { access_token } = await logIn(emulator);
    const { body } = await get(emulator, '/portals/PROD-1000/articles/PROD-2996', access_token);
    expect(body).toMatchObject({
      id: 'PROD-2996',
      name: 'Fair Lending FAQs',
      articleState: 'P',
      languageCode: 'en-US',
    });
    expect(body).not.toHaveProperty('content');
  });

  test.each(['content', 'averageRating,content', 'all'])(
    'has HTML content with articleAdditionalAttributes=%s',
    async (value) => {
      const emulator = await startEmulator();
      const path = `/portals/PROD-1000/articles/PROD-3110?articleAdditionalAttributes=${value}`;
      const { body } = await get(emulator, path, (await logIn(emulator)).access_token);
      expect(body.name).toBe('Lost & Stolen Cards');
      expect(body.content).toMatch(/^<ol><li>Verify the caller/);
      expect(body.content).not.toContain('&lt;');
    },
  );

  test.each([
    ['/portals/PROD-1000/articles/PROD-9999', 'PROD-9999'],
    ['/portals/PROD-2000/articles/PROD-2996', 'PROD-2000'],
    ['/PROD-2000/search?q=loan', 'PROD-2000'],
  ])('at %s is not found', async (path, id) => {
    const emulator = await startEmulator();
    const { status, body } = await get(emulator, path, (await logIn(emulator)).access_token);
    expect(status).toBe(404);
    const developerMessage = `The following IDs provided in the URI path were not found: ${id}`;
    expect(body).toEqual({ code: '404-101', developerMessage });
  });
});

describe('search', () => {
  test('finds articles that can then be opened', async () => {
    const emulator = await startEmulator();
    const { access_token } = await logIn(emulator);
    const { body } = await get(emulator, '/PROD-1000/search?q=stolen%20card&$lang=en-US', access_token);
    expect(body.searchResults.article[0]).toMatchObject({ id: 'PROD-3110', docType: 'HTML', normalizedScore: 1 });
    for (const { id } of body.searchResults.article) {
      expect((await get(emulator, `/portals/PROD-1000/articles/${id}`, access_token)).status).toBe(200);
    }
  });

  test('answers 204 without a body when it finds nothing', async () => {
    const emulator = await startEmulator();
    const { access_token } = await logIn(emulator);
    expect(await get(emulator, '/PROD-1000/search?q=zzzz', access_token)).toEqual({ status: 204, body: undefined });
  });
});
