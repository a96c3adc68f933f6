import { randomUUID } from 'node:crypto';
import { type Article, searchArticles } from './articles.ts';
import { json, type Reply } from './http.ts';
import type { OperationCall } from './operations/operation.ts';
import { assertPortal, topicBreadcrumb } from './portal-answers.ts';

const MAX_REFERENCES = 3;

/** `retrieveChunks`: what was found, without an answer. Nothing found is an empty list: no 204 is declared here. */
export const answerRetrieve = (call: OperationCall): Reply => json(200, describeFindings(call, find(call)));

/** `getBestAnswer`: the same, and an answer made of the best of it. */
export function answerBestAnswer(call: OperationCall): Reply {
  const found = find(call);
  return json(200, { answer: describeAnswer(found), ...describeFindings(call, found) });
}

type Found = ReturnType<typeof searchArticles>;

function find({ pathParameters, query }: OperationCall): Found {
  assertPortal(pathParameters['portalID'] ?? '');
  return searchArticles(query.get('q') ?? '');
}

/** INFERRED: `answer` is required, so it is there when nothing was found; how it looks then is not published. */
function describeAnswer(found: Found) {
  const references = found.slice(0, MAX_REFERENCES).map(({ article }) => describeReference(article));
  const [best] = found;
  return {
    answerValue: best === undefined ? '' : `<p>${best.article.summary}</p>`,
    references,
    answerType: 'generative',
    relevanceScore: best?.score ?? 0,
  };
}

function describeFindings({ body }: OperationCall, found: Found) {
  const { channel, eventId, clientSessionId, sessionId } = body;
  return {
    searchResults: found.map(({ article, score }) => ({
      ...describeReference(article),
      snippet: article.summary,
      snippetType: 'chunks',
      normalizedScore: score,
      topicBreadcrumb: topicBreadcrumb(article),
    })),
    ...(channel !== undefined && { channel }),
    ...(clientSessionId !== undefined && { clientSessionId }),
    sessionId: sessionId ?? randomUUID(),
    eventId: eventId ?? randomUUID(),
  };
}

const describeReference = ({ id, name }: Article) => ({ id, name, docType: 'HTML', source: 'eGain Article' });
