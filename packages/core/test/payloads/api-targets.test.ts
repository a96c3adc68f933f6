import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Agent } from 'undici';
import type { EgainApiError, EgainAuth, EgainAuthError } from '../../src/index.ts';
import type { ApiClient } from '../../src/outbound/api-client.ts';
import { expectNoDisclosure } from '../disclosure.ts';
import { rejectionOf } from '../failure.ts';
import { type Answer, json } from '../loopback.ts';
import { CLIENT_SCOPE, issueTokens, optionsFor, stagesToClose, tokenNumber } from '../outbound/stage.ts';
import { soon } from '../soon.ts';
import { type WireServer, wiresToClose } from '../wire-server.ts';
import {
  ANSWERS,
  DOTTED_PATHS,
  ERROR_BODIES,
  KEPT_PATHS,
  NEXT_LINKS,
  POINTING_HEADERS,
  QUERIES,
  QUOTATIONS,
  REDIRECTS,
  REFUSED_PATHS,
} from './api-targets.ts';

const { serve, createAuth, closeAll } = stagesToClose();
const { serveWire, closeWires } = wiresToClose();

const TOKEN = tokenNumber(1);
const CALLER = [{ type: 'client' }, { scope: CLIENT_SCOPE }] as const;
/** Where no token and nothing else may ever come: it takes connections, and hears every byte. */
let evil: WireServer;
const published: string[] = [];
const record = (event: unknown) => void published.push(JSON.stringify(event));
const CHANNELS = ['egain-auth:http', 'egain-auth:token', 'egain-auth:warning'];

beforeEach(async () => {
  evil = await serveWire([['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}']]);
  for (const name of CHANNELS) subscribe(name, record);
});
afterEach(async () => {
  const { connections } = evil;
  for (const name of CHANNELS) unsubscribe(name, record);
  await Promise.all([closeAll(), closeWires()]);
  expect(connections).toBe(0);
  for (const event of published.splice(0)) expect(event).not.toContain(TOKEN);
});

interface Target {
  readonly egain: EgainAuth;
  readonly api: ApiClient;
  /** Puts in the hosts that only a running server has. */
  readonly fill: (text: string) => string;
  /** How many tokens were asked for. */
  readonly tokensAsked: () => number;
}

async function targetAt(origin: string): Promise<Target> {
  const tokens = await serve(issueTokens());
  const egain = createAuth(optionsFor(origin, tokens.origin));
  const { host, port } = new URL(origin);
  const names: Readonly<Record<string, string>> = {
    api: origin,
    'api-host': host,
    'api-port': port,
    evil: `http://127.0.0.1:${evil.port}`,
    'evil-host': `127.0.0.1:${evil.port}`,
    'evil-port': `${evil.port}`,
  };
  return {
    egain,
    api: egain.api(...CALLER),
    fill: (text) => text.replace(/\{([a-z-]+)\}/g, (all, name: string) => names[name] ?? all),
    tokensAsked: () => tokens.received.length,
  };
}

async function stage(answer: Answer = json({})) {
  const server = await serve(answer);
  return { server, origin: server.origin, ...(await targetAt(server.origin)) };
}

/** An error that tells nothing it should not. */
async function failureOf(call: Promise<unknown>): Promise<EgainAuthError> {
  const error = await rejectionOf(call);
  expectNoDisclosure(error, TOKEN, 'canary-secret-5f0c1e');
  expect(error.remedy).not.toBe('');
  return error;
}

const firstPage = (api: ApiClient, path: string) => api.paginate(path)[Symbol.asyncIterator]().next();
const named = <T extends { readonly name: string }>(rows: readonly T[]) => rows.map((row) => [row.name, row] as const);

describe.each(REFUSED_PATHS)('T069: $title', ({ paths }) => {
  test.each(paths)('%j', async (path) => {
    const { api, fill, server, tokensAsked } = await stage();
    const to = fill(path);
    for (const call of [api.get(to), api.post(to, { body: {} }), api.request('GET', to), firstPage(api, to)]) {
      const error = await failureOf(call);
      expect(error.code).toBe('origin_not_allowed');
      // A path of a caller's may hold what does not belong into a log.
      expect(error.message).not.toContain('evil');
    }
    expect([server.received, tokensAsked()]).toEqual([[], 0]);
  });
});

