import { type MeterProvider, metrics, type TracerProvider, trace } from '@opentelemetry/api';
import { bare } from '../http/agent.ts';
import { recordMetrics } from './record-metrics.ts';
import { recordSpans } from './record-spans.ts';

/** Where spans and metrics go. */
export interface InstrumentEgainAuthOptions {
  /** Who makes the spans. @default the global one */
  readonly tracerProvider?: TracerProvider;
  /** Who makes the instruments. @default the global one, which has to be registered by now */
  readonly meterProvider?: MeterProvider;
}

/** Of tracer and meter: what an application's views and filters know us by. */
const SCOPE = '@egain-auth/core';

/**
 * Makes spans and metrics of the events of this process, whichever instance they come from. To be called once, after the
 * SDK has started. What fails in it is told to OpenTelemetry's `diag` and to nobody else.
 * - One `CLIENT` span for each try of an API call, `GET /knowledge/portalmgr/v4/portals/{portalID}`, by the semantic
 *   conventions of HTTP, less `url.full`: paths and queries of eGain name people.
 * - One `INTERNAL` span for each request for a token, `egain-auth token on-behalf-of`; none for a token from memory.
 * - The histograms `http.client.request.duration` and `egain_auth.token.duration`, in seconds; the counters
 *   `egain_auth.tokens`, `egain_auth.impersonations` and `egain_auth.sessions`.
 *
 * Sends no `traceparent`: a span is made when its request is over.
 * @returns stops listening; what listens no longer costs nothing
 */
export function instrumentEgainAuth(options: InstrumentEgainAuthOptions = {}): () => void {
  const { tracerProvider = trace, meterProvider = metrics } = bare(options);
  const tracer = tracerProvider.getTracer(SCOPE);
  const meter = meterProvider.getMeter(SCOPE);
  const stops = [...recordSpans(tracer), ...recordMetrics(meter)];
  return () => {
    for (const stop of stops) stop();
  };
}
