import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from '@jest/globals';
import { Agent } from 'undici';
import type { EgainAuthOptions } from '../../src/index.ts';
import { passTime, stopClock } from '../clock.ts';
import { fakesToClose, holdBack } from '../faults/fake-egain.ts';
import { names, tokenOf } from '../faults/load.ts';
import { soon } from '../soon.ts';
import { CLIENT_SCOPE, issueTokens, optionsFor, stagesToClose } from './stage.ts';

const { serve, serveRaw, createAuth, closeAll } = stagesToClose();
const { start, closeAll: closeFakes } = fakesToClose();
afterEach(async () => {
  await Promise.all([closeAll(), closeFakes()]);
});

const CLIENT = { type: 'client' } as const;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A test that fails before it awaits this fails by its expectation, not by an unhandled rejection. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

type Http = NonNullable<EgainAuthOptions['http']>;

/** An API that begins answers at `/stream` and ends them when a test says so, and answers everything else at once. */
async function startApi(http: Http = {}, fault?: (response: ServerResponse, request: IncomingMessage) => boolean) {
  /** The answers that have not ended, oldest first. */
  const streams: ServerResponse[] = [];
  const counts = { requests: 0, running: 0, maxRunning: 0, connections: 0 };
  const server = await serveRaw((request, response) => {
    counts.requests += 1;
    counts.running += 1;
    counts.maxRunning = Math.max(counts.maxRunning, counts.running);
    let isOver = false;
    const onOver = () => {
      if (!isOver) counts.running -= 1;
      isOver = true;
      if (streams.includes(response)) streams.splice(streams.indexOf(response), 1);
    };
    response.on('close', onOver).on('finish', onOver);
    if (fault?.(response, request)) return;
    if (request.url?.startsWith('/stream')) {
      streams.push(response);
      response.writeHead(200).write('begun');
    } else {
      // Later, so that requests at the same time meet.
      setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}'), 5);
    }
  });
  const tokens = await serve(issueTokens());
  const egain = createAuth({ ...optionsFor(server.origin, tokens.origin), http: { timeoutMs: 240_000, ...http } });
  const api = egain.api(CLIENT, { scope: CLIENT_SCOPE });
  return { server, streams, counts, egain, api, fetch: egain.fetch(CLIENT, { scope: CLIENT_SCOPE }) };
}

type Api = Awaited<ReturnType<typeof startApi>>;

/** What takes as long as the caller likes, and how it is ended. */
const SLOW: [name: string, start: (api: Api) => { readonly begun: Promise<unknown>; readonly end: () => void }][] = [
  [
    'readers of api.request()',
    ({ api }) => {
      const begun = handled(api.request('GET', '/stream'));
      return { begun, end: () => void begun.then(({ body }) => body.destroy()).catch(() => {}) };
    },
  ],
  [
    'readers of fetch',
    ({ fetch }) => {
      const begun = handled(fetch('/stream'));
      return { begun, end: () => void begun.then((response) => response.body?.cancel()).catch(() => {}) };
    },
  ],
  [
    'readers of sdkFetcher',
    ({ egain, server }) => {
      const begun = handled(egain.sdkFetcher(CLIENT, { scope: CLIENT_SCOPE })(`${server.origin}/stream`));
      return { begun, end: () => void begun.then((response) => response.body?.cancel()).catch(() => {}) };
    },
  ],
  [
    'senders of streams',
    ({ api }) => {
      const caller = new AbortController();
      const body = new Readable({ read() {} });
      body.push('begun');
      const begun = api.post('/upload', { body, signal: caller.signal }).catch(() => {});
      return { begun, end: () => caller.abort() };
    },
  ],
];

test.each(SLOW)('F56: seventy slow %s keep no other API call waiting', async (_name, startSlow) => {
  const stage = await startApi({}, (response, request) => {
    if (request.url !== '/upload') return false;
    // Answered once the body is there whole, which it never is.
    request.resume().on('end', () => response.end('{}'));
    return true;
  });
  const slow = Array.from({ length: 70 }, () => startSlow(stage));
  await soon(() => expect(stage.counts.running).toBe(64));
  expect(await stage.api.get('/x')).toEqual({ ok: true });
  const pages: unknown[] = [];
  for await (const page of stage.api.paginate('/x')) pages.push(page);
  expect(pages).toEqual([{ ok: true }]);
  // Every stream that had begun is still open, and none of the others has begun.
  expect([stage.counts.running, stage.counts.requests]).toEqual([64, 66]);
  for (const { end } of slow) end();
  await Promise.allSettled(slow.map(({ begun }) => begun));
  await soon(() => expect(stage.counts.running).toBe(0));
});

const ENDINGS: [name: string, end: (body: Readable, answer: ServerResponse | undefined) => unknown][] = [
  ['is destroyed', (body) => body.destroy()],
  [
    'is read to its end',
    (body, answer) => {
      answer?.end();
      return text(body);
    },
  ],
  [
    'breaks off',
    (body, answer) => {
      body.on('error', () => {});
      answer?.destroy();
    },
  ],
];
test.each(ENDINGS)('F56: a stream beyond http.maxStreams waits, and begins when another one %s', async (_name, end) => {
  const { api, streams, counts } = await startApi({ maxStreams: 2 });
  const [first] = [await api.request('GET', '/stream'), await api.request('GET', '/stream')];
  let hasBegun = false;
  const third = handled(
    api.request('GET', '/stream').then((answer) => {
      hasBegun = true;
      return answer;
    }),
  );
  await api.get('/x');
  await turn();
  expect([hasBegun, counts.requests]).toEqual([false, 3]);
  await end(first.body, streams[0]);
  expect((await third).status).toBe(200);
  expect(counts.requests).toBe(4);
});

