import { answerImport, answerImportStatus } from '../content-answers.ts';
import { createScopes, type Operation } from './operation.ts';

const BASE = '/knowledge/contentmgr/v4';

/** contentmgr v4, as its OpenAPI file declares it: the import is for client applications alone. */
export const CONTENT_OPERATIONS: readonly Operation[] = [
  {
    operationId: 'createImportJob',
    method: 'POST',
    path: `${BASE}/import/content`,
    scopes: createScopes('knowledge.contentmgr', 'manage').client,
    needsAcceptLanguage: false,
    requiredQuery: [],
    optionalQuery: [],
    body: { isRequired: true, hasMediaTypeCheck: false },
    answer: answerImport,
  },
  {
    operationId: 'getImportStatus',
    method: 'GET',
    path: `${BASE}/import/content/{job_id}/status`,
    scopes: createScopes('knowledge.contentmgr', 'read').client,
    needsAcceptLanguage: false,
    requiredQuery: [],
    optionalQuery: [],
    answer: answerImportStatus,
  },
];