describe.each(DOTTED_PATHS)('T107: $title in a path as it was given', ({ paths }) => {
  test.each(paths)('%j is refused by every client', async (path) => {
    const { api, egain, fill, server, origin, tokensAsked } = await stage();
    const to = fill(path);
    const dispatcher = new Agent().compose(egain.interceptor(...CALLER));
    const calls = [
      ...[
        api.get(to),
        api.post(to, { body: {} }),
        api.request('GET', to),
        firstPage(api, to),
        api.get(to, { query: {} }),
      ],
      ...[egain.fetch(...CALLER)(to), egain.sdkFetcher(...CALLER)(to)],
      // undici takes a path that starts with a slash.
      ...(/^\/[^\t\n\r ]*$/.test(to) ? [dispatcher.request({ origin, path: to, method: 'GET' })] : []),
    ];
    for (const call of await Promise.allSettled(calls)) {
      const error = await failureOf(call.status === 'rejected' ? Promise.reject(call.reason) : Promise.resolve());
      expect(error.code).toBe('invalid_path');
      expect(error.message).not.toContain('x/');
    }
    expect([server.received, tokensAsked()]).toEqual([[], 0]);
    await dispatcher.close();
  });
});

test.each(KEPT_PATHS)('T069: %j stays with the API', async (path, target) => {
  const { api, fill, server } = await stage();
  await api.get(fill(path));
  expect(server.received.map(({ url, headers }) => [url, headers.host])).toEqual([
    [fill(target), new URL(server.origin).host],
  ]);
});

test.each(QUERIES)('T073: the query %j adds parameters, and nothing else', async (query, target) => {
  const { api, server } = await stage();
  await api.get('/x', { query });
  await api.get(`/x${target.slice(2)}`, { query: { more: 1 } });
  expect(server.received.map(({ url }) => url)).toEqual([target, `${target}&more=1`]);
});

describe('T070: a redirect is not followed', () => {
  test.each(named(REDIRECTS))('%s', async (_name, { status, headers }) => {
    const { api, server, fill } = await stage((response) => {
      const filled = Object.entries(headers).map(([name, value]) => [name, fill(value)] as const);
      response.writeHead(status, Object.fromEntries(filled)).end();
    });
    for (const call of [api.get('/x'), api.post('/x', { body: { a: 1 } }), api.request('GET', '/x')]) {
      const error = await failureOf(call);
      expect(error).toMatchObject({ code: 'api_error', apiStatus: status });
      expect(error.headers).toBeUndefined();
    }
    expect(server.received.map(({ url }) => url)).toEqual(['/x', '/x', '/x']);
  });
});

test.each(POINTING_HEADERS)('T070: %j of an answer leads nowhere', async (headers) => {
  const { api, server, fill } = await stage((response, request) => {
    const filled = Object.entries(headers).map(([name, value]) => [name, fill(value)]);
    json({}, 200, Object.fromEntries(filled) as Record<string, string>)(response, request);
  });
  expect(await api.get('/x')).toEqual({});
  expect(await api.get('/x')).toEqual({});
  const [first, second] = server.received;
  expect(second).toEqual(first);
});

describe('a link to the next page', () => {
  test.each(named(NEXT_LINKS))('%s', async (_name, { paginationInfo, code }) => {
    const { api, server, fill } = await stage((response, request) => {
      const page = JSON.stringify({ paginationInfo });
      json(JSON.parse(fill(page)))(response, request);
    });
    const pages: unknown[] = [];
    const reading = (async () => {
      for await (const page of api.paginate('/x')) pages.push(page);
    })();
    if (code === undefined) await reading;
    else expect((await failureOf(reading)).code).toBe(code);
    expect(pages.length).toBeLessThanOrEqual(2);
    expect(server.received.map(({ url }) => url)).toEqual(pages.map(() => '/x'));
  });
});

