import { answerExport, answerExportStatus } from '../content-answers.ts';
import { answerArticle, answerMyPortals, answerPortals, answerSearch, answerUserDetails } from '../portal-answers.ts';
import { answerBookmark, answerSuggestion } from '../portal-changes.ts';
import { createScopes, type Operation } from './operation.ts';

const BASE = '/knowledge/portalmgr/v4';
const read = createScopes('knowledge.portalmgr', 'read');
const manage = createScopes('knowledge.portalmgr', 'manage');

/** portalmgr v4, as its OpenAPI file declares it. */
export const PORTAL_OPERATIONS: readonly Operation[] = [
  {
    operationId: 'getUserDetails',
    method: 'GET',
    path: `${BASE}/portals/user`,
    scopes: read.users,
    needsAcceptLanguage: true,
    requiredQuery: [],
    optionalQuery: [],
    answer: answerUserDetails,
  },
  {
    operationId: 'getAllPortals',
    method: 'GET',
    path: `${BASE}/portals`,
    scopes: read.everyPerson,
    needsAcceptLanguage: true,
    requiredQuery: [],
    optionalQuery: ['departmentID', '$lang', '$pagenum', '$pagesize'],
    answer: answerPortals,
  },
  {
    operationId: 'getMyPortals',
    method: 'GET',
    path: `${BASE}/myportals`,
    scopes: read.users,
    needsAcceptLanguage: true,
    requiredQuery: ['$lang'],
    optionalQuery: ['department', 'filterText', 'shortUrlTemplate', '$sort', '$order', '$pagenum', '$pagesize'],
    answer: answerMyPortals,
  },
  {
    operationId: 'getArticleById',
    method: 'GET',
    path: `${BASE}/portals/{portalID}/articles/{articleID}`,
    scopes: read.everyPerson,
    needsAcceptLanguage: true,
    requiredQuery: [],
    optionalQuery: [
      ...['$lang', 'articleAdditionalAttributes', '$customAdditionalAttributes'],
      ...['accessSource', 'publishViewId', 'workflowMilestone'],
    ],
    answer: answerArticle,
  },
  {
    operationId: 'aiSearch',
    method: 'GET',
    path: `${BASE}/{portalID}/search`,
    scopes: { ...read.everyPerson, ...read.client },
    needsAcceptLanguage: false,
    // `$lang` is declared as required too, and described as optional in the same place: the milder reading.
    requiredQuery: ['q'],
    optionalQuery: [
      ...['$lang', '$filter[userProfileID]', '$filter[tags]', '$filter[topicIds]'],
      ...['articleCustomAdditionalAttributes', '$pagenum', '$pagesize'],
    ],
    answer: answerSearch,
  },
  {
    operationId: 'addbookmark',
    method: 'POST',
    path: `${BASE}/portals/{portalID}/bookmarks`,
    scopes: manage.knownPeople,
    needsAcceptLanguage: true,
    requiredQuery: [],
    optionalQuery: [],
    body: { isRequired: true, hasMediaTypeCheck: true },
    answer: answerBookmark,
  },
  {
    operationId: 'makeSuggestion',
    method: 'POST',
    path: `${BASE}/portals/{portalID}/suggestions`,
    scopes: manage.everyPerson,
    needsAcceptLanguage: true,
    requiredQuery: [],
    optionalQuery: [],
    // The OpenAPI file does not call it required; three of its members are.
    body: { isRequired: false, hasMediaTypeCheck: true },
    answer: answerSuggestion,
  },
  {
    operationId: 'exportContent',
    method: 'POST',
    path: `${BASE}/content/export`,
    scopes: manage.client,
    needsAcceptLanguage: true,
    requiredQuery: [],
    optionalQuery: [],
    body: { isRequired: true, hasMediaTypeCheck: false },
    answer: answerExport,
  },
  {
    operationId: 'exportStatus',
    method: 'GET',
    path: `${BASE}/content/export/{jobID}/status`,
    scopes: read.client,
    needsAcceptLanguage: false,
    requiredQuery: [],
    optionalQuery: [],
    answer: answerExportStatus,
  },
];
