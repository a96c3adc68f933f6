import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { HttpEvent } from '../../src/events.ts';
import { HttpFailure } from '../../src/http/http-failure.ts';
import { type ApiCall, callApi } from '../../src/outbound/api-call.ts';
import type { ApiClient, ApiMethod } from '../../src/outbound/api-client.ts';
import { createRetryBudget, type Outcome, retryDelayMs } from '../../src/outbound/api-retries.ts';
import { retryAfterMs } from '../../src/protocol/retry-after.ts';
import { createTokenSet } from '../../src/protocol/token-set.ts';
import { NOON, passTime, stopClock } from '../clock.ts';
import { rejectionOf } from '../failure.ts';
import { outcomeOf } from '../faults/load.ts';
import { type Answer, json } from '../loopback.ts';
import { soon } from '../soon.ts';
import { wiresToClose } from '../wire-server.ts';
import { recordHttpEvents } from './http-events.ts';
import { CLIENT_SCOPE, optionsFor, stagesToClose, tokenNumber } from './stage.ts';

const { stage, serve, createAuth, closeAll } = stagesToClose();
const { serveWire, closeWires } = wiresToClose();
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all([closeAll(), closeWires()]);
});

const HOUR = 3_600_000;
const answered = (status: number, headers: Record<string, string | string[]> = {}): Outcome => ({
  answer: { status, headers },
});
const failed = (kind: HttpFailure['kind']): Outcome => ({ failure: new HttpFailure(kind, 'x') });

/** Waits as long as they can be, or not at all. */
const chance = (value: number) => jest.spyOn(Math, 'random').mockReturnValue(value);

/** Answers one after the other; the last one goes on. */
function inTurn(...answers: readonly Answer[]): Answer {
  let count = 0;
  return (response, request) => answers[Math.min(count++, answers.length - 1)]?.(response, request);
}

describe('T072: what is sent again', () => {
  test.each(['GET', 'HEAD'])('is %s', (method) => {
    for (const outcome of [answered(429), answered(503), failed('network')]) {
      expect(retryDelayMs(method, outcome, 1)).toBeGreaterThanOrEqual(0);
    }
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'get'])('is not %s, whatever became of it', (method) => {
    const outcomes = [answered(429, { 'retry-after': '0' }), answered(503), failed('network')];
    expect(outcomes.map((outcome) => retryDelayMs(method, outcome, 0))).toEqual([undefined, undefined, undefined]);
  });

  test.each([429, 500, 502, 503, 504, 507, 599])('is what is answered %i', (status) => {
    expect(retryDelayMs('GET', answered(status), 0)).toBeGreaterThanOrEqual(0);
  });

  test.each([200, 201, 204, 206, 301, 304, 307, 400, 401, 403, 404, 408, 409, 412, 425, 428, 430, 499])(
    'is not what is answered %i, not even where it says when',
    (status) => {
      expect(retryDelayMs('GET', answered(status, { 'retry-after': '0' }), 0)).toBeUndefined();
    },
  );

  test.each<HttpFailure['kind']>(['timeout', 'too-large', 'encoded'])('is not what failed as %s', (kind) => {
    expect(retryDelayMs('GET', failed(kind), 0)).toBeUndefined();
  });
});

