// An API and its token endpoint in a process of their own, whose CPU time is nobody's. Usage: fork(file, [name]).
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { answerOrders } from '../process.ts';
import { issuedToken } from '../tokens/issued-token.ts';
import { ARTICLE, ARTICLE_PATH } from './article.ts';
import { SUBJECT } from './contestant.ts';

const TOKEN = issuedToken(SUBJECT);
const OK = answer('200 OK', JSON.stringify(ARTICLE));
const UNAUTHORIZED = answer('401 Unauthorized', '{"code":"401-101"}');
const NOT_FOUND = answer('404 Not Found', '{"code":"404-100"}');
const NOT_ACCEPTABLE = answer('406 Not Acceptable', '{"code":"406-100"}');
let [requests, tokenRequests] = [0, 0];

/** No `node:http`, which takes longer to answer than the fastest here to ask, and would be what is measured. */
const api = createServer((socket) => {
  let received = '';
  socket.setNoDelay().on('error', () => socket.destroy());
  socket.setEncoding('latin1').on('data', (text) => {
    received += text;
    for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n')) {
      requests += 1;
      socket.write(answerTo(received.slice(0, end)));
      received = received.slice(end + 4);
    }
  });
});

const tokenEndpoint = createHttpServer((request, response) => {
  tokenRequests += 1;
  request.resume();
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({
      access_token: TOKEN,
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'knowledge.portalmgr.onbehalfof.read',
    }),
  );
});

function answerTo(head: string): Buffer {
  if (!head.startsWith(`GET ${ARTICLE_PATH} HTTP/1.1\r\n`)) return NOT_FOUND;
  if (/\r\nauthorization: Bearer ([^\r]*)/i.exec(head)?.[1] !== TOKEN) return UNAUTHORIZED;
  return /\r\naccept-language: [^\r]/i.test(head) ? OK : NOT_ACCEPTABLE;
}

function answer(status: string, json: string): Buffer {
  return Buffer.from(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${json.length}\r\nconnection: keep-alive\r\n\r\n${json}`,
  );
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const origins = { api: await listen(api), tokenEndpoint: await listen(tokenEndpoint) };
let lastUsage = process.cpuUsage();

const orders = {
  origins: () => origins,
  /** What came since the last time this was asked, and the CPU time of it in microseconds. */
  take() {
    const { user, system } = process.cpuUsage(lastUsage);
    const taken = { requests, tokenRequests, cpuMicroseconds: user + system };
    [requests, tokenRequests] = [0, 0];
    lastUsage = process.cpuUsage();
    return taken;
  },
};
export type ApiOrders = typeof orders;
answerOrders(orders);
