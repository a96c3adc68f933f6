import { describe, expect, test } from '@jest/globals';
import type { Actor } from '../src/index.ts';
import { OPERATIONS } from '../src/operations.ts';
import { ACTORS, ARTICLE, BASE, callApi, PORTALS, SEARCH, TOKENS, USER, verdict } from './api-client.ts';
import { startEmulator } from './emulator-client.ts';

const AI = '/core/aiservices/v4/PROD-1000';
const QUERY = 'q=loan&$lang=en-US';
const JOB = '7A84B875-6F75-4C7B-B137-0632B62DB0BD';
const SUGGESTION = { name: 'Phone number', content: 'It has changed.', language: { code: 'en-US' } };
const IMPORT = { dataSource: { type: 'AWS S3 bucket', path: 's3://mybucket/myfolder/' }, operation: 'import' };
const EXPORT = {
  portalID: 'PROD-1000',
  language: { code: 'en-US' },
  resourceTypes: ['articles'],
  dataDestination: { destinationType: 'AWS S3 bucket', path: 's3://mybucket/out' },
};

const USERS: readonly Actor[] = ['user', 'on-behalf-of-user'];
const KNOWN_PEOPLE: readonly Actor[] = [...USERS, 'customer', 'on-behalf-of-customer'];
const EVERY_PERSON: readonly Actor[] = [...KNOWN_PEOPLE, 'anonymous-customer'];
const PRESENT: readonly Actor[] = ['user', 'customer', 'anonymous-customer'];
const CLIENT: readonly Actor[] = ['client'];

/** The published table, written out: whom an operation accepts, with which scopes, and what it answers. */
const PUBLISHED: readonly [
  id: string,
  path: string,
  body: unknown,
  needed: string,
  accepted: readonly Actor[],
  answer: number | string,
][] = [
  ['getUserDetails', USER, undefined, 'knowledge.portalmgr.read', USERS, 200],
  ['getAllPortals', `${BASE}/portals`, undefined, 'knowledge.portalmgr.read', EVERY_PERSON, 200],
  ['getMyPortals', PORTALS, undefined, 'knowledge.portalmgr.read', USERS, 200],
  ['getArticleById', ARTICLE, undefined, 'knowledge.portalmgr.read', EVERY_PERSON, 200],
  ['aiSearch', SEARCH, undefined, 'knowledge.portalmgr.read', [...EVERY_PERSON, 'client'], 200],
  [
    ...(['addbookmark', `${BASE}/portals/PROD-1000/bookmarks`, { resourceId: 'PROD-9296739' }] as const),
    ...(['knowledge.portalmgr.manage', KNOWN_PEOPLE, 201] as const),
  ],
  [
    ...(['makeSuggestion', `${BASE}/portals/PROD-1000/suggestions`, SUGGESTION] as const),
    ...(['knowledge.portalmgr.manage', EVERY_PERSON, 201] as const),
  ],
  ['exportContent', `${BASE}/content/export`, EXPORT, 'knowledge.portalmgr.manage', CLIENT, 202],
  [
    ...(['exportStatus', `${BASE}/content/export/${JOB}/status`, undefined] as const),
    ...(['knowledge.portalmgr.read', CLIENT, '404-100'] as const),
  ],
  ['retrieveChunks', `${AI}/retrieve?${QUERY}`, {}, 'core.aiservices.read', PRESENT, 200],
  ['getBestAnswer', `${AI}/answers?${QUERY}`, {}, 'core.aiservices.read core.aiservices.manage', PRESENT, 200],
  [
    ...(['createImportJob', '/knowledge/contentmgr/v4/import/content', IMPORT] as const),
    ...(['knowledge.contentmgr.manage', CLIENT, 202] as const),
  ],
  [
    ...(['getImportStatus', `/knowledge/contentmgr/v4/import/content/${JOB}/status`, undefined] as const),
    ...(['knowledge.contentmgr.read', CLIENT, '404-100'] as const),
  ],
];

const RESOURCES = ['knowledge.portalmgr', 'core.aiservices', 'knowledge.contentmgr'];
const EVERY_SCOPE = RESOURCES.flatMap((resource) => [`${resource}.read`, `${resource}.manage`]);

describe('the operations', () => {
  test('are the published ones of this test', () => {
    expect(OPERATIONS.map(({ operationId }) => operationId)).toEqual(PUBLISHED.map(([id]) => id));
  });

  test.each(ACTORS)('accept and refuse the actor %s as published', async (actor) => {
    const emulator = await startEmulator();
    const token = await TOKENS[actor](emulator, EVERY_SCOPE.join(' '));
    for (const [id, path, body, , accepted, answer] of PUBLISHED) {
      const expected = accepted.includes(actor) ? answer : '403-112';
      expect([id, await verdict(await callApi(emulator, path, token, {}, body))]).toEqual([id, expected]);
    }
  });

  test.each(PUBLISHED)('%s wants its scopes, and no other will do', async (_id, path, body, needed, [actor]) => {
    const emulator = await startEmulator();
    for (const missing of needed.split(' ')) {
      // No source says which application scope an operation needs: to manage is enough to read.
      const excess = actor === 'client' ? missing.replace(/\.read$/, '.manage') : missing;
      const others = EVERY_SCOPE.filter((name) => name !== missing && name !== excess);
      const token = await TOKENS[actor ?? 'user'](emulator, others.join(' '));
      expect(await verdict(await callApi(emulator, path, token, {}, body))).toBe('403-197');
    }
  });

  test('take either application scope from a client that reads', async () => {
    const emulator = await startEmulator();
    for (const right of ['read', 'manage']) {
      const token = await TOKENS.client(emulator, `knowledge.portalmgr.${right}`);
      expect((await callApi(emulator, SEARCH, token)).status).toBe(200);
    }
  });

  test('name both scopes where both are needed', async () => {
    const emulator = await startEmulator();
    const token = await TOKENS.user(emulator, 'core.aiservices.read');
    const response = await callApi(emulator, `${AI}/answers?${QUERY}`, token, {}, {});
    expect(await response.json()).toMatchObject({
      developerMessage: expect.stringContaining("'core.aiservices.read and core.aiservices.manage'"),
    });
  });

  test.each(PUBLISHED.filter(([, path]) => path.startsWith(BASE) && path !== SEARCH && !path.includes(JOB)))(
    '%s requires Accept-Language',
    async (_id, path, body, _needed, [actor]) => {
      const emulator = await startEmulator();
      const token = await TOKENS[actor ?? 'user'](emulator, EVERY_SCOPE.join(' '));
      expect(await verdict(await callApi(emulator, path, token, { 'accept-language': '' }, body))).toBe('406-100');
    },
  );
});
