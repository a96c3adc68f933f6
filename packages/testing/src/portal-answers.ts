import { ApiError } from './api-error.ts';
import { ARTICLES, type Article, PORTAL_ID, searchArticles } from './articles.ts';
import { json, type Reply } from './http.ts';
import type { OperationCall } from './operations/operation.ts';
import { paginate, readNumber } from './pagination.ts';
import { MAIN_PORTAL, PORTALS, type Portal } from './portals.ts';

const BASE = '/knowledge/portalmgr/v4';
const AUTHOR = { id: '1013', firstName: 'John', middleName: '', lastName: 'Doe' };
const ARTICLE_TYPE = { typeName: 'General', articleTypeId: '999900000002020' };
const LANGUAGE = 'en-US';
/** eGain's answer for an empty list. */
const NO_CONTENT: Reply = { status: 204, headers: {}, body: '' };

const selfLink = (path: string) => ({ rel: 'self', href: `${BASE}${path}` });
const notFound = (id: string): ApiError =>
  new ApiError('404-101', `The following IDs provided in the URI path were not found: ${id}`);

/** `getUserDetails`: the person the token stands for, whoever calls. */
export function answerUserDetails({ tenant, token }: OperationCall): Reply {
  const user = tenant.users.find(({ username }) => username === token.subject);
  if (user === undefined) return NO_CONTENT;
  const { userId: id, firstName, lastName, email } = user;
  const roles = [{ id: '1026', name: 'agent' }];
  return json(200, { user: [{ id, roles, firstName, lastName, hasEmailConfigured: email !== undefined }] });
}

/** `getAllPortals`: every portal of the tenant, by pages of ten. */
export function answerPortals(call: OperationCall): Reply {
  const department = call.query.get('departmentID');
  const portals = PORTALS.filter((portal) => department === null || portal.department.id === department);
  const { page, paginationInfo } = paginate(portals, call, 10);
  return page.length === 0 ? NO_CONTENT : json(200, { portal: page.map(describePortal), paginationInfo });
}

/** `getMyPortals`: the one portal there is for whoever calls. */
export function answerMyPortals(call: OperationCall): Reply {
  const { page, paginationInfo } = paginate([MAIN_PORTAL], call, 25);
  if (page.length === 0) return NO_CONTENT;
  const portal = page.map((mine) => ({ ...describeLink(mine), department: mine.department, shortURL: [] }));
  return json(200, { portal, paginationInfo });
}

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

/** `aiSearch`: 204 when nothing is found, as almost every GET of eGain does it. Declared to have one page only. */
export function answerSearch({ pathParameters, query }: OperationCall): Reply {
  assertPortal(pathParameters['portalID'] ?? '');
  const pagenum = readNumber(query, '$pagenum', 1, 1);
  const pagesize = readNumber(query, '$pagesize', 20, 30);
  const found = searchArticles(query.get('q') ?? '').slice(0, pagesize);
  if (found.length === 0) return NO_CONTENT;
  return json(200, {
    searchResults: { article: found.map(({ article, score }) => describeResult(article, score)) },
    paginationInfo: { count: 1, pagenum, pagesize },
  });
}

/** @throws {ApiError} 404-101 */
export function assertPortal(portalId: string): void {
  if (portalId !== PORTAL_ID) throw notFound(portalId);
}

const describeLink = ({ id, name, description }: Portal) => ({
  ...{ id, name, description },
  link: selfLink(`/portals/${id}`),
});

const describePortal = (portal: Portal) => ({
  ...describeLink(portal),
  departmentId: portal.department.id,
  defaultContentLanguageId: '1',
  defaultContentLanguageCode: LANGUAGE,
  createdBy: AUTHOR,
  createdDate: '2022-03-09T00:22:14Z',
});

export const topicBreadcrumb = ({ topic }: Article) => [
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
  departmentID: MAIN_PORTAL.department.id,
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
