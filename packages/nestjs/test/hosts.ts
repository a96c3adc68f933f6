import 'reflect-metadata';
import { createServer, type IncomingMessage, type RequestListener, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEgainEmulator, createUserAgent, type EgainEmulator, type UserAgent } from '@egain-auth/testing';
import {
  type DynamicModule,
  type INestApplication,
  type LoggerService,
  Module,
  type Provider,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { EgainAuthOptions } from '../src/index.ts';

export type Platform = 'platform-express' | 'platform-fastify';

/** Both platforms under test; `jest.config.mjs` brings the two majors of Nest. */
export const PLATFORMS: readonly Platform[] = ['platform-express', 'platform-fastify'];

export interface Host extends AsyncDisposable {
  readonly baseUrl: string;
  readonly emulator: EgainEmulator;
  readonly app: INestApplication;
  readonly browser: UserAgent;
}

export interface HostOptions {
  readonly platform: Platform;
  /** What the application imports, by the options that fit the emulator. */
  readonly imports: (options: EgainAuthOptions, emulator: EgainEmulator) => (DynamicModule | Type)[];
  readonly logger?: LoggerService;
  readonly controllers: Type[];
  readonly providers?: Provider[];
  /** What `main.ts` would do before it listens. */
  readonly setUp?: (app: INestApplication) => void | Promise<void>;
  /** Path of `baseUrl`. */
  readonly mount?: string;
  readonly options?: Partial<EgainAuthOptions>;
  readonly emulator?: Parameters<typeof createEgainEmulator>[0];
}

/** A real server with an application on `localhost`, an emulator on `127.0.0.1`, and a user agent that knows neither. */
export async function startHost({
  platform,
  imports,
  controllers,
  providers = [],
  setUp,
  logger,
  mount = '',
  options,
  emulator: settings,
}: HostOptions): Promise<Host> {
  const emulator = await createEgainEmulator(settings).listen();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const baseUrl = `http://localhost:${(server.address() as AddressInfo).port}${mount}`;

  class AppModule {}
  const egainOptions = { authorizeSubject: () => true, ...emulator.config({ baseUrl }), ...options };
  Module({ imports: imports(egainOptions, emulator), controllers, providers })(AppModule);
  const adapter =
    platform === 'platform-express'
      ? new ExpressAdapter()
      : new FastifyAdapter({ serverFactory: (handler: RequestListener) => server.on('request', handler) });
  const app = await NestFactory.create(AppModule, adapter, {
    logger: logger ?? false,
    abortOnError: false,
  });
  await setUp?.(app);
  await app.init();
  if (adapter instanceof FastifyAdapter) await adapter.getInstance().ready();
  else server.on('request', adapter.getInstance());
  return {
    baseUrl,
    emulator,
    app,
    browser: createUserAgent(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await app.close();
      server.close();
      await emulator.close();
    },
  };
}

export const person = ({ emulator }: Host, persona: 'user' | 'customer') => {
  const [found] = persona === 'user' ? emulator.users : emulator.customers;
  if (!found) throw new Error(`no ${persona} is seeded`);
  return found;
};

/** As a browser would ask, which `fetch` does not: it says that it is a script. */
export async function head(url: string): Promise<IncomingMessage & { text: string }> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { method: 'HEAD', headers: { accept: 'text/html' } }, resolve)
      .on('error', reject)
      .end();
  });
  let text = '';
  for await (const chunk of answer) text += chunk;
  return Object.assign(answer, { text });
}
