import { EventEmitter, once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Agent, Client, type Dispatcher, fetch, interceptors, request, stream } from 'undici';
import { user } from '../../src/index.ts';
import { passTime, stopClock } from '../clock.ts';
import { rejectionOf } from '../failure.ts';
import { type Answer, json, type LoopbackServer, serversToClose } from '../loopback.ts';
import { soon } from '../soon.ts';
import { type WireServer, wiresToClose } from '../wire-server.ts';
import { type ApiStage, CLIENT, SCOPE, stagesToClose } from './api-stage.ts';

const { stage, closeAll } = stagesToClose();
const { serve, closeAll: closeServers } = serversToClose();
const { serveWire, closeWires } = wiresToClose();
const agents: Dispatcher[] = [];
beforeEach(() => stopClock());
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.destroy()));
  await Promise.all([closeAll(), closeServers(), closeWires()]);
});

type Interceptor = Dispatcher.DispatcherComposeInterceptor;

function agentWith(...composed: Interceptor[]): Dispatcher {
  const agent = new Agent();
  agents.push(agent);
  return agent.compose(...composed);
}

async function started(
  answer?: Answer,
  options?: Parameters<typeof stage>[1],
): Promise<ApiStage & { ours: Interceptor; dispatcher: Dispatcher }> {
  const given = await stage(answer, options);
  const ours = given.egain.interceptor(CLIENT, SCOPE);
  return { ...given, ours, dispatcher: agentWith(ours) };
}

const PA = { type: 'on-behalf-of', subject: user({ username: 'pa' }) } as const;
const JO = { type: 'on-behalf-of', subject: user({ username: 'jo' }) } as const;
const ON_BEHALF = { scope: ['knowledge.portalmgr.onbehalfof.read'] as const };

