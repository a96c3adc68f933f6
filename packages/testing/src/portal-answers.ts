import type { AccessTokenGrant } from './access-token.ts';
import { ApiError } from './api-error.ts';
import { ARTICLES, type Article, PORTAL_ID, searchArticles } from './articles.ts';
import { json, type Reply } from './http.ts';
import type { Tenant } from './tenant.ts';

/** What an operation's answer depends on. */
export interface OperationCall {
  readonly tenant: Tenant;
  readonly token: AccessTokenGrant;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

const BASE = '/knowledge/portalmgr/v4';
const DEPARTMENT = { id: '1001', name: 'Service' };
const AUTHOR = { id: '1013', firstName: 'John', middleName: '', lastName: 'Doe' };
const ARTICLE_TYPE = { typeName: 'General', articleTypeId: '999900000002020' };
const LANGUAGE = 'en-US';

const selfLink = (path: string) => ({ rel: 'self', href: `${BASE}${path}` });
const notFound = (id: string): ApiError =>
  new ApiError('404-101', `The following IDs provided in the URI path were not found: ${id}`);

/** `getUserDetails`: the person the token stands for, whoever calls. */
export function answerUserDetails({ tenant, token }: OperationCall): Reply {
  const user = tenant.users.find(({ username }) => username === token.subject);
  if (user === undefined) return { status: 204, headers: {}, body: '' };
  const { userId: id, firstName, lastName, email } = user;
  const roles = [{ id: '1026', name: 'agent' }];
  return json(200, { user: [{ id, roles, firstName, lastName, hasEmailConfigured: email !== undefined }] });
}

/** `getMyPortals`: the one portal there is. */
export const answerMyPortals = (): Reply =>
  json(200, {
    portal: [
      {
        id: PORTAL_ID,
        name: 'Eight Bank Service',
        description: 'What agents and customers of Eight Bank ask most.',
        department: DEPARTMENT,
        shortURL: [],
        link: selfLink(`/portals/${PORTAL_ID}`),
      },
    ],
    paginationInfo: { count: 1, pagenum: 1, pagesize: 25 },
  });

/** `getArticleById`. The content comes only when `articleAdditionalAttributes` names it. */
export function answerArticle({ pathParameters, query }: OperationCall): Reply {
  const { portalID = '', articleID = '' } = pathParameters;
  assertPortal(portalID);
  const article = ARTICLES.find(({ id }) => id === articleID);
  if (article === undefined) throw notFound(articleID);
  const additional = (query.get('articleAdditionalAttributes') ?? '').split(',');
  const hasContent = additional.includes('content') || additional.includes('all');
  return json(200, { ...describeArticle(article), ...(hasContent && { content: article.content }) });
}

/** `aiSearch`: 204 when nothing is found, as almost every GET of eGain does it. */
export function answerSearch({ pathParameters, query }: OperationCall): Reply {
  assertPortal(pathParameters['portalID'] ?? '');
  const found = searchArticles(query.get('q') ?? '');
  if (found.length === 0) return { status: 204, headers: {}, body: '' };
  return json(200, {
    searchResults: { article: found.map(({ article, score }) => describeResult(article, score)) },
    paginationInfo: { count: 1, pagenum: 1, pagesize: 20 },
  });
}

function assertPortal(portalId: string): void {
  if (portalId !== PORTAL_ID) throw notFound(portalId);
}

const topicBreadcrumb = ({ topic }: Article) => [
  { topicSummary: [{ ...topic, link: selfLink(`/portals/${PORTAL_ID}/topics/${topic.id}`) }] },
];

const describeArticle = (article: Article) => ({
  id: article.id,
  name: article.name,
  articleType: { ...ARTICLE_TYPE, articleCategoryId: 0, useStructuredAuthoring: false },
  articleKeywords: article.keywords,
  articleState: 'P',
  articleSummary: article.summary,
  attachments: [],
  createdBy: AUTHOR,
  createdDate: '2022-06-30T14:54:55Z',
  departmentID: DEPARTMENT.id,
  languageCode: LANGUAGE,
  modifiedBy: AUTHOR,
  modifiedDate: article.modifiedDate,
  link: selfLink(`/portals/${PORTAL_ID}/articles/${article.id}`),
  topicBreadcrumb: topicBreadcrumb(article),
  versionId: article.versionId,
});

const describeResult = (article: Article, normalizedScore: number) => ({
  id: article.id,
  name: article.name,
  docType: 'HTML',
  source: 'eGain Article',
  snippet: article.summary,
  keywordSnippet: article.summary,
  additionalSnippets: [],
  additionalSnippetCount: 0,
  contextualSummary: '',
  modifiedDate: article.modifiedDate,
  headerPath: '',
  topicBreadcrumb: topicBreadcrumb(article),
  articleTypeAttributes: ARTICLE_TYPE,
  normalizedScore,
});
