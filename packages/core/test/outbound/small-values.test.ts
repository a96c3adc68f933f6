import { Readable } from 'node:stream';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Agent, request } from 'undici';
import { EgainApiError, EgainAuthError } from '../../src/index.ts';
import { type Answer, serversToClose } from '../loopback.ts';
import { soon } from '../soon.ts';
import { CLIENT, SCOPE, stagesToClose } from './api-stage.ts';

const { stage, closeAll } = stagesToClose();
const { serve, closeAll: closeServers } = serversToClose();
afterEach(async () => {
  await Promise.all([closeAll(), closeServers()]);
});

describe('F82: null', () => {
  test('in a query is left out, like undefined', async () => {
    const { egain, api } = await stage();
    const client = egain.api(CLIENT, SCOPE);
    await client.get('/x', { query: { a: null, b: undefined, c: 0, d: false, e: '' } });
    await client.get('/x?y=1', { query: { a: null } });
    expect(api.received.map(({ url }) => url)).toEqual(['/x?c=0&d=false&e=', '/x?y=1']);
  });

  test.each(['Authorization', 'x-own', 'Content-Type', 'accept-language'])(
    'or undefined as the header %s is left out',
    async (name) => {
      const { egain, api } = await stage();
      const client = egain.api(CLIENT, SCOPE);
      await client.post('/x', { body: { a: 1 } });
      for (const value of [null, undefined]) await client.post('/x', { body: { a: 1 }, headers: { [name]: value } });
      const [plain, ...others] = api.received.map(({ headers }) => headers);
      expect(others).toEqual([plain, plain]);
    },
  );

  test.each<[name: string, value: unknown]>([
    ['an object', {}],
    ['a list', ['a']],
    ['a Promise', Promise.resolve('a')],
    ['a function', () => 'a'],
    ['a symbol', Symbol('a')],
  ])('is the only value that is not sent: %s in a query or a header is a TypeError', async (_name, value) => {
    const { egain, api } = await stage();
    const client = egain.api(CLIENT, SCOPE);
    await expect(client.get('/x', { query: { a: value as string } })).rejects.toThrow(TypeError);
    await expect(client.get('/x', { headers: { 'x-own': value as string } })).rejects.toThrow(TypeError);
    expect(api.received).toEqual([]);
  });
});

const REASONS: readonly (readonly [name: string, reason: unknown])[] = [
  ['0', 0],
  ['an empty string', ''],
  ['null', null],
  ['false', false],
  ['NaN', Number.NaN],
  ['0n', 0n],
];

/** What ends a promise, whatever it is. */
const outcomeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no rejection',
    (reason: unknown) => reason,
  );

