import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEgainEmulator, type EgainEmulator } from '@egain-auth/testing';
import type { LoggerService } from '@nestjs/common';
import { ConfigService } from './config.ts';
import { createApp } from './create-app.ts';
import { startDemoPartner } from './demo-partner.ts';

/** The employees of the demo's CRM. In its emulator each is an agent of the same name. */
export const EMPLOYEES = ['maria.agent', 'tom.agent'];

export interface Demo extends AsyncDisposable {
  readonly baseUrl: string;
  readonly emulator: EgainEmulator;
  readonly partnerUrl: string;
}

/** The application beside an eGain and a partner of its own. Each has to know where the application is before it starts. */
export async function startDemo(port: number, logger?: LoggerService): Promise<Demo> {
  const server = await listen(port);
  // `localhost`, while the others are on 127.0.0.1: cookies ignore ports, so two hosts keep them apart.
  const baseUrl = `http://localhost:${(server.address() as AddressInfo).port}`;
  const partner = await startDemoPartner(`${baseUrl}/partner/callback`);
  const emulator = await createEgainEmulator({
    refreshTokens: 'rotating',
    ssoProviders: [partner.registration],
  }).listen();
  const config = new ConfigService(emulator.config({ baseUrl }), partner.options, undefined, EMPLOYEES);
  const app = await createApp(config, { logger: logger ?? ['error', 'warn'] });
  await app.init();
  server.on('request', app.getHttpAdapter().getInstance());
  return {
    baseUrl,
    emulator,
    partnerUrl: partner.options.issuer,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      partner.close();
      await Promise.all([app.close(), emulator.close()]);
    },
  };
}

/** On this port, or on any free one when it is taken. */
async function listen(port: number): Promise<Server> {
  const server = createServer();
  const attempt = (on: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(on, 'localhost', () => {
        server.off('error', reject);
        resolve();
      });
    });
  await attempt(port).catch(() => attempt(0));
  return server;
}
