import type { CodeGrant } from '../authorization-codes.ts';
import { OAuthError } from '../oauth-error.ts';
import { requireParameter } from '../parameters.ts';
import { personaSuffix } from '../persona.ts';
import { isCodeVerifier, isVerifierOf } from '../pkce.ts';
import type { Grant, GrantRequest } from './grant.ts';

const refuse = (description: string): OAuthError => new OAuthError('invalid_grant', description);

/** Guide, "Part 2: Exchange Authorization Code for an Access Token"; RFC 6749 4.1.3; RFC 7636 4.6. */
export function redeemAuthorizationCode(request: GrantRequest): Grant {
  const { parameters, client, persona, tenant } = request;
  const code = requireParameter(parameters, 'code');
  const redirectUri = requireParameter(parameters, 'redirect_uri');
  // INFERRED: also a request that is refused below spends the code. Whoever presents a code that is not theirs has
  // stolen it, and the thief must not get a second try.
  const grant = tenant.authorizationCodes.redeem(code);
  if (grant === undefined) throw refuse('The code is unknown, expired (60 seconds) or already used. Log in again.');
  assertSameRequest(grant, { clientId: client.clientId, redirectUri, persona });
  judgeVerifier(request, grant.codeChallenge);
  const { subject, scope } = grant;
  const refreshToken = issueRefreshToken(request, grant);
  return { actor: persona, subject, scope, isLogin: true, ...(refreshToken !== undefined && { refreshToken }) };
}

function assertSameRequest(grant: CodeGrant, request: Pick<CodeGrant, 'clientId' | 'redirectUri' | 'persona'>): void {
  if (grant.clientId !== request.clientId) throw refuse('The code was issued to another client application.');
  if (grant.redirectUri !== request.redirectUri) throw refuse('redirect_uri is not the one of the login.');
  if (grant.persona !== request.persona) {
    throw refuse(`The code is from the -${personaSuffix(grant.persona)} authorization URL: use its token URL.`);
  }
}

function judgeVerifier({ parameters, client, tenant }: GrantRequest, challenge: string | undefined): void {
  const verifier = parameters.get('code_verifier');
  const { pkceOnWebClients } = tenant.behaviour;
  if (client.platform === 'web' && pkceOnWebClients === 'ignored') return;
  if (client.platform === 'web' && pkceOnWebClients === 'rejected' && verifier !== undefined) {
    throw new OAuthError('invalid_request', 'A Web Application sends no code_verifier: PKCE is for public clients.');
  }
  assertVerifier(challenge, verifier);
}

function assertVerifier(challenge: string | undefined, verifier: string | undefined): void {
  if (challenge === undefined) {
    // RFC 9700 2.1.1: otherwise an attacker could strip the challenge from the login and nobody would notice.
    if (verifier !== undefined) throw refuse('code_verifier is sent, but the login sent no code_challenge.');
    return;
  }
  if (verifier === undefined) throw refuse('The login sent a code_challenge: code_verifier is missing.');
  if (!isCodeVerifier(verifier)) throw refuse('code_verifier is not 43 to 128 unreserved characters (RFC 7636 4.1).');
  if (!isVerifierOf(verifier, challenge)) throw refuse('code_verifier does not match the code_challenge of the login.');
}

function issueRefreshToken({ client, persona, tenant }: GrantRequest, grant: CodeGrant): string | undefined {
  if (client.platform === 'spa' && tenant.behaviour.publicClientRefreshTokens === 'withheld') return undefined;
  const { subject, scope } = grant;
  return tenant.refreshTokens.issue({ clientId: client.clientId, persona, subject, scope });
}