test('F56: a waiting stream that is given up makes neither connection nor request, and leaves the queue', async () => {
  const { api, counts, server } = await startApi({ maxStreams: 1 });
  const { body } = await api.request('GET', '/stream');
  const caller = new AbortController();
  const given = api.request('GET', '/stream', { signal: caller.signal }).catch((reason: unknown) => reason);
  const next = handled(api.request('GET', '/stream'));
  await api.get('/x');
  const connections = server.sockets.size;
  caller.abort('enough');
  expect(await given).toBe('enough');
  expect([server.sockets.size, counts.requests]).toEqual([connections, 2]);
  body.destroy();
  (await next).body.destroy();
  expect(counts.requests).toBe(3);
});

test('F56: a stream that ends at its deadline lets the next one begin', async () => {
  const { api } = await startApi({ maxStreams: 1 });
  const { body } = await api.request('GET', '/stream', { timeoutMs: 100 });
  body.on('error', () => {});
  expect((await api.request('GET', '/stream')).status).toBe(200);
});

test('F56: an answer that has arrived whole lets the next stream begin, even if it is not read', async () => {
  const { api, fetch, counts } = await startApi({ maxStreams: 1 });
  for (const _ of [1, 2]) {
    await api.request('HEAD', '/x');
    await api.request('GET', '/x');
    await fetch('/x');
  }
  expect(counts.requests).toBe(6);
});

const CLIENTS: [name: string, open: (api: Api) => Promise<number>][] = [
  ['api.request()', async ({ api }) => (await api.request('GET', '/stream')).status],
  ['fetch', async ({ fetch }) => (await fetch('/stream')).status],
];

test.each(CLIENTS)(
  'F56, T067: a stream of %s that is sent again makes a fresh connection within http.maxStreams',
  async (_name, open) => {
    const connections: (string | undefined)[] = [];
    const stage = await startApi({ maxStreams: 1 }, (response, { url, headers }) => {
      if (url !== '/stream') return false;
      connections.push(headers.connection);
      if (connections.length === 1) response.socket?.resetAndDestroy();
      return connections.length === 1;
    });
    expect(await open(stage)).toBe(200);
    expect(connections).toEqual(['keep-alive', 'close']);
  },
);

test.each(CLIENTS)(
  'F56: a stream of %s that is sent again with another token does not wait for its own 401',
  async (_name, open) => {
    stopClock();
    let rejections = 0;
    const stage = await startApi({ maxStreams: 1 }, (response, { url }) => {
      if (url !== '/stream' || rejections > 0) return false;
      rejections += 1;
      // More than fits: this answer holds its connection until it is destroyed.
      response.writeHead(401).write('x'.repeat(1024 * 1024));
      return true;
    });
    await stage.api.get('/x');
    // A token that was only just issued is not replaced (T074).
    passTime(2000);
    expect(await open(stage)).toBe(200);
    expect(rejections).toBe(1);
  },
);

test.each([1, 2, 5])('F56: http.maxConnections: %d is the most calls at the same time', async (maxConnections) => {
  const { api, counts } = await startApi({ maxConnections });
  await Promise.all(Array.from({ length: 20 }, () => api.get('/x')));
  expect(counts.maxRunning).toBe(maxConnections);
});

test.each([1, 2, 5])('F56: http.maxStreams: %d is the most streams at the same time', async (maxStreams) => {
  const { api, counts } = await startApi({ maxStreams });
  const read = async () => text((await api.request('GET', '/x')).body);
  await Promise.all(Array.from({ length: 20 }, read));
  expect(counts.maxRunning).toBe(maxStreams);
});

test.each([2, 100])(
  'F56: http.maxConnections: %d is the most token requests at the same time',
  async (maxConnections) => {
    const egain = await start();
    const held = holdBack(egain.issue());
    egain.token.answer = held.answer;
    const auth = egain.createAuth({ http: { timeoutMs: 240_000, maxConnections } });
    const tokens = handled(Promise.all(names(maxConnections + 10).map((name) => tokenOf(auth, name))));
    await soon(() => expect(egain.token.inFlight).toBe(maxConnections));
    egain.token.answer = egain.issue();
    held.release();
    await tokens;
    expect(egain.token.maxInFlight).toBe(maxConnections);
  },
);

test('F56: a dispatcher of the application’s own makes as many connections as it likes', async () => {
  const dispatcher = new Agent();
  const { api, counts } = await startApi({ maxConnections: 1, maxStreams: 1, dispatcher });
  const open = await Promise.all([1, 2, 3].map(() => api.request('GET', '/stream')));
  expect(counts.maxRunning).toBe(3);
  for (const { body } of open) body.destroy();

  const egain = await start();
  const held = holdBack(egain.issue());
  egain.token.answer = held.answer;
  const auth = egain.createAuth({ http: { timeoutMs: 240_000, maxConnections: 1, dispatcher } });
  const tokens = handled(Promise.all(names(3).map((name) => tokenOf(auth, name))));
  await soon(() => expect(egain.token.inFlight).toBe(3));
  held.release();
  await tokens;
  await dispatcher.close();
});

test('F56: close() ends the connections of calls and of streams', async () => {
  const { egain, api, server } = await startApi();
  await api.get('/x');
  const { body } = await api.request('GET', '/stream');
  expect(server.sockets.size).toBe(2);
  body.destroy();
  await egain.close();
  await soon(() => expect(server.sockets.size).toBe(0));
});