describe('the interceptor', () => {
  test('adds the token to undici’s request, fetch and stream', async () => {
    const { api, dispatcher, sent } = await started();
    const answer = await request(`${api.origin}/a`, { dispatcher, query: { q: 1 } });
    expect([answer.statusCode, await answer.body.json()]).toEqual([200, { ok: true }]);
    expect(await (await fetch(`${api.origin}/b`, { dispatcher, method: 'POST', body: 'x' })).json()).toEqual({
      ok: true,
    });
    const chunks: Buffer[] = [];
    await stream(new URL('/c', api.origin), { dispatcher, method: 'PUT', body: 'y' }, () => {
      return new Writable({ write: (chunk, _encoding, done) => done(void chunks.push(chunk)) });
    });
    expect(Buffer.concat(chunks).toString()).toBe('{"ok":true}');
    expect(sent()).toEqual(['token-1', 'token-1', 'token-1']);
    expect(api.received.map(({ url, body }) => [url, body])).toEqual([
      ['/a?q=1', ''],
      ['/b', 'x'],
      ['/c', 'y'],
    ]);
  });

  test.each<[name: string, headers: Dispatcher.DispatchOptions['headers']]>([
    ['an object', { Authorization: 'Bearer forged', 'X-Own': 'one' }],
    ['an object with lists', { authorization: ['Bearer forged', 'Bearer 2'], 'x-own': ['one'] }],
    ['a flat list', ['AUTHORIZATION', 'Bearer forged', 'X-Own', 'one', 'authorization', 'Bearer 2']],
    ['a flat list of two', ['X-Own', 'one']],
    ['Headers', new Headers({ authorization: 'Bearer forged', 'x-own': 'one' })],
    ['a Map', new Map([['Authorization', 'Bearer forged'], ['X-Own', 'one']])], // biome-ignore format: pairs
    [
      'an iterable',
      (function* (): Generator<[string, string]> {
        yield ['Authorization', 'Bearer forged'];
        yield ['x-own', 'one'];
      })(),
    ],
  ])('T073: one Authorization beside what else there is, of headers as %s', async (_name, headers) => {
    const server = await serveWire([['HTTP/1.1 204 No\r\n\r\n']]);
    const { egain } = await stage(undefined, { apiUrl: `http://127.0.0.1:${server.port}` });
    const dispatcher = agentWith(egain.interceptor(CLIENT, SCOPE));
    await request(`http://127.0.0.1:${server.port}/a`, { dispatcher, headers: headers ?? null });
    const text = server.received[0]?.toString() ?? '';
    expect(text.match(/^authorization: .*$/gim)).toEqual(['authorization: Bearer token-1']);
    expect(text.match(/^x-own: .*$/gim)).toEqual(['x-own: one']);
  });

  test('keeps headers that come more than once, and a cache-control of the caller’s', async () => {
    const { api, dispatcher } = await started();
    const headers = ['x-own', '1', 'X-Own', '2', 'cache-control', 'max-age=0'];
    await request(`${api.origin}/a`, { dispatcher, headers });
    expect(api.received[0]?.headers).toMatchObject({ 'x-own': '1, 2', 'cache-control': 'max-age=0, no-store' });
  });

  test('T069: a request to any other origin fails, and no token is asked for', async () => {
    const elsewhere = await serve(json({}));
    const { api, dispatcher, tokens } = await started();
    const { host } = new URL(api.origin);
    for (const options of [
      { origin: elsewhere.origin, path: '/a' },
      { origin: new URL(elsewhere.origin), path: '/a' },
      { origin: `http://user@${host.replace('127.0.0.1', 'localhost')}`, path: '/a' },
      { origin: `https://${host}`, path: '/a' },
      { origin: api.origin, path: `${elsewhere.origin}/a` },
      { origin: api.origin, path: '//evil.example/a' },
      { origin: api.origin, path: '/a', headers: { Host: 'other.example' } },
      { origin: api.origin, path: '/a', headers: ['host', 'other.example'] },
      { path: '/a' },
    ] as const) {
      const error = await rejectionOf(dispatcher.request({ method: 'GET', ...options } as Dispatcher.RequestOptions));
      expect(error.code).toBe('origin_not_allowed');
    }
    expect([elsewhere.received, api.received, tokens.received]).toEqual([[], [], []]);
    // Each of undici's ways to send something hears it.
    await expect(fetch(elsewhere.origin, { dispatcher })).rejects.toMatchObject({
      cause: { code: 'origin_not_allowed' },
    });
    await expect(stream(elsewhere.origin, { dispatcher, method: 'GET' }, () => new Writable())).rejects.toMatchObject({
      code: 'origin_not_allowed',
    });
  });

  test('T069: a client that has an origin of its own is asked to say it', async () => {
    const { api, ours } = await started();
    const client = new Client(api.origin);
    agents.push(client);
    const error = await rejectionOf(client.compose(ours).request({ method: 'GET', path: '/a' }));
    expect(error.code).toBe('origin_not_allowed');
    const answer = await client.compose(ours).request({ origin: api.origin, method: 'GET', path: '/a' });
    expect(answer.statusCode).toBe(200);
  });

  test('the host may be said', async () => {
    const { api, dispatcher } = await started();
    const headers = { host: new URL(api.origin).host };
    await request(`${api.origin}/a`, { dispatcher, headers });
    expect(api.received).toHaveLength(1);
  });

  test('refuses whom the operation does not accept, and asks for what it declares', async () => {
    const { api, dispatcher, tokens, egain } = await started();
    const url = `${api.origin}/core/aiservices/v4/PROD-1/retrieve`;
    const error = await rejectionOf(request(url, { dispatcher, method: 'POST' }));
    expect([error.code, tokens.received.length]).toEqual(['actor_not_allowed', 0]);
    const visitor = agentWith(egain.interceptor({ type: 'anonymous-customer' }));
    await request(url, { dispatcher: visitor, method: 'POST' });
    expect(new URLSearchParams(tokens.received[0]?.body).get('scope')).toContain('core.aiservices.read');
  });

  test('a token that cannot be had is the error of the request, and nothing is sent', async () => {
    const { api, dispatcher, tokens } = await started();
    await tokens.close();
    expect((await rejectionOf(request(`${api.origin}/a`, { dispatcher }))).code).toBe('token_endpoint_unavailable');
    expect(api.received).toEqual([]);
  });

  test('without apiUrl it is invalid_configuration', async () => {
    const { api, dispatcher } = await started(undefined, { apiUrl: undefined as never });
    expect((await rejectionOf(request(`${api.origin}/a`, { dispatcher }))).code).toBe('invalid_configuration');
  });
});

