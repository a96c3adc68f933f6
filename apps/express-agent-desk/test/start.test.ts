import type { AddressInfo } from 'node:net';
import { user } from '@egain-auth/express';
import { createEgainEmulator, createUserAgent } from '@egain-auth/testing';
import { expect, test } from '@jest/globals';
import { EMPLOYEES } from '../src/crm.ts';
import { start } from '../src/start.ts';

test('T115: against a tenant nobody can be chosen at the CRM, and other machines cannot reach the application', async () => {
  const emulator = await createEgainEmulator().listen();
  const { server, egain } = await start(emulator.config({ baseUrl: 'http://localhost:3000' }), 0);
  try {
    const { address, port } = server.address() as AddressInfo;
    expect(address).toBe('127.0.0.1');
    const browser = createUserAgent();
    const page = await browser.open(`http://127.0.0.1:${port}/crm`);
    expect(page.text).toContain('Connect the sign-in of your own');
    expect(page.text).not.toContain('<select');
    for (const employee of [...EMPLOYEES, 'pa']) {
      expect((await browser.post(`http://127.0.0.1:${port}/crm/login`, { employee })).status).toBe(403);
      const subject = user({ username: employee });
      await expect(egain.onBehalfOf(subject, { scope: ['knowledge.portalmgr.onbehalfof.read'] })).rejects.toMatchObject(
        { code: 'subject_refused' },
      );
    }
    expect(emulator.journal()).toEqual([]);
  } finally {
    server.close();
    server.closeAllConnections();
    await Promise.all([egain.close(), emulator.close()]);
  }
});
