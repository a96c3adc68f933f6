import { getEventListeners, once } from 'node:events';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext, runInThisContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Agent, type Dispatcher } from 'undici';
import {
  createHttpClient,
  type HttpClient,
  type HttpClientOptions,
  type OutgoingRequest,
} from '../../src/http/client.ts';
import { type CaptureServer, startCapturing } from '../capture-server.ts';
import { polluted } from '../pollution.ts';
import { soon } from '../soon.ts';
import { type Step, wiresToClose } from '../wire-server.ts';

const { serveWire, closeWires } = wiresToClose();
const clients: HttpClient[] = [];
// Not the copy that a test has: rejections are reported to the real one.
const host = runInThisContext('process') as NodeJS.Process;
const rejections: unknown[] = [];
const onRejection = (reason: unknown) => rejections.push(reason);

beforeEach(() => {
  host.on('unhandledRejection', onRejection);
});
afterEach(async () => {
  await closeWires();
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await turn();
  host.off('unhandledRejection', onRejection);
  expect(rejections.splice(0)).toEqual([]);
});

/** What is pending in this turn of the event loop has happened. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

function clientWith(options: Partial<HttpClientOptions> = {}): HttpClient {
  const client = createHttpClient({ timeoutMs: 60_000, ...options });
  clients.push(client);
  return client;
}

const requestTo = ({ port }: { port: number }, more: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  method: 'POST',
  url: new URL(`http://127.0.0.1:${port}/token`),
  headers: { 'content-type': 'text/plain' },
  body: 'a request',
  maxBodyBytes: 1024,
  ...more,
});

const answer = (body: string): Step => `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';

test('an answer is its status, its headers without prototype, and its bytes', async () => {
  const server = await serveWire([
    ['HTTP/1.1 418 X\r\nX-A: 1\r\nx-b: 1\r\nx-b: 2\r\ncontent-length: 2\r\n\r\n\xff\x00'],
  ]);
  const { status, headers, body } = await clientWith().send(requestTo(server));
  expect([status, [...body]]).toEqual([418, [0xff, 0]]);
  expect({ ...headers }).toEqual({ 'x-a': '1', 'x-b': ['1', '2'], 'content-length': '2' });
  expect('toString' in headers).toBe(false);
});

const PHASES: [when: string, steps: Step[]][] = [
  ['before an answer', []],
  ['in the headers', ['HTTP/1.1 200 OK\r\nx-a: 1\r\nx-']],
  ['in a body with a length', ['HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf']],
  ['in a body in chunks', [CHUNKED, '4\r\nhalf\r\n']],
  ['in a body that does not end', [CHUNKED, { repeat: '1\r\n \r\n', everyMs: 5 }]],
];

describe('a caller who gives up gets the reason back, and the connection is closed', () => {
  test.each(PHASES)('%s', async (_when, steps) => {
    const server = await serveWire([steps]);
    const controller = new AbortController();
    const reason = new Error('changed my mind');
    const pending = clientWith().send(requestTo(server, { signal: controller.signal }));
    const outcome = expect(pending).rejects.toBe(reason);
    await soon(() => expect(server.requests).toBe(1));
    // What was sent in answer has been read.
    await new Promise((resolve) => setTimeout(resolve, 20));
    controller.abort(reason);
    await outcome;
    await soon(() => expect(server.openConnections).toBe(0));
    expect(server.requests).toBe(1);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  test('while the connection is still being made, without waiting for it; then nothing is sent', async () => {
    const server = await serveWire([[answer('ok')]]);
    let connect: (() => void) | undefined;
    const client = clientWith({
      lookup: (_name, _options, callback) => {
        connect = () => callback(null, [{ address: '127.0.0.1', family: 4 }]);
      },
    });
    const controller = new AbortController();
    const url = new URL(`http://egain.invalid:${server.port}/`);
    const pending = client.send(requestTo(server, { url, signal: controller.signal }));
    const outcome = expect(pending).rejects.toBe('stop');
    await soon(() => expect(connect).toBeDefined());
    controller.abort('stop');
    await outcome;
    connect?.();
    await client.close();
    await soon(() => expect([server.connections, server.openConnections]).toEqual([1, 0]));
    expect(String(server.received)).toBe('');
  });

  test('before anything was sent: nothing is', async () => {
    const server = await serveWire([[answer('ok')]]);
    const reason = new Error('not even begun');
    await expect(clientWith().send(requestTo(server, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
    const controller = new AbortController();
    const pending = clientWith().send(requestTo(server, { signal: controller.signal }));
    controller.abort(reason);
    await expect(pending).rejects.toBe(reason);
    expect(server.connections).toBe(0);
  });

  test('after the answer: nothing happens, and nothing is left on the signal', async () => {
    const server = await serveWire([[answer('ok')]]);
    const controller = new AbortController();
    const client = clientWith();
    await client.send(requestTo(server, { signal: controller.signal }));
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    controller.abort();
    await turn();
    await client.send(requestTo(server));
    expect(server.connections).toBe(1);
  });
});

describe('T058: the deadline ends a request, and the connection is closed', () => {
  test.each(PHASES)('%s', async (_when, steps) => {
    const server = await serveWire([steps]);
    const failure = { name: 'HttpFailure', kind: 'timeout', message: 'no complete answer within 150 ms' };
    await expect(clientWith({ timeoutMs: 150 }).send(requestTo(server))).rejects.toMatchObject(failure);
    await soon(() => expect(server.openConnections).toBe(0));
    expect(server.requests).toBe(1);
  });

  test('and nothing else does: undici has no timeouts of its own', async () => {
    const server = await serveWire([[answer('ok')]]);
    const seen: Dispatcher.DispatchOptions[] = [];
    const dispatcher = new Agent().compose((dispatch) => (options, handler) => {
      seen.push(options);
      return dispatch(options, handler);
    });
    await clientWith({ dispatcher }).send(requestTo(server));
    expect(seen).toMatchObject([{ headersTimeout: 0, bodyTimeout: 0 }]);
    await dispatcher.destroy();
  });

  test('a request may have one of its own', async () => {
    const server = await serveWire([[]]);
    const failure = { kind: 'timeout', message: 'no complete answer within 150 ms' };
    await expect(clientWith().send(requestTo(server, { timeoutMs: 150 }))).rejects.toMatchObject(failure);
  });

  test('and does not keep the process waiting once there is an answer', async () => {
    const server = await serveWire([[answer('ok')]]);
    const timers = () => host.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const client = clientWith({ timeoutMs: 60_000 });
    const before = timers();
    await client.send(requestTo(server));
    await client.close();
    expect(timers()).toBe(before);
  });
});

describe('T058: an answer that is not read to its end is a failure, and the connection is closed', () => {
  const gzip = gzipSync('ok');
  const ROWS: [name: string, kind: string, steps: Step[]][] = [
    ['one byte too many', 'too-large', [answer('x'.repeat(1025))]],
    ['too many bytes in chunks', 'too-large', [CHUNKED, { repeat: '1\r\nx\r\n' }]],
    [
      'compressed',
      'encoded',
      [`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${gzip.length}\r\n\r\n`, gzip],
    ],
    ['cut short', 'network', ['HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf', 'END']],
    ['no HTTP', 'network', ['SSH-2.0-OpenSSH_9.6\r\n']],
  ];
  test.each(ROWS)('%s: %s', async (_name, kind, steps) => {
    const server = await serveWire([steps]);
    await expect(clientWith().send(requestTo(server))).rejects.toMatchObject({ name: 'HttpFailure', kind });
    await soon(() => expect(server.openConnections).toBe(0));
    expect(server.requests).toBe(1);
  });

  test('as many bytes as are allowed will do', async () => {
    const server = await serveWire([[answer('x'.repeat(1024))]]);
    expect((await clientWith().send(requestTo(server))).body).toHaveLength(1024);
  });
});

describe('an answer that is opened', () => {
  const reading = async (body: AsyncIterable<Buffer>) => {
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };
  // The head, and then as much of the body as there is.
  const OPENED = PHASES.slice(2);

  test('has its head at once, without prototype, and its bytes as they come', async () => {
    const server = await serveWire([[CHUNKED, '2\r\nok\r\n', { repeat: '', times: 1, everyMs: 20 }, '0\r\n\r\n']]);
    const { status, headers, body } = await clientWith().open(requestTo(server));
    expect([status, 'toString' in headers]).toEqual([200, false]);
    expect(await reading(body)).toBe('ok');
  });

  test.each(OPENED)('T058: ends at the deadline, %s', async (_when, steps) => {
    const server = await serveWire([steps]);
    const { body } = await clientWith({ timeoutMs: 150 }).open(requestTo(server));
    await expect(reading(body)).rejects.toMatchObject({ name: 'HttpFailure', kind: 'timeout' });
    await soon(() => expect(server.openConnections).toBe(0));
  });

  test.each(PHASES.slice(0, 2))('T058: is none at the deadline, %s', async (_when, steps) => {
    const server = await serveWire([steps]);
    const opening = clientWith({ timeoutMs: 150 }).open(requestTo(server));
    await expect(opening).rejects.toMatchObject({ name: 'HttpFailure', kind: 'timeout' });
    await soon(() => expect(server.openConnections).toBe(0));
  });

  test.each(OPENED)('ends with the reason of the signal, %s, and nothing is left on it', async (_when, steps) => {
    const server = await serveWire([steps]);
    const controller = new AbortController();
    const { body } = await clientWith().open(requestTo(server, { signal: controller.signal }));
    const outcome = expect(reading(body)).rejects.toBe('enough');
    controller.abort('enough');
    await outcome;
    await soon(() => expect(server.openConnections).toBe(0));
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  test('that is destroyed leaves nothing on the signal', async () => {
    const server = await serveWire([[CHUNKED, { repeat: '1\r\n \r\n', everyMs: 5 }]]);
    const { signal } = new AbortController();
    const { body } = await clientWith().open(requestTo(server, { signal }));
    body.destroy();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await soon(() => expect(server.openConnections).toBe(0));
  });

  test('that is there whole leaves nothing on the signal, read or not', async () => {
    const server = await serveWire([[answer('ok')]]);
    const { signal } = new AbortController();
    const { body } = await clientWith().open(requestTo(server, { signal }));
    await turn();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(await reading(body)).toBe('ok');
  });

  test('that a dispatcher of the caller’s own breaks with its head is heard of by whoever listens then', async () => {
    const server = await serveWire([[answer('ok')]]);
    const dispatcher = new Agent().compose((dispatch) => (options, handler) => {
      const breaking: Dispatcher.DispatchHandler = {
        onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
        onResponseStart(controller, status, headers) {
          handler.onResponseStart?.(controller, status, headers);
          handler.onResponseError?.(controller, new Error('broken'));
        },
        onResponseError() {},
      };
      return dispatch(options, breaking);
    });
    const { body } = await clientWith({ dispatcher }).open(requestTo(server));
    expect(await once(body, 'error')).toMatchObject([{ name: 'HttpFailure', kind: 'network' }]);
    await dispatcher.destroy();
  });

  test('ends early with what the caller makes of it, and of the head', async () => {
    const server = await serveWire([['HTTP/1.1 418 X\r\ncontent-length: 100\r\n\r\nhalf', 'END']]);
    const { body } = await clientWith().open(
      requestTo(server),
      ({ kind }, { status }) => new Error(`${kind} after ${status}`),
    );
    await expect(reading(body)).rejects.toThrow('network after 418');
  });
});

describe('connections', () => {
  test('one is kept for the next request', async () => {
    const server = await serveWire([[answer('ok')]]);
    const client = clientWith();
    await client.send(requestTo(server));
    await turn();
    await client.send(requestTo(server));
    expect([server.connections, server.requests, server.openConnections]).toEqual([1, 2, 1]);
  });

  test('T098: one is kept as long, whatever a polluted prototype says', async () => {
    const server = await serveWire([[answer('ok')]]);
    const client = clientWith();
    await polluted('clientTtl', 1, async () => {
      await client.send(requestTo(server));
      await new Promise((resolve) => setTimeout(resolve, 20));
      await client.send(requestTo(server));
    });
    expect(server.connections).toBe(1);
  });

  test('T067: a fresh one is never one that was used, and is used once', async () => {
    const server = await serveWire([[answer('ok')]]);
    const client = clientWith();
    await client.send(requestTo(server));
    await turn();
    for (const connections of [2, 3]) {
      await client.send(requestTo(server, { freshConnection: true }));
      await turn();
      expect(server.connections).toBe(connections);
    }
    await soon(() => expect(server.openConnections).toBe(1));
    const [kept, ...fresh] = server.received.map((bytes) => /^connection: (.*)\r$/m.exec(bytes.toString())?.[1]);
    expect([kept, fresh]).toEqual(['keep-alive', ['close', 'close']]);
  });

  test.each<Step>(['END', 'RESET'])('T067: a request that got no answer is not sent again: %s', async (step) => {
    const server = await serveWire([[answer('ok')], [step]]);
    const client = clientWith();
    await client.send(requestTo(server));
    await turn();
    for (const freshConnection of [false, true]) {
      const before = server.requests;
      await expect(client.send(requestTo(server, { freshConnection }))).rejects.toMatchObject({ kind: 'network' });
      // Another, so that there was time to send the first one again.
      await expect(client.send(requestTo(server))).rejects.toMatchObject({ kind: 'network' });
      expect(server.requests).toBe(before + 2);
    }
  });

  test('T067: a fresh one for a stream is never one that was used', async () => {
    const server = await serveWire([[answer('ok')]]);
    const client = clientWith();
    for (const connections of [1, 2, 3]) {
      const { body } = await client.open(requestTo(server, { freshConnection: connections > 1 }));
      await text(body);
      await turn();
      expect(server.connections).toBe(connections);
    }
    const [kept, ...fresh] = server.received.map((bytes) => /^connection: (.*)\r$/m.exec(bytes.toString())?.[1]);
    expect([kept, fresh]).toEqual(['keep-alive', ['close', 'close']]);
  });

  test('one that is kept keeps nothing of the request that it was used for', async () => {
    const server = await serveWire([[answer('ok')]]);
    const client = clientWith();
    const sent = await sendAndForget(client, server);
    await turn();
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    await soon(() => {
      collect();
      expect(sent.deref()).toBeUndefined();
    });
    expect(server.openConnections).toBe(1);
  });

  test('F56: a request whose body is a stream uses the connections of streams', async () => {
    const server = await serveWire([[]]);
    const client = clientWith({ maxConnections: 1, maxStreams: 1 });
    const caller = new AbortController();
    const upload = () =>
      client.send(requestTo(server, { body: Readable.from([Buffer.from('a request')]), signal: caller.signal }));
    const pending = [upload(), upload(), client.send(requestTo(server, { signal: caller.signal }))];
    await soon(() => expect(server.connections).toBe(2));
    await turn();
    expect(server.connections).toBe(2);
    caller.abort('enough');
    await Promise.allSettled(pending);
  });

  test.each([undefined, 8])('what was given up while it waited for one makes none: %p', async (maxConnections) => {
    // A host in trouble: it accepts connections, and no handshake ever ends.
    const server = await serveWire([[]], undefined, 'at once');
    const url = new URL(`https://127.0.0.1:${server.port}/`);
    const client = clientWith({ timeoutMs: 300, maxConnections });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 200 }, () => client.send(requestTo(server, { url }))),
    );
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['rejected']));
    await client.close();
    await soon(() => expect(server.openConnections).toBe(0));
    expect(server.connections).toBe(maxConnections ?? 64);
  });
});

/** Nothing here holds the body afterwards. */
async function sendAndForget(client: HttpClient, server: { port: number }): Promise<WeakRef<Buffer>> {
  const body = Buffer.alloc(64 * 1024);
  await client.send(requestTo(server, { body }));
  return new WeakRef(body);
}

