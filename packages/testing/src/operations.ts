import type { Reply } from './http.ts';
import type { Actor } from './persona.ts';
import {
  answerArticle,
  answerMyPortals,
  answerSearch,
  answerUserDetails,
  type OperationCall,
} from './portal-answers.ts';

/** One operation of eGain's OpenAPI files. */
export interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  /** For each accepted actor the scopes of which one is needed. An actor that is missing is refused. */
  readonly scopes: { readonly [actor in Actor]?: readonly string[] };
  /** Whether the header parameter `Accept-Language` is declared; where it is, it is required. */
  readonly needsAcceptLanguage: boolean;
  readonly requiredQuery: readonly string[];
  readonly answer: (call: OperationCall) => Reply;
}

const BASE = '/knowledge/portalmgr/v4';
const READ = ['knowledge.portalmgr.read'];
const ON_BEHALF_OF_READ = ['knowledge.portalmgr.onbehalfof.read'];

/**
 * INFERRED: the OpenAPI files give the actor `client` the scope `.default`, of the older generation of the authorization
 * server. On the one the guide describes, application scopes are named `app.*` and no source says which one is needed.
 */
const CLIENT_READ = ['app.knowledge.portalmgr.read', 'app.knowledge.portalmgr.manage'];

const USERS = { user: READ, 'on-behalf-of-user': ON_BEHALF_OF_READ };
const EVERY_PERSON = {
  ...USERS,
  customer: READ,
  'on-behalf-of-customer': ON_BEHALF_OF_READ,
  'anonymous-customer': READ,
};

const OPERATIONS: readonly Operation[] = [
  {
    operationId: 'getUserDetails',
    method: 'GET',
    path: `${BASE}/portals/user`,
    scopes: USERS,
    needsAcceptLanguage: true,
    requiredQuery: [],
    answer: answerUserDetails,
  },
  {
    operationId: 'getMyPortals',
    method: 'GET',
    path: `${BASE}/myportals`,
    scopes: USERS,
    needsAcceptLanguage: true,
    requiredQuery: ['$lang'],
    answer: answerMyPortals,
  },
  {
    operationId: 'getArticleById',
    method: 'GET',
    path: `${BASE}/portals/{portalID}/articles/{articleID}`,
    scopes: EVERY_PERSON,
    needsAcceptLanguage: true,
    requiredQuery: [],
    answer: answerArticle,
  },
  {
    operationId: 'aiSearch',
    method: 'GET',
    path: `${BASE}/{portalID}/search`,
    scopes: { ...EVERY_PERSON, client: CLIENT_READ },
    needsAcceptLanguage: false,
    // `$lang` is declared as required too, and described as optional in the same place: the milder reading.
    requiredQuery: ['q'],
    answer: answerSearch,
  },
];

const MATCHERS = OPERATIONS.map((operation) => ({
  operation,
  pattern: new RegExp(`^${operation.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));

/** The operation of a request, with the values of its path parameters. */
export function findOperation(
  method: string,
  path: string,
): { readonly operation: Operation; readonly pathParameters: Readonly<Record<string, string>> } | undefined {
  for (const { operation, pattern } of MATCHERS) {
    const match = operation.method === method ? pattern.exec(path) : null;
    if (match) return { operation, pathParameters: { ...match.groups } };
  }
  return undefined;
}
