import type { Reply } from './http.ts';
import { invalidAttribute, requireMembers, requireText } from './json-body.ts';
import type { OperationCall } from './operations/operation.ts';
import { assertPortal } from './portal-answers.ts';

/** The ids of v4: `PROD-1000`. */
const READABLE_ID = /^[a-zA-Z0-9]{2,4}-\d{4,15}$/;

const CREATED: Reply = { status: 201, headers: {}, body: '' };

/** `resourceType` of external content; articles and topics are 1 and 2. */
const EXTERNAL_CONTENT = 3;

/** `addbookmark`. The resource need not be one of the emulator's: its articles are a few of many. */
export function answerBookmark({ pathParameters, body }: OperationCall): Reply {
  assertPortal(pathParameters['portalID'] ?? '');
  const { resourceType = 1 } = body;
  if (resourceType !== 1 && resourceType !== 2 && resourceType !== EXTERNAL_CONTENT) {
    throw invalidAttribute('resourceType');
  }
  if (resourceType === EXTERNAL_CONTENT) requireText(body, 'externalContentId', 255);
  else requireText(body, 'resourceId', 20, READABLE_ID);
  return CREATED;
}

/** `makeSuggestion`. */
export function answerSuggestion({ pathParameters, body }: OperationCall): Reply {
  assertPortal(pathParameters['portalID'] ?? '');
  requireText(body, 'name', 255);
  requireText(body, 'content', 10_000);
  requireText(requireMembers(body, 'language'), 'code', 6, /^[a-z]{2,3}-[A-Z]{2}$/);
  return CREATED;
}
