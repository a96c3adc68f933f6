import { OAuthError } from '../oauth-error.ts';
import { requireParameter } from '../parameters.ts';
import { personaSuffix } from '../persona.ts';
import type { RefreshGrant } from '../refresh-tokens.ts';
import { parsePrefixedScope } from '../scopes.ts';
import type { Grant, GrantRequest } from './grant.ts';

/**
 * RFC 6749 6. The guide does not mention refresh tokens; eGain's search widget uses them, as a public client, so an SPA
 * may too.
 */
export function refreshToken({ parameters, client, persona, scopePrefix, tenant }: GrantRequest): Grant {
  const { refreshTokens } = tenant;
  if (refreshTokens.mode === 'none') {
    throw new OAuthError('unsupported_grant_type', 'This emulator issues no refresh tokens: see refreshTokens.');
  }
  const token = requireParameter(parameters, 'refresh_token');
  const grant = refreshTokens.find(token);
  // One answer for both: whether a stolen token exists is none of the thief's business.
  if (grant === undefined || grant.clientId !== client.clientId) {
    throw new OAuthError('invalid_grant', 'The refresh_token is unknown, expired or already used. Log in again.');
  }
  if (grant.persona !== persona) {
    const suffix = personaSuffix(grant.persona);
    throw new OAuthError('invalid_grant', `The refresh_token is from -${suffix}: use the token URL that ends in it.`);
  }
  const scope = narrowScope(grant, parameters.get('scope'), scopePrefix);
  const successor = refreshTokens.rotate(token, grant);
  const { subject } = grant;
  return { actor: persona, subject, scope, isLogin: true, ...(successor !== undefined && { refreshToken: successor }) };
}

function narrowScope(grant: RefreshGrant, value: string | undefined, prefix: string): readonly string[] {
  if (value === undefined) return grant.scope;
  const requested = parsePrefixedScope(value, prefix);
  const extra = requested.find((name) => !grant.scope.includes(name));
  if (extra === undefined) return requested;
  throw new OAuthError('invalid_scope', `'${extra}' was not granted at the login. A refresh cannot add scopes.`);
}
