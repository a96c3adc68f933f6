import { answerBestAnswer, answerRetrieve } from '../ai-answers.ts';
import { createScopes, type Operation } from './operation.ts';

const BASE = '/core/aiservices/v4';
const BOTH = { allOf: ['core.aiservices.read', 'core.aiservices.manage'] };

const COMMON = {
  method: 'POST',
  needsAcceptLanguage: false,
  requiredQuery: ['q', '$lang'],
  optionalQuery: ['$filter[userProfileID]', '$filter[tags]', '$filter[topicIds]'],
  body: { isRequired: false, hasMediaTypeCheck: false },
} as const;

/** aiservices v4, as its OpenAPI file declares it: no operation takes an on-behalf-of token. */
export const AI_OPERATIONS: readonly Operation[] = [
  {
    operationId: 'retrieveChunks',
    path: `${BASE}/{portalID}/retrieve`,
    scopes: createScopes('core.aiservices', 'read').everyPersonPresent,
    ...COMMON,
    answer: answerRetrieve,
  },
  {
    operationId: 'getBestAnswer',
    path: `${BASE}/{portalID}/answers`,
    // The only operation that needs two scopes.
    scopes: { user: BOTH, customer: BOTH, 'anonymous-customer': BOTH },
    ...COMMON,
    answer: answerBestAnswer,
  },
];