test.each([
  ['kept', false],
  ['made for it', true],
])(
  'F05: what was given up makes no other connection in place of its own, that is %s',
  async (_name, freshConnection) => {
    const server = await serveWire([[]]);
    const client = clientWith({ timeoutMs: 200 });
    await Promise.allSettled(Array.from({ length: 20 }, () => client.send(requestTo(server, { freshConnection }))));
    await client.close();
    await soon(() => expect(server.openConnections).toBe(0));
    expect([server.connections, server.requests]).toEqual([20, 20]);
  },
);

describe('close', () => {
  test.each([
    ['kept', false],
    ['made for it', true],
  ])('lets a request in flight end, then closes its connection, that is %s', async (_name, freshConnection) => {
    const server = await serveWire([[{ repeat: '', times: 1, everyMs: 50 }, answer('ok')]]);
    const client = clientWith();
    let body = '';
    const pending = client.send(requestTo(server, { freshConnection })).then((received) => {
      body = String(received.body);
    });
    await client.close();
    expect(body).toBe('ok');
    await pending;
    await soon(() => expect(server.openConnections).toBe(0));
  });

  test('lets the requests end that wait for a connection, calls and streams', async () => {
    const slowly: Step[] = [{ repeat: '', times: 1, everyMs: 20 }, answer('ok')];
    const server = await serveWire([slowly]);
    const client = clientWith({ maxConnections: 1, maxStreams: 1 });
    const bodies: string[] = [];
    const pending = [1, 2, 3].flatMap(() => [
      client.send(requestTo(server)).then(({ body }) => bodies.push(String(body))),
      client.open(requestTo(server)).then(async ({ body }) => bodies.push(await text(body))),
    ]);
    await client.close();
    await Promise.all(pending);
    expect(bodies).toEqual(Array(6).fill('ok'));
    await soon(() => expect(server.openConnections).toBe(0));
  });

  test.each([
    ['used', true],
    ['not used', false],
  ])('of a client that was %s: nothing can be sent any more, and closing again is nothing', async (_name, isUsed) => {
    const server = await serveWire([[answer('ok')]]);
    const client = clientWith();
    if (isUsed) await client.send(requestTo(server));
    const { connections } = server;
    await Promise.all([client.close(), client.close()]);
    await client.close();
    const failure = { kind: 'network', message: 'the client is closed' };
    await expect(client.send(requestTo(server))).rejects.toMatchObject(failure);
    expect(server.connections).toBe(connections);
  });

  test('a dispatcher of the caller’s own is used for everything, and stays open', async () => {
    const server = await serveWire([[answer('ok')]]);
    const dispatcher = new Agent();
    const client = clientWith({ dispatcher });
    await client.send(requestTo(server));
    await turn();
    await client.send(requestTo(server, { freshConnection: true }));
    await client.close();
    expect([server.connections, server.openConnections]).toEqual([1, 1]);
    await dispatcher.close();
  });
});