describe('R7: a token that the API answers 401 through the interceptor', () => {
  async function rejected(answer?: Answer) {
    const given = await started(answer);
    await given.egain.clientCredentials(SCOPE);
    passTime(2000);
    given.revoked.add('token-1');
    return given;
  }

  test.each<[name: string, body: string | Buffer | Uint8Array | null]>([
    ['nothing', null],
    ['text', 'abc'],
    ['a Buffer', Buffer.from('abc')],
    ['bytes', new Uint8Array([97, 98, 99])],
  ])('is renewed, and %s sent once more', async (_name, body) => {
    const { api, dispatcher, sent } = await rejected();
    const answer = await request(`${api.origin}/a`, { dispatcher, method: 'POST', body });
    expect([answer.statusCode, await answer.body.json()]).toEqual([200, { ok: true }]);
    expect(sent()).toEqual(['token-1', 'token-2']);
    expect(api.received.map((one) => one.body)).toEqual(Array(2).fill(body === null ? '' : 'abc'));
  });

  test('T074: is not renewed twice, and the second answer is given as it is', async () => {
    const { api, dispatcher, sent, tokens } = await rejected((response, got) => {
      // Time enough for another renewal.
      passTime(2000);
      json({ code: '401-101' }, 401)(response, got);
    });
    const answer = await request(`${api.origin}/a`, { dispatcher });
    expect([answer.statusCode, await answer.body.json()]).toEqual([401, { code: '401-101' }]);
    expect(sent()).toEqual(['token-1', 'token-2']);
    expect(tokens.received).toHaveLength(2);
  });

  test('T074: is not renewed while it is fresh: the answer is given whole', async () => {
    const { api, dispatcher, sent } = await started((response) =>
      response.writeHead(401, { 'www-authenticate': 'Bearer' }).end('x'.repeat(300_000)),
    );
    const answer = await request(`${api.origin}/a`, { dispatcher });
    expect([answer.statusCode, answer.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    expect((await answer.body.text()).length).toBe(300_000);
    expect((await request(`${api.origin}/a`, { dispatcher, method: 'HEAD' })).statusCode).toBe(401);
    expect(sent()).toEqual(['token-1', 'token-1']);
  });

  test('is renewed for HEAD, whose answer is over before', async () => {
    const { api, dispatcher, sent } = await rejected();
    expect((await request(`${api.origin}/a`, { dispatcher, method: 'HEAD' })).statusCode).toBe(200);
    expect(sent()).toEqual(['token-1', 'token-2']);
  });

  test('is renewed for the next request where a stream was sent', async () => {
    const { api, dispatcher, sent, tokens } = await rejected();
    const send = () => request(`${api.origin}/a`, { dispatcher, method: 'POST', body: Readable.from(['abc']) });
    expect((await send()).statusCode).toBe(401);
    await soon(() => expect(tokens.received).toHaveLength(2));
    expect((await send()).statusCode).toBe(200);
    expect(sent()).toEqual(['token-1', 'token-2']);
  });

  test('is the error of the token endpoint where no other can be had, and holds no connection', async () => {
    const server = await serveWire([['HTTP/1.1 401 No\r\ncontent-length: 1000\r\n\r\n', { repeat: 'x', everyMs: 5 }]]);
    const { egain, tokens } = await stage(undefined, { apiUrl: `http://127.0.0.1:${server.port}` });
    await egain.clientCredentials(SCOPE);
    passTime(2000);
    await tokens.close();
    const dispatcher = agentWith(egain.interceptor(CLIENT, SCOPE));
    const error = await rejectionOf(request(`http://127.0.0.1:${server.port}/a`, { dispatcher }));
    expect(error.code).toBe('token_endpoint_unavailable');
    await soon(() => expect(server.openConnections).toBe(0));
  });

  test('is renewed once for many', async () => {
    const { api, dispatcher, tokens } = await rejected();
    const answers = await Promise.all(Array.from({ length: 20 }, () => request(`${api.origin}/a`, { dispatcher })));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(20).fill(200));
    expect(tokens.received).toHaveLength(2);
  });

  test('an endless rejected answer does not stay', async () => {
    const server = await serveWire([
      ['HTTP/1.1 401 No\r\ncontent-length: 1000000000000000\r\n\r\n', { repeat: 'x'.repeat(65_536) }],
      ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok', 'END'],
    ]);
    const { egain } = await stage(undefined, { apiUrl: `http://127.0.0.1:${server.port}` });
    await egain.clientCredentials(SCOPE);
    passTime(2000);
    const dispatcher = agentWith(egain.interceptor(CLIENT, SCOPE));
    const answer = await request(`http://127.0.0.1:${server.port}/a`, { dispatcher });
    expect(await answer.body.text()).toBe('ok');
    await soon(() => expect(server.openConnections).toBe(0));
  });

  test('an answer that breaks off meanwhile is no reason not to ask again', async () => {
    let count = 0;
    const given = await started((response) => {
      count += 1;
      if (count > 1) return void response.end('ok');
      response.writeHead(401, { 'content-length': '10' });
      response.write('abc', () => response.destroy());
    });
    await given.egain.clientCredentials(SCOPE);
    passTime(2000);
    const answer = await request(`${given.api.origin}/a`, { dispatcher: given.dispatcher });
    expect(await answer.body.text()).toBe('ok');
  });
});

describe('what undici expects of a handler', () => {
  /** Waits until nothing more is sent for a while. */
  async function standstill(server: WireServer): Promise<void> {
    for (let [sent, still] = [-1, 0]; still < 5; ) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      still = server.bytesSent === sent ? still + 1 : 0;
      sent = server.bytesSent;
      expect(sent).toBeLessThan(50_000_000);
    }
  }

  test.each<[what: string, signal: () => { signal: AbortSignal | EventEmitter; stop: () => void }]>([
    [
      'an AbortSignal',
      () => {
        const controller = new AbortController();
        return { signal: controller.signal, stop: () => controller.abort(new Error('enough')) };
      },
    ],
    [
      'an emitter',
      () => {
        const emitter = new EventEmitter();
        return { signal: emitter, stop: () => void emitter.emit('abort') };
      },
    ],
  ])('%s stops a request that waits for its answer', async (_what, create) => {
    const { api, dispatcher } = await started(() => {});
    const { signal, stop } = create();
    const running = request(`${api.origin}/a`, { dispatcher, signal });
    await soon(() => expect(api.received).toHaveLength(1));
    stop();
    await expect(running).rejects.toThrow(/enough|abort/i);
  });

  test('a signal stops the wait for a token at once, and nothing is sent', async () => {
    const slow = await serve(() => {});
    const { api, dispatcher } = await started(undefined, { endpoints: { client: { tokenUrl: slow.origin } } });
    const stop = new AbortController();
    const running = request(`${api.origin}/a`, { dispatcher, signal: stop.signal });
    await soon(() => expect(slow.received).toHaveLength(1));
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    expect(api.received).toEqual([]);
  });

  test.each(['GET', 'HEAD'] as const)('a signal stops the wait of a %s for another token at once', async (method) => {
    let issued = 0;
    const slow = await serve((response, got) => {
      issued += 1;
      if (issued === 1) json({ access_token: 'token-1', expires_in: 3600 })(response, got);
    });
    const { api, dispatcher, egain, revoked } = await started(undefined, {
      endpoints: { client: { tokenUrl: slow.origin } },
    });
    await egain.clientCredentials(SCOPE);
    passTime(2000);
    revoked.add('token-1');
    // Which only undici knows to read.
    const signal = new EventEmitter();
    const running = request(`${api.origin}/a`, { dispatcher, method, signal });
    await soon(() => expect(issued).toBe(2));
    await new Promise(setImmediate);
    signal.emit('abort');
    await expect(running).rejects.toThrow(/abort/i);
    expect(api.received).toHaveLength(1);
  });

  test('a body that is not read is not received, and one that is left ends the connection', async () => {
    const server = await serveWire([
      ['HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n', { repeat: 'x'.repeat(65_536) }],
    ]);
    const { egain } = await stage(undefined, { apiUrl: `http://127.0.0.1:${server.port}` });
    const dispatcher = agentWith(egain.interceptor(CLIENT, SCOPE));
    const { body } = await request(`http://127.0.0.1:${server.port}/a`, { dispatcher });
    await once(body, 'readable');
    await standstill(server);
    let received = 0;
    for await (const chunk of body) {
      received += (chunk as Buffer).length;
      if (received > 20_000_000) break;
    }
    await soon(() => expect(server.openConnections).toBe(0));
  });

  test('a rejected answer that is handed over is not received before it is read', async () => {
    const server = await serveWire([
      ['HTTP/1.1 401 No\r\ncontent-length: 1000000000\r\n\r\n', { repeat: 'x'.repeat(65_536) }],
    ]);
    const { egain } = await stage(undefined, { apiUrl: `http://127.0.0.1:${server.port}` });
    const dispatcher = agentWith(egain.interceptor(CLIENT, SCOPE));
    const { body, statusCode } = await request(`http://127.0.0.1:${server.port}/a`, { dispatcher });
    expect(statusCode).toBe(401);
    await once(body, 'readable');
    await standstill(server);
    body.on('error', () => {}).destroy();
    await soon(() => expect(server.openConnections).toBe(0));
  });

  test('nor while another token is waited for', async () => {
    const server = await serveWire([
      ['HTTP/1.1 401 No\r\ncontent-length: 1000000000\r\n\r\n', { repeat: 'x'.repeat(65_536), everyMs: 1 }],
    ]);
    let issued = 0;
    const slow = await serve((response, got) => {
      issued += 1;
      if (issued === 1) json({ access_token: 'token-1', expires_in: 3600 })(response, got);
    });
    const { egain } = await stage(undefined, {
      apiUrl: `http://127.0.0.1:${server.port}`,
      endpoints: { client: { tokenUrl: slow.origin } },
    });
    await egain.clientCredentials(SCOPE);
    passTime(2000);
    const stop = new AbortController();
    const dispatcher = agentWith(egain.interceptor(CLIENT, SCOPE));
    const running = request(`http://127.0.0.1:${server.port}/a`, { dispatcher, signal: stop.signal });
    const ended = running.catch((error: unknown) => error);
    await soon(() => expect(issued).toBe(2));
    try {
      await standstill(server);
    } finally {
      stop.abort(new Error('enough'));
    }
    expect(await ended).toMatchObject({ message: 'enough' });
    await soon(() => expect(server.openConnections).toBe(0));
  });

  test('what was given up is not sent again', async () => {
    let answer = (): void => {};
    const { api, egain, ours, revoked, tokens } = await started((response, { url }) => {
      if (url === '/b') answer = () => response.end('ok');
      else response.end();
    });
    await egain.clientCredentials(SCOPE);
    passTime(2000);
    revoked.add('token-1');
    const agent = new Agent({ connections: 1 });
    agents.push(agent);
    const errors: Error[] = [];
    let controller: Dispatcher.DispatchController | undefined;
    agent.compose(ours).dispatch(
      { origin: api.origin, path: '/a', method: 'GET' },
      {
        onRequestStart: (given) => {
          controller = given;
        },
        onResponseError: (_controller, error) => void errors.push(error),
      },
    );
    // Takes the only connection, as soon as that is free.
    const other = request(`${api.origin}/b`, { dispatcher: agent });
    await soon(() => expect([tokens.received.length, api.received.length]).toEqual([2, 2]));
    controller?.abort(new Error('enough'));
    expect(errors.map(({ message }) => message)).toEqual(['enough']);
    answer();
    expect(await (await other).body.text()).toBe('ok');
    expect((await request(`${api.origin}/c`, { dispatcher: agent, method: 'HEAD' })).statusCode).toBe(200);
    expect(api.received.map(({ url }) => url)).toEqual(['/a', '/b', '/c']);
    expect(errors).toHaveLength(1);
  });

  test('a handler that never resumes hears a rejected answer to its end', async () => {
    const { api, dispatcher } = await started((response) => response.writeHead(401).end('x'.repeat(300_000)));
    const length = await new Promise<number>((resolve, reject) => {
      let received = 0;
      dispatcher.dispatch(
        { origin: api.origin, path: '/a', method: 'GET' },
        {
          onRequestStart: () => {},
          onResponseData: (_controller, chunk) => {
            received += chunk.length;
          },
          onResponseEnd: () => resolve(received),
          onResponseError: (_controller, error) => reject(error),
        },
      );
    });
    expect(length).toBe(300_000);
  });

  test('what the caller throws while a held-back answer is handed over is the caller’s error', async () => {
    const { api, dispatcher } = await started(json({}, 401));
    const refuse = () => {
      throw new Error('not this one');
    };
    await expect(stream(`${api.origin}/a`, { dispatcher, method: 'GET' }, refuse)).rejects.toThrow('not this one');
  });

  test('informational answers pass', async () => {
    const server = await serveWire([
      ['HTTP/1.1 103 Early\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'],
    ]);
    const { egain } = await stage(undefined, { apiUrl: `http://127.0.0.1:${server.port}` });
    const dispatcher = agentWith(egain.interceptor(CLIENT, SCOPE));
    const infos: number[] = [];
    const onInfo = ({ statusCode }: { statusCode: number }) => void infos.push(statusCode);
    const { body } = await request(`http://127.0.0.1:${server.port}/a`, { dispatcher, onInfo });
    expect([await body.text(), infos]).toEqual(['ok', [103]]);
  });
});

