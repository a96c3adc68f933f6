import { channel, hasSubscribers, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { context, DiagLogLevel, diag, metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import {
  createEgainAuth,
  type EgainAuth,
  type EgainAuthOptions,
  type HttpEvent,
  type TokenEvent,
  user,
} from '../src/index.ts';
import { instrumentEgainAuth } from '../src/opentelemetry/instrument-egain-auth.ts';
import { type Answer, divertTo, json, serversToClose } from './loopback.ts';
import { LOGIN_OPTIONS } from './options.ts';

const HOSTED = { ...LOGIN_OPTIONS, apiUrl: 'https://api.ai.egain.cloud' } satisfies EgainAuthOptions;
const TOKEN = 'canary-token';
const USERNAME = 'canary-user';
const ARTICLE = '/knowledge/portalmgr/v4/portals/canary-portal/articles/canary-article';
const ARTICLE_TEMPLATE = '/knowledge/portalmgr/v4/portals/{portalID}/articles/{articleID}';
const SCOPE = ['knowledge.portalmgr.onbehalfof.read'] as const;
const CHANNELS = ['http', 'token', 'on-behalf-of', 'session', 'warning'].map((name) => `egain-auth:${name}`);

const subject = user({ username: USERNAME });
const contexts = new AsyncLocalStorageContextManager();
const { serve, closeAll } = serversToClose();
const instances: EgainAuth[] = [];

let finished: InMemorySpanExporter;
let tracerProvider: BasicTracerProvider;
let reader: PeriodicExportingMetricReader;
let meterProvider: MeterProvider;
let stop: () => void = () => {};

beforeAll(() => {
  context.setGlobalContextManager(contexts.enable());
});
afterAll(() => context.disable());

beforeEach(() => {
  finished = new InMemorySpanExporter();
  tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(finished)] });
  reader = new PeriodicExportingMetricReader({
    exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE),
    exportIntervalMillis: 3_600_000,
  });
  meterProvider = new MeterProvider({ readers: [reader] });
});

afterEach(async () => {
  stop();
  await Promise.all(instances.splice(0).map((egain) => egain.close()));
  await Promise.all([closeAll(), tracerProvider.shutdown(), meterProvider.shutdown()]);
});

/** An application at eGain, whose token endpoint grants and whose API answers so, one after the other and the last again. */
async function startEgain(options: EgainAuthOptions, ...answers: readonly Answer[]): Promise<EgainAuth> {
  let asked = 0;
  const server = await serve((response, request) => {
    if (request.url.includes('/token')) return json({ access_token: TOKEN, expires_in: 3600 })(response, request);
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    return answer?.(response, request);
  });
  const http = { dispatcher: divertTo(server.origin) };
  const egain = createEgainAuth({ http, ...options });
  instances.push(egain);
  return egain;
}

const instrument = () => {
  stop = instrumentEgainAuth({ tracerProvider, meterProvider });
};

/** Does something within a span of the application's own, after it has waited for something else. */
function withinSpan<T>(work: () => Promise<T>): Promise<{ outcome: T; spanId: string }> {
  const span = tracerProvider.getTracer('application').startSpan('GET /crm');
  return context.with(trace.setSpan(context.active(), span), async () => {
    await sleep(1);
    const outcome = await work();
    span.end();
    return { outcome, spanId: span.spanContext().spanId };
  });
}

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    (error: { code?: unknown }) => error.code,
  );

const spans = (): ReadableSpan[] =>
  finished.getFinishedSpans().filter(({ instrumentationScope }) => instrumentationScope.name === '@egain-auth/core');
const spansOf = (kind: SpanKind): ReadableSpan[] => spans().filter((span) => span.kind === kind);
const epochMs = ([seconds, nanoseconds]: ReadableSpan['startTime'] = [0, 0]): number =>
  seconds * 1000 + nanoseconds / 1e6;

/** Each metric with its unit and its data points: a count, or how often something was measured, in which buckets. */
async function measured(): Promise<Record<string, unknown>> {
  const { resourceMetrics } = await reader.collect();
  const all = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
  return Object.fromEntries(
    all.map((metric) => [
      metric.descriptor.name,
      {
        unit: metric.descriptor.unit,
        points:
          metric.dataPointType === DataPointType.HISTOGRAM
            ? metric.dataPoints.map(({ attributes, value }) => [value.count, attributes])
            : metric.dataPoints.map(({ attributes, value }) => [value, attributes]),
      },
    ]),
  );
}

