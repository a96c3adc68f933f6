import { expect, test } from '@jest/globals';
import type { CachedFigures, MissedFigures } from '../src/tokens/measure.ts';
import { runQuickly } from './run-suite.ts';

interface Figures {
  readonly cached: readonly CachedFigures[];
  readonly missed: readonly MissedFigures[];
}

// Seconds, but on a machine with much else to do.
test('tokens: a thousand callers make one token request per subject', () => {
  const { text, figures } = runQuickly<Figures>('tokens', ['map', 'egain-auth']);
  expect(text).toContain('1,000 subjects');
  // That cached calls make no request at all is something the benchmark itself insists on.
  expect(figures.cached.map(({ contestant, subjects }) => `${contestant} ${subjects}`)).toEqual([
    'map 1',
    'egain-auth 1',
    'map 1000',
    'egain-auth 1000',
  ]);
  expect(figures.missed.map(({ subjects, tokenRequests }) => [subjects, tokenRequests.median])).toEqual([
    [1, 1],
    [1, 1],
    [1000, 1000],
    [1000, 1000],
  ]);
}, 120_000);
