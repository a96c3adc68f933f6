import { answerApi } from './api.ts';
import { type EmulatorRequest, json } from './http.ts';
import type { Route } from './journal.ts';
import type { Tenant } from './tenant.ts';
import { answerAnonymousToken } from './token-endpoint.ts';

const ANONYMOUS_TOKEN_PATH = '/core/authmgr/v3/oauth2/v2.0/anonymous/token';

/** The API host, `api.ai.egain.cloud`: the API operations, and the one token URL that is not on the login host. */
export const createApiRoutes =
  (tenant: Tenant) =>
  ({ path }: EmulatorRequest): Route => {
    if (path === ANONYMOUS_TOKEN_PATH) {
      return { kind: 'token', answer: (request, note) => answerAnonymousToken(request, tenant, note) };
    }
    if (path.startsWith('/system/auth/')) return wrongHost(path, tenant);
    return { kind: 'api', answer: (request, note) => answerApi(request, tenant, note) };
  };

const wrongHost = (path: string, { loginUrl }: Tenant): Route => ({
  kind: 'unknown',
  answer: (_request, note) => {
    note({ error: 'not_found' });
    const description = `This is the API host. Authorization and token URLs are on the login host: ${loginUrl}${path}`;
    return json(404, { error: 'not_found', error_description: description });
  },
});