describe('a call of the API', () => {
  const ATTRIBUTES = {
    'http.request.method': 'GET',
    'server.address': 'api.ai.egain.cloud',
    'server.port': 443,
    'url.template': ARTICLE_TEMPLATE,
  };

  test('is a client span as the conventions have it, below the span of the application', async () => {
    const egain = await startEgain(HOSTED, json({ id: 1 }));
    instrument();
    const events: HttpEvent[] = [];
    const hear = (event: unknown) => events.push(event as HttpEvent);
    subscribe('egain-auth:http', hear);
    const call = () => egain.api({ type: 'on-behalf-of', subject }).get(ARTICLE, { query: { q: 'canary-query' } });
    const { spanId } = await withinSpan(call);
    unsubscribe('egain-auth:http', hear);

    expect(spansOf(SpanKind.CLIENT)).toHaveLength(1);
    const [span] = spansOf(SpanKind.CLIENT);
    expect(span).toMatchObject({
      name: `GET ${ARTICLE_TEMPLATE}`,
      parentSpanContext: { spanId },
      status: { code: SpanStatusCode.UNSET },
    });
    // All there is: no subject, no `url.full`, which would say who read what.
    expect(span?.attributes).toEqual({
      ...ATTRIBUTES,
      'http.response.status_code': 200,
      'egain_auth.operation.actor': 'on-behalf-of-user',
    });
    const { startedAt = 0, durationMs = 0 } = events[0] ?? {};
    // What is left of a moment when it is told in milliseconds since 1970.
    expect(epochMs(span?.startTime)).toBeCloseTo(startedAt, 2);
    expect(epochMs(span?.duration)).toBeCloseTo(durationMs, 2);
  });

  test('that is tried again is a span for each try', async () => {
    const egain = await startEgain(HOSTED, json({}, 503), json({ id: 1 }));
    instrument();
    const { spanId } = await withinSpan(() => egain.api({ type: 'on-behalf-of', subject }).get(ARTICLE));

    const told = spansOf(SpanKind.CLIENT).map(({ attributes, status, parentSpanContext }) => [
      parentSpanContext?.spanId,
      status,
      attributes['http.response.status_code'],
      attributes['error.type'],
      attributes['http.request.resend_count'],
    ]);
    expect(told).toEqual([
      [spanId, { code: SpanStatusCode.ERROR }, 503, '503', undefined],
      [spanId, { code: SpanStatusCode.UNSET }, 200, undefined, 1],
    ]);
  });

  test.each<[why: string, answer: Answer, code: string, attributes: Record<string, unknown>]>([
    ['refused', json({}, 403), 'api_error', { 'http.response.status_code': 403, 'error.type': '403' }],
    ['cut off', (response) => response.destroy(), 'api_unavailable', { 'error.type': 'network' }],
    ['never answered', () => {}, 'api_unavailable', { 'error.type': 'timeout' }],
  ])('that is %s is a span with an error', async (_why, answer, code, attributes) => {
    const egain = await startEgain(HOSTED, answer);
    await egain.getToken({ type: 'on-behalf-of', subject }, { scope: SCOPE });
    instrument();
    const api = egain.api({ type: 'on-behalf-of', subject }, { scope: SCOPE });
    expect(await codeOf(api.get(ARTICLE, { retries: 0, timeoutMs: 300 }))).toBe(code);

    const [span] = spansOf(SpanKind.CLIENT);
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(span?.attributes).toEqual({
      ...ATTRIBUTES,
      'egain_auth.operation.actor': 'on-behalf-of-user',
      ...attributes,
    });
  });

  test('of a path that is not published has no template, and its span the name of the method', async () => {
    const egain = await startEgain(HOSTED, json({}));
    instrument();
    await egain.api({ type: 'client' }, { scope: ['app.knowledge.portalmgr.read'] }).get('/tenant/canary-path');

    const [span] = spansOf(SpanKind.CLIENT);
    expect(span?.name).toBe('GET');
    expect(span?.attributes).not.toHaveProperty(['url.template']);
  });

  test.each([
    ['http://localhost', 'localhost', 80],
    ['http://127.0.0.1:8080', '127.0.0.1', 8080],
  ])('to %s names host and port', async (apiUrl, address, port) => {
    const { clientId, clientSecret } = HOSTED;
    const endpoints = { client: { tokenUrl: 'http://localhost/token' } };
    const egain = await startEgain({ clientId, clientSecret, endpoints, apiUrl }, json({}));
    instrument();
    await egain.api({ type: 'client' }, { scope: ['app.knowledge.portalmgr.read'] }).get('/x');
    expect(spansOf(SpanKind.CLIENT)[0]?.attributes).toMatchObject({ 'server.address': address, 'server.port': port });
  });
});

