import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { createEgainEmulator } from '@egain-auth/testing';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Controller, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, EventPattern, MessagePattern, Transport } from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import {
  type ApiClient,
  EgainApi,
  EgainAuthModule,
  EgainHttpService,
  OnBehalfOf,
  Public,
  RequiresAuth,
  user,
} from '../src/index.ts';
import 'reflect-metadata';

const scope = ['knowledge.portalmgr.onbehalfof.read'] as const;
const actor = (username: string) => ({ type: 'on-behalf-of', subject: user({ username }) }) as const;

@Controller()
class PeopleController {
  readonly #http: EgainHttpService;
  constructor(@Inject(EgainHttpService) http: EgainHttpService) {
    this.#http = http;
  }
  @MessagePattern('unmarked') unmarked() {
    return 'open';
  }
  @MessagePattern('guarded') @RequiresAuth() guarded() {
    return 'open';
  }
  @MessagePattern('named') @Public() @OnBehalfOf(() => user({ username: 'pa' }), { scope }) named() {
    return 'open';
  }
  @MessagePattern('api') @Public() api(@EgainApi() _api: ApiClient) {
    return 'open';
  }
  @MessagePattern('current') @Public() current() {
    return this.#http.get('/');
  }
  @EventPattern('unmarked-event') unmarkedEvent(_data: unknown) {
    events.push('open');
  }
  @EventPattern('refused-event') @Public() async refusedEvent(_data: unknown) {
    await firstValueFrom(this.as('tom.agent'));
  }
  @MessagePattern('as') @Public() as(username: string) {
    return this.#http.as(actor(username), { scope }).get('/knowledge/portalmgr/v4/portals/user');
  }
}

const events: string[] = [];

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Hybrid {
  readonly inheritAppConfig: boolean;
}

/** On its own, or beside an HTTP server. */
async function microservice(hybrid?: Hybrid) {
  const emulator = await createEgainEmulator().listen();
  closers.push(() => emulator.close());
  class AppModule {}
  const options = { ...emulator.config(), authorizeSubject: ({ value }: { value: string }) => value !== 'tom.agent' };
  Module({
    imports: [EgainAuthModule.forRoot({ ...options, isGlobal: true, guard: 'global' })],
    controllers: [PeopleController],
  })(AppModule);
  const logged: string[] = [];
  const logger = { log() {}, warn() {}, error: (message: unknown) => void logged.push(String(message)) };
  const transport = { transport: Transport.TCP, options: { host: '127.0.0.1', port: await freePort() } } as const;
  if (hybrid) {
    const app = await NestFactory.create(AppModule, { logger });
    closers.push(() => app.close());
    app.connectMicroservice(transport, hybrid);
    await app.startAllMicroservices();
  } else {
    const app = await NestFactory.createMicroservice(AppModule, { ...transport, logger });
    closers.push(() => app.close());
    await app.listen();
  }
  const client = ClientProxyFactory.create(transport);
  closers.push(async () => client.close());
  return {
    logged,
    send: (pattern: string, data: unknown = '') => firstValueFrom(client.send(pattern, data)),
    emit: (pattern: string) => firstValueFrom(client.emit(pattern, ''), { defaultValue: undefined }),
  };
}

describe('a microservice', () => {
  test.each([
    [
      'unmarked',
      'EgainAuthGuard is for HTTP handlers and for resolvers of GraphQL over HTTP, and this one is called by rpc',
    ],
    [
      'guarded',
      'EgainAuthGuard is for HTTP handlers and for resolvers of GraphQL over HTTP, and this one is called by rpc',
    ],
    ['named', '@OnBehalfOf is for HTTP handlers and for resolvers of GraphQL over HTTP, and this one is called by rpc'],
    ['api', '@EgainApi is for HTTP handlers and for resolvers of GraphQL over HTTP, and this one is called by rpc'],
    ['current', 'EgainHttpService was called outside of an HTTP request'],
  ])('%s: stays closed, and says why in the log', async (pattern, message) => {
    const { send, logged } = await microservice();
    await expect(send(pattern)).rejects.toMatchObject({ status: 'error', message: 'Internal server error' });
    expect(logged[0]).toContain(message);
  });

  test('README: calls eGain as somebody named; a refusal goes back as its code', async () => {
    const { send } = await microservice();
    expect(await send('as', 'maria.agent')).toMatchObject({ user: [{ firstName: 'Maria' }] });
    await expect(send('as', 'tom.agent')).rejects.toMatchObject({ status: 'error', message: 'subject_refused' });
  });

  test('an event that is not let in, or refused, is no crash', async () => {
    const { emit, send, logged } = await microservice();
    await emit('unmarked-event');
    await emit('refused-event');
    expect(await send('as', 'maria.agent')).toMatchObject({ user: [{ firstName: 'Maria' }] });
    expect(events).toEqual([]);
    expect(logged[0]).toContain('EgainAuthGuard is for HTTP handlers');
  });

  test('README: in a hybrid application the global guard holds with inheritAppConfig alone', async () => {
    const inheriting = await microservice({ inheritAppConfig: true });
    await expect(inheriting.send('unmarked')).rejects.toMatchObject({ message: 'Internal server error' });
    expect(inheriting.logged[0]).toContain('EgainAuthGuard is for HTTP handlers');
    const { send } = await microservice({ inheritAppConfig: false });
    expect(await send('unmarked')).toBe('open');
    await expect(send('guarded')).rejects.toMatchObject({ message: 'Internal server error' });
  });
});
