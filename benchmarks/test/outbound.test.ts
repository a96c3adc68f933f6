import { expect, test } from '@jest/globals';
import type { OutboundFigures } from '../src/outbound/measure.ts';
import { runQuickly } from './run-suite.ts';

// Seconds, but on a machine with much else to do.
test('outbound: however many requests there are, one token request', () => {
  const { text, figures } = runQuickly<{ outbound: OutboundFigures[] }>('outbound', [
    'thin-layer',
    'egain-auth',
    'egain-auth-no-header',
    'egain-auth-fetch',
    'egain-auth-interceptor',
  ]);
  expect(text).toContain('16 at once');
  // That each answer is the article, and each request had the token and a language, the benchmark itself insists on.
  const seen = figures.outbound.map(
    ({ concurrency, contestant, tokenRequestsPerProcess }) => `${concurrency} ${contestant} ${tokenRequestsPerProcess}`,
  );
  const names = [
    'pool-request',
    'thin-layer',
    'egain-auth',
    'egain-auth-no-header',
    'egain-auth-fetch',
    'egain-auth-interceptor',
  ];
  expect(seen).toEqual([16, 1].flatMap((concurrency) => names.map((name) => `${concurrency} ${name} 1`)));
}, 120_000);