describe('the wait', () => {
  test('doubles, up to what chance says', () => {
    chance(1);
    expect([0, 1, 2, 3].map((retry) => retryDelayMs('GET', answered(503), retry))).toEqual([100, 200, 400, 800]);
    chance(0);
    expect([0, 1, 2].map((retry) => retryDelayMs('GET', answered(503), retry))).toEqual([0, 0, 0]);
  });

  test('is none for the first lost connection, and for others as long as for answers', () => {
    chance(1);
    expect([0, 1, 2].map((retry) => retryDelayMs('GET', failed('network'), retry))).toEqual([0, 200, 400]);
  });

  test('is no shorter than eGain says, nor than the back-off', () => {
    chance(1);
    expect(retryDelayMs('GET', answered(429, { 'retry-after': '7' }), 0)).toBe(7000);
    expect(retryDelayMs('GET', answered(503, { 'retry-after': '0' }), 0)).toBe(100);
  });

  const RFC = 'Mon, 15 Jun 2026 13:00:00 GMT';
  const DATE = 'Mon, 15 Jun 2026 12:00:00 GMT';
  const WAITS: [name: string, headers: Record<string, string | string[]>, waitMs: number | undefined][] = [
    ['Retry-After in seconds', { 'retry-after': '120' }, 120_000],
    ['no seconds', { 'retry-after': '0' }, 0],
    ['many seconds', { 'retry-after': '999999999' }, 999_999_999_000],
    ['Retry-After as a date', { 'retry-after': RFC }, HOUR],
    ['a date, by eGain’s own clock', { 'retry-after': RFC, date: 'Mon, 15 Jun 2026 12:59:00 GMT' }, 60_000],
    ['a date that is over', { 'retry-after': 'Mon, 15 Jun 2026 11:00:00 GMT' }, 0],
    ['X-RateLimit-Reset in UTC', { 'x-ratelimit-reset': '2026-06-15T13:00:00Z' }, HOUR],
    ['the same without a zone', { 'x-ratelimit-reset': '2026-06-15T13:00:00' }, HOUR],
    ['the same with a space', { 'x-ratelimit-reset': '2026-06-15 13:00:00' }, HOUR],
    ['the same of another zone', { 'x-ratelimit-reset': '2026-06-15T15:00:00+02:00' }, HOUR],
    ['the same with its milliseconds', { 'x-ratelimit-reset': '2026-06-15T12:00:00.250Z' }, 250],
    ['the same by eGain’s own clock', { 'x-ratelimit-reset': '2026-06-15T12:00:01Z', date: DATE }, 1000],
    ['both: Retry-After', { 'retry-after': '5', 'x-ratelimit-reset': '2026-06-15T13:00:00Z' }, 5000],
    ['a Retry-After of no sense beside', { 'retry-after': 'soon', 'x-ratelimit-reset': '2026-06-15T13:00:00Z' }, HOUR],
    ['two of them', { 'retry-after': ['1', '2'] }, undefined],
    ['a negative number', { 'retry-after': '-1' }, undefined],
    ['a fraction', { 'retry-after': '1.5' }, undefined],
    ['more digits than anybody waits', { 'retry-after': '9999999999' }, 999_999_999_000],
    ['words', { 'retry-after': 'Infinity' }, undefined],
    ['a number as a reset', { 'x-ratelimit-reset': '1781524800' }, undefined],
    ['a date that is none', { 'retry-after': '2026-99-99T99:99:99Z' }, undefined],
    ['nothing', {}, undefined],
  ];
  test.each(WAITS)('is what it says in %s', (_name, headers, waitMs) => {
    stopClock();
    expect(Date.now()).toBe(NOON);
    expect(retryAfterMs({ headers })).toBe(waitMs);
  });

  test('is kept: nothing is sent before it is over', async () => {
    chance(0);
    const moments: number[] = [];
    const tooMany: Answer = (response, request) => {
      moments.push(performance.now());
      const headers = { date: 'Mon, 15 Jun 2026 12:00:00 GMT', 'x-ratelimit-reset': '2026-06-15T12:00:00.080Z' };
      json({}, 429, headers)(response, request);
    };
    const { api } = await stage(
      inTurn(tooMany, (response, request) => {
        moments.push(performance.now());
        json({ at: 'last' })(response, request);
      }),
    );
    expect(await api.get('/x')).toEqual({ at: 'last' });
    const [first = 0, second = 0] = moments;
    // Timers of Node's may be a millisecond early.
    expect(second - first).toBeGreaterThanOrEqual(79);
  });

  test.each<[header: string, headers: Record<string, string>, waitMs: number]>([
    ['Retry-After', { 'retry-after': '3600' }, HOUR],
    ['a Retry-After just past the deadline', { 'retry-after': '10' }, 10_000],
    ['X-RateLimit-Reset', { 'x-ratelimit-reset': '2026-06-15T13:00:00Z', date: 'Mon, 15 Jun 2026 12:00:00 GMT' }, HOUR],
  ])('that the deadline does not leave is not begun: %s is told at once', async (_header, headers, waitMs) => {
    for (const status of [429, 503]) {
      const { api, server } = await stage(json({ code: 'x' }, status, headers));
      const error = await rejectionOf(api.get('/x', { timeoutMs: 10_000 }));
      expect(error).toMatchObject({ code: 'api_error', apiStatus: status, retryAfterMs: waitMs });
      expect(server.received).toHaveLength(1);
    }
  });

  test('is told to who may not have it sent again', async () => {
    const { api, server } = await stage(json({}, 429, { 'retry-after': '1' }));
    expect(await rejectionOf(api.post('/x'))).toMatchObject({ apiStatus: 429, retryAfterMs: 1000 });
    expect(server.received).toHaveLength(1);
  });

  test('ends with the reason of the signal, and nothing is sent', async () => {
    const { api, server } = await stage(json({}, 429, { 'retry-after': '60' }));
    const caller = new AbortController();
    const outcome = expect(api.get('/x', { signal: caller.signal, timeoutMs: 100_000 })).rejects.toBe('enough');
    await soon(() => expect(server.received).toHaveLength(1));
    caller.abort('enough');
    await outcome;
    expect(server.received).toHaveLength(1);
  });
});

