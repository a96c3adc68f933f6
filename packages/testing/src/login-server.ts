import { answerAuthorize } from './authorize.ts';
import { type EmulatorRequest, json } from './http.ts';
import type { Route } from './journal.ts';
import type { Persona } from './persona.ts';
import type { Tenant } from './tenant.ts';
import { answerToken } from './token-endpoint.ts';

const ENDPOINT = /^\/system\/auth\/([^/]+)-([UC])\/oauth2\/(authorize|token)$/;

/** The login host, `ai.egain.cloud`: both personas' authorization and token URLs. APIs live on the other host. */
export const createLoginRoutes =
  (tenant: Tenant) =>
  ({ path, method }: EmulatorRequest): Route => {
    const [, tenantId, suffix, endpoint] = ENDPOINT.exec(path) ?? [];
    if (tenantId !== tenant.tenantId) return notFound(path, tenant);
    const persona: Persona = suffix === 'U' ? 'user' : 'customer';
    if (endpoint === 'token') {
      return { kind: 'token', answer: (request, note) => answerToken(request, persona, tenant, note) };
    }
    const kind = method === 'POST' ? 'sign-in' : 'authorize';
    return { kind, answer: (request, note) => answerAuthorize(request, persona, tenant, note) };
  };

function notFound(path: string, { tenantId, loginUrl, apiUrl }: Tenant): Route {
  const isApi = path.startsWith('/knowledge/') || path.startsWith('/core/');
  // Guide, "Domain Usage Note": the most frequent mistake, so it is named.
  const description = isApi
    ? `This is the login host. APIs and the anonymous token URL are on the API host: ${apiUrl}${path}`
    : `The login host has ${loginUrl}/system/auth/${tenantId}-U|-C/oauth2/authorize|token and nothing else.`;
  return {
    kind: 'unknown',
    answer: (_request, note) => {
      note({ error: 'not_found' });
      return json(404, { error: 'not_found', error_description: description });
    },
  };
}
