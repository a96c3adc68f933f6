import type { Meter, MetricOptions } from '@opentelemetry/api';
import { httpAttributes } from './http-attributes.ts';
import { listen, type Stop } from './listen.ts';
import { isRequested, tokenAttributes } from './token-attributes.ts';

/** As the conventions advise for HTTP, in seconds. */
const SECONDS: MetricOptions = {
  unit: 's',
  advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] },
};

/** Counts and measures. Every attribute has few values: no subject, key or session is among them. */
export function recordMetrics(meter: Meter): readonly Stop[] {
  const requestDuration = meter.createHistogram('http.client.request.duration', {
    ...SECONDS,
    description: 'Duration of HTTP client requests.',
  });
  const tokenDuration = meter.createHistogram('egain_auth.token.duration', {
    ...SECONDS,
    description: 'How long it took to obtain a token, or to fail.',
  });
  const tokens = meter.createCounter('egain_auth.tokens', {
    unit: '{token}',
    description: 'What the token cache did: uses of memory, tokens obtained, failures.',
  });
  const impersonations = meter.createCounter('egain_auth.impersonations', {
    unit: '{impersonation}',
    description: 'Tokens obtained, or refused, for somebody else.',
  });
  const sessions = meter.createCounter('egain_auth.sessions', {
    unit: '{session}',
    description: 'What became of browsers’ sessions.',
  });

  return [
    listen('egain-auth:http', (event) => requestDuration.record(event.durationMs / 1000, httpAttributes(event))),

    listen('egain-auth:token', (event) => {
      const attributes = tokenAttributes(event);
      tokens.add(1, attributes);
      if (isRequested(event)) tokenDuration.record(event.durationMs / 1000, attributes);
    }),

    listen('egain-auth:on-behalf-of', ({ outcome, actor }) =>
      impersonations.add(1, { 'egain_auth.impersonation.outcome': outcome, 'egain_auth.actor': actor }),
    ),

    listen('egain-auth:session', ({ type, reason }) =>
      sessions.add(1, { 'egain_auth.session.type': type, ...(reason && { 'egain_auth.session.reason': reason }) }),
    ),
  ];
}
