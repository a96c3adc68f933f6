import { expect, test } from '@jest/globals';
import type { HostFigures } from '../src/hosts/suite.ts';
import { runQuickly } from './run-suite.ts';

const HOSTS = [
  'express-5',
  'express-4',
  'koa-3',
  'koa-2',
  'nest-12-express',
  'nest-12-fastify',
  'nest-11-express',
  'nest-11-fastify',
];

// Seconds for each host, but on a machine with much else to do.
test('hosts: none sets a cookie for an unchanged session, and eGain is asked for one token however many need it', () => {
  const { text, figures } = runQuickly<{ hosts: HostFigures[] }>('hosts', [
    'egain-auth-untouched',
    'egain-auth-store',
    'egain-auth-on-behalf-of',
  ]);
  // As Nest 12 and Nest 11 of one and the same sources.
  expect(text).toMatch(/@nestjs\/core 12\..*nest11\/node_modules\/@nestjs\/core 11\./);
  // That each answer names whoever is signed in is something the benchmark itself insists on.
  const counts = figures.hosts.map(({ host, contestants }) => [
    host,
    contestants.map(({ contestant, setCookieBytes, tokenRequests }) => [contestant, setCookieBytes, tokenRequests]),
  ]);
  expect(counts).toEqual(
    HOSTS.map((host) => [
      host,
      [
        ['bare', 0, 0],
        ['egain-auth-untouched', 0, 0],
        ['egain-auth-store', 0, 0],
        ['egain-auth-on-behalf-of', 0, 1],
      ],
    ]),
  );
}, 300_000);
