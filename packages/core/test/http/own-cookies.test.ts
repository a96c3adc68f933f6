import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type OutgoingHttpHeaders, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from '@jest/globals';
import { setOwnCookies } from '../../src/http/own-cookies.ts';

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** What a client receives of an answer, with its early hints. */
async function receive(answer: (response: ServerResponse) => void) {
  const server = createServer((_request, response) => answer(response));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; hints: object[]; body: string }>(
    (resolve, reject) => {
      const hints: object[] = [];
      request({ port, agent: false }, (message) => {
        const { statusCode: status = 0, headers } = message;
        text(message).then((body) => resolve({ status, headers, hints, body }), reject);
      })
        .on('information', ({ headers }) => hints.push(headers))
        .on('error', reject)
        .end();
    },
  );
}

const OURS = 'session=new; HttpOnly';

describe('F51: a cookie of ours is on the final head', () => {
  test.each<[how: string, write: (response: ServerResponse) => void, cookies: string[]]>([
    ['that nobody writes', (response) => response.end('x'), [OURS]],
    ['that has a status alone', (response) => response.writeHead(200).end('x'), [OURS]],
    ['with a reason', (response) => response.writeHead(200, 'Fine').end('x'), [OURS]],
    ['with an object', (response) => response.writeHead(200, { 'Set-Cookie': 'a=1' }).end('x'), ['a=1', OURS]],
    ['with a list', (response) => response.writeHead(200, ['Set-Cookie', 'a=1', 'X-A', 'b']).end('x'), ['a=1', OURS]],
    [
      'with a reason and an object',
      (response) => response.writeHead(200, 'Fine', { 'set-cookie': ['a=1', 'b=2'] }).end('x'),
      ['a=1', 'b=2', OURS],
    ],
    [
      'with no reason and an object',
      (response) => response.writeHead(200, undefined, { 'set-cookie': 'a=1' }).end('x'),
      ['a=1', OURS],
    ],
    ['that replaces Set-Cookie', (response) => response.setHeader('set-cookie', 'a=1').end('x'), ['a=1', OURS]],
    [
      'after all headers were removed',
      (response) => {
        for (const name of response.getHeaderNames()) response.removeHeader(name);
        response.end('x');
      },
      [OURS],
    ],
    ['that a pipe starts', (response) => response.write('x') && response.end(), [OURS]],
    [
      'that headers are flushed with',
      (response) => {
        response.flushHeaders();
        response.end('x');
      },
      [OURS],
    ],
  ])('%s', async (_how, write, cookies) => {
    const answer = await receive((response) => {
      setOwnCookies(response, [OURS]);
      write(response);
    });
    expect(answer).toMatchObject({ status: 200, body: 'x' });
    expect(answer.headers).toMatchObject({ 'set-cookie': cookies, 'cache-control': 'no-store', vary: 'Cookie' });
  });

  test('and never on an informational one', async () => {
    const { hints, headers } = await receive((response) => {
      setOwnCookies(response, [OURS]);
      response.writeEarlyHints({ link: '</a.css>; rel=preload' });
      response.end();
    });
    expect(hints).toEqual([{ link: '</a.css>; rel=preload' }]);
    expect(headers['set-cookie']).toEqual([OURS]);
  });

  test('as the last line for its name, and once', async () => {
    const { headers } = await receive((response) => {
      setOwnCookies(response, ['session=old', 'session.1=old']);
      response.appendHeader('set-cookie', 'app=1');
      setOwnCookies(response, ['session=new']);
      setOwnCookies(response, ['session=; Max-Age=0', 'session.1=; Max-Age=0']);
      response.end();
    });
    expect(headers['set-cookie']).toEqual(['app=1', 'session=; Max-Age=0', 'session.1=; Max-Age=0']);
  });

  test.each([
    ['nothing', {}, 'Cookie'],
    ['another header', { vary: 'Accept, Origin' }, 'Accept, Origin, Cookie'],
    ['a list of headers', { vary: ['Accept', 'Origin'] }, 'Accept, Origin, Cookie'],
    ['Cookie already', { Vary: 'cookie' }, 'cookie'],
    ['everything', { vary: '*' }, '*'],
  ])('T045: and no cache keeps it, where the handler varies by %s', async (_what, given, vary) => {
    const { headers } = await receive((response) => {
      setOwnCookies(response, [OURS]);
      response.writeHead(200, { 'Cache-Control': 'public, max-age=60', ...(given as OutgoingHttpHeaders) }).end();
    });
    expect([headers['cache-control'], headers['vary']]).toEqual(['no-store', vary]);
  });

  test('and a head that is written twice is still an error', async () => {
    let problem: unknown;
    await receive((response) => {
      setOwnCookies(response, [OURS]);
      response.writeHead(200);
      try {
        response.writeHead(200);
      } catch (error) {
        problem = error;
      }
      response.end();
    });
    expect(problem).toMatchObject({ code: 'ERR_HTTP_HEADERS_SENT' });
  });
});

test('F72: cookies of an answer that exceed 3.5 KB are warned of once, those of the application included', async () => {
  const warnings: unknown[] = [];
  const hear = (event: unknown) => void warnings.push(event);
  subscribe('egain-auth:warning', hear);
  const LIMIT = 3.5 * 1024;
  const send = (own: string, others: string[]) =>
    receive((response) => {
      response.setHeader('set-cookie', others);
      setOwnCookies(response, [own]);
      response.end();
    });
  try {
    await send('a='.padEnd(LIMIT, 'x'), []);
    await send('a='.padEnd(LIMIT - 3, 'x'), ['b=1']);
    expect(warnings).toEqual([]);
    await send('a='.padEnd(LIMIT - 2, 'x'), ['b=1']);
    await send('a='.padEnd(LIMIT * 2, 'x'), []);
    expect(warnings).toEqual([{ code: 'large_cookies', message: expect.stringContaining('proxy_buffer_size 16k;') }]);
  } finally {
    unsubscribe('egain-auth:warning', hear);
  }
});
