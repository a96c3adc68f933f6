// What may not be taken out of the spans and metrics without a test that turns red. Run by tools/mutants.mjs.

const source = (name) => `packages/core/src/opentelemetry/${name}.ts`;

const INSTRUMENT = source('instrument-egain-auth');
const SPANS = source('record-spans');
const METRICS = source('record-metrics');
const HTTP = source('http-attributes');
const TOKEN = source('token-attributes');
const LISTEN = source('listen');

const expects = (test) => ({ file: 'packages/core/test/opentelemetry.test.ts', test });

/** @type {{ name: string, file: string, find: string, replace: string, and?: { find: string, replace: string }[], expects: { file: string, test: string } }[]} */
export const mutants = [
  {
    name: 'OpenTelemetry: what a processor throws ends the process',
    file: LISTEN,
    find: 'diag.error(`@egain-auth/core: an event of ${name} was not recorded`, error);',
    replace: 'throw error;',
    expects: expects('fails no request and ends no process'),
  },
  {
    name: 'OpenTelemetry: goes on listening',
    file: LISTEN,
    find: 'unsubscribe(name, onMessage);',
    replace: '',
    expects: expects('pays for nothing: nobody listens before and after'),
  },
  {
    name: 'OpenTelemetry: stops with the spans only',
    file: INSTRUMENT,
    find: 'for (const stop of stops) stop();',
    replace: 'for (const stop of stops.slice(0, 2)) stop();',
    expects: expects('is told of nothing any more'),
  },
  {
    name: 'OpenTelemetry: the provider that was given is not asked',
    file: INSTRUMENT,
    find: 'tracerProvider.getTracer(SCOPE)',
    replace: 'trace.getTracer(SCOPE)',
    expects: expects('is a client span as the conventions have it'),
  },
  {
    name: 'OpenTelemetry: spans have no parent',
    file: SPANS,
    find: '{ kind, attributes, startTime: startedAt }',
    replace: '{ kind, attributes, startTime: startedAt, root: true }',
    expects: expects('is a client span as the conventions have it'),
  },
  {
    name: 'OpenTelemetry: a span starts when it is told of',
    file: SPANS,
    find: '{ kind, attributes, startTime: startedAt }',
    replace: '{ kind, attributes }',
    expects: expects('is a client span as the conventions have it'),
  },
  {
    name: 'OpenTelemetry: no status',
    file: SPANS,
    find: "if (attributes['error.type'] !== undefined) span",
    replace: 'if (false) span',
    expects: expects('is a span with an error'),
  },
  {
    name: 'OpenTelemetry: an error of the client is none',
    file: HTTP,
    find: 'status >= 400',
    replace: 'status >= 500',
    expects: expects('is a span with an error'),
  },
  {
    name: 'OpenTelemetry: a failure has no type',
    file: HTTP,
    find: 'failure ?? (',
    replace: '(',
    expects: expects('is a span with an error'),
  },
  {
    name: 'OpenTelemetry: every try says it is the first again',
    file: SPANS,
    find: '...(resend > 0 && ',
    replace: '...(resend > 1 && ',
    expects: expects('that is tried again is a span for each try'),
  },
  {
    name: 'OpenTelemetry: the first try is a second',
    file: SPANS,
    find: '...(resend > 0 && ',
    replace: '...(true && ',
    expects: expects('is a client span as the conventions have it'),
  },
  {
    name: 'OpenTelemetry: one port for all',
    file: HTTP,
    find: "protocol === 'https:' ? 443 : 80",
    replace: '443',
    expects: expects('names host and port'),
  },
  {
    name: 'OpenTelemetry: a token from memory is a span',
    file: SPANS,
    find: 'if (!isRequested(event)) return;',
    replace: '',
    expects: expects('one from memory is none'),
  },
  {
    name: 'OpenTelemetry: a token from memory took no time',
    file: METRICS,
    find: 'if (isRequested(event)) ',
    replace: '',
    expects: expects('count and measure, with attributes of few values'),
  },
  {
    name: 'OpenTelemetry: a renewal is not told',
    file: TOKEN,
    find: " || type === 'renew'",
    replace: '',
    expects: expects('that was renewed is a span too'),
  },
  {
    name: 'OpenTelemetry: the key of a token is told',
    file: TOKEN,
    find: '{ type, actor, source, code }: TokenEvent): Attributes {\n  return {',
    replace: "{ type, actor, source, code, key }: TokenEvent): Attributes {\n  return { 'egain_auth.token.key': key,",
    expects: expects('count and measure, with attributes of few values'),
  },
  {
    name: 'OpenTelemetry: a session is told',
    file: METRICS,
    find: '({ type, reason }) =>\n      sessions.add(1, {',
    replace: "({ type, reason, persona = 'user' }) =>\n      sessions.add(1, { persona,",
    expects: expects('count and measure, with attributes of few values'),
  },
  {
    name: 'OpenTelemetry: the subject is told',
    file: METRICS,
    find: '({ outcome, actor }) =>\n      impersonations.add(1, {',
    replace: '({ outcome, actor, subject }) =>\n      impersonations.add(1, { subject,',
    expects: expects('count and measure, with attributes of few values'),
  },
  {
    name: 'OpenTelemetry: milliseconds',
    file: METRICS,
    find: 'tokenDuration.record(event.durationMs / 1000',
    replace: 'tokenDuration.record(event.durationMs',
    expects: expects('in the buckets that the conventions advise'),
  },
  {
    name: 'OpenTelemetry: buckets of the SDK',
    file: METRICS,
    find: 'advice: {',
    replace: 'advice: {}, ...{',
    expects: expects('in the buckets that the conventions advise'),
  },
];
