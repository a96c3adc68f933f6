import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { runInThisContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createEgainAuth, type EgainApiError } from '../../src/index.ts';
import type { ApiClient, ApiMethod, ApiRequestOptions } from '../../src/outbound/api-client.ts';
import { passTime, stopClock } from '../clock.ts';
import { expectNoDisclosure } from '../disclosure.ts';
import { rejectionOf } from '../failure.ts';
import { json } from '../loopback.ts';
import { soon } from '../soon.ts';
import { type Step, wiresToClose } from '../wire-server.ts';
import { CLIENT_SCOPE, optionsFor, type Stage, stagesToClose, tokenNumber } from './stage.ts';

const { stage, serve, serveRaw, createAuth, closeAll } = stagesToClose();
const { serveWire, closeWires } = wiresToClose();
// Not the copy that a test has: what nobody handles is reported to the real one.
const host = runInThisContext('process') as NodeJS.Process;
const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown) => void unhandled.push(reason);

beforeEach(() => {
  host.on('unhandledRejection', onUnhandled).on('uncaughtException', onUnhandled);
});
afterEach(async () => {
  await Promise.all([closeAll(), closeWires()]);
  await turn();
  host.off('unhandledRejection', onUnhandled).off('uncaughtException', onUnhandled);
  expect(unhandled.splice(0)).toEqual([]);
});

const turn = () => new Promise((resolve) => setImmediate(resolve));
const MIB = 1024 * 1024;

async function readAll(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('latin1');
}

/** The application's client of an API that is at some origin. */
async function clientOf(origin: string): Promise<ApiClient> {
  const tokens = await serve(json({ access_token: tokenNumber(1), expires_in: 3600 }));
  return createAuth(optionsFor(origin, tokens.origin)).api({ type: 'client' }, { scope: CLIENT_SCOPE });
}

/** What an API sends, byte for byte. */
async function wire(...steps: Step[]) {
  const server = await serveWire([steps]);
  return { server, api: await clientOf(`http://127.0.0.1:${server.port}`) };
}

const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

