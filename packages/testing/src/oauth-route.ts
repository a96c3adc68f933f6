import { answerAuthorize } from './authorize.ts';
import type { OAuthEndpoint } from './generations/generation.ts';
import type { EmulatorRequest } from './http.ts';
import type { Route } from './journal.ts';
import type { Tenant } from './tenant.ts';
import { answerToken } from './token-endpoint.ts';

/** What is asked of an OAuth URL, whatever host it is on. */
export function createOAuthRoute(endpoint: OAuthEndpoint, { method }: EmulatorRequest, tenant: Tenant): Route {
  if (endpoint.action === 'token') {
    return {
      kind: 'token',
      isAnonymousToken: endpoint.isAnonymous,
      answer: (request, note) => answerToken(request, endpoint, tenant, note),
    };
  }
  const kind = method === 'POST' ? 'sign-in' : 'authorize';
  return { kind, answer: (request, note) => answerAuthorize(request, endpoint, tenant, note) };
}