describe('an answer', () => {
  test.each(named(ANSWERS))('that is %s', async (_name, { steps, outcome, isEndless }) => {
    const server = await serveWire([steps]);
    const { api } = await targetAt(`http://127.0.0.1:${server.port}`);
    const call = api.post('/x', isEndless ? { timeoutMs: 150 } : {});
    if ('value' in outcome) {
      expect(await call).toEqual(outcome.value);
    } else {
      expect((await failureOf(call)).code).toBe(outcome.code);
      if (outcome.code === 'api_unavailable') await soon(() => expect(server.openConnections).toBe(0));
    }
    expect(server.requests).toBe(1);
  });

  test('T071: that is two is one: the second is nobody’s', async () => {
    const body = (text: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
    const good = body('{"for":"me"}');
    const server = await serveWire([[`${good}${body('{"for":"evil"}')}`], [good]]);
    const { api } = await targetAt(`http://127.0.0.1:${server.port}`);
    const calls = [api.get('/x'), api.get('/y'), api.post('/z')];
    expect(await Promise.all(calls)).toEqual(calls.map(() => ({ for: 'me' })));
    expect(await api.get('/x')).toEqual({ for: 'me' });
  });

  test('T071: that is longer than it says is as long as it says, and nobody gets the rest', async () => {
    const server = await serveWire([['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}{"for":"evil"}']]);
    const { api } = await targetAt(`http://127.0.0.1:${server.port}`);
    expect(await api.get('/x')).toEqual({});
    expect(await api.get('/x')).toEqual({});
    expect(server.connections).toBe(2);
  });

  test('T098: with members of a prototype changes nothing but itself', async () => {
    const text = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
    const { api } = await stage((response) => response.end(text));
    const answer = await api.get<object>('/x');
    expect(JSON.stringify(answer)).toBe(text);
    expect('polluted' in {}).toBe(false);
  });
});

describe('an error body', () => {
  test.each(Object.entries(ERROR_BODIES))('that is %s', async (_name, body) => {
    const { api } = await stage((response) => response.writeHead(400).end(body));
    for (const call of [() => api.get('/x'), () => api.request('GET', '/x')]) {
      const error = (await failureOf(call())) as EgainApiError;
      expect(error).toMatchObject({
        code: 'api_error',
        apiStatus: 400,
        status: 502,
        retryable: false,
        name: 'EgainApiError',
      });
      expect(error.message).toMatch(/^api_error: GET \/\{\.\.\.\} was answered 400( [\w-]{1,32})?$/);
      expect(error.headers).toBeUndefined();
      expect([typeof error.apiCode, typeof error.developerMessage]).toEqual([
        expect.stringMatching(/^(string|undefined)$/),
        expect.stringMatching(/^(string|undefined)$/),
      ]);
      expect(Array.isArray(error.details)).toBe(true);
      expect(JSON.stringify(error.body ?? '').length).toBeLessThan(20_000);
    }
    expect('polluted' in {}).toBe(false);
  });
});

describe('T095: an error that repeats the token', () => {
  test.each(Object.entries(QUOTATIONS))('%s', async (_name, quote) => {
    const quoted = quote(TOKEN);
    for (const members of [
      `"developerMessage":"${quoted}"`,
      `"details":[{"key":"${quoted}"}]`,
      `"${quoted}":1`,
      `"x":{"y":["${quoted}"]}`,
    ]) {
      const { api } = await stage((response) => response.writeHead(401).end(`{"code":"401-101",${members}}`));
      const error = await failureOf(api.get('/x'));
      expect(error).toMatchObject({ code: 'api_error', apiCode: '401-101' });
      expectNoDisclosure(error, TOKEN.slice(0, -1), TOKEN.slice(TOKEN.length / 2), quoted);
    }
    const { api } = await stage((response) => response.writeHead(403).end(`<html>${quoted}</html>`));
    expectNoDisclosure(await failureOf(api.request('GET', '/x')), TOKEN.slice(0, -1), quoted);
  });
});

test('the lists are as long as they have to be', () => {
  const refused = REFUSED_PATHS.flatMap(({ paths }) => paths);
  expect(new Set(refused).size).toBe(refused.length);
  expect(refused.length).toBeGreaterThanOrEqual(80);
  expect(REDIRECTS.length + POINTING_HEADERS.length + NEXT_LINKS.length).toBeGreaterThanOrEqual(80);
  expect(ANSWERS.length + Object.keys(ERROR_BODIES).length + Object.keys(QUOTATIONS).length).toBeGreaterThanOrEqual(90);
});