describe('a token', () => {
  test('that is waited for is a span below that of the application; one from memory is none', async () => {
    const egain = await startEgain(HOSTED);
    instrument();
    const { spanId } = await withinSpan(() => egain.onBehalfOf(subject, { scope: SCOPE }));
    await egain.onBehalfOf(subject, { scope: SCOPE });

    expect(spans()).toHaveLength(1);
    const [span] = spans();
    expect(span).toMatchObject({
      name: 'egain-auth token on-behalf-of',
      kind: SpanKind.INTERNAL,
      parentSpanContext: { spanId },
      status: { code: SpanStatusCode.UNSET },
    });
    expect(span?.attributes).toEqual({
      'egain_auth.actor': 'on-behalf-of',
      'egain_auth.token.type': 'miss',
      'egain_auth.token.source': 'issuer',
      'egain_auth.scope': SCOPE,
    });
    expect(epochMs(span?.duration)).toBeGreaterThan(0);
    expect(epochMs(span?.endTime)).toBeLessThanOrEqual(performance.timeOrigin + performance.now() + 0.01);
  });

  test('that is not had is a span with the code of the error', async () => {
    const refusing = await serve(json({ error: 'invalid_grant' }, 400));
    const egain = await startEgain({ ...HOSTED, http: { dispatcher: divertTo(refusing.origin) } });
    instrument();
    expect(await codeOf(egain.onBehalfOf(subject, { scope: SCOPE }))).toBe('token_request_failed');

    const [span] = spans();
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(span?.attributes).toEqual({
      'egain_auth.actor': 'on-behalf-of',
      'egain_auth.token.type': 'fail',
      'error.type': 'token_request_failed',
      'egain_auth.scope': SCOPE,
    });
  });

  test('that was renewed is a span too, one that had to be used on is none, and an error may have no name', () => {
    instrument();
    const event = { actor: 'client', scope: [], durationMs: 5, key: 'canary-key' } as const;
    const events: TokenEvent[] = [
      { ...event, type: 'renew', source: 'store' },
      { ...event, type: 'stale', source: 'stale' },
      { ...event, type: 'fail' },
    ];
    for (const told of events) channel('egain-auth:token').publish(told);
    expect(spans().map(({ attributes }) => attributes)).toEqual([
      expect.objectContaining({ 'egain_auth.token.type': 'renew', 'egain_auth.token.source': 'store' }),
      expect.objectContaining({ 'egain_auth.token.type': 'fail', 'error.type': '_OTHER' }),
    ]);
  });
});

describe('metrics', () => {
  test('count and measure, with attributes of few values', async () => {
    let isAllowed = true;
    const egain = await startEgain({ ...HOSTED, authorizeSubject: () => isAllowed }, json({}, 503), json({ id: 1 }));
    instrument();
    const api = egain.api({ type: 'on-behalf-of', subject });
    await api.get(ARTICLE);
    await api.get(ARTICLE);
    isAllowed = false;
    expect(await codeOf(api.get(ARTICLE))).toBe('subject_refused');
    const reply = { headersSent: false, appendHeader: () => {}, send: () => {} };
    const request = { method: 'GET', url: '/', headers: { cookie: '__Host-egain_session=forged' } };
    expect((await egain.authenticate(request, reply)).identity).toBeUndefined();

    const http = {
      'http.request.method': 'GET',
      'server.address': 'api.ai.egain.cloud',
      'server.port': 443,
      'url.template': ARTICLE_TEMPLATE,
    };
    const miss = {
      'egain_auth.actor': 'on-behalf-of',
      'egain_auth.token.type': 'miss',
      'egain_auth.token.source': 'issuer',
    };
    expect(await measured()).toEqual({
      'http.client.request.duration': {
        unit: 's',
        points: [
          [1, { ...http, 'http.response.status_code': 503, 'error.type': '503' }],
          [2, { ...http, 'http.response.status_code': 200 }],
        ],
      },
      'egain_auth.tokens': {
        unit: '{token}',
        points: [
          [1, miss],
          [1, { ...miss, 'egain_auth.token.type': 'hit', 'egain_auth.token.source': 'memory' }],
        ],
      },
      'egain_auth.token.duration': { unit: 's', points: [[1, miss]] },
      'egain_auth.impersonations': {
        unit: '{impersonation}',
        points: [
          [1, { 'egain_auth.impersonation.outcome': 'granted', 'egain_auth.actor': 'on-behalf-of' }],
          [1, { 'egain_auth.impersonation.outcome': 'refused', 'egain_auth.actor': 'on-behalf-of' }],
        ],
      },
      'egain_auth.sessions': {
        unit: '{session}',
        points: [[1, { 'egain_auth.session.type': 'refused', 'egain_auth.session.reason': 'unreadable' }]],
      },
    });
  });

  test.each(['http.client.request.duration', 'egain_auth.token.duration'])(
    '%s is in seconds, in the buckets that the conventions advise',
    async (name) => {
      const egain = await startEgain(HOSTED, json({ id: 1 }));
      instrument();
      await egain.api({ type: 'on-behalf-of', subject }).get(ARTICLE);

      const { resourceMetrics } = await reader.collect();
      const metric = resourceMetrics.scopeMetrics[0]?.metrics.find(({ descriptor }) => descriptor.name === name);
      if (metric?.dataPointType !== DataPointType.HISTOGRAM) throw new Error('no histogram');
      const { buckets, sum = 0 } = metric.dataPoints[0]?.value ?? {};
      expect(buckets?.boundaries).toEqual([0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]);
      const span = spans().find(({ kind }) => (kind === SpanKind.CLIENT) === name.startsWith('http'));
      const [seconds = 0, nanoseconds = 0] = span?.duration ?? [];
      expect(sum).toBeCloseTo(seconds + nanoseconds / 1e9, 5);
    },
  );
});

