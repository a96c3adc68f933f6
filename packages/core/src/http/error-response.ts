import { type EgainAuthError, type EgainAuthErrorCode, isEgainAuthError } from '../errors.ts';
import { acceptsHtml, type HttpRequest, type HttpResponse, json, PRIVATE_HEADERS } from './exchange.ts';

/** What a person reads; everything else stays with the developer. */
const SENTENCES: Partial<Record<EgainAuthErrorCode, string>> = {
  actor_not_allowed: 'You are signed in, but not as somebody who may see this page.',
  cross_site_request: 'This request did not come from this site, so it was not carried out.',
  invalid_callback: 'This sign-in could not be completed. Please start it again.',
  invalid_path: 'This address does not name anything that can be opened.',
  invalid_subject: 'This cannot be done on behalf of the person asked for.',
  login_expired: 'This sign-in took too long or was already used. Please start it again.',
  login_not_configured: 'There is no sign-in of this kind here.',
  login_refused: 'The sign-in was cancelled or refused.',
  login_required: 'Please sign in first.',
  method_not_allowed: 'This address does not answer this kind of request.',
  navigation_required: 'Signing in works on a page of its own only, not inside another.',
  scope_not_granted: 'You are signed in, but were not granted what this page needs.',
  session_store_unavailable: 'Who you are cannot be looked up at the moment. Please try again in a minute.',
  subject_refused: 'This cannot be done on behalf of the person asked for.',
  token_endpoint_unavailable: 'Signing in is not possible at the moment. Please try again in a minute.',
};

/**
 * All that a caller may learn of an error: a stable code and an id to find it in the log by, as a page for people and
 * as `{ error: { code, requestId, loginUrl? } }` for programs (T097).
 * @returns `undefined` when the error is not one of this suite
 */
export function errorResponse(error: unknown, request: HttpRequest): HttpResponse | undefined {
  if (!isEgainAuthError(error)) return undefined;
  const { code, requestId, loginUrl, status, retryAfterMs } = error;
  // Seconds, rounded up: whoever comes back then is not too early (RFC 9110 §10.2.3).
  const retryAfter = status === 503 &&
    retryAfterMs !== undefined && { 'retry-after': `${Math.ceil(retryAfterMs / 1000)}` };
  const headers = { ...retryAfter, ...error.headers };
  if (!acceptsHtml(request)) {
    return json(status, { error: { code, requestId, ...(loginUrl !== undefined && { loginUrl }) } }, headers);
  }
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      ...PRIVATE_HEADERS,
      ...headers,
    },
    body: page(error),
  };
}

function page({ code, requestId, loginUrl }: EgainAuthError): string {
  const sentence = SENTENCES[code] ?? 'Something went wrong on our side.';
  const link = loginUrl === undefined ? '' : `<p><a href="${escapeHtml(loginUrl)}">Sign in</a></p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(sentence)}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem}code{font-size:.9em}</style>
</head>
<body>
<main>
<h1>${escapeHtml(sentence)}</h1>
${link}
<p>Code <code>${code}</code>, request <code>${requestId}</code></p>
</main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
