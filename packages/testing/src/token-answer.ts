import type { Behaviour } from './behaviour.ts';
import type { Grant } from './grants/grant.ts';
import type { Tenant } from './tenant.ts';

/** What an answer says beside the grant. */
interface AnswerContext {
  readonly clientId: string;
  /** The prefix of the URL that was called. */
  readonly scopePrefix: string;
  readonly tenant: Tenant;
}

/** RFC 6749 5.1, each member as the emulator was told to answer it: no page of eGain's shows a token answer. */
export async function createTokenAnswer(grant: Grant, context: AnswerContext): Promise<Record<string, unknown>> {
  const { actor, subject, scope, refreshToken, issuedTokenType } = grant;
  const { clientId, tenant } = context;
  const { accessTokens, behaviour } = tenant;
  const issued = { clientId, actor, subject, scope };
  const { lifetimeSeconds = accessTokens.lifetimeSeconds } = grant;
  const hasIdToken = grant.isLogin && behaviour.idToken === 'present';
  return {
    access_token: await accessTokens.issue(issued, lifetimeSeconds),
    ...(behaviour.tokenType !== 'absent' && { token_type: behaviour.tokenType }),
    ...describeLifetime(lifetimeSeconds, behaviour.expiresIn),
    ...describeScope(grant.answeredScope ?? scope, context),
    ...(issuedTokenType !== undefined && { issued_token_type: issuedTokenType }),
    ...(refreshToken !== undefined && { refresh_token: refreshToken, ...describeRefreshLifetime(tenant) }),
    ...(hasIdToken && { id_token: await accessTokens.issueIdToken(issued) }),
  };
}

function describeLifetime(seconds: number, form: Behaviour['expiresIn']): { expires_in?: number | string } {
  if (form === 'absent') return {};
  return { expires_in: form === 'string' ? String(seconds) : seconds };
}

const describeRefreshLifetime = ({ behaviour, refreshTokens }: Tenant): { refresh_token_expires_in?: number } =>
  behaviour.refreshTokenExpiresIn === 'number' ? { refresh_token_expires_in: refreshTokens.lifetimeSeconds } : {};

function describeScope(names: readonly string[], { scopePrefix, tenant }: AnswerContext): { scope?: string } {
  const { scopeAnswer } = tenant.behaviour;
  if (scopeAnswer === 'absent') return {};
  const prefixes = { 'as-requested': scopePrefix, bare: '', prefixed: `${tenant.apiUrl}/auth/` };
  return { scope: names.map((name) => `${prefixes[scopeAnswer]}${name}`).join(' ') };
}