describe('a call', () => {
  test.each<[name: string, send: (api: ApiClient) => Promise<unknown>]>([
    ['GET', (api) => api.get('/x')],
    ['GET as a stream', (api) => api.request('GET', '/x')],
    ['HEAD', (api) => api.request('HEAD', '/x')],
    ['a page', (api) => api.paginate('/x')[Symbol.asyncIterator]().next()],
  ])('of %s that fails twice is had at the third try, with the same request', async (_name, send) => {
    chance(0);
    const { api, server, tokens } = await stage(inTurn(json({}, 503), json({}, 500), json({ at: 'last' })));
    await send(api);
    const [first, ...others] = server.received;
    expect(others).toEqual([first, first]);
    expect(tokens.received).toHaveLength(1);
  });

  test.each([
    [0, 1],
    [1, 2],
    [2, 3],
    [5, 6],
    [-1, 1],
    [Number.NaN, 1],
  ])('that may be sent %p times again is sent %i times', async (retries, sent) => {
    chance(0);
    const { api, server } = await stage(json({ code: '500-1' }, 503));
    expect(await rejectionOf(api.get('/x', { retries }))).toMatchObject({ apiStatus: 503, apiCode: '500-1' });
    expect(server.received).toHaveLength(sent);
  });

  test('is not sent again where it changes something, however often it may be', async () => {
    const { api, server } = await stage(json({}, 500));
    const methods: ApiMethod[] = ['POST', 'PUT', 'PATCH', 'DELETE'];
    const outcome = await outcomeOf(methods.map((method) => api.request(method, '/x', { retries: 9 })));
    expect(outcome.codes).toEqual({ api_error: 4 });
    expect(server.received).toHaveLength(4);
  });

  test('that cannot even connect is tried three times', async () => {
    const gone = await serve(json({}));
    await gone.close();
    const tokens = await serve(json({ access_token: tokenNumber(1), expires_in: 3600 }));
    const api = createAuth(optionsFor(gone.origin, tokens.origin)).api({ type: 'client' }, { scope: CLIENT_SCOPE });
    const events = recordHttpEvents();
    const error = await rejectionOf(api.get('/x'));
    expect([error.code, error.message]).toEqual(['api_unavailable', expect.stringContaining('ECONNREFUSED')]);
    await rejectionOf(api.post('/x'));
    expect(events.stop().map(({ method, failure, resend }: HttpEvent) => [method, failure, resend])).toEqual([
      ['GET', 'network', 0],
      ['GET', 'network', 1],
      ['GET', 'network', 2],
      ['POST', 'network', 0],
    ]);
  });

  test('F41: whose connection is lost goes on over another one, that was never used', async () => {
    const good = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';
    const server = await serveWire([[good], ['RESET'], [good]]);
    const tokens = await serve(json({ access_token: tokenNumber(1), expires_in: 3600 }));
    const api = createAuth(optionsFor(`http://127.0.0.1:${server.port}`, tokens.origin)).api(
      { type: 'client' },
      { scope: CLIENT_SCOPE },
    );
    await api.get('/x');
    await new Promise((resolve) => setImmediate(resolve));
    await api.get('/x');
    expect([server.connections, server.requests]).toEqual([2, 3]);
    expect(server.received.map((bytes) => /^connection: (.*)\r$/m.exec(bytes.toString())?.[1])).toEqual([
      'keep-alive',
      'close',
    ]);
  });

  test('that is answered 401 and then fails is tried with the new token', async () => {
    chance(0);
    stopClock();
    const { egain, api, server } = await stage(
      inTurn(json({}, 401), json({}, 503), json({}, 503), json({ at: 'last' })),
    );
    await egain.clientCredentials({ scope: CLIENT_SCOPE });
    passTime(2000);
    expect(await api.get('/x')).toEqual({ at: 'last' });
    expect(server.received.map(({ headers }) => headers.authorization?.at(-1))).toEqual(['1', '2', '2', '2']);
  });
});

