import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { EgainAuth, LedgerEntry } from '../../src/index.ts';
import { path, user } from '../../src/index.ts';
import { rejectionOf } from '../failure.ts';
import { type Answer, json } from '../loopback.ts';
import { stagesToClose } from './api-stage.ts';

const { stage, closeAll } = stagesToClose();
const published: unknown[] = [];
const record = (event: unknown) => void published.push(event);
const CHANNELS = ['egain-auth:http', 'egain-auth:token', 'egain-auth:warning'];
afterEach(async () => {
  for (const name of CHANNELS) unsubscribe(name, record);
  await closeAll();
});

const PA = { type: 'on-behalf-of', subject: user({ username: 'pa' }) } as const;
const SCOPE = { scope: ['knowledge.portalmgr.onbehalfof.read'] as const };
const EMAIL = 'jo.canary@example.com';

const PATHS: readonly (readonly [kind: string, called: string, told: string])[] = [
  [
    'a published operation',
    path`/knowledge/portalmgr/v4/portals/${EMAIL}/articles/${EMAIL}`,
    '/knowledge/portalmgr/v4/portals/{portalID}/articles/{articleID}',
  ],
  [
    'an id that is not encoded',
    `/knowledge/portalmgr/v4/portals/${EMAIL}`,
    '/knowledge/portalmgr/v4/portals/{portalID}',
  ],
  ['a path that nobody has published', path`/system/users/${EMAIL}`, ''],
  ['such a path with a query', `/system/${EMAIL}?q=${EMAIL}`, ''],
  ['such a path within published words', path`/knowledge/portalmgr/v4/${EMAIL}/${EMAIL}/portals`, ''],
];

const NOT_JSON: Answer = (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>');
const FAILURES: readonly (readonly [name: string, answer: Answer])[] = [
  ['an error of eGain', json({ code: '404-100' }, 404)],
  ['an error of a gateway', (response) => response.writeHead(403).end('no')],
  ['a redirect', (response) => response.writeHead(302, { location: '/other' }).end()],
  ['an answer that is not JSON', NOT_JSON],
  ['no answer', (response) => void response.destroy()],
  ['a status that fetch does not know', (response) => response.writeHead(700).end()],
];

const CALLS: readonly (readonly [name: string, call: (egain: EgainAuth, to: string) => Promise<unknown>])[] = [
  ['api.get', (egain, to) => egain.api(PA, SCOPE).get(to as never)],
  ['api.request', (egain, to) => egain.api(PA, SCOPE).request('DELETE', to as never)],
  ['fetch', (egain, to) => egain.fetch(PA, SCOPE)(to, { redirect: 'error' })],
];

describe.each(FAILURES)('T114: of %s', (_name, answer) => {
  test.each(PATHS)('no id is in an error or an event: %s', async (_kind, called) => {
    const { egain } = await stage(answer);
    for (const name of CHANNELS) subscribe(name, record);
    for (const [, call] of CALLS) {
      const error: unknown = await call(egain, called).catch((reason: unknown) => reason);
      const text = inspect(error, { depth: 9, showHidden: true });
      if (error instanceof Error) expect(text).not.toMatch(/canary/);
    }
    expect(published.length).toBeGreaterThan(0);
    expect(inspect(published.splice(0), { depth: 9 })).not.toMatch(/canary/);
  });
});

describe('T114: an error names', () => {
  test('the operation as eGain publishes it', async () => {
    const { egain } = await stage(json({ code: '404-100' }, 404));
    const [[, called, told]] = PATHS as [(typeof PATHS)[number]];
    const error = await rejectionOf(egain.api(PA, SCOPE).get(called as never));
    expect(error.message).toBe(`api_error: GET ${told} was answered 404 404-100`);
  });

  test('of an unknown path the words that eGain uses in published paths', async () => {
    const { egain } = await stage(json({ code: '404-100' }, 404));
    const error = await rejectionOf(egain.api(PA, SCOPE).get(path`/knowledge/portalmgr/v9/portals/${EMAIL}`));
    expect(error.message).toBe('api_error: GET /knowledge/portalmgr/{...}/portals/{...} was answered 404 404-100');
  });

  test('no more than the beginning of a long path', async () => {
    const { egain } = await stage(json({ code: '404-100' }, 404));
    const error = await rejectionOf(egain.api(PA, SCOPE).get('/x'.repeat(1000)));
    expect(error.message.length).toBeLessThan(200);
  });
});

test('T114: the ledger of a request names no id either', async () => {
  const { egain } = await stage(json({}));
  const reply = { headersSent: false, appendHeader: () => {}, send: () => {} };
  const context = await egain.authenticate({ method: 'GET', url: '/', headers: {} }, reply);
  for (const [, called] of PATHS) await context.apiAs(PA, SCOPE).get(called as never);
  const entries: readonly LedgerEntry[] = context.ledger;
  expect(entries).toHaveLength(PATHS.length);
  expect(inspect(entries, { depth: 9 })).not.toMatch(/canary/);
});
