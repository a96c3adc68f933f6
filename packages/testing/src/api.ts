import type { AccessTokenGrant } from './access-token.ts';
import { ApiError, apiErrorReply } from './api-error.ts';
import { assertAcceptLanguage, assertQuery } from './api-request.ts';
import type { EmulatorRequest, Reply } from './http.ts';
import type { Note } from './journal.ts';
import { readJsonBody } from './json-body.ts';
import type { Operation } from './operations/operation.ts';
import { findOperation } from './operations.ts';
import type { Actor } from './persona.ts';
import type { Tenant } from './tenant.ts';

/** How eGain's message for a refused actor calls it. INFERRED: the published message has only `<actor>`. */
const ACTOR_NAMES: Readonly<Record<Actor, string>> = {
  user: 'Users',
  customer: 'Customers',
  'anonymous-customer': 'Anonymous customers',
  client: 'Client applications',
  'on-behalf-of-user': 'Client applications on behalf of users',
  'on-behalf-of-customer': 'Client applications on behalf of customers',
};

/** One API request: operation, token, actor, scope, headers, parameters, body, in this order; then the operation. */
export async function answerApi(request: EmulatorRequest, tenant: Tenant, note: Note): Promise<Reply> {
  const acceptLanguage = request.headers['accept-language'];
  if (acceptLanguage !== undefined) note({ acceptLanguage });
  try {
    const { operation, pathParameters } = requireOperation(request, tenant);
    const token = await authenticate(request, tenant);
    note({ client: token.clientId, actor: token.actor, subject: token.subject, scope: token.scope });
    assertAllowed(operation, token);
    if (operation.needsAcceptLanguage) assertAcceptLanguage(request.headers);
    assertQuery(operation, request.query);
    const { path, query } = request;
    const body = operation.body === undefined ? {} : readJsonBody(request, operation.body);
    return operation.answer({ tenant, token, path, pathParameters, query, body });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    note({ error: error.code });
    return apiErrorReply(error, tenant.behaviour);
  }
}

function requireOperation({ method, path }: EmulatorRequest, tenant: Tenant) {
  const found = findOperation(method, path);
  if (found !== undefined) return found;
  // "REST API Gateway returns 403 for an undeployed method" (a comment in eGain's agent SDK).
  throw new ApiError('404-101', `The emulator has no operation ${method} ${path} at ${tenant.apiUrl}.`, 403);
}

async function authenticate({ headers }: EmulatorRequest, tenant: Tenant): Promise<AccessTokenGrant> {
  const token = /^Bearer +([^ ]+)$/i.exec(headers.authorization ?? '')?.[1];
  if (token === undefined) throw new ApiError('401-104', "Invalid or missing 'authorization' header value.");
  const grant = await tenant.accessTokens.verify(token);
  if (grant !== undefined) return grant;
  throw new ApiError('401-101', "Invalid or expired 'Authorization' header provided. New login is required.");
}

function assertAllowed({ scopes }: Operation, { actor, scope }: AccessTokenGrant): void {
  const needed = scopes[actor];
  if (needed === undefined) {
    throw new ApiError('403-112', `Unauthorized URL access: ${ACTOR_NAMES[actor]} are not allowed to access this URL.`);
  }
  const isGranted = (name: string) => scope.includes(name);
  if ('allOf' in needed ? needed.allOf.every(isGranted) : needed.anyOf.some(isGranted)) return;
  const required = 'allOf' in needed ? needed.allOf.join(' and ') : needed.anyOf.join(' or ');
  throw new ApiError(
    '403-197',
    `Unauthorized URL access: Logged in actor must have '${required}' scope to access this URL.`,
  );
}