describe.each(REASONS)('F82: a call that is aborted with %s', (_name, reason) => {
  test('before it begins rejects with that', async () => {
    const { egain, api, tokens } = await stage();
    const signal = AbortSignal.abort(reason);
    const client = egain.api(CLIENT, SCOPE);
    for (const call of [
      client.get('/x', { signal }),
      client.request('GET', '/x', { signal }),
      egain.fetch(CLIENT, SCOPE)('/x', { signal }),
      egain.getToken(CLIENT, { ...SCOPE, signal }),
    ]) {
      expect(await outcomeOf(call)).toBe(reason);
    }
    expect([api.received, tokens.received]).toEqual([[], []]);
  });

  test('while a token is waited for rejects with that', async () => {
    const slow = await serve(() => {});
    const { egain } = await stage(undefined, { endpoints: { client: { tokenUrl: slow.origin } } });
    const stop = new AbortController();
    const calls = [
      egain.api(CLIENT, SCOPE).get('/x', { signal: stop.signal }),
      egain.getToken(CLIENT, { ...SCOPE, signal: stop.signal }),
    ].map(outcomeOf);
    await soon(() => expect(slow.received).toHaveLength(1));
    stop.abort(reason);
    expect(await Promise.all(calls)).toEqual([reason, reason]);
  });

  test('while an answer is waited for, or another try, rejects with that', async () => {
    const { egain, api } = await stage((response, { url }) => {
      if (url === '/again') response.writeHead(503, { 'retry-after': '5' }).end();
    });
    const stop = new AbortController();
    const client = egain.api(CLIENT, SCOPE);
    const calls = ['/hang', '/again'].map((path) => outcomeOf(client.get(path, { signal: stop.signal })));
    await soon(() => expect(api.received).toHaveLength(2));
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort(reason);
    expect(await Promise.all(calls)).toEqual([reason, reason]);
  });

  const half: Answer = (response) => void response.writeHead(200, { 'content-length': '10' }).write('abc');

  test('while its answer streams ends the stream with an error', async () => {
    const { egain } = await stage(half);
    const stop = new AbortController();
    const { body } = await egain.api(CLIENT, SCOPE).request('GET', '/x', { signal: stop.signal });
    const ended = new Promise((resolve) =>
      body
        .on('error', resolve)
        .on('end', () => resolve('end'))
        .resume(),
    );
    stop.abort(reason);
    expect(await ended).toMatchObject({ name: 'AbortError' });
  });

  test('while a Response is read ends the reading with an error', async () => {
    const { egain } = await stage(half);
    const stop = new AbortController();
    const response = await egain.fetch(CLIENT, SCOPE)('/x', { signal: stop.signal });
    const text = outcomeOf(response.text());
    stop.abort(reason);
    expect(await text).toMatchObject({ name: 'AbortError' });
  });

  test('and has a stream as its body destroys that', async () => {
    const { egain } = await stage(() => {});
    const stop = new AbortController();
    const body = new Readable({ read() {} });
    const call = outcomeOf(egain.api(CLIENT, SCOPE).post('/x', { body, signal: stop.signal }));
    stop.abort(reason);
    expect(await call).toBe(reason);
    await soon(() => expect(body.destroyed).toBe(true));
  });

  test('through the interceptor is over, and nothing more is sent', async () => {
    const slow = await serve(() => {});
    const { egain, api } = await stage(undefined, { endpoints: { client: { tokenUrl: slow.origin } } });
    const agent = new Agent();
    const stop = new AbortController();
    const dispatcher = agent.compose(egain.interceptor(CLIENT, SCOPE));
    const call = outcomeOf(request(`${api.origin}/x`, { dispatcher, signal: stop.signal }));
    await soon(() => expect(slow.received).toHaveLength(1));
    stop.abort(reason);
    expect(await call).not.toBe('no rejection');
    await agent.destroy();
    expect(api.received).toEqual([]);
  });
});

describe('F82: a byte order mark', () => {
  const raw =
    (text: string, status = 200): Answer =>
    (response) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);

  test('before JSON is skipped', async () => {
    const { egain } = await stage(raw('\ufeff{"a":"\ufeffb"}'));
    expect(await egain.api(CLIENT, SCOPE).get('/x')).toEqual({ a: '\ufeffb' });
    expect(await (await egain.fetch(CLIENT, SCOPE)('/x')).json()).toEqual({ a: '\ufeffb' });
  });

  test('alone is an empty answer', async () => {
    const { egain } = await stage(raw('\ufeff'));
    expect(await egain.api(CLIENT, SCOPE).get('/x')).toBeUndefined();
  });

  test('before the JSON of an error is skipped', async () => {
    const { egain } = await stage(raw('\ufeff{"code":"403-112"}', 403));
    const error: unknown = await egain
      .api(CLIENT, SCOPE)
      .get('/x')
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EgainApiError);
    expect(error).toMatchObject({ apiCode: '403-112', body: { code: '403-112' } });
  });

  test('before the refusal of a token request is skipped', async () => {
    const tokens = await serve(raw('\ufeff{"error":"invalid_scope"}', 400));
    const { egain } = await stage(undefined, { endpoints: { client: { tokenUrl: tokens.origin } } });
    const error: unknown = await egain.clientCredentials(SCOPE).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EgainAuthError);
    expect(error).toMatchObject({ oauthError: 'invalid_scope' });
  });
});
