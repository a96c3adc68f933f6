import { type EmulatorRequest, json } from './http.ts';
import type { Route } from './journal.ts';
import { createOAuthRoute } from './oauth-route.ts';
import type { Tenant } from './tenant.ts';

/** The login host, `ai.egain.cloud`: both personas' authorization and token URLs. APIs live on the other host. */
export const createLoginRoutes =
  (tenant: Tenant) =>
  (request: EmulatorRequest): Route => {
    const endpoint = tenant.generation.findAtLoginHost(request);
    return endpoint === undefined ? notFound(request.path, tenant) : createOAuthRoute(endpoint, request, tenant);
  };

function notFound(path: string, { generation, apiUrl }: Tenant): Route {
  const isApi = path.startsWith('/knowledge/') || path.startsWith('/core/');
  // Guide, "Domain Usage Note": the most frequent mistake, so it is named.
  const description = isApi
    ? `This is the login host. APIs and the token URLs below /core are on the API host: ${apiUrl}${path}`
    : `The login host has ${generation.description} and nothing else.`;
  return {
    kind: 'unknown',
    answer: (_request, note) => {
      note({ error: 'not_found' });
      return json(404, { error: 'not_found', error_description: description });
    },
  };
}
