import { describe, expect, test } from '@jest/globals';
import { BASE, callApi, TOKENS } from './api-client.ts';
import { startEmulator } from './emulator-client.ts';

async function change(path: string, body: unknown) {
  const emulator = await startEmulator();
  const token = await TOKENS.user(emulator, 'knowledge.portalmgr.manage');
  const response = await callApi(emulator, `${BASE}${path}`, token, {}, body);
  const text = await response.text();
  return [response.status, text === '' ? '' : (JSON.parse(text) as { developerMessage: string }).developerMessage];
}

const invalid = (name: string) => [
  400,
  `Invalid value is provided in the request body for the following attribute:'${name}'.`,
];

describe('a bookmark', () => {
  test.each([
    ['of an article', { resourceId: 'PROD-9296739' }],
    ['of a topic', { resourceId: 'PROD-9274782', resourceType: 2, bookmarkName: 'DemoBookmark' }],
    ['of external content', { resourceType: 3, externalContentId: 'x-1' }],
  ])('%s is created, without a body', async (_name, body) => {
    expect(await change('/portals/PROD-1000/bookmarks', body)).toEqual([201, '']);
  });

  test.each([
    ['without a resource', {}, 'resourceId'],
    ['of a numeric id, as version 3 has them', { resourceId: '202200000001001' }, 'resourceId'],
    ['of another type', { resourceId: 'PROD-9296739', resourceType: 4 }, 'resourceType'],
    ['of external content without its id', { resourceId: 'PROD-9296739', resourceType: 3 }, 'externalContentId'],
  ])('%s is refused', async (_name, body, attribute) => {
    expect(await change('/portals/PROD-1000/bookmarks', body)).toEqual(invalid(attribute));
  });

  test('in a portal that does not exist is not found', async () => {
    const [status] = await change('/portals/PROD-2000/bookmarks', { resourceId: 'PROD-9296739' });
    expect(status).toBe(404);
  });
});

describe('a suggestion', () => {
  const SUGGESTION = { name: 'Phone number', content: 'It has changed.', language: { code: 'en-US' } };

  test('is created, without a body', async () => {
    expect(await change('/portals/PROD-1000/suggestions', SUGGESTION)).toEqual([201, '']);
  });

  test.each([
    ['a name', { name: undefined }, 'name'],
    ['content', { content: '' }, 'content'],
    ['a content of at most 10 000 characters', { content: 'x'.repeat(10_001) }, 'content'],
    ['a language', { language: undefined }, 'language'],
    ['a language code', { language: {} }, 'code'],
  ])('needs %s', async (_name, changes, attribute) => {
    expect(await change('/portals/PROD-1000/suggestions', { ...SUGGESTION, ...changes })).toEqual(invalid(attribute));
  });

  test('in a portal that does not exist is not found', async () => {
    expect((await change('/portals/PROD-2000/suggestions', SUGGESTION))[0]).toBe(404);
  });
});
