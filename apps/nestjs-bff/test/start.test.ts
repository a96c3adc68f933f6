import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EGAIN_AUTH, type EgainAuth, user } from '@egain-auth/nestjs';
import { createEgainEmulator, createUserAgent } from '@egain-auth/testing';
import { expect, test } from '@jest/globals';
import { ConfigService } from '../src/config.ts';
import { start } from '../src/start.ts';

test('T115: against a tenant nobody can be chosen at the CRM, and other machines cannot reach the application', async () => {
  const emulator = await createEgainEmulator().listen();
  const config = new ConfigService(emulator.config({ baseUrl: 'http://localhost:3000' }));
  expect(config.employees).toEqual([]);
  const app = await start(config, 0, undefined, { logger: false });
  try {
    const { address, port } = (app.getHttpServer() as Server).address() as AddressInfo;
    expect(address).toBe('127.0.0.1');
    const browser = createUserAgent();
    for (const employee of ['maria.agent', 'tom.agent', 'pa']) {
      expect((await browser.post(`http://127.0.0.1:${port}/crm/login`, { employee })).status).toBe(403);
      const egain = app.get<EgainAuth>(EGAIN_AUTH, { strict: false });
      await expect(
        egain.onBehalfOf(user({ username: employee }), { scope: ['knowledge.portalmgr.onbehalfof.read'] }),
      ).rejects.toMatchObject({ code: 'subject_refused' });
    }
    expect(emulator.journal()).toEqual([]);
  } finally {
    await app.close();
    await emulator.close();
  }
});
