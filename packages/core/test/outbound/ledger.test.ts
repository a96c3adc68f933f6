import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { createEgainAuth, customer, type EgainAuth, type EgainAuthOptions, nodeReply, user } from '../../src/index.ts';
import { type LedgerEntry, serverTiming } from '../../src/outbound/ledger.ts';
import type { AdapterContext } from '../../src/outbound/request-context.ts';
import { passTime, stopClock } from '../clock.ts';
import { rejectionOf } from '../failure.ts';
import { type Answer, json } from '../loopback.ts';
import { recordHttpEvents } from './http-events.ts';
import { CLIENT_SCOPE, optionsFor, stagesToClose } from './stage.ts';

const { stage, serveRaw, closeAll } = stagesToClose();
afterEach(async () => {
  jest.restoreAllMocks();
  await closeAll();
});

const ARTICLE = '/knowledge/portalmgr/v4/portals/PROD-1/articles/PROD-2';
const TEMPLATE = '/knowledge/portalmgr/v4/portals/{portalID}/articles/{articleID}';
const PAT = { type: 'on-behalf-of', subject: customer({ email: 'canary-pat@example.com' }) } as const;

/** One answer after the other; the last one goes on. */
function inTurn(...answers: readonly Answer[]): Answer {
  let count = 0;
  return (response, request) => answers[Math.min(count++, answers.length - 1)]?.(response, request);
}

/** A context as an adapter has it, for a request of nobody's. */
const contextOf = (egain: EgainAuth): Promise<AdapterContext> =>
  egain.authenticate(
    { method: 'GET', url: '/', headers: {} },
    { headersSent: false, appendHeader: () => {}, send: () => {} },
  );

const MOMENT = expect.any(Number);
const TIMES = { startedAt: MOMENT, durationMs: MOMENT, tokenMs: MOMENT };

describe('the ledger of a request', () => {
  test('has one entry for each call, however it ended', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    const { egain } = await stage(
      inTurn(json({}), json({}, 503), json({}), json({ code: '403-112' }, 403), (response) =>
        response.socket?.destroy(),
      ),
    );
    const context = await contextOf(egain);
    await context.apiAs(PAT).get(ARTICLE, { query: { q: 'canary-query' } });
    await context.apiAs(PAT).get(ARTICLE);
    await rejectionOf(context.apiAs(PAT).put(`${ARTICLE}/ratings`, { body: { rating: 'canary-body' } }));
    await rejectionOf(context.apiAs({ type: 'client' }, { scope: CLIENT_SCOPE }).post('/no/such/path'));
    await rejectionOf(context.apiAs({ type: 'client' }, { scope: CLIENT_SCOPE }).get(ARTICLE as string));
    await rejectionOf(context.apiAs(['user']).get(ARTICLE));

    const read = { scope: ['knowledge.portalmgr.onbehalfof.read'], actor: 'on-behalf-of-customer', ...TIMES };
    const article = { method: 'GET', path: TEMPLATE, operationId: 'getArticleById' };
    expect(context.ledger).toEqual([
      { ...article, ...read, tokenSource: 'issuer', status: 200, retries: 0 },
      { ...article, ...read, tokenSource: 'memory', status: 200, retries: 1 },
      {
        ...read,
        ...{ method: 'PUT', path: `${TEMPLATE}/ratings`, operationId: 'rateArticle' },
        ...{ scope: ['knowledge.portalmgr.onbehalfof.manage'], tokenSource: 'issuer', status: 403, retries: 0 },
      },
      {
        ...{
          method: 'POST',
          path: '/{...}/{...}/{...}',
          actor: 'client',
          scope: [...CLIENT_SCOPE],
          tokenSource: 'issuer',
        },
        ...{ retries: 0, code: 'api_unavailable', ...TIMES },
      },
      { ...article, scope: [], retries: 0, code: 'actor_not_allowed', ...TIMES },
      { ...article, scope: [], retries: 0, code: 'login_required', ...TIMES },
    ]);
    const text = JSON.stringify(context.ledger);
    for (const canary of ['canary', 'pat@', 'PROD-']) expect(text).not.toContain(canary);
    for (const { durationMs, tokenMs } of context.ledger) expect(durationMs).toBeGreaterThanOrEqual(tokenMs);
  });

  test('knows nothing of a path that is not even called', async () => {
    const { egain } = await stage(json({}));
    const context = await contextOf(egain);
    await rejectionOf(context.apiAs(PAT).get('https://evil.example/x'));
    expect(context.ledger).toEqual([]);
  });

  test('counts the wait for tokens, and where they came from, also of a renewal', async () => {
    stopClock();
    const { egain } = await stage(inTurn(json({}), json({}, 401), json({})));
    const context = await contextOf(egain);
    await context.apiAs(PAT).get(ARTICLE);
    passTime(2000);
    await context.apiAs(PAT).get(ARTICLE);
    const [first, second] = context.ledger;
    expect(first?.tokenMs).toBeGreaterThan(0);
    expect(second).toMatchObject({ tokenSource: 'issuer', status: 200, retries: 1 });
    expect(second?.tokenMs).toBeGreaterThan(0);
    await context.apiAs(PAT).get(ARTICLE);
    expect(context.ledger[2]).toMatchObject({ tokenSource: 'memory', tokenMs: 0 });
  });

  test('has one entry for a stream when its head is there, and one for each page', async () => {
    const page = {
      paginationInfo: { link: [{ rel: 'next', href: '/knowledge/portalmgr/v4/portals/PROD-1/articles?p=2' }] },
    };
    const { egain } = await stage(inTurn(json({}), json(page), json({})));
    const context = await contextOf(egain);
    const { body } = await context.apiAs(PAT).request('GET', ARTICLE);
    expect(context.ledger).toHaveLength(1);
    body.resume();
    for await (const _ of context.apiAs(PAT).paginate('/knowledge/portalmgr/v4/portals/PROD-1/articles'));
    expect(context.ledger.map(({ operationId }) => operationId)).toEqual([
      ...['getArticleById', 'getArticlesInTopic', 'getArticlesInTopic'],
    ]);
  });

  test('is one for all actors of a request, and another for another request', async () => {
    const { egain } = await stage(json({}));
    const [one, other] = [await contextOf(egain), await contextOf(egain)];
    await one.withActor(PAT).api.get(ARTICLE);
    await one.apiAs(['anonymous-customer']).get(ARTICLE);
    await egain.api(PAT).get(ARTICLE);
    expect(one.ledger.map(({ actor }) => actor)).toEqual(['on-behalf-of-customer', 'anonymous-customer']);
    expect(one.withActor(PAT).ledger).toBe(one.ledger);
    expect(other.ledger).toEqual([]);
  });

  test('has a thousand entries at most', async () => {
    const { egain } = await stage(json({}));
    const context = await contextOf(egain);
    // Refused before anything is sent.
    const call = () =>
      context
        .apiAs({ type: 'client' })
        .get(ARTICLE as never)
        .catch(() => {});
    for (let count = 0; count < 1010; count += 1) await call();
    expect(context.ledger).toHaveLength(1000);
  });
});

