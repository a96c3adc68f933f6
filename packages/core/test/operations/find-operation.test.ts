import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findOperation } from '../../src/operations/find-operation.ts';
import { polluted } from '../pollution.ts';
import { PUBLISHED, samplePath } from './published-operations.ts';

describe('the published operations', () => {
  test('are 263, of which 94 say whom they accept', () => {
    expect([PUBLISHED.length, PUBLISHED.filter(({ isDeclared }) => isDeclared).length]).toEqual([263, 94]);
  });

  test.each(PUBLISHED)('$method $path, with each actor and scope', (published) => {
    expect(findOperation(published.method, samplePath(published.path))).toEqual(published);
  });
});

const PORTALS = '/knowledge/portalmgr/v4/portals';
const AI = '/core/aiservices/v4';
const CONTENT = '/knowledge/contentmgr/v4';

const read = ['knowledge.portalmgr.read'];
const manage = ['knowledge.portalmgr.manage'];
const readFor = ['knowledge.portalmgr.onbehalfof.read'];
const manageFor = ['knowledge.portalmgr.onbehalfof.manage'];
const client = ['.default'];
const aiRead = ['core.aiservices.read'];
const aiBoth = ['core.aiservices.read', 'core.aiservices.manage'];

const USERS = { user: read, 'on-behalf-of-user': readFor };
const KNOWN = { ...USERS, customer: read, 'on-behalf-of-customer': readFor };
const EVERY_PERSON = { ...KNOWN, 'anonymous-customer': read };
const CHANGE_BY_USERS = { user: manage, 'on-behalf-of-user': manageFor };
const CHANGE_BY_KNOWN = { ...CHANGE_BY_USERS, customer: manage, 'on-behalf-of-customer': manageFor };
const CHANGE_BY_EVERY_PERSON = { ...CHANGE_BY_KNOWN, 'anonymous-customer': manage };
const CHANGE_BY_CUSTOMERS = { customer: manage, 'anonymous-customer': manage };
const ADMINISTRATOR = { user: ['knowledge.contentmgr.manage'] };
const UNDECLARED = {};

type Row = readonly [method: string, path: string, operationId: string, scopes: Readonly<Record<string, string[]>>];

