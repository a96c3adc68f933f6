import { type Attributes, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import { httpAttributes } from './http-attributes.ts';
import { listen, type Stop } from './listen.ts';
import { isRequested, tokenAttributes } from './token-attributes.ts';

interface Told {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly durationMs: number;
}

/** Makes a span of each try of an API call and of each request for a token. Each is over by the time it is told of. */
export function recordSpans(tracer: Tracer): readonly Stop[] {
  function record({ name, kind, attributes, startedAt, durationMs }: Told): void {
    // The parent is whatever span is active where the event is published: that of the caller.
    const span = tracer.startSpan(name, { kind, attributes, startTime: startedAt });
    if (attributes['error.type'] !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(startedAt + durationMs);
  }

  return [
    listen('egain-auth:http', (event) => {
      const { method, path, actor, startedAt, durationMs, resend } = event;
      record({
        name: path === undefined ? method : `${method} ${path}`,
        kind: SpanKind.CLIENT,
        attributes: {
          ...httpAttributes(event),
          ...(resend > 0 && { 'http.request.resend_count': resend }),
          ...(actor && { 'egain_auth.operation.actor': actor }),
        },
        startedAt,
        durationMs,
      });
    }),

    listen('egain-auth:token', (event) => {
      if (!isRequested(event)) return;
      const { actor, scope, durationMs } = event;
      record({
        name: `egain-auth token ${actor}`,
        // Not CLIENT: it may be several requests, or none where another process had the token.
        kind: SpanKind.INTERNAL,
        attributes: { ...tokenAttributes(event), 'egain_auth.scope': [...scope] },
        startedAt: performance.timeOrigin + performance.now() - durationMs,
        durationMs,
      });
    }),
  ];
}
