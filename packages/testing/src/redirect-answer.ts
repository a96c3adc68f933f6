import type { RedirectTarget } from './authorization-request.ts';
import type { Reply } from './http.ts';
import type { OAuthError } from './oauth-error.ts';
import type { Persona } from './persona.ts';
import type { Tenant } from './tenant.ts';

/** Sends the browser back to the application with a code. */
export const redirectWithCode = (target: RedirectTarget, code: string, persona: Persona, tenant: Tenant): Reply =>
  redirectBack(target, { code, ...describeIssuer(persona, tenant) });

/** Sends the browser back to the application with what is wrong. */
export function redirectWithError(
  target: RedirectTarget,
  { error, description }: OAuthError,
  persona: Persona,
  tenant: Tenant,
): Reply {
  const { redirectErrors } = tenant.behaviour;
  return redirectBack(target, {
    error: redirectErrors === 'base64' ? encode(error) : error,
    error_description: redirectErrors === 'plain' ? description : encode(description),
    ...describeIssuer(persona, tenant),
  });
}

/** What eGain's MCP server decodes: base64 of percent-encoded text. */
const encode = (text: string): string => Buffer.from(encodeURIComponent(text)).toString('base64');

const describeIssuer = (persona: Persona, { behaviour, generation }: Tenant): { iss?: string } =>
  behaviour.issOnRedirect ? { iss: generation.issuerOf(persona) } : {};

function redirectBack(target: RedirectTarget, answer: Readonly<Record<string, string>>): Reply {
  const { redirectUri, state } = target;
  const query = new URLSearchParams({ ...answer, ...(state !== undefined && { state }) });
  // Not through `URL`, which would rewrite the registered bytes.
  const location = `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${query.toString()}`;
  // 303: the browser must not send the password on to the application (RFC 9700 4.12).
  return {
    status: 303,
    headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
    body: '',
  };
}