const FOUND: readonly Row[] = [
  // A literal beats a parameter.
  ['GET', `${PORTALS}/user`, 'getUserDetails', USERS],
  ['GET', `${PORTALS}/users`, 'getPortalDetailsById', { ...EVERY_PERSON, client }],
  ['GET', `${PORTALS}/User`, 'getPortalDetailsById', { ...EVERY_PERSON, client }],
  ['GET', `${PORTALS}/user/milestones`, 'getUserMilestones', USERS],
  ['GET', `${PORTALS}/1/articles/2`, 'getArticleById', EVERY_PERSON],
  ['GET', `${PORTALS}/1/articles/announcements`, 'getAnnouncementArticles', EVERY_PERSON],
  ['GET', `${PORTALS}/1/articles/subscribed`, 'getMySubscription', KNOWN],
  ['GET', `${PORTALS}/1/articles/compliance/pending`, 'getPendingComplianceArticles', USERS],
  ['GET', `${PORTALS}/1/articles/attachments/breadcrumb`, 'getAttachmentByIdInPortal', EVERY_PERSON],
  ['GET', `${PORTALS}/search`, 'getPortalDetailsById', { ...EVERY_PERSON, client }],
  ['GET', `${PORTALS}/1/suggestions/attachments/comments`, 'getSuggestionAttachmentById', KNOWN],
  ['GET', `${AI}/aiagent/chat/agent/1/session`, 'get-aiagent-chat-agent-agentId-session', UNDECLARED],
  ['GET', `${AI}/aiagent/chat/agent/1/sessions`, 'get-aiagent-chat-agent-agentId-sessionId', UNDECLARED],
  // A literal that leads nowhere is an ID.
  ['GET', `${PORTALS}/user/articles`, 'getArticlesInTopic', { ...EVERY_PERSON, client }],
  ['GET', `${PORTALS}/user/milestones/`, 'getUserMilestones', USERS],
  ['GET', `${PORTALS}/1/articles/attachments`, 'getArticleById', EVERY_PERSON],
  ['GET', `${PORTALS}/1/articles/compliance/breadcrumb`, 'getTopicBreadcrumbForArticle', { client }],
  ['GET', `${PORTALS}/user/articles/compliance/related`, 'getRelatedArticles', EVERY_PERSON],
  ['GET', '/knowledge/portalmgr/v4/content/search', 'aiSearch', { ...EVERY_PERSON, client }],
  ['PUT', `${PORTALS}/1/articles/attachments/comply`, 'complyArticle', CHANGE_BY_USERS],
  [
    'POST',
    `${AI}/aiagent/retrieve`,
    'retrieveChunks',
    { user: aiRead, customer: aiRead, 'anonymous-customer': aiRead },
  ],
  // eGain's file has no operationId for it.
  ['GET', `${AI}/aiagent/search/loan`, 'None', UNDECLARED],
  // One path, several methods.
  ['GET', `${PORTALS}/1/suggestions`, 'searchSuggestion', KNOWN],
  ['POST', `${PORTALS}/1/suggestions`, 'makeSuggestion', CHANGE_BY_EVERY_PERSON],
  ['PUT', `${PORTALS}/1/suggestions`, 'modifySuggestions', CHANGE_BY_KNOWN],
  ['DELETE', `${PORTALS}/1/suggestions/2`, 'deleteSuggestion', CHANGE_BY_KNOWN],
  ['POST', `${PORTALS}/1/gh/search`, 'startGHSearch', CHANGE_BY_EVERY_PERSON],
  ['PUT', `${PORTALS}/1/gh/search`, 'stepGHSearch', CHANGE_BY_EVERY_PERSON],
  ['HEAD', `${PORTALS}/user`, 'getUserDetails', USERS],
  // Whom one would not expect, and what.
  ['POST', `${PORTALS}/1/escalate`, 'startCustomerEscalation', CHANGE_BY_CUSTOMERS],
  ['GET', `${PORTALS}/1/escalate/2/search`, 'searchPriorToEscalation', CHANGE_BY_CUSTOMERS],
  ['PUT', `${PORTALS}/1/escalate/2/avert`, 'avertCustomerEscalation', CHANGE_BY_CUSTOMERS],
  ['POST', `${AI}/1/answers`, 'getBestAnswer', { user: aiBoth, customer: aiBoth, 'anonymous-customer': aiBoth }],
  [
    ...(['POST', '/knowledge/portalmgr/v4/attachment/upload', 'uploadAttachment'] as const),
    { user: manage, ...CHANGE_BY_CUSTOMERS },
  ],
  ['POST', '/knowledge/portalmgr/v4/attachment/preupload', 'createSignedURL', CHANGE_BY_EVERY_PERSON],
  ['GET', '/knowledge/portalmgr/v4/content/export/1/status', 'exportStatus', { client }],
  ['GET', `${CONTENT}/import/system/hooks/1/version/2`, 'getGlobalValidationHookVersion', ADMINISTRATOR],
  ['GET', `${CONTENT}/prompts/prompttemplates`, 'getPromptTemplates', { user: ['knowledge.contentmgr.read'], client }],
  // In other writings.
  ['GET', `${PORTALS}/%75ser`, 'getUserDetails', USERS],
  ['GET', `${PORTALS}/%75%73%65%72/mileston%65s`, 'getUserMilestones', USERS],
  ['GET', '/%6bnowledge/portalmgr/v4/portals/PROD%2F1', 'getPortalDetailsById', { ...EVERY_PERSON, client }],
  ['GET', `${PORTALS}/%`, 'getPortalDetailsById', { ...EVERY_PERSON, client }],
  ['GET', `${PORTALS}/%E0%A4%A`, 'getPortalDetailsById', { ...EVERY_PERSON, client }],
  ['GET', `${PORTALS}/`, 'getAllPortals', EVERY_PERSON],
  ['GET', `${PORTALS}/user/?$lang=en-US`, 'getUserDetails', USERS],
  ['GET', `${PORTALS}?x=/user`, 'getAllPortals', EVERY_PERSON],
  ['GET', `${PORTALS}/user#/milestones?x`, 'getUserDetails', USERS],
  ['GET', `${PORTALS}/__proto__`, 'getPortalDetailsById', { ...EVERY_PERSON, client }],
];