describe('Server-Timing', () => {
  /** An application whose handler calls eGain, and then answers. */
  async function applicationWith(
    options: Partial<EgainAuthOptions>,
    handle: (context: AdapterContext, response: ServerResponse) => Promise<void>,
  ) {
    const { egain } = await stage(json({}), options);
    const failures: unknown[] = [];
    const { origin } = await serveRaw((request: IncomingMessage, response) => {
      void egain
        .authenticate(request, nodeReply(response))
        .then((context) => handle(context, response))
        .catch((error: unknown) => failures.push(error))
        .finally(() => response.end());
    });
    const ask = async () => {
      const answer = await fetch(origin);
      // Until the handler is done.
      await answer.text();
      return answer.headers.get('server-timing');
    };
    return { ask, failures };
  }

  test('tells of each call how long it took, and no more than eGain’s own name of it', async () => {
    const { ask, failures } = await applicationWith({ serverTiming: true }, async (context) => {
      await context.apiAs(PAT).get(ARTICLE, { query: { q: 'canary' } });
      await context.apiAs({ type: 'client' }, { scope: CLIENT_SCOPE }).get('/canary/path');
      await context
        .apiAs({ type: 'client' })
        .get(ARTICLE as never)
        .catch(() => {});
    });
    const entry = (name: string) => `egain;dur=\\d+\\.\\d;desc="${name}"`;
    expect(await ask()).toMatch(
      new RegExp(`^${entry('getArticleById')}, ${entry('GET')}, ${entry('getArticleById')}$`),
    );
    expect(failures).toEqual([]);
  });

  test('is left alone where it is the application’s own: ours stands beside it', async () => {
    const { ask } = await applicationWith({ serverTiming: true }, async (context, response) => {
      response.setHeader('server-timing', 'db;dur=1');
      await context.apiAs(PAT).get(ARTICLE);
    });
    expect(await ask()).toMatch(/^db;dur=1, egain;dur=/);
  });

  test.each([{}, { serverTiming: false }])('is not there with %j', async (options) => {
    const { ask } = await applicationWith(options, async (context) => void (await context.apiAs(PAT).get(ARTICLE)));
    expect(await ask()).toBeNull();
  });

  test('tells nothing after the headers were sent, and nothing fails for it', async () => {
    const { ask, failures } = await applicationWith({ serverTiming: true }, async (context, response) => {
      response.write('early');
      await context.apiAs(PAT).get(ARTICLE);
    });
    expect(await ask()).toBeNull();
    expect(failures).toEqual([]);
  });

  test('is a duration and a name', () => {
    const entry = {
      method: 'GET',
      path: '/canary',
      scope: [],
      startedAt: 0,
      durationMs: 12.345,
      tokenMs: 0,
      retries: 0,
    };
    expect(serverTiming(entry satisfies LedgerEntry)).toBe('egain;dur=12.3;desc="GET"');
    expect(serverTiming({ ...entry, operationId: 'getArticleById' })).toBe('egain;dur=12.3;desc="getArticleById"');
  });

  test.each([null, 'yes', 1])('cannot be asked for as %j', (value) => {
    const options = optionsFor('http://127.0.0.1:1', 'http://127.0.0.1:1');
    expect(() => createEgainAuth({ ...options, serverTiming: value as unknown as boolean })).toThrow('serverTiming');
  });
});

