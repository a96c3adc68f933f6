import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createEgainEmulator, type EgainEmulator } from '../src/index.ts';

let emulator: EgainEmulator;
beforeAll(async () => {
  emulator = await createEgainEmulator({ users: [{ username: 'pa' }], client: { onBehalfOf: true } }).listen();
});
afterAll(() => emulator.close());

test('README: In a test', async () => {
  const { clientId = '', clientSecret = '', domainUrl, tenantId } = emulator.config(); // what createEgainAuth takes
  const scope = 'app.knowledge.portalmgr.read';
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: String(clientSecret), scope };
  const url = `${domainUrl}/system/auth/${tenantId}-U/oauth2/token`;
  expect((await fetch(url, { method: 'POST', body: new URLSearchParams(form) })).status).toBe(200);
  expect(emulator.journal('token')).toHaveLength(1);
});
