import { describe, expect, test } from '@jest/globals';
import { BASE, callApi, SEARCH, TOKENS, USER } from './api-client.ts';
import { logIn, startEmulator } from './emulator-client.ts';

describe('a gateway in front of the APIs', () => {
  test('answers 401 and 403 in its own words', async () => {
    const emulator = await startEmulator({ behaviour: { apiErrors: 'gateway' } });
    const missing = await callApi(emulator, USER);
    expect([missing.status, await missing.json()]).toEqual([401, { message: 'Unauthorized' }]);
    const customer = await TOKENS.customer(emulator, 'knowledge.portalmgr.read');
    const refused = await callApi(emulator, USER, customer);
    expect([refused.status, await refused.json()]).toEqual([403, { message: 'Forbidden' }]);
    expect(emulator.journal('api')).toMatchObject([{ error: '401-104' }, { error: '403-112' }]);
  });

  test.each([`${BASE}/nowhere`, '/'])('forbids an operation that is not deployed: %s', async (path) => {
    const emulator = await startEmulator({ behaviour: { apiErrors: 'gateway' } });
    const response = await callApi(emulator, path);
    expect([response.status, await response.json()]).toEqual([403, { message: 'Forbidden' }]);
  });

  test('forbids a method that is not deployed', async () => {
    const emulator = await startEmulator({ behaviour: { apiErrors: 'gateway' } });
    const response = await fetch(`${emulator.apiUrl}${SEARCH}`, { method: 'DELETE' });
    expect([response.status, await response.json()]).toEqual([403, { message: 'Forbidden' }]);
  });

  test('leaves the rest to eGain', async () => {
    const emulator = await startEmulator({ behaviour: { apiErrors: 'gateway' } });
    const { access_token } = await logIn(emulator);
    const response = await callApi(emulator, `${BASE}/portals/PROD-1000/articles/PROD-9999`, access_token);
    expect([response.status, await response.json()]).toMatchObject([404, { code: '404-101' }]);
  });
});