describe('an operation', () => {
  test.each(FOUND)('%s %s is %s', (method, path, operationId, scopes) => {
    expect(findOperation(method, path)).toMatchObject({
      ...{ operationId, isDeclared: scopes !== UNDECLARED, method: method === 'HEAD' ? 'GET' : method },
    });
    expect({ ...findOperation(method, path)?.scopes }).toEqual(scopes);
  });

  test.each([
    ...[
      '',
      '/',
      '//',
      '?',
      '#',
      '/?',
      'knowledge',
      '/knowledge',
      '/knowledge/portalmgr/v4',
      '/knowledge/portalmgr/v4/',
    ],
    ...[
      PORTALS.slice(1),
      `/${PORTALS}`,
      `${PORTALS}//`,
      `${PORTALS}/user//`,
      `${PORTALS}//articles`,
      `x${PORTALS}`,
      `x${PORTALS.slice(1)}`,
    ],
    ...[
      `https://api.example.com${PORTALS}`,
      `${PORTALS}/1/articles/2/3/4/5/6/7`,
      `${PORTALS}%2Fuser`,
      `${PORTALS};x=1`,
    ],
    ...['/KNOWLEDGE/portalmgr/v4/portals', '/knowledge/portalmgr/v3/portals', `${PORTALS}/1/unheard-of`],
    ...['/__proto__/constructor', '/constructor', '/knowledge/__proto__', '/toString/v4', '/hasOwnProperty'],
  ])('GET %j is none', (path) => {
    expect(findOperation('GET', path)).toBeUndefined();
  });

  test.each(['POST', 'PATCH', 'OPTIONS', 'get', ' GET', '', 'QUERY', '__proto__', 'constructor', 'has'])(
    '%j of a path that has only GET is none',
    (method) => {
      expect(findOperation(method, `${PORTALS}/user`)).toBeUndefined();
    },
  );

  test('is the same whatever other code left on every object', async () => {
    for (const name of ['customer', 'operation', 'parameter', 'literals', 'user']) {
      await polluted(name, ['x'], async () => {
        expect(findOperation('GET', `${PORTALS}/user`)?.scopes.customer).toBeUndefined();
        expect(findOperation('GET', '/knowledge/x')).toBeUndefined();
        expect(findOperation('GET', '/knowledge')).toBeUndefined();
      });
    }
  });
});

/** The rule in other words: of all that fit, the one whose first parameter comes last, and so on. */
function findSlowly(method: string, path: string): string | undefined {
  const [, segments] = /^\/((?:[^/?#]+\/)*[^/?#]+)\/?(?:[?#].*)?$/s.exec(path) ?? [];
  if (segments === undefined) return undefined;
  const asked = segments.split('/').map(decoded);
  const fitting = PUBLISHED.filter((operation) => {
    const template = operation.path.split('/').slice(1);
    return (
      operation.method === (method === 'HEAD' ? 'GET' : method) &&
      template.length === asked.length &&
      template.every((segment, index) => segment.startsWith('{') || segment === asked[index])
    );
  });
  const parametersOf = (template: string): string => template.replace(/[^/{]+/g, '').replace(/\/(?!\{)/g, '/ ');
  const [best] = fitting.sort((one, other) => (parametersOf(one.path) < parametersOf(other.path) ? -1 : 1));
  return best?.operationId;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

const WORDS = [...new Set(PUBLISHED.flatMap(({ path }) => path.split('/')))];
const encoded = (word: string): string => word.replace(/^[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
const segment = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.constantFrom(...WORDS).map(encoded),
  fc.constantFrom('', '1', '%', '%zz', '%2F', '..', '__proto__', 'constructor', '*', '{portalID}', ' '),
  fc.string(),
);
const suffix = fc.constantFrom('', '', '/', '//', '?', '?$lang=en-US', '/?a=/b', '#', '#/x?y', '?#');
/** Templates with anything in the place of their parameters and, at times, of a literal. */
const nearby = fc
  .constantFrom(...PUBLISHED)
  .chain(({ path }) =>
    fc
      .tuple(
        ...path
          .split('/')
          .map((part) =>
            fc.oneof(
              { weight: part.startsWith('{') ? 0 : 12, arbitrary: fc.constant(part) },
              { weight: 1, arbitrary: fc.constant(encoded(part)) },
              { weight: 1, arbitrary: segment },
            ),
          ),
      )
      .map((segments) => segments.join('/')),
  );
const path = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(nearby, suffix).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.array(segment).map((segments) => `/${segments.join('/')}`) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
);
const method = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD') },
  { weight: 1, arbitrary: fc.oneof(fc.constantFrom('PATCH', 'get', '__proto__'), fc.string()) },
);

test('any method and any path: nothing is thrown, and found is what the rule says', () => {
  const seen = { found: 0, none: 0 };
  fc.assert(
    fc.property(method, path, (anyMethod, anyPath) => {
      const found = findOperation(anyMethod, anyPath)?.operationId;
      seen[found === undefined ? 'none' : 'found'] += 1;
      expect(found).toBe(findSlowly(anyMethod, anyPath));
    }),
    { numRuns: 3000 },
  );
  expect(Math.min(seen.found, seen.none)).toBeGreaterThan(100);
});