describe('T070: with undici’s redirect', () => {
  async function redirecting(to: (elsewhere: LoopbackServer) => string) {
    const elsewhere = await serve(json({ elsewhere: true }));
    const given = await started((response, { url }) =>
      url === '/start' ? response.writeHead(307, { location: to(elsewhere) }).end() : response.end(url),
    );
    return { ...given, elsewhere, redirect: interceptors.redirect({ maxRedirections: 3 }) };
  }

  test('after it, a foreign target fails, and hears nothing', async () => {
    const { api, ours, redirect, elsewhere, sent } = await redirecting(({ origin }) => origin);
    const dispatcher = agentWith(ours, redirect);
    const error = await rejectionOf(request(`${api.origin}/start`, { dispatcher, method: 'POST', body: 'secret' }));
    expect(error.code).toBe('origin_not_allowed');
    expect([elsewhere.received, sent()]).toEqual([[], ['token-1']]);
  });

  test('after it, a target at the API host has the token', async () => {
    const { api, ours, redirect, sent } = await redirecting(() => '/target');
    const dispatcher = agentWith(ours, redirect);
    const { body } = await request(`${api.origin}/start`, { dispatcher });
    expect([await body.text(), sent()]).toEqual(['/target', ['token-1', 'token-1']]);
  });

  test('without it, a redirect is an answer', async () => {
    const { api, dispatcher, elsewhere } = await redirecting(({ origin }) => origin);
    expect((await request(`${api.origin}/start`, { dispatcher })).statusCode).toBe(307);
    expect(elsewhere.received).toEqual([]);
  });
});

