import { createServer, type IncomingMessage, type ServerResponse, request as sendRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { nodeReply, writeResponse } from '../../src/http/node.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

interface Received {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers one request with a real server. */
async function serve(handle: (response: ServerResponse) => void, method = 'GET'): Promise<Received> {
  const server = createServer((_request, response) => handle(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    sendRequest({ host: '127.0.0.1', port, method }, resolve).on('error', reject).end();
  });
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return { status: incoming.statusCode, headers: incoming.headers, body: Buffer.concat(chunks).toString() };
}

const ANSWER = { status: 401, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'Jos\u00e9' };

describe('an answer written to Node', () => {
  test('arrives with status, headers, body and the length of its bytes', async () => {
    const { status, headers, body } = await serve((response) => writeResponse(response, ANSWER));
    expect({ status, body }).toEqual({ status: 401, body: 'Jos\u00e9' });
    expect(headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', 'content-length': '5' });
    expect(headers).not.toHaveProperty('transfer-encoding');
  });

  test('to HEAD has the length of what GET would get, and no body', async () => {
    const { status, headers, body } = await serve((response) => writeResponse(response, ANSWER), 'HEAD');
    expect({ status, body, length: headers['content-length'] }).toEqual({ status: 401, body: '', length: '5' });
  });

  test('without a body says so', async () => {
    const answer = { status: 303, headers: { location: 'https://desk.example.com/' }, body: '' };
    const { status, headers } = await serve((response) => writeResponse(response, answer));
    expect(status).toBe(303);
    expect(headers).toMatchObject({ location: 'https://desk.example.com/', 'content-length': '0' });
  });

  test.each<[name: string, own: string | string[], kept: string[]]>([
    ['one', 'theme=dark', ['theme=dark']],
    ['several', ['theme=dark', 'lang=de'], ['theme=dark', 'lang=de']],
  ])('T030: has its cookies beside the application’s own: %s', async (_name, own, kept) => {
    const { headers } = await serve((response) => {
      response.setHeader('Set-Cookie', own);
      writeResponse(response, { ...ANSWER, headers: { 'set-cookie': ['a=1', 'b=2'] } });
    });
    expect(headers['set-cookie']).toEqual([...kept, 'a=1', 'b=2']);
  });

  test('replaces other headers that were set before', async () => {
    const { headers } = await serve((response) => {
      response.setHeader('content-type', 'text/html');
      writeResponse(response, ANSWER);
    });
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
  });
});

describe('the reply of Node', () => {
  test('adds cookies one by one while the application writes its own answer', async () => {
    const { status, headers, body } = await serve((response) => {
      const reply = nodeReply(response);
      response.setHeader('set-cookie', 'theme=dark');
      reply.appendHeader('set-cookie', 'a=1');
      reply.appendHeader('set-cookie', 'b=2');
      response.end('own');
    });
    expect({ status, body }).toEqual({ status: 200, body: 'own' });
    expect(headers['set-cookie']).toEqual(['theme=dark', 'a=1', 'b=2']);
  });

  test('F33: knows when it is too late for a header', async () => {
    const seen: boolean[] = [];
    await serve((response) => {
      const reply = nodeReply(response);
      seen.push(reply.headersSent);
      response.write('first');
      seen.push(reply.headersSent);
      response.end();
    });
    expect(seen).toEqual([false, true]);
  });

  test('sends a whole answer, after the cookies that were added before', async () => {
    const { status, headers, body } = await serve((response) => {
      const reply = nodeReply(response);
      reply.appendHeader('set-cookie', 'a=1');
      reply.send({ ...ANSWER, headers: { 'set-cookie': ['b=2'] } });
    });
    expect({ status, body }).toEqual({ status: 401, body: 'Jos\u00e9' });
    expect(headers['set-cookie']).toEqual(['a=1', 'b=2']);
  });
});
