import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEgainAuth, type EgainAuth, type EgainAuthOptions } from '@egain-auth/core';
import { createEgainEmulator, createUserAgent, type EgainEmulator, type UserAgent } from '@egain-auth/testing';
import express5, { type Express } from 'express';
// Express 4 has no types of its own beside those of Express 5.
// @ts-expect-error
import express4 from 'express4';

/** Both majors under test. Their types agree in what these tests use. */
export const EXPRESS: readonly [string, typeof express5][] = [
  ['Express 5', express5],
  ['Express 4', express4 as unknown as typeof express5],
];

export interface Host extends AsyncDisposable {
  readonly baseUrl: string;
  readonly emulator: EgainEmulator;
  readonly egain: EgainAuth;
  readonly browser: UserAgent;
}

export interface HostOptions {
  readonly express: typeof express5;
  readonly routes: (app: Express, egain: EgainAuth) => void;
  /** Path below which the application is mounted. */
  readonly mount?: string;
  readonly options?: Partial<EgainAuthOptions>;
  /** @default true */
  readonly withLogin?: boolean;
  readonly emulator?: Parameters<typeof createEgainEmulator>[0];
}

/** A real server with an application on `localhost`, an emulator on `127.0.0.1`, and a user agent that knows neither. */
export async function startHost({
  express,
  routes,
  mount = '',
  options,
  withLogin = true,
  emulator: settings,
}: HostOptions): Promise<Host> {
  const emulator = await createEgainEmulator(settings).listen();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const baseUrl = `http://localhost:${(server.address() as AddressInfo).port}${mount}`;
  const egain = createEgainAuth({
    authorizeSubject: () => true,
    ...emulator.config(withLogin ? { baseUrl } : {}),
    ...options,
  });
  const app = express();
  app.set('env', 'test');
  routes(app, egain);
  server.on('request', app);
  return {
    baseUrl,
    emulator,
    egain,
    browser: createUserAgent(),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await Promise.all([egain.close(), emulator.close()]);
    },
  };
}

export const person = ({ emulator }: Host, persona: 'user' | 'customer') => {
  const [found] = persona === 'user' ? emulator.users : emulator.customers;
  if (!found) throw new Error(`no ${persona} is seeded`);
  return found;
};
