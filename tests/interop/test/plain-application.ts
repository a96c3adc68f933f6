import {
  createEgainAuth,
  type EgainAuth,
  type EgainAuthOptions,
  errorResponse,
  isEgainAuthError,
  nodeReply,
  writeResponse,
} from '@egain-auth/core';
import { type LoopbackServer, sendJson } from './loopback-server.ts';

export interface PlainApplication {
  readonly egain: EgainAuth;
  /** The `oauthError` of the errors that were answered, or their code where there is none. */
  readonly refusals: string[];
}

/**
 * An application on Node's own http. `/user` and `/customer` want that persona signed in, `?renew` a new token first;
 * both answer what the API says of the caller.
 */
export function servePlainApplication(server: LoopbackServer, options: EgainAuthOptions): PlainApplication {
  const egain = createEgainAuth({ ...options, baseUrl: server.origin });
  const refusals: string[] = [];
  server.serve(async (request, response) => {
    try {
      const ours = await egain.handle(request, nodeReply(response));
      if (ours) return writeResponse(response, ours);
      const context = await egain.authenticate(request, nodeReply(response));
      const { pathname, searchParams } = new URL(request.url ?? '', server.origin);
      const instead = await context.challenge({ as: pathname === '/user' ? 'user' : 'customer' });
      if (instead) return writeResponse(response, instead);
      if (searchParams.has('renew')) await context.getToken({ forceRenewal: true });
      const caller = await context.api.get<object>('/caller');
      return sendJson(response, 200, { ...caller, name: context.identity?.name });
    } catch (error) {
      if (!isEgainAuthError(error)) throw error;
      refusals.push(error.oauthError ?? error.code);
      writeResponse(response, errorResponse(error, request) ?? { status: 500, headers: {}, body: '' });
    }
  });
  return { egain, refusals };
}
