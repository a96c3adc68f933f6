import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isEgainAuthError } from '../../src/index.ts';
import { passTime, stopClock } from '../clock.ts';
import { rejectionOf } from '../failure.ts';
import { type Answer, json, serversToClose } from '../loopback.ts';
import { soon } from '../soon.ts';
import { wiresToClose } from '../wire-server.ts';
import { CLIENT, SCOPE, stagesToClose } from './api-stage.ts';

const { stage, closeAll } = stagesToClose();
const { serve, closeAll: closeServers } = serversToClose();
const { serveWire, closeWires } = wiresToClose();
beforeEach(() => stopClock());
afterEach(async () => {
  await Promise.all([closeAll(), closeServers(), closeWires()]);
});

type FetchBody = NonNullable<RequestInit['body']>;

const echo: Answer = (response, { method, url, headers, body }) =>
  json({ method, url, headers, body })(response, undefined as never);

async function started(answer?: Answer, options?: Parameters<typeof stage>[1]) {
  const given = await stage(answer, options);
  return { ...given, fetch: given.egain.fetch(CLIENT, SCOPE) };
}

describe('fetch', () => {
  test('takes a path and gives a Response with its status, headers, URL and body', async () => {
    const { fetch, api } = await started(json({ portal: [] }, 200, { 'x-own': 'eÃ©', etag: '"1"' }));
    const response = await fetch('/core/casemgr/v4/cases?q=a%20b#part');
    expect(response).toBeInstanceOf(Response);
    expect([response.status, response.ok, response.url]).toEqual([
      200,
      true,
      `${api.origin}/core/casemgr/v4/cases?q=a%20b`,
    ]);
    expect([response.headers.get('etag'), response.headers.get('x-own')]).toEqual(['"1"', 'eÃ©']);
    expect(await response.json()).toEqual({ portal: [] });
    expect(api.received[0]?.headers).toMatchObject({
      authorization: 'Bearer token-1',
      accept: '*/*',
      'accept-language': 'en-US',
    });
  });

  test('takes URLs and Requests of the API host, with what init says', async () => {
    const { fetch, api } = await started(echo);
    await fetch(new URL('/a', api.origin), { method: 'post', body: '1', headers: [['X-Own', '2']] });
    await fetch(new Request(`${api.origin}/b`, { method: 'PUT', body: '3', headers: { accept: 'text/plain' } }));
    await fetch(new Request(`${api.origin}/c`), { method: 'DELETE' });
    expect(api.received.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['POST', '/a', '1'],
      ['PUT', '/b', '3'],
      ['DELETE', '/c', ''],
    ]);
    expect(api.received[0]?.headers).toMatchObject({ 'x-own': '2', 'content-length': '1' });
    expect(api.received[1]?.headers).toMatchObject({ accept: 'text/plain', 'content-length': '1' });
  });

  test.each<[name: string, body: () => FetchBody, type: string | undefined, sent: string | RegExp]>([
    ['text', () => 'é', 'text/plain;charset=UTF-8', 'é'],
    ['a form', () => new URLSearchParams({ a: '1 2' }), 'application/x-www-form-urlencoded;charset=UTF-8', 'a=1+2'],
    ['a Blob', () => new Blob(['x'], { type: 'image/png' }), 'image/png', 'x'],
    ['bytes', () => new Uint8Array([97, 98]), undefined, 'ab'],
    ['a buffer', () => new Uint8Array([97, 98]).buffer, undefined, 'ab'],
    ['nothing', () => '', 'text/plain;charset=UTF-8', ''],
  ])('sends %s whole, and again with another token', async (_name, body, type, sent) => {
    const { fetch, api, revoked } = await started();
    await fetch('/a');
    passTime(2000);
    revoked.add('token-1');
    expect((await fetch('/a', { method: 'POST', body: body() })).status).toBe(200);
    expect(api.received.slice(1).map((request) => request.body)).toEqual([sent, sent]);
    expect(api.received[2]?.headers['content-type']).toBe(type);
    expect(api.received[2]?.headers['content-length']).toBe(String(Buffer.byteLength(api.received[2]?.body ?? '')));
  });

  test('sends multipart data with a boundary that is its own', async () => {
    const { fetch, api } = await started();
    const form = new FormData();
    form.set('a', 'b');
    await fetch('/a', { method: 'POST', body: form });
    const [, boundary = 'none'] = /boundary=(.+)$/.exec(api.received[0]?.headers['content-type'] ?? '') ?? [];
    expect(api.received[0]?.body).toContain(boundary);
  });

  test.each<[name: string, body: () => FetchBody]>([
    ['a stream', () => new Blob(['abc']).stream()],
    [
      'an iterable',
      () =>
        (async function* () {
          yield Buffer.from('abc');
        })() as unknown as FetchBody,
    ],
  ])('sends %s as it comes, and once', async (_name, body) => {
    const { fetch, api, revoked, tokens } = await started();
    await fetch('/a');
    passTime(2000);
    revoked.add('token-1');
    const response = await fetch('/a', { method: 'POST', body: body(), duplex: 'half' });
    expect(response.status).toBe(401);
    expect(api.received.slice(1).map((request) => request.body)).toEqual(['abc']);
    expect(api.received[1]?.headers['transfer-encoding']).toBe('chunked');
    // The next one has a good token.
    expect(tokens.received).toHaveLength(2);
  });

  test('sends the body of a Request again', async () => {
    const { fetch, api, revoked } = await started();
    await fetch('/a');
    passTime(2000);
    revoked.add('token-1');
    const request = new Request(`${api.origin}/a`, { method: 'POST', body: 'abc' });
    expect((await fetch(request)).status).toBe(200);
    expect(api.received.slice(1).map(({ body }) => body)).toEqual(['abc', 'abc']);
  });

  test.each([400, 404, 451, 500, 503])('gives a %i back with its whole body', async (status) => {
    const body = JSON.stringify({ code: '1', text: 'x'.repeat(200_000) });
    const { fetch, api } = await started((response) => response.writeHead(status).end(body));
    const response = await fetch('/a');
    expect([response.status, await response.text()]).toEqual([status, body]);
    // T072: what the server could not do is asked for again, what it refused is not.
    expect(api.received).toHaveLength(status < 500 ? 1 : 3);
  });

  test.each<[method: string, sent: number]>([
    ['GET', 3],
    ['HEAD', 3],
    ['POST', 1],
    ['PUT', 1],
    ['PATCH', 1],
    ['DELETE', 1],
    ['OPTIONS', 1],
  ])('T072: a %s whose connection ends is sent %i times', async (method, sent) => {
    const { fetch, api } = await started((response) => response.socket?.destroy());
    const error = await rejectionOf(fetch('/x', { method }));
    expect(error.code).toBe('api_unavailable');
    expect(error).not.toBeInstanceOf(TypeError);
    expect(api.received).toHaveLength(sent);
  });

  test.each([204, 304])('an answer with %i has no body, and its connection is used again', async (status) => {
    const sockets = new Set<unknown>();
    const { fetch } = await started((response) => {
      sockets.add(response.socket);
      response.writeHead(status).end();
    });
    for (let call = 0; call < 3; call += 1) {
      const response = await fetch('/a');
      expect([response.status, response.body]).toEqual([status, null]);
      // The end of the answer is read beside us.
      await new Promise(setImmediate);
    }
    expect(sockets.size).toBe(1);
  });

  test('an answer to HEAD has no body', async () => {
    const { fetch } = await started((response) => response.writeHead(200, { 'content-length': '9' }).end());
    const response = await fetch('/a', { method: 'HEAD' });
    expect([response.headers.get('content-length'), response.body]).toEqual(['9', null]);
  });

  test('streams: the first bytes are there before the last are sent, and what is not read is not received', async () => {
    const server = await serveWire([
      [
        'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 1000000000\r\n\r\n',
        { repeat: 'x'.repeat(65_536) },
      ],
    ]);
    const { egain } = await stage(undefined, { apiUrl: `http://127.0.0.1:${server.port}` });
    const response = await egain.fetch(CLIENT, SCOPE)('/a');
    const reader = response.body?.getReader({ mode: 'byob' });
    const { value } = (await reader?.read(new Uint8Array(10))) ?? {};
    expect(Buffer.from(value ?? []).toString()).toBe('xxxxxxxxxx');
    expect(server.bytesSent).toBeLessThan(100_000_000);
    await reader?.cancel();
    await soon(() => expect(server.openConnections).toBe(0));
  });

  test('a body into buffers of the reader’s own ends', async () => {
    const { fetch } = await started((response) => response.end('abc'));
    const reader = (await fetch('/a')).body?.getReader({ mode: 'byob' });
    const sizes: (number | undefined)[] = [];
    for (let done = false; !done && reader; ) {
      const next = await reader.read(new Uint8Array(2));
      sizes.push(next.value?.length);
      done = next.done;
    }
    expect(sizes).toEqual([2, 1, 0]);
  });

  test('a body that breaks off is api_unavailable, also where nobody reads it', async () => {
    const { fetch } = await started((response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('abc', () => response.destroy());
    });
    const response = await fetch('/a');
    expect((await rejectionOf(response.text())).code).toBe('api_unavailable');
    await fetch('/a');
    await new Promise((resolve) => setTimeout(resolve, 50));
  });

  test('the deadline holds to the last byte', async () => {
    const answer: Answer = (response) => void response.writeHead(200, { 'content-length': '10' }).write('abc');
    const { fetch } = await started(answer, { http: { timeoutMs: 300 } });
    const response = await fetch('/a');
    const error = await rejectionOf(response.text());
    expect([error.code, error.message]).toEqual(['api_unavailable', expect.stringContaining('in time')]);
  });

  test('the deadline holds for the body of a Request that never ends', async () => {
    const { fetch, api } = await started(undefined, { http: { timeoutMs: 100 } });
    const body = new ReadableStream({});
    const request = new Request(`${api.origin}/a`, { method: 'POST', body, duplex: 'half' });
    expect((await rejectionOf(fetch(request))).code).toBe('api_unavailable');
    expect(api.received).toEqual([]);
  });

  test.each<[when: string, run: (start: Awaited<ReturnType<typeof started>>, signal: AbortSignal) => Promise<unknown>]>(
    [
      ['before it began', async ({ fetch }) => fetch('/a', { signal: AbortSignal.abort('enough') })],
      ['while nobody answers', async ({ fetch }, signal) => fetch('/a', { signal })],
      ['of a Request', async ({ fetch, api }, signal) => fetch(new Request(`${api.origin}/a`, { signal }))],
      [
        'while the body of a Request is read',
        async ({ fetch, api }, signal) =>
          fetch(
            new Request(`${api.origin}/a`, { method: 'POST', body: new ReadableStream({}), duplex: 'half', signal }),
          ),
      ],
    ],
  )('a signal %s is what it rejects with', async (_when, run) => {
    const given = await started(() => {});
    const stop = new AbortController();
    const running = run(given, stop.signal).catch((error: unknown) => error);
    setTimeout(() => stop.abort('enough'), 20);
    expect(await running).toBe('enough');
  });

  test('a signal ends the body too, after its Request was collected', async () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const { fetch, api } = await started((response) => void response.writeHead(200).write('abc'));
    const stop = new AbortController();
    const response = await fetch(`${api.origin}/a`, { signal: stop.signal });
    for (let round = 0; round < 5; round += 1) {
      await new Promise(setImmediate);
      collect();
    }
    stop.abort('enough');
    expect(await response.text().catch((error: unknown) => error)).toBe('enough');
  });

  test.each([
    'https://evil.example/x',
    '//evil.example/x',
    '\\\\evil.example/x',
    'data:text/plain,x',
    'blob:nodedata:x',
    'http://user:pass@127.0.0.1/',
    'http://[',
  ])('T069: %j gets no token, and none is asked for', async (url) => {
    const { fetch, api, tokens } = await started();
    expect((await rejectionOf(fetch(url))).code).toBe('origin_not_allowed');
    if (URL.canParse(url)) expect((await rejectionOf(fetch(new URL(url)))).code).toBe('origin_not_allowed');
    if (url.startsWith('https:')) {
      expect((await rejectionOf(fetch(new Request(url)))).code).toBe('origin_not_allowed');
    }
    expect([api.received, tokens.received]).toEqual([[], []]);
  });

  test('T070: a redirect is an answer, with redirect: error an error; its target hears nothing', async () => {
    const elsewhere = await serve(json({}));
    const { fetch } = await started((response) => response.writeHead(307, { location: elsewhere.origin }).end('moved'));
    for (const redirect of [undefined, 'manual', 'follow'] as const) {
      const response = await fetch('/a', { method: 'POST', body: 'x', ...(redirect && { redirect }) });
      expect([response.status, response.headers.get('location'), response.type, await response.text()]).toEqual([
        307,
        elsewhere.origin,
        'default',
        'moved',
      ]);
    }
    await expect(fetch('/a', { redirect: 'error' })).rejects.toMatchObject({ code: 'api_error', apiStatus: 307 });
    expect(elsewhere.received).toEqual([]);
  });

  test.each(['authorization', 'Authorization', 'AUTHORIZATION'])('T073: %s is sent once, and is ours', async (name) => {
    const { fetch, sent, api } = await started();
    await fetch('/a', { headers: { [name]: 'Bearer forged' } });
    await fetch(new Request(`${api.origin}/a`, { headers: { [name]: 'Bearer forged' } }));
    expect(sent()).toEqual(['token-1', 'token-1']);
  });

  test.each(['host', 'transfer-encoding', 'content-length', 'x evil'])(
    'T073: the header %j is refused',
    async (name) => {
      const { fetch, api } = await started();
      // By name: that of Node's own Request is of another realm here.
      await expect(fetch('/a', { headers: { [name]: '1' } })).rejects.toMatchObject({ name: 'TypeError' });
      expect(api.received).toEqual([]);
    },
  );

  test.each<[name: string, input: unknown, init: RequestInit]>([
    ['a GET with a body', '/a', { body: 'x' }],
    ['a method that is forbidden', '/a', { method: 'TRACE' }],
    ['a Request of another library', { url: '/a', method: 'GET', toString: () => '/a' }, {}],
    ['nothing', undefined, {}],
  ])('%s is a TypeError', async (_name, input, init) => {
    const { fetch, api, tokens } = await started();
    await expect(fetch(input as string, init)).rejects.toMatchObject({ name: 'TypeError' });
    expect([api.received, tokens.received]).toEqual([[], []]);
  });

  test('asks for what the operation declares, and refuses whom it does not accept', async () => {
    const { egain, tokens, api } = await started();
    await egain.fetch({ type: 'anonymous-customer' })('/core/aiservices/v4/PROD-1/retrieve', { method: 'POST' });
    expect(new URLSearchParams(tokens.received[0]?.body).get('scope')).toContain('core.aiservices.read');
    const refused = egain.fetch(CLIENT, SCOPE)('/core/aiservices/v4/PROD-1/retrieve', { method: 'POST' });
    expect((await rejectionOf(refused)).code).toBe('actor_not_allowed');
    expect([tokens.received.length, api.received.length]).toEqual([1, 1]);
  });

  test('T074: a 401 is renewed and sent again once', async () => {
    const { fetch, revoked, sent, tokens } = await started();
    await fetch('/a');
    passTime(2000);
    for (const token of ['token-1', 'token-2']) revoked.add(token);
    const response = await fetch('/a');
    expect([response.status, await response.json()]).toEqual([401, { code: '401-101' }]);
    expect(sent()).toEqual(['token-1', 'token-1', 'token-2']);
    expect(tokens.received).toHaveLength(2);
  });

  test('a rejected answer whose renewal fails holds no connection', async () => {
    const server = await serveWire([['HTTP/1.1 401 No\r\ncontent-length: 1000\r\n\r\n', { repeat: 'x', everyMs: 5 }]]);
    const given = await stage(undefined, { apiUrl: `http://127.0.0.1:${server.port}` });
    await given.egain.clientCredentials(SCOPE);
    passTime(2000);
    await given.tokens.close();
    const error = await rejectionOf(given.egain.fetch(CLIENT, SCOPE)('/a'));
    expect(error.code).toBe('token_endpoint_unavailable');
    await soon(() => expect(server.openConnections).toBe(0));
  });

  test('an answer that nobody gets is not received', async () => {
    const server = await serveWire([
      ['HTTP/1.1 503 No\r\ncontent-length: 1000000000\r\n\r\n', { repeat: 'x'.repeat(65_536) }],
      ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok', 'END'],
    ]);
    const { egain } = await stage(undefined, { apiUrl: `http://127.0.0.1:${server.port}` });
    expect(await (await egain.fetch(CLIENT, SCOPE)('/a')).text()).toBe('ok');
    await soon(() => expect(server.openConnections).toBe(0));
    // F05: none is made in the place of the one that was given up.
    expect(server.connections).toBe(2);
  });

  test('a request that is sent again uses the same connection', async () => {
    const sockets = new Set<unknown>();
    let count = 0;
    const { fetch } = await started((response) => {
      sockets.add(response.socket);
      count += 1;
      response.writeHead(count < 3 ? 503 : 200).end('x');
    });
    expect(await (await fetch('/a')).text()).toBe('x');
    expect([count, sockets.size]).toEqual([3, 1]);
  });

  test('a status that HTTP does not have is invalid_api_response', async () => {
    const server = await serveWire([['HTTP/1.1 777 What\r\ncontent-length: 0\r\n\r\n']]);
    const { egain } = await stage(undefined, { apiUrl: `http://127.0.0.1:${server.port}` });
    const error = await egain
      .fetch(CLIENT, SCOPE)('/a', { method: 'POST' })
      .catch((reason: unknown) => reason);
    expect(isEgainAuthError(error, 'invalid_api_response')).toBe(true);
  });

  test('has neither cookies nor a cache', async () => {
    let count = 0;
    const { fetch, api } = await started((response) => {
      count += 1;
      response
        .writeHead(200, [
          ...['cache-control', 'public, max-age=3600', 'set-cookie', 'a=1; Path=/', 'set-cookie', 'b=2'],
        ])
        .end(`${count}`);
    });
    const first = await fetch('/a');
    const second = await fetch('/a');
    expect([await first.text(), await second.text()]).toEqual(['1', '2']);
    expect(first.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2']);
    expect(api.received.map(({ headers }) => headers.cookie)).toEqual([undefined, undefined]);
  });

  test('without apiUrl is invalid_configuration', async () => {
    const { egain } = await stage(undefined, { apiUrl: undefined as never });
    expect((await rejectionOf(egain.fetch(CLIENT, SCOPE)('/a'))).code).toBe('invalid_configuration');
  });
});

test('tokenProvider gives the access token alone, from memory while it is good', async () => {
  const { egain, tokens } = await stage();
  const getAccessToken = egain.tokenProvider(CLIENT, SCOPE);
  expect([await getAccessToken(), await getAccessToken()]).toEqual(['token-1', 'token-1']);
  expect(tokens.received).toHaveLength(1);
  expect((await rejectionOf(egain.tokenProvider(CLIENT)())).code).toBe('invalid_scope');
});