test('T095: nothing that names somebody, opens something or could be guessed by is told', async () => {
  const egain = await startEgain(HOSTED, json({ id: 'canary-body' }));
  instrument();
  await egain.api({ type: 'on-behalf-of', subject }).get(ARTICLE, { query: { q: 'canary-query' } });
  const told = spans().map(({ name, attributes, events, status }) => ({ name, attributes, events, status }));
  expect(told).toHaveLength(2);
  expect(JSON.stringify([told, await measured()])).not.toContain('canary');
});

describe('whoever does not instrument', () => {
  test('pays for nothing: nobody listens before and after', async () => {
    const listening = () => CHANNELS.filter((name) => hasSubscribers(name));
    expect(listening()).toEqual([]);
    instrument();
    expect(listening()).toEqual(CHANNELS.filter((name) => name !== 'egain-auth:warning'));
    stop();
    stop();
    expect(listening()).toEqual([]);
  });

  test('is told of nothing any more', async () => {
    const egain = await startEgain(HOSTED, json({ id: 1 }));
    instrument();
    stop();
    await egain.api({ type: 'on-behalf-of', subject }).get(ARTICLE);
    expect([spans().length, await measured()]).toEqual([0, {}]);
  });
});

test('without providers of its own it takes the global ones', async () => {
  trace.setGlobalTracerProvider(tracerProvider);
  metrics.setGlobalMeterProvider(meterProvider);
  try {
    const egain = await startEgain(HOSTED);
    stop = instrumentEgainAuth();
    await egain.onBehalfOf(subject, { scope: SCOPE });
    expect(spans()).toHaveLength(1);
    expect(await measured()).toHaveProperty(['egain_auth.tokens']);
  } finally {
    trace.disable();
    metrics.disable();
  }
});

describe('a span processor that throws', () => {
  const throwing: SpanProcessor = {
    onStart() {
      throw new Error('no room');
    },
    onEnd() {},
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const told: unknown[][] = [];
  const ignore = () => {};

  beforeEach(() => {
    const error = (...words: unknown[]) => told.push(words);
    diag.setLogger({ error, warn: ignore, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.ERROR);
  });
  afterEach(() => diag.disable());

  test('fails no request and ends no process: OpenTelemetry’s own log hears of it, and metrics go on', async () => {
    const egain = await startEgain(HOSTED, json({ id: 1 }));
    const broken = new BasicTracerProvider({ spanProcessors: [throwing] });
    stop = instrumentEgainAuth({ tracerProvider: broken, meterProvider });
    expect(await egain.api({ type: 'on-behalf-of', subject }).get(ARTICLE)).toEqual({ id: 1 });

    const errors = ['egain-auth:token', 'egain-auth:http'].map((name) => [
      `@egain-auth/core: an event of ${name} was not recorded`,
      new Error('no room'),
    ]);
    expect(told).toEqual(errors);
    expect(Object.keys(await measured())).toContain('http.client.request.duration');
  });
});