describe('an answer as a stream', () => {
  test('is there with its head, before its body is', async () => {
    const { server, api } = await wire(
      'HTTP/1.1 202 OK\r\nLocation: /jobs/1\r\nx-a: 1\r\nx-a: 2\r\ncontent-length: 4\r\n\r\n',
    );
    const { status, headers, body } = await api.request('POST', '/export');
    expect([status, headers['location'], headers['x-a']]).toEqual([202, '/jobs/1', ['1', '2']]);
    body.destroy();
    await soon(() => expect(server.openConnections).toBe(0));
  });

  test('comes whole, in pieces, and its connection is kept', async () => {
    const text = 'x'.repeat(MIB);
    const { api, server } = await stage((response) => response.end(text));
    const { body } = await api.request('GET', '/attachment');
    expect(await readAll(body)).toBe(text);
    await turn();
    expect(await readAll((await api.request('GET', '/attachment')).body)).toHaveLength(MIB);
    expect(server.received.map(({ headers }) => headers['accept'])).toEqual(['*/*', '*/*']);
  });

  test('of 100 MB goes through, and no more of it is here than fits', async () => {
    const piece = Buffer.alloc(64 * 1024, 'x');
    const pieces = 1600;
    const { origin } = await serveRaw((_request, response) => {
      void pipeline(
        Readable.from(
          (function* () {
            for (let count = 0; count < pieces; count += 1) yield piece;
          })(),
        ),
        response,
      ).catch(() => {});
    });
    const { body } = await (await clientOf(origin)).request('GET', '/attachment');
    let [size, most] = [0, 0];
    await pipeline(
      body,
      new Writable({
        write(bytes: Buffer, _encoding, callback) {
          size += bytes.length;
          most = Math.max(most, body.readableLength);
          setImmediate(callback);
        },
      }),
    );
    expect(size).toBe(pieces * piece.length);
    expect(most).toBeLessThan(MIB);
  });

  test('that nobody reads is not sent on: the sender waits', async () => {
    const { server, api } = await wire(CHUNKED, { repeat: chunk('x'.repeat(64 * 1024)), times: 1600 });
    const { body } = await api.request('GET', '/attachment');
    let before = -1;
    // Until the buffers of both sides of the connection are full.
    await soon(() => {
      const { bytesSent } = server;
      const isMoving = bytesSent !== before;
      before = bytesSent;
      expect(isMoving).toBe(false);
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(server.bytesSent).toBe(before);
    expect(server.bytesSent).toBeLessThan(50 * MIB);
    expect(body.readableLength).toBeLessThan(MIB);
    body.destroy();
    await soon(() => expect(server.openConnections).toBe(0));
  });

  test('that is destroyed closes its connection, and no error comes of it', async () => {
    const { server, api } = await wire(CHUNKED, { repeat: chunk('x'), everyMs: 1 });
    const { body } = await api.request('GET', '/attachment');
    body.destroy();
    await once(body, 'close');
    await soon(() => expect(server.openConnections).toBe(0));
  });

  test('that is destroyed with an error of the reader’s has that error', async () => {
    const { api } = await wire(CHUNKED, { repeat: chunk('x'), everyMs: 1 });
    const { body } = await api.request('GET', '/attachment');
    const reason = new Error('disk full');
    body.destroy(reason);
    expect(await once(body, 'error')).toEqual([reason]);
  });

  test('ends with the reason of the signal, and its connection is closed', async () => {
    const { server, api } = await wire(CHUNKED, { repeat: chunk('x'), everyMs: 1 });
    const caller = new AbortController();
    const { body } = await api.request('GET', '/attachment', { signal: caller.signal });
    const reading = readAll(body);
    const reason = new Error('changed my mind');
    await once(body, 'data');
    caller.abort(reason);
    await expect(reading).rejects.toBe(reason);
    await soon(() => expect(server.openConnections).toBe(0));
  });

  test.each<[name: string, read: (body: Readable) => Promise<unknown>]>([
    ['is read', readAll],
    ['is not read until then', async (body) => once(body, 'error').then(([error]) => Promise.reject(error as Error))],
  ])('ends at the deadline, with api_unavailable, when it %s', async (_name, read) => {
    const { server, api } = await wire(CHUNKED, { repeat: chunk('x'.repeat(1024)), everyMs: 1 });
    const { body } = await api.request('GET', '/attachment', { timeoutMs: 300 });
    const error = await rejectionOf(read(body));
    expect(error).toMatchObject({ code: 'api_unavailable' });
    expect(error.remedy).toContain('timeoutMs');
    await soon(() => expect(server.openConnections).toBe(0));
  });

  const BROKEN: [name: string, steps: Step[]][] = [
    ['a length that it does not have', ['HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf', 'END']],
    ['a chunk that it does not have', [CHUNKED, 'ff\r\nhalf', 'END']],
    ['a chunk that is none', [CHUNKED, chunk('half'), 'canary-of-the-answer\r\n']],
    ['a connection that breaks', [CHUNKED, chunk('half'), { repeat: '', times: 1, everyMs: 50 }, 'RESET']],
  ];
  test.each(BROKEN)(
    'with %s is api_unavailable, for who reads at once and for who comes late',
    async (_name, steps) => {
      const { api } = await wire(...steps);
      const atOnce = await rejectionOf(readAll((await api.request('GET', '/attachment')).body));
      expect(atOnce.code).toBe('api_unavailable');
      expectNoDisclosure(atOnce, 'canary-of-the-answer', tokenNumber(1));
      const { body } = await api.request('GET', '/attachment');
      await soon(() => expect(body.destroyed).toBe(true));
      await turn();
      const late = await rejectionOf(readAll(body));
      expect(late.code).toBe('api_unavailable');
      expectNoDisclosure(late, 'canary-of-the-answer', tokenNumber(1));
    },
  );

  test('that breaks in the same breath as its head ends no process', async () => {
    const { server, api } = await wire(`${CHUNKED}${chunk('half')}this is no chunk\r\n`);
    const { body } = await api.request('GET', '/attachment');
    expect((await rejectionOf(readAll(body))).code).toBe('api_unavailable');
    // Who does no more than listen hears it too.
    const [heard] = await once((await api.request('GET', '/attachment')).body, 'error');
    expect(heard).toMatchObject({ code: 'api_unavailable' });
    // Nobody looks at this one at all.
    await api.request('GET', '/attachment');
    await soon(() => expect(server.openConnections).toBe(0));
    await turn();
    expect(unhandled).toEqual([]);
  });

  test('that nobody looks at ends at its deadline, and ends no process', async () => {
    const { server, api } = await wire(CHUNKED, { repeat: chunk('x'), everyMs: 1 });
    const { body } = await api.request('GET', '/attachment', { timeoutMs: 200 });
    // Not `once`, which listens to errors too.
    await new Promise((resolve) => body.on('close', resolve));
    await soon(() => expect(server.openConnections).toBe(0));
    await turn();
    expect(unhandled).toEqual([]);
  });

  // undici uses no connection again after HEAD: some servers send a body all the same.
  test.each<[method: ApiMethod, head: string, connections: number]>([
    ['HEAD', 'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n', 3],
    ['DELETE', 'HTTP/1.1 204 No Content\r\n\r\n', 1],
    ['GET', 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ndone', 1],
  ])('of %s that is there whole holds neither timer nor connection', async (method, head, connections) => {
    const { server, api } = await wire(head);
    const timers = () => host.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    await api.request(method, '/attachment').then(({ body }) => readAll(body));
    await turn();
    const before = timers();
    const { headers, body } = await api.request(method, '/attachment');
    await turn();
    expect(timers()).toBe(before);
    await api.request(method, '/attachment').then((next) => readAll(next.body));
    expect(server.connections).toBe(connections);
    expect((await readAll(body)).length).toBe(method === 'GET' ? 4 : 0);
    if (method === 'HEAD') expect(headers['content-length']).toBe('1000');
  });

  test('of an error is read whole, and is the error', async () => {
    const { api, server } = await stage(json({ code: '404-101', developerMessage: 'no such article' }, 404));
    const error = await rejectionOf(api.request('GET', '/attachment'));
    expect(error).toMatchObject({ code: 'api_error', apiStatus: 404, apiCode: '404-101' });
    expect(server.received).toHaveLength(1);
  });

  test('of an error without an end is looked at no further than 64 KiB, and its connection is closed', async () => {
    const { server, api } = await wire('HTTP/1.1 404 X\r\ntransfer-encoding: chunked\r\n\r\n', {
      repeat: chunk('x'.repeat(1024)),
    });
    const error = (await rejectionOf(api.request('GET', '/attachment'))) as EgainApiError;
    expect(error).toMatchObject({ code: 'api_error', apiStatus: 404 });
    await soon(() => expect(server.openConnections).toBe(0));
    expect(JSON.stringify(error.body).length).toBeLessThan(2048);
  });

  test('of an error that breaks off is api_unavailable, and a GET is sent again', async () => {
    const { server, api } = await wire('HTTP/1.1 404 X\r\ncontent-length: 100\r\n\r\nhalf', 'END');
    expect((await rejectionOf(api.request('GET', '/attachment'))).code).toBe('api_unavailable');
    expect(server.requests).toBe(3);
    expect((await rejectionOf(api.request('POST', '/attachment'))).code).toBe('api_unavailable');
    expect(server.requests).toBe(4);
  });

  test('T072: is sent again before its head is there, and never after', async () => {
    const failing = await stage(json({}, 503));
    await expect(failing.api.request('GET', '/attachment')).rejects.toMatchObject({ apiStatus: 503 });
    expect(failing.server.received).toHaveLength(3);
    const { server, api } = await wire('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf', 'END');
    await rejectionOf(readAll((await api.request('GET', '/attachment')).body));
    expect(server.requests).toBe(1);
  });

  test('that is compressed is no answer', async () => {
    const { api, server } = await wire('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nhalf');
    expect((await rejectionOf(api.request('GET', '/attachment'))).code).toBe('api_unavailable');
    await soon(() => expect(server.openConnections).toBe(0));
  });

  test('comes after informational answers', async () => {
    const { api } = await wire(
      'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
    );
    const { status, headers, body } = await api.request('GET', '/attachment');
    expect([status, headers['link'], await readAll(body)]).toEqual([200, undefined, 'ok']);
  });
});

describe('a body', () => {
  const echo = () =>
    stage((response, { headers, body }) =>
      json({
        type: headers['content-type'],
        length: headers['content-length'],
        chunked: headers['transfer-encoding'],
        body,
      })(response, undefined as never),
    );
  interface Echo {
    readonly type?: string;
    readonly length?: string;
    readonly chunked?: string;
    readonly body: string;
  }

  const bytes = Buffer.from('bytes');
  const BODIES: [name: string, body: unknown, sent: Partial<Echo>][] = [
    ['an object', { a: 1 }, { type: 'application/json', body: '{"a":1}' }],
    ['a list', [1], { type: 'application/json', body: '[1]' }],
    ['text', 'a "b"', { type: 'application/json', body: '"a \\"b\\""' }],
    ['null', null, { type: 'application/json', body: 'null' }],
    ['a Buffer', bytes, { type: 'application/octet-stream', length: '5', body: 'bytes' }],
    ['a part of a buffer', Buffer.from('xbytesx').subarray(1, 6), { length: '5', body: 'bytes' }],
    ['no bytes', Buffer.from('x').subarray(1), { length: '0', body: '' }],
    ['an ArrayBuffer', new Uint8Array(bytes).buffer, { type: 'application/octet-stream', length: '5', body: 'bytes' }],
    ['a DataView', new DataView(new Uint8Array(bytes).buffer, 1), { type: 'application/octet-stream', body: 'ytes' }],
    [
      'URLSearchParams',
      new URLSearchParams({ a: '1 &', b: 'é' }),
      { type: 'application/x-www-form-urlencoded', body: 'a=1+%26&b=%C3%A9' },
    ],
    ['a Blob', new Blob(['bytes']), { type: 'application/octet-stream', length: '5', body: 'bytes' }],
    ['a Blob with a type', new Blob(['<p>'], { type: 'text/html' }), { type: 'text/html', body: '<p>' }],
    [
      'a stream',
      Readable.from([bytes, bytes]),
      { type: 'application/octet-stream', chunked: 'chunked', body: 'bytesbytes' },
    ],
    [
      'a web stream',
      new Blob(['bytes']).stream(),
      { type: 'application/octet-stream', chunked: 'chunked', body: 'bytes' },
    ],
    [
      'an async generator',
      (async function* () {
        yield bytes;
      })(),
      { type: 'application/octet-stream', chunked: 'chunked', body: 'bytes' },
    ],
  ];
  test.each(BODIES)('that is %s is sent as it should be', async (_name, body, sent) => {
    const { api } = await echo();
    expect(await api.post('/x', { body })).toMatchObject(sent);
  });

  test('that is a form has its boundary, its fields and its files', async () => {
    const { api } = await echo();
    const form = new FormData();
    form.append('field', 'a\nb');
    form.append('file', new Blob(['content'], { type: 'text/plain' }), 'a "b"\r\nx.txt');
    const { type, body } = await api.post<Echo>('/x', { body: form });
    const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(type ?? '')?.[1] ?? 'none';
    expect(body.split(`--${boundary}`)).toHaveLength(4);
    expect(body).toContain('name="field"\r\n\r\na\r\nb\r\n');
    expect(body).toContain(
      'name="file"; filename="a %22b%22%0D%0Ax.txt"\r\ncontent-type: text/plain\r\n\r\ncontent\r\n',
    );
    expect(body.endsWith(`\r\n--${boundary}--\r\n`)).toBe(true);
  });

  test('is what headers say it is', async () => {
    const { api } = await echo();
    const options = { headers: { 'Content-Type': 'image/png' } };
    for (const body of [bytes, new Blob(['bytes'], { type: 'text/html' }), Readable.from([bytes])]) {
      expect(await api.post('/x', { body, ...options })).toMatchObject({ type: 'image/png', body: 'bytes' });
    }
  });

  test('that is none has no type', async () => {
    const { api } = await echo();
    expect(await api.post('/x')).toEqual({ length: '0', body: '' });
  });

  test.each<[name: string, body: () => unknown]>([
    ['bytes', () => bytes],
    ['URLSearchParams', () => new URLSearchParams('a=1')],
    ['a Blob', () => new Blob(['blob'])],
    [
      'a form',
      () => {
        const form = new FormData();
        form.append('field', 'value');
        return form;
      },
    ],
  ])('that is %s is sent whole again with another token', async (_name, body) => {
    const { api, server } = await withRejectedToken();
    await api.post('/x', { body: body() });
    const [first, second] = server.received.map((request) => request.body.replaceAll(/form-[\da-f-]+/g, 'boundary'));
    expect([first !== '', second]).toEqual([true, first]);
  });
});

/** An API that rejects the first token, which is there already, and not so fresh that it is not replaced (T074). */
async function withRejectedToken(): Promise<Stage> {
  stopClock();
  const made = await stage((response, request) => {
    const isRejected = request.headers.authorization === `Bearer ${tokenNumber(1)}`;
    json(isRejected ? { code: '401-101' } : {}, isRejected ? 401 : 200)(response, request);
  });
  await made.egain.clientCredentials({ scope: CLIENT_SCOPE });
  passTime(2000);
  return made;
}

describe('an upload that is a stream', () => {
  test('T072: is sent once, whatever happens to it', async () => {
    const failing = await stage(json({}, 503));
    for (const send of [
      (options: ApiRequestOptions) => failing.api.put('/x', options),
      (options: ApiRequestOptions) => failing.api.request('GET', '/x', options),
    ]) {
      failing.server.received.length = 0;
      await expect(send({ body: Readable.from([Buffer.from('once')]) })).rejects.toMatchObject({ apiStatus: 503 });
      expect(failing.server.received.map(({ body }) => body)).toEqual(['once']);
    }
  });

  test('is not sent again with another token; the next call has that', async () => {
    const { api, server, tokens } = await withRejectedToken();
    const upload = api.post('/x', { body: Readable.from([Buffer.from('once')]) });
    await expect(upload).rejects.toMatchObject({ code: 'api_error', apiStatus: 401 });
    expect(server.received).toHaveLength(1);
    expect(await api.get('/x')).toEqual({});
    expect([server.received.length, tokens.received.length]).toEqual([2, 2]);
  });

  test('is read no faster than it is sent', async () => {
    const { origin } = await serveRaw((request) => void request.pause());
    let pieces = 0;
    const body = Readable.from(
      (function* () {
        for (; pieces < 1600; pieces += 1) yield Buffer.alloc(64 * 1024);
      })(),
    );
    const caller = new AbortController();
    const upload = (await clientOf(origin)).post('/x', { body, signal: caller.signal });
    const outcome = expect(upload).rejects.toBe('enough');
    let before = -1;
    await soon(() => {
      const isMoving = pieces !== before;
      before = pieces;
      expect([pieces > 0, isMoving]).toEqual([true, false]);
    });
    expect(pieces).toBeLessThan(800);
    caller.abort('enough');
    await outcome;
    await soon(() => expect(body.destroyed).toBe(true));
  });

  test('that fails is api_unavailable, and nothing of it counts as whole', async () => {
    let wasWhole = false;
    const { origin, sockets } = await serveRaw((request, response) => {
      request.on('end', () => {
        wasWhole = true;
        response.end('{}');
      });
      request.resume().on('error', () => {});
    });
    const api = await clientOf(origin);
    const body = Readable.from(
      (async function* () {
        yield Buffer.from('half');
        await turn();
        throw new Error('canary-of-a-file');
      })(),
    );
    const error = await rejectionOf(api.post('/x', { body }));
    expect(error.code).toBe('api_unavailable');
    await soon(() => expect(sockets.size).toBe(0));
    expect(wasWhole).toBe(false);
  });

  test('that is answered before it is whole has that answer', async () => {
    const { origin } = await serveRaw((_request, response) => {
      response.writeHead(415, { 'content-type': 'application/json', connection: 'close' }).end('{"code":"415-100"}');
    });
    const body = Readable.from(
      (async function* () {
        for (let count = 0; count < 50; count += 1) {
          yield Buffer.alloc(1024);
          await turn();
        }
      })(),
    );
    const error = await rejectionOf((await clientOf(origin)).post('/x', { body }));
    expect(error).toMatchObject({ code: 'api_error', apiStatus: 415 });
  });
});

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])(
  'a deadline of %p is none: it is refused before a token is asked for',
  async (timeoutMs) => {
    const { api, tokens } = await stage(json({}));
    await expect(api.get('/x', { timeoutMs })).rejects.toThrow(TypeError);
    expect(tokens.received).toEqual([]);
  },
);

test('an instance that is closed sends nothing', async () => {
  const egain = createEgainAuth(optionsFor('http://127.0.0.1:1', 'http://127.0.0.1:1'));
  await egain.close();
  const { code } = await rejectionOf(egain.api({ type: 'client' }, { scope: CLIENT_SCOPE }).request('GET', '/x'));
  expect(code).toBe('instance_closed');
});
