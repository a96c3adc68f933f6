import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEgainAuth } from '@egain-auth/koa';
import { createEgainEmulator, type EgainEmulator, type SeededCustomer } from '@egain-auth/testing';
import { createApp } from '../src/app.ts';

export interface SelfService extends AsyncDisposable {
  readonly baseUrl: string;
  readonly emulator: EgainEmulator;
  readonly customer: SeededCustomer;
}

/** The sample application as the demo starts it. */
export async function startSelfService(): Promise<SelfService> {
  const emulator = await createEgainEmulator().listen();
  const server = createServer();
  await once(server.listen(0, 'localhost'), 'listening');
  const baseUrl = `http://localhost:${(server.address() as AddressInfo).port}`;
  const login = { customer: { scope: ['knowledge.portalmgr.read'] } } as const;
  const egain = createEgainAuth({ ...emulator.config({ baseUrl }), login });
  const answer = createApp(egain, () => {}).callback();
  server.on('request', (request, response) => void answer(request, response));
  return {
    baseUrl,
    emulator,
    customer: emulator.customers[0]!,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await Promise.all([egain.close(), emulator.close()]);
    },
  };
}
