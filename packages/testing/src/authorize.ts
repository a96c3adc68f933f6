import {
  type AuthorizationRequest,
  parseAuthorizationRequest,
  type RedirectTarget,
  resolveRedirectTarget,
} from './authorization-request.ts';
import { errorPage } from './error-page.ts';
import type { AuthorizationEndpoint } from './generations/generation.ts';
import { type EmulatorRequest, type Reply, readForm } from './http.ts';
import type { Note } from './journal.ts';
import { OAuthError } from './oauth-error.ts';
import type { Persona } from './persona.ts';
import { redirectWithCode, redirectWithError } from './redirect-answer.ts';
import { signInPage } from './sign-in-page.ts';
import type { Tenant } from './tenant.ts';

/**
 * `GET …/authorize` shows the sign-in page; its form is sent to the same URL, query included, so that the second request
 * is judged exactly like the first.
 */
export function answerAuthorize(
  request: EmulatorRequest,
  endpoint: AuthorizationEndpoint,
  tenant: Tenant,
  note: Note,
): Reply {
  const { persona } = endpoint;
  note({ persona });
  let target: RedirectTarget | undefined;
  try {
    target = resolveRedirectTarget(request, tenant);
    note({ client: target.client.clientId });
    const authorization = parseAuthorizationRequest(request.query, target.client, endpoint, tenant);
    if (request.method === 'GET') return signInPage({ persona, tenant, authorization });
    return answerSignIn(request, { persona, tenant, authorization, target, note });
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    note({ error: error.error });
    // RFC 6749 4.1.2.1: while the redirect URL is not trusted, the person is told and never sent there.
    if (target === undefined) return errorPage(error);
    return redirectWithError(target, error, persona, tenant);
  }
}

interface SignIn {
  readonly persona: Persona;
  readonly tenant: Tenant;
  readonly authorization: AuthorizationRequest;
  readonly target: RedirectTarget;
  readonly note: Note;
}

function answerSignIn(request: EmulatorRequest, signIn: SignIn): Reply {
  const { persona, tenant, authorization, target, note } = signIn;
  const form = readForm(request) ?? new URLSearchParams();
  if (form.get('action') === 'cancel') {
    throw new OAuthError('access_denied', 'The person cancelled the sign-in.');
  }
  const name = form.get(persona === 'user' ? 'username' : 'email') ?? '';
  const subject = findSubject(tenant, persona, name, form.get('password') ?? '');
  if (subject === undefined) {
    note({ error: 'invalid_credentials' });
    return signInPage({ persona, tenant, authorization, rejectedName: name });
  }
  const { client, scope, codeChallenge } = authorization;
  note({ subject, scope });
  const code = tenant.authorizationCodes.issue({
    ...{ clientId: client.clientId, redirectUri: target.redirectUri, persona, subject, scope },
    ...(codeChallenge !== undefined && { codeChallenge }),
  });
  return redirectWithCode(target, code, persona, tenant);
}

// Users sign in at -U by username and customers at -C by email: neither exists at the other's URL.
function findSubject(tenant: Tenant, persona: Persona, name: string, password: string): string | undefined {
  if (persona === 'user') {
    return tenant.users.find((user) => user.username === name && user.password === password)?.username;
  }
  return tenant.customers.find((customer) => customer.email === name && customer.password === password)?.email;
}
