import { expect, test } from '@jest/globals';
import type { MiddlewareFigures } from '../src/middleware/measure.ts';
import { runQuickly } from './run-suite.ts';

const OURS = [
  'egain-auth',
  'egain-auth-large',
  'egain-auth-store',
  'egain-auth-untouched',
  'egain-auth-on-behalf-of',
  'egain-auth-store-on-behalf-of',
];

// Seconds, but on a machine with much else to do.
test('middleware: an unchanged session sets no cookie', () => {
  const { text, figures } = runQuickly<{ middleware: MiddlewareFigures[] }>('middleware', [
    ...OURS,
    'express-openid-connect',
  ]);
  expect(text).toContain('Set-Cookie bytes');
  // That each answer names whoever is signed in is something the benchmark itself insists on.
  const {
    bare,
    'express-openid-connect': peer,
    ...ours
  } = Object.fromEntries(figures.middleware.map(({ contestant, setCookieBytes }) => [contestant, setCookieBytes]));
  expect(ours).toEqual(Object.fromEntries(OURS.map((name) => [name, 0])));
  // Would it be seen? This one sets its cookie every time.
  expect(peer).toBeGreaterThan(1000);
  expect(bare).toBe(0);
}, 120_000);
