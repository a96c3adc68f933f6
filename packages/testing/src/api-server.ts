import { answerApi } from './api.ts';
import { type EmulatorRequest, json } from './http.ts';
import type { Route } from './journal.ts';
import { createOAuthRoute } from './oauth-route.ts';
import type { Tenant } from './tenant.ts';

/** The API host, `api.ai.egain.cloud`: the API operations, and the token URLs that are not on the login host. */
export const createApiRoutes =
  (tenant: Tenant) =>
  (request: EmulatorRequest): Route => {
    const endpoint = tenant.generation.findAtApiHost(request);
    if (endpoint !== undefined) return createOAuthRoute(endpoint, request, tenant);
    if (tenant.generation.findAtLoginHost(request) !== undefined || request.path.startsWith('/system/auth/')) {
      return wrongHost(request.path, tenant);
    }
    return { kind: 'api', answer: (apiRequest, note) => answerApi(apiRequest, tenant, note) };
  };

const wrongHost = (path: string, { loginUrl }: Tenant): Route => ({
  kind: 'unknown',
  answer: (_request, note) => {
    note({ error: 'not_found' });
    const description = `This is the API host. Authorization and token URLs are on the login host: ${loginUrl}${path}`;
    return json(404, { error: 'not_found', error_description: description });
  },
});
