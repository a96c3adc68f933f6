import type { AccessTokenGrant } from './access-token.ts';
import { ApiError, apiErrorReply } from './api-error.ts';
import type { EmulatorRequest, Reply } from './http.ts';
import type { Note } from './journal.ts';
import { findOperation, type Operation } from './operations.ts';
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

/** `Accept-Language` of the OpenAPI files. */
const LANGUAGES: ReadonlySet<string> = new Set(
  'en-us es-es fr-fr it-it de-de nl-nl pt-br pt-pt da-dk ru-ru fr-ca zh-cn ja-jp ko-kr sv-se'.split(' '),
);

/** One API request: operation, token, actor, scope, headers, parameters, in this order; then the operation's answer. */
export async function answerApi(request: EmulatorRequest, tenant: Tenant, note: Note): Promise<Reply> {
  const acceptLanguage = request.headers['accept-language'];
  if (acceptLanguage !== undefined) note({ acceptLanguage });
  try {
    const { operation, pathParameters } = requireOperation(request, tenant);
    const token = await authenticate(request, tenant);
    note({ client: token.clientId, actor: token.actor, subject: token.subject, scope: token.scope });
    assertAllowed(operation, token);
    assertRequest(operation, request);
    return operation.answer({ tenant, token, pathParameters, query: request.query });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    note({ error: error.code });
    return apiErrorReply(error);
  }
}

function requireOperation({ method, path }: EmulatorRequest, tenant: Tenant) {
  const found = findOperation(method, path);
  if (found !== undefined) return found;
  // INFERRED: the real gateway may also answer an unknown method with 403 {"message":"Forbidden"}.
  throw new ApiError('404-101', `The emulator has no operation ${method} ${path} at ${tenant.apiUrl}.`);
}

async function authenticate({ headers }: EmulatorRequest, tenant: Tenant): Promise<AccessTokenGrant> {
  const token = /^Bearer +([^ ]+)$/i.exec(headers.authorization ?? '')?.[1];
  if (token === undefined) throw new ApiError('401-104', "Invalid or missing 'authorization' header value.");
  const grant = await tenant.accessTokens.verify(token);
  if (grant !== undefined) return grant;
  throw new ApiError('401-101', "Invalid or expired 'Authorization' header provided. New login is required.");
}

function assertAllowed({ scopes }: Operation, { actor, scope }: AccessTokenGrant): void {
  const accepted = scopes[actor];
  if (accepted === undefined) {
    throw new ApiError('403-112', `Unauthorized URL access: ${ACTOR_NAMES[actor]} are not allowed to access this URL.`);
  }
  if (accepted.some((name) => scope.includes(name))) return;
  const required = accepted.join(' or ');
  throw new ApiError(
    '403-197',
    `Unauthorized URL access: Logged in actor must have '${required}' scope to access this URL.`,
  );
}

function assertRequest({ needsAcceptLanguage, requiredQuery }: Operation, { headers, query }: EmulatorRequest): void {
  if (needsAcceptLanguage && !isAcceptedLanguage(headers['accept-language'])) {
    throw new ApiError('406-100', "The 'Accept-Language' header value is invalid.");
  }
  const missing = requiredQuery.filter((name) => !query.get(name));
  if (missing.length === 0) return;
  const names = missing.map((name) => `'${name}'`).join(', ');
  throw new ApiError(
    '400-112',
    `Required query parameter(s) is missing. The following parameters are required: ${names}.`,
  );
}

// INFERRED: browsers send a list with weights, and eGain's own SDK lower-case tags; one known tag is enough.
const isAcceptedLanguage = (header = ''): boolean =>
  header.split(',').some((range) => LANGUAGES.has(range.split(';')[0]?.trim().toLowerCase() ?? ''));