describe('T098: a polluted prototype changes nothing', () => {
  let server: CaptureServer;
  let elsewhere: CaptureServer;
  beforeAll(async () => {
    const whole = 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok';
    [server, elsewhere] = await Promise.all([startCapturing(whole), startCapturing(whole)]);
  });
  afterAll(async () => {
    await Promise.all([server.close(), elsewhere.close()]);
  });

  const fail = () => {
    throw new Error('somebody called me');
  };
  const GADGETS: [name: string, value: () => unknown][] = [
    // Of the client and of a request.
    ['dispatcher', () => ({ dispatch: fail })],
    ['lookup', () => fail],
    ['maxConnections', () => 0],
    ['maxStreams', () => 0],
    ['signal', () => AbortSignal.abort()],
    ['freshConnection', () => true],
    ['body', () => 'evil'],
    // Of an agent.
    ['keepsConnections', () => false],
    ['pipelining', () => 0],
    ['connections', () => 0],
    // Of signals and their listeners.
    ['aborted', () => true],
    ['reason', () => 'evil'],
    ['once', () => true],
    ['passive', () => true],
    ['cancelable', () => true],
    // Of what an answer is handed to.
    ['onRequestUpgrade', () => 'evil'],
    ['onResponseStarted', () => 'evil'],
    ['onConnect', () => 'evil'],
    ['onHeaders', () => 'evil'],
    ['onError', () => 'evil'],
  ];
  test.each(GADGETS)('%s', async (name, value) => {
    const ask = async (client: HttpClient, more: Partial<OutgoingRequest> = {}) => {
      const { body: _, ...request } = requestTo(server, { method: 'GET', ...more });
      return String((await client.send(request)).body);
    };
    expect(await ask(clientWith())).toBe('ok');
    const [clean] = await server.take();
    const bodies = await polluted(name, value(), async () => {
      const client = clientWith();
      return [await ask(client), await ask(client, { signal: new AbortController().signal })];
    });
    expect(bodies).toEqual(['ok', 'ok']);
    expect(await server.take()).toEqual([clean, clean]);
    expect(await elsewhere.take()).toEqual([]);
  });
});