describe('the budget', () => {
  test('is ten in a row, and then one in ten', () => {
    const budget = createRetryBudget();
    const spent = (times: number) => Array.from({ length: times }, () => budget.spend()).filter(Boolean).length;
    expect(spent(20)).toBe(10);
    for (let call = 0; call < 105; call += 1) budget.earn();
    expect(spent(20)).toBe(10);
    for (let call = 0; call < 25; call += 1) budget.earn();
    expect(spent(20)).toBe(2);
    for (let call = 0; call < 10_000; call += 1) budget.earn();
    expect(spent(20)).toBe(10);
  });

  test('F40: a hundred callers of an API that is down ask it 120 times, not 300', async () => {
    chance(0);
    const { api, egain, server } = await stage(json({}, 503));
    const others = egain.api({ type: 'anonymous-customer' }, { scope: ['core.aiservices.read'] });
    const calls = Array.from({ length: 50 }, () => [api.get('/x'), others.get('/x')]).flat();
    expect((await outcomeOf(calls)).codes).toEqual({ api_error: 100 });
    expect(server.received.length).toBeGreaterThan(100);
    expect(server.received.length).toBeLessThanOrEqual(120);
    // And on and on.
    server.received.length = 0;
    await outcomeOf(Array.from({ length: 100 }, () => api.get('/x')));
    expect(server.received.length).toBeLessThanOrEqual(111);
  });

  test('is earned again by calls that need none', async () => {
    chance(0);
    let isDown = true;
    const { api, server } = await stage((response, request) => json({}, isDown ? 503 : 200)(response, request));
    await outcomeOf(Array.from({ length: 30 }, () => api.get('/x')));
    isDown = false;
    for (let round = 0; round < 10; round += 1) await Promise.all(Array.from({ length: 12 }, () => api.get('/x')));
    isDown = true;
    server.received.length = 0;
    await rejectionOf(api.get('/x'));
    expect(server.received).toHaveLength(3);
  });

  test('is not spent by calls that may not be sent again', async () => {
    chance(0);
    const { api, server } = await stage(json({}, 503));
    await outcomeOf(Array.from({ length: 50 }, () => api.post('/x')));
    server.received.length = 0;
    await rejectionOf(api.get('/x'));
    expect(server.received).toHaveLength(3);
  });
});