describe('an event of egain-auth:http', () => {
  test('is told for each try, with what is known of it', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    stopClock();
    const { egain, server } = await stage(
      inTurn(json({}, 401), json({}, 503), (response) => response.socket?.destroy(), json({ 'canary-answer': 1 })),
    );
    const events = recordHttpEvents();
    const subject = user({ username: 'canary-sam' });
    await egain.onBehalfOf(subject, { scope: ['knowledge.portalmgr.onbehalfof.read'] });
    passTime(2000);
    const api = egain.api({ type: 'on-behalf-of', subject });
    await api.get(ARTICLE, { query: { q: 'canary' }, headers: { 'x-canary': 'canary' } });
    const told = events.stop();
    const same = { method: 'GET', origin: server.origin, path: TEMPLATE, actor: 'on-behalf-of-user' };
    const times = { startedAt: MOMENT, durationMs: MOMENT };
    expect(told).toEqual([
      { ...same, ...times, status: 401, resend: 0 },
      { ...same, ...times, status: 503, resend: 1 },
      { ...same, ...times, failure: 'network', resend: 2 },
      { ...same, ...times, status: 200, resend: 3 },
    ]);
    for (const canary of ['canary', 'PROD-']) expect(JSON.stringify(told)).not.toContain(canary);
  });

  test('has no path where that is unknown, and no actor where only eGain knows', async () => {
    const { egain } = await stage(json({}));
    const events = recordHttpEvents();
    const exchanged = { type: 'exchanged', registrationId: 'sso-1', subjectToken: () => 'a.b.c' } as const;
    await egain.api(exchanged).get('/canary/path' as string);
    const [event] = events.stop();
    expect(Object.keys(event ?? {}).sort()).toEqual(
      ['durationMs', 'method', 'origin', 'resend', 'startedAt', 'status'].sort(),
    );
  });

  test('is one for a stream, when its head is there', async () => {
    const { api } = await stage((response) => response.write('x'));
    const events = recordHttpEvents();
    const { body } = await api.request('GET', '/x');
    expect(events.stop()).toMatchObject([{ status: 200 }]);
    body.destroy();
  });

  test.each<[name: string, answer: Answer, failure: string]>([
    ['that does not come in time', () => {}, 'timeout'],
    ['that is compressed', json({}, 200, { 'content-encoding': 'gzip' }), 'encoded'],
    ['that is too large', (response) => response.end(Buffer.alloc(16 * 1024 * 1024 + 1)), 'too-large'],
    ['whose connection is lost', (response) => response.socket?.destroy(), 'network'],
  ])('says why there is no answer: one %s', async (_name, answer, failure) => {
    const { api } = await stage(answer);
    const events = recordHttpEvents();
    await rejectionOf(api.post('/x', failure === 'timeout' ? { timeoutMs: 100 } : {}));
    const told = events.stop();
    expect(told).toMatchObject([{ failure }]);
    expect(told[0]).not.toHaveProperty('status');
  });

  test('says that a caller gave up', async () => {
    const caller = new AbortController();
    const { api } = await stage(() => caller.abort('enough'));
    const events = recordHttpEvents();
    await expect(api.get('/x', { signal: caller.signal })).rejects.toBe('enough');
    expect(events.stop()).toMatchObject([{ failure: 'aborted', resend: 0 }]);
  });
});