describe('with undici’s retry', () => {
  const RETRY = { minTimeout: 1, maxRetries: 3 };

  test.each(['after', 'before'])('%s it, what failed is sent again, with a token', async (place) => {
    let count = 0;
    const { api, ours, sent } = await started((response) => {
      count += 1;
      response.writeHead(count < 3 ? 503 : 200).end('ok');
    });
    const retry = interceptors.retry(RETRY);
    const dispatcher = place === 'after' ? agentWith(ours, retry) : agentWith(retry, ours);
    const { body } = await request(`${api.origin}/a`, { dispatcher });
    expect([await body.text(), sent()]).toEqual(['ok', ['token-1', 'token-1', 'token-1']]);
  });

  test.each(['after', 'before'])('%s it, an answer that broke off is taken up where it ended', async (place) => {
    const whole = 'x'.repeat(1000);
    const { api, ours, sent } = await started((response, { headers }) => {
      const [, from] = /bytes=(\d+)-/.exec(headers.range ?? '') ?? [];
      if (from !== undefined) {
        const range = { 'content-range': `bytes ${from}-999/1000`, etag: '"1"' };
        return void response.writeHead(206, range).end(whole.slice(Number(from)));
      }
      response.writeHead(200, { 'content-length': '1000', etag: '"1"' });
      response.write(whole.slice(0, 400), () => setTimeout(() => response.destroy(), 20));
    });
    const retry = interceptors.retry(RETRY);
    const dispatcher = place === 'after' ? agentWith(ours, retry) : agentWith(retry, ours);
    const { body } = await request(`${api.origin}/a`, { dispatcher });
    expect([await body.text(), sent()]).toEqual([whole, ['token-1', 'token-1']]);
  });

  test('after it, what we refuse is not tried again', async () => {
    const { ours, tokens } = await started();
    const dispatcher = agentWith(ours, interceptors.retry(RETRY));
    expect((await rejectionOf(request('http://127.0.0.1:1/', { dispatcher }))).code).toBe('origin_not_allowed');
    expect(tokens.received).toEqual([]);
  });
});

