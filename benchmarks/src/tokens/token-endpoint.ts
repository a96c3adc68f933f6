// A token endpoint in a process of its own, so that its CPU time is nobody's. Usage: fork(file, [delay in ms]).
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { answerOrders } from '../process.ts';
import { encode, idToken, issuedToken } from './issued-token.ts';

const delayMs = Number(process.argv[2]);
/** How each contestant's grant calls whom the token is for. */
const SUBJECT_PARAMETERS = ['subject_username', 'username', 'assertion', 'refresh_token'];
let requests = 0;

const server = createServer((request, response) => void answer(request, response));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request.setEncoding('latin1')) body += chunk;
  requests += 1;
  const form = new URLSearchParams(body);
  const subject = SUBJECT_PARAMETERS.map((name) => form.get(name)).find((value) => value !== null);
  if (!subject) {
    response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_request"}');
    return;
  }
  if (delayMs > 0) await delay(delayMs);
  const scope = form.get('scope') ?? undefined;
  const json = JSON.stringify({
    access_token: issuedToken(subject),
    token_type: 'Bearer',
    expires_in: 3600,
    scope,
    // What Microsoft's library always asks for, and Entra ID answers.
    ...(form.has('client_info') && { client_info: encode({ uid: subject, utid: 'tenant' }) }),
    ...(scope?.includes('openid') && { id_token: idToken(subject, form.get('client_id') ?? '') }),
    ...(scope?.includes('offline_access') && { refresh_token: `refresh-${issuedToken(subject)}` }),
  });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': json.length }).end(json);
}

// Nobody's connection is closed between two rounds, and a thousand at once are not refused.
server.keepAliveTimeout = 120_000;
await new Promise<void>((resolve) => {
  server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, resolve);
});

const orders = {
  url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
  /** How many requests came since the last time this was asked. */
  takeRequests() {
    const taken = requests;
    requests = 0;
    return taken;
  },
};
export type EndpointOrders = typeof orders;
answerOrders(orders);
