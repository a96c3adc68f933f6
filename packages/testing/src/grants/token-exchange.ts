import { type ClientApplication, delegatedPermissions } from '../client-applications.ts';
import { OAuthError } from '../oauth-error.ts';
import { requireParameter } from '../parameters.ts';
import { SCOPE_RULES } from '../scopes.ts';
import { assertConfidential, assertUserTokenUrl, type Grant, type GrantRequest, grantScope } from './grant.ts';

const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token';

// RFC 8693 2.2.2: an invalid or unacceptable subject token MUST be answered with invalid_request, not invalid_grant.
const refuse = (description: string): OAuthError => new OAuthError('invalid_request', description);

/** Guide, "Token Exchange Flow (External IDP Integration)". */
export async function tokenExchange(request: GrantRequest): Promise<Grant> {
  const { parameters, client, persona, tenant } = request;
  assertConfidential(client, 'The token exchange flow');
  if (tenant.behaviour.customerTokenExchange === 'refused') assertUserTokenUrl(persona, 'The token exchange flow');
  if (!client.tokenExchange) {
    const checkbox = "the checkbox 'Token Exchange Grant Type' is off in the Administration Console.";
    throw new OAuthError('unauthorized_client', `${client.name}: ${checkbox}`);
  }
  const subjectToken = requireParameter(parameters, 'subject_token');
  if (requireParameter(parameters, 'subject_token_type') !== ACCESS_TOKEN_TYPE) {
    throw refuse(`subject_token_type must be ${ACCESS_TOKEN_TYPE}.`);
  }
  const scope = requestedScope(request);
  const email = await verifySubjectToken(request, requireParameter(parameters, 'registration_id'), subjectToken);
  // "confirms the user exists within eGain".
  const subject = findSubject(request, email);
  if (subject === undefined) {
    throw refuse(`No eGain ${persona} has the email of the subject_token. Create the ${persona} first.`);
  }
  // INFERRED: the exchanged token is a user's own; the guide says "eGain-compatible token".
  return { actor: persona, subject, scope, issuedTokenType: ACCESS_TOKEN_TYPE, ...describeExpiry(client) };
}

/** Guide, "Access Token Expiry Time": "the validity period for the exchanged token". */
const describeExpiry = ({ accessTokenExpirySeconds: seconds }: ClientApplication): Pick<Grant, 'lifetimeSeconds'> =>
  seconds === undefined ? {} : { lifetimeSeconds: seconds };

const findSubject = ({ persona, tenant }: GrantRequest, email: string): string | undefined =>
  persona === 'user'
    ? tenant.users.find((user) => user.email === email)?.username
    : tenant.customers.find((customer) => customer.email === email)?.email;

// The scope is optional in this flow only. INFERRED: left out, the token gets every delegated permission assigned.
function requestedScope(request: GrantRequest): readonly string[] {
  const { parameters, client, scopePrefix } = request;
  const everything = delegatedPermissions(client).map((name) => `${scopePrefix}${name}`);
  return grantScope(request, parameters.get('scope') ?? everything.join(' '), SCOPE_RULES.tokenExchange);
}

async function verifySubjectToken({ tenant }: GrantRequest, registrationId: string, token: string): Promise<string> {
  const issuer = tenant.trustedIssuers.get(registrationId);
  if (issuer === undefined) throw refuse(`There is no SSO Provider with the registration_id '${registrationId}'.`);
  const claims = await issuer.verify(token);
  if (claims === undefined) {
    throw refuse('The subject_token is refused: signature, issuer, audience or expiry do not match the registration.');
  }
  const { email } = claims;
  if (typeof email !== 'string') throw refuse("The subject_token has no 'email' claim to find the user by.");
  return email;
}
