import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEgainAuth } from '@egain-auth/core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { BEHAVIOUR_VALUES, createEgainEmulator, type EgainEmulator } from '../src/index.ts';

const README = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');

describe('README: In a test', () => {
  let emulator: EgainEmulator;
  beforeAll(async () => {
    emulator = await createEgainEmulator({ users: [{ username: 'pa' }], client: { onBehalfOf: true } }).listen();
  });
  afterAll(() => emulator.close());

  test('with jest', async () => {
    const egain = createEgainAuth(emulator.config());
    await egain.clientCredentials({ scope: ['app.knowledge.portalmgr.read'] });
    expect(emulator.journal('token')).toHaveLength(1);
  });

  test('with vitest', async () => {
    const { accessToken } = await createEgainAuth(emulator.config()).clientCredentials({
      scope: ['app.knowledge.portalmgr.read'],
    });
    emulator.clock.advance('1h');
    const url = `${emulator.apiUrl}/knowledge/portalmgr/v4/PROD-1000/search?q=loan`;
    expect((await fetch(url, { headers: { authorization: `Bearer ${accessToken}` } })).status).toBe(401);
  });

  test('with node:test', async () => {
    emulator.fail('api', { rateLimit: { limit: 60 } });
    const api = createEgainAuth(emulator.config()).api({ type: 'client' }, { scope: ['app.knowledge.portalmgr.read'] });
    await assert.rejects(api.get('/knowledge/portalmgr/v4/PROD-1000/search?q=loan'), { apiCode: '429-001' });
  });
});

describe('README: The client application', () => {
  let emulator: EgainEmulator;
  afterEach(() => emulator.close());

  test('changes its secrets', async () => {
    const secrets = [{ value: 'this-year' }, { value: 'last-year', expiresAt: Date.now() + 3_600_000 }];
    emulator = await createEgainEmulator({ client: { secrets, accessTokenExpirySeconds: 300 } }).listen();
    const { clientId = '' } = emulator.config();
    const works = async (clientSecret: string) => {
      const egain = createEgainAuth({ ...emulator.config(), clientSecret });
      return egain.clientCredentials({ scope: ['app.knowledge.portalmgr.read'] }).then(
        () => true,
        () => false,
      );
    };
    expect([emulator.config().clientSecret, await works('last-year')]).toEqual(['this-year', true]);
    emulator.clock.advance('1h');
    expect(await works('last-year')).toBe(false);
    emulator.rotateSecret(clientId, 'next-year');
    expect([await works('this-year'), await works('next-year')]).toEqual([true, true]);
    emulator.removeSecret(clientId, 'this-year');
    expect([await works('this-year'), await works('next-year')]).toEqual([false, true]);
  });
});

test('README: When things go wrong', async () => {
  const emulator = await createEgainEmulator({ refreshTokens: 'rotating' }).listen();
  emulator.fail('token', { status: 503, retryAfter: 1, times: 2 });
  emulator.fail('token', { drop: 'answer', when: ({ parameters }) => parameters['grant_type'] === 'refresh_token' });
  const slow = emulator.fail('api', { delayMs: 30_000 });
  slow.clear();
  await emulator.close();
  expect(slow.hits).toBe(0);
});

test('README: the table of switches has every switch, its values and its default', () => {
  const rows = [...README.matchAll(/^\| `(\w+)` \| (`[^|]+`) \| [^|]+ \|$/gm)];
  const documented = rows.map(([, name, values = '']) => [name, values.replaceAll('`', '').split(', ')]);
  const known = Object.entries(BEHAVIOUR_VALUES).map(([name, values]) => [name, values.map(String)]);
  expect(documented).toEqual(known);
});
