import type { AddressInfo } from 'node:net';
import { createEgainEmulator } from '@egain-auth/testing';
import { expect, test } from '@jest/globals';
import { start } from '../src/start.ts';

test('T115: against a tenant other machines cannot reach the application', async () => {
  const emulator = await createEgainEmulator().listen();
  const { server, egain } = await start(emulator.config({ baseUrl: 'http://localhost:3000' }), 0);
  try {
    expect((server.address() as AddressInfo).address).toBe('127.0.0.1');
  } finally {
    server.close();
    await Promise.all([egain.close(), emulator.close()]);
  }
});