describe('T071: two actors never share an answer', () => {
  /** Tells each what only they may know, and says that anybody may keep it. */
  const personal =
    (headers: Record<string, string>): Answer =>
    (response, got) =>
      json({ for: got.headers.authorization?.replace('Bearer token-', 'number ') }, 200, headers)(response, got);

  async function asked(dispatcher: Dispatcher, { api }: ApiStage, headers = {}): Promise<unknown> {
    const { body } = await request(`${api.origin}/a`, { dispatcher, headers });
    return body.json();
  }

  describe.each<[answer: string, headers: Record<string, string>]>([
    ['public', { 'cache-control': 'public, max-age=3600', etag: '"1"' }],
    ['private', { 'cache-control': 'private, max-age=3600', etag: '"1"' }],
    ['that says nothing but its age', { 'last-modified': 'Mon, 01 Jun 2020 00:00:00 GMT' }],
    ['that expires', { expires: 'Mon, 01 Jun 2120 00:00:00 GMT', 'cache-control': 'max-age=3600' }],
  ])('by a cache for an answer %s', (_answer, headers) => {
    test.each<[place: 'after' | 'before', type: 'shared' | 'private']>([
      ['after', 'shared'],
      ['after', 'private'],
      ['before', 'shared'],
      ['before', 'private'],
    ])('%s the interceptor, of type %s', async (place, type) => {
      const given = await stage(personal(headers));
      const cache = interceptors.cache({ type });
      const agentOf = (actor: typeof PA | typeof JO) => {
        const ours = given.egain.interceptor(actor, ON_BEHALF);
        return place === 'after' ? agentWith(ours, cache) : agentWith(cache, ours);
      };
      const [pa, jo] = [agentOf(PA), agentOf(JO)];
      const answers = [await asked(pa, given), await asked(jo, given), await asked(pa, given)];
      expect(answers).toEqual([{ for: 'number 1' }, { for: 'number 2' }, { for: 'number 1' }]);
      expect(given.api.received).toHaveLength(3);
    });
  });

  test('by deduplicate before the interceptor, which still has one request for one actor', async () => {
    const given = await stage((response, got) => {
      setTimeout(() => personal({})(response, got), 50);
    });
    const deduplicate = interceptors.deduplicate();
    await Promise.all([PA, JO].map((actor) => given.egain.getToken(actor, ON_BEHALF)));
    const [pa, jo] = [PA, JO].map((actor) => agentWith(deduplicate, given.egain.interceptor(actor, ON_BEHALF)));
    const all = [pa, jo, pa, jo].map((dispatcher) => asked(dispatcher as Dispatcher, given));
    const [one, two] = [{ for: 'number 1' }, { for: 'number 2' }];
    expect(await Promise.all(all)).toEqual([one, two, one, two]);
    expect(given.api.received).toHaveLength(2);
  });

  test('by one deduplicate for each actor after the interceptor', async () => {
    const given = await stage((response, got) => {
      setTimeout(() => personal({})(response, got), 50);
    });
    await Promise.all([PA, JO].map((actor) => given.egain.getToken(actor, ON_BEHALF)));
    const [pa, jo] = [PA, JO].map((actor) =>
      agentWith(given.egain.interceptor(actor, ON_BEHALF), interceptors.deduplicate()),
    );
    const all = [pa, jo, pa, jo].map((dispatcher) => asked(dispatcher as Dispatcher, given));
    const [one, two] = [{ for: 'number 1' }, { for: 'number 2' }];
    expect(await Promise.all(all)).toEqual([one, two, one, two]);
    expect(given.api.received).toHaveLength(2);
  });
});
