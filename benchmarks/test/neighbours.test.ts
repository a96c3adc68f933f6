import { expect, test } from '@jest/globals';
import type { NeighboursFigures } from '../src/neighbours/suite.ts';
import { runQuickly } from './run-suite.ts';

// A run takes seconds, but longer on a busy machine.
test('neighbours: every call of the people succeeds, and every call of the strangers is refused', () => {
  const { text, figures } = runQuickly<{ neighbours: NeighboursFigures[] }>('neighbours', [
    'alone',
    'beside-strangers',
  ]);
  expect(text).toContain('pages p99 ms');
  expect(text).toContain('Errors of people: 0.');
  const [alone, beside] = figures.neighbours;
  const people = {
    pages: expect.objectContaining({ calls: 50, outcomes: { served: 50 } }),
    mints: expect.objectContaining({ calls: 50, outcomes: { issued: 50 } }),
  };
  expect(alone).toMatchObject({ contestant: 'alone', tokenRequests: { codes: 0, mints: 50, failures: 0 } });
  expect(alone?.streams).toEqual(people);
  expect(beside).toMatchObject({ contestant: 'beside-strangers', tokenRequests: { mints: 50 } });
  // The benchmark itself checks how each call of a stranger was refused.
  expect(beside?.streams).toEqual({
    ...people,
    callbacks: expect.objectContaining({ calls: 400 }),
    failing: expect.objectContaining({ calls: 20 }),
    prefetches: expect.objectContaining({ calls: 6 }),
  });
  // The strangers reach the token endpoint, and the sessions of the people are renewed meanwhile.
  for (const kind of ['codes', 'failures', 'renewals']) expect(beside?.tokenRequests[kind]).toBeGreaterThan(0);
}, 120_000);