describe('the deadline is for everything', () => {
  const NEVER: Answer = () => {};

  async function withTokensOf(answer: Answer, apiAnswer: Answer) {
    const tokens = await serve(answer);
    const server = await serve(apiAnswer);
    const egain = createAuth(optionsFor(server.origin, tokens.origin));
    return { egain, tokens, server, api: egain.api({ type: 'client' }, { scope: CLIENT_SCOPE }) };
  }

  test('the token too: a token endpoint that does not answer is not waited for', async () => {
    const { api, server, tokens } = await withTokensOf(NEVER, json({}));
    const error = await rejectionOf(api.get('/x', { timeoutMs: 100 }));
    expect([error.code, error.message]).toEqual([
      'api_unavailable',
      expect.stringContaining('no answer within 100 ms'),
    ]);
    expect([tokens.received.length, server.received.length]).toEqual([1, 0]);
  });

  test('whoever else waits for that token has it all the same', async () => {
    let release = () => {};
    const { egain, api, tokens, server } = await withTokensOf((response, request) => {
      release = () => json({ access_token: tokenNumber(1), expires_in: 3600 })(response, request);
    }, json({}));
    const patient = egain.clientCredentials({ scope: CLIENT_SCOPE });
    expect((await rejectionOf(api.get('/x', { timeoutMs: 50 }))).code).toBe('api_unavailable');
    release();
    expect((await patient).accessToken).toBe(tokenNumber(1));
    await api.get('/x');
    expect([tokens.received.length, server.received.length]).toEqual([1, 1]);
  });

  test('a renewal too', async () => {
    stopClock();
    let issued = 0;
    const { egain, api, server } = await withTokensOf(
      (response, request) => {
        issued += 1;
        if (issued === 1) json({ access_token: tokenNumber(1), expires_in: 3600 })(response, request);
      },
      json({ code: '401-101' }, 401),
    );
    await egain.clientCredentials({ scope: CLIENT_SCOPE });
    passTime(2000);
    expect((await rejectionOf(api.get('/x', { timeoutMs: 100 }))).code).toBe('api_unavailable');
    expect([issued, server.received.length]).toEqual([2, 1]);
  });

  test('an answer that does not come is one try', async () => {
    const { api, server } = await stage(NEVER);
    expect((await rejectionOf(api.get('/x', { timeoutMs: 100 }))).code).toBe('api_unavailable');
    expect(server.received).toHaveLength(1);
  });

  test('each try has what is left: after the token, the tries before and their waits', async () => {
    chance(0);
    const limits: number[] = [];
    const call: ApiCall = {
      ...{ method: 'GET', url: new URL('http://127.0.0.1/x'), operation: undefined, headers: {}, body: undefined },
      ...{ isReplayable: true, timeoutMs: 10_000, retries: 2, signal: undefined, maxBodyBytes: 1 },
    };
    const tokens = createTokenSet({ accessToken: 'a', expiresAt: 1, scope: [], source: 'issuer' });
    await callApi(
      {
        caller: {
          identify: () => ({ actors: ['client'], getToken: () => sleep(30).then(() => tokens) }),
        },
        budget: createRetryBudget(),
        transport: async ({ timeoutMs = 0 }) => {
          limits.push(timeoutMs);
          await sleep(30);
          return { status: 503, headers: {} };
        },
      },
      call,
    );
    // Timers of Node's may be a millisecond early.
    const most = [10_000 - 29, 10_000 - 58, 10_000 - 87];
    expect(limits).toHaveLength(3);
    for (const [index, limit] of limits.entries()) expect(limit).toBeLessThanOrEqual(most[index] ?? 0);
  });
});
