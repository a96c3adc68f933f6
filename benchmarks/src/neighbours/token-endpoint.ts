// A token endpoint in a process of its own, so that it does not share the event loop of the application.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerOrders } from '../process.ts';
import { accessTokenOf, FAILING_PREFIX, TOKEN_LIFETIME_SECONDS } from './load.ts';

let issued = 0;
const counts = { codes: 0, renewals: 0, mints: 0, failures: 0 };

const server = createServer((request, response) => void answer(request, response));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request.setEncoding('latin1')) body += chunk;
  const form = new URLSearchParams(body);
  if (form.has('code')) {
    counts.codes += 1;
    send(response, 400, { error: 'invalid_grant' });
    return;
  }
  const subject = form.get('subject_username');
  if (subject?.startsWith(FAILING_PREFIX)) {
    counts.failures += 1;
    send(response, 500, {});
    return;
  }
  counts[subject === null ? 'renewals' : 'mints'] += 1;
  issued += 1;
  send(response, 200, {
    access_token: accessTokenOf(subject ?? 'session', issued),
    token_type: 'Bearer',
    expires_in: TOKEN_LIFETIME_SECONDS,
  });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

// An idle connection stays open while the other contestant takes its turn.
server.keepAliveTimeout = 120_000;
await new Promise<void>((resolve) => {
  server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, resolve);
});

const orders = {
  origin: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  /** The token requests since the last call. */
  takeCounts() {
    const taken = { ...counts };
    Object.assign(counts, { codes: 0, renewals: 0, mints: 0, failures: 0 });
    return taken;
  },
};
export type EndpointOrders = typeof orders;
answerOrders(orders);
