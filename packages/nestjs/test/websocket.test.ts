import { EventEmitter, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEgainEmulator, forgeSession } from '@egain-auth/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Inject, Module, UseFilters, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { WsAdapter } from '@nestjs/platform-ws';
import {
  ConnectedSocket,
  type OnGatewayConnection,
  SubscribeMessage,
  WebSocketGateway,
  WsException,
} from '@nestjs/websockets';
import { WebSocket } from 'ws';
import {
  type ApiClient,
  EGAIN_AUTH,
  EgainApi,
  type EgainAuth,
  EgainAuthExceptionFilter,
  EgainAuthGuard,
  EgainAuthModule,
  EgainHttpService,
  Identity,
  OnBehalfOf,
  Public,
  type RequestContext,
  RequiresAuth,
  user,
} from '../src/index.ts';
import { PLATFORMS, type Platform } from './hosts.ts';
import 'reflect-metadata';

const scope = ['knowledge.portalmgr.onbehalfof.read'] as const;
const DETAILS = '/knowledge/portalmgr/v4/portals/user';
const event = (data: unknown) => ({ event: 'answer', data });

/** Of `jest.config.mjs`. */
declare const nest: string;

let opened = 0;
beforeEach(() => {
  opened = 0;
});
const open = () => {
  opened += 1;
  return event('open');
};

@WebSocketGateway({ path: '/desk' })
@UseGuards(EgainAuthGuard)
@UseFilters(EgainAuthExceptionFilter)
class DeskGateway implements OnGatewayConnection {
  readonly #egain: EgainAuth;
  readonly #http: EgainHttpService;
  readonly #contexts = new WeakMap<WebSocket, RequestContext>();

  constructor(@Inject(EGAIN_AUTH) egain: EgainAuth, @Inject(EgainHttpService) http: EgainHttpService) {
    this.#egain = egain;
    this.#http = http;
  }

  // README
  async handleConnection(client: WebSocket, request: IncomingMessage) {
    const isOurPage = request.headers.origin === 'https://desk.example.com';
    const context = await this.#egain.authenticate(request, {
      headersSent: true,
      appendHeader() {},
      send() {},
    });
    if (isOurPage && context.isAuthenticated) this.#contexts.set(client, context);
    else client.close(1008, 'Sign in first');
  }
  @SubscribeMessage('details') @Public() async details(@ConnectedSocket() client: WebSocket) {
    const context = this.#contexts.get(client);
    if (!context) throw new WsException('Sign in first');
    return event(await context.api.get(DETAILS));
  }

  @SubscribeMessage('unmarked') unmarked() {
    return open();
  }
  @SubscribeMessage('guarded') @RequiresAuth() guarded() {
    return open();
  }
  @SubscribeMessage('named') @Public() @OnBehalfOf(() => user({ username: 'pa' }), { scope }) named() {
    return open();
  }
  @SubscribeMessage('api') @Public() api(@EgainApi() _api: ApiClient) {
    return open();
  }
  @SubscribeMessage('identity') @Public() identity(@Identity() _identity: unknown) {
    return open();
  }
  @SubscribeMessage('current') @Public() current() {
    return this.#http.get(DETAILS);
  }
  @SubscribeMessage('as') @Public() async as() {
    const actor = { type: 'on-behalf-of', subject: user({ username: 'tom.agent' }) } as const;
    return event(await this.#egain.api(actor, { scope }).get(DETAILS));
  }
}

@WebSocketGateway({ path: '/bare' })
class BareGateway {
  @SubscribeMessage('unmarked') unmarked() {
    return open();
  }
}

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function startGateway(platform: Platform) {
  const emulator = await createEgainEmulator({ users: [{ username: 'maria.agent' }] }).listen();
  closers.push(() => emulator.close());
  class AppModule {}
  const options = {
    ...emulator.config({ baseUrl: 'http://localhost:3000' }),
    authorizeSubject: ({ value }: { value: string }) => value !== 'tom.agent',
  };
  Module({
    imports: [EgainAuthModule.forRoot({ ...options, isGlobal: true, guard: 'global' })],
    providers: [DeskGateway, BareGateway],
  })(AppModule);
  const log = new EventEmitter<{ error: [unknown] }>();
  const adapter = platform === 'platform-express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = await NestFactory.create(AppModule, adapter, {
    logger: { log() {}, warn() {}, error: (message: unknown) => void log.emit('error', message) },
  });
  closers.push(() => app.close());
  app.useWebSocketAdapter(new WsAdapter(app));
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const egain = app.get<EgainAuth>(EGAIN_AUTH);
  const signIn = async () => {
    const accessToken = await emulator.issueToken({ name: 'maria.agent' });
    return (await forgeSession(egain, { accessToken })).cookie;
  };
  return { log, signIn, connect: (headers: Record<string, string>, path = '/desk') => connect(port, path, headers) };
}

async function connect(port: number, path: string, headers: Record<string, string>) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, {
    headers: { origin: 'https://desk.example.com', ...headers },
  });
  closers.push(() => socket.terminate());
  const closed = once(socket, 'close');
  await once(socket, 'open');
  const send = (name: string) => socket.send(JSON.stringify({ event: name }));
  return {
    closed,
    send,
    async ask(name: string): Promise<unknown> {
      const answered = once(socket, 'message');
      send(name);
      const [text] = await answered;
      return JSON.parse(String(text));
    },
  };
}

describe.each(PLATFORMS)('a WebSocket gateway on %s', (platform) => {
  test.each([
    ['unmarked', 'EgainAuthGuard'],
    ['guarded', 'EgainAuthGuard'],
    ['named', '@OnBehalfOf'],
    ['api', '@EgainApi'],
    ['identity', '@Identity'],
  ])('T056: %s stays closed, also to whoever is signed in, and says why in the log', async (name, what) => {
    const { log, signIn, connect } = await startGateway(platform);
    const socket = await connect({ cookie: await signIn() });
    const logged = once(log, 'error');
    socket.send(name);
    expect(String(await logged)).toContain(
      `${what} is for HTTP handlers and for resolvers of GraphQL over HTTP, and this one is called by ws`,
    );
    expect(opened).toBe(0);
  });

  test('README: the global guard closes a gateway on Nest 12; Nest 11 asks global guards of no gateway', async () => {
    const { log, signIn, connect } = await startGateway(platform);
    const socket = await connect({ cookie: await signIn() }, '/bare');
    const logged = once(log, 'error');
    if (nest === 'Nest 11') expect(await socket.ask('unmarked')).toEqual(event('open'));
    else socket.send('unmarked');
    if (nest === 'Nest 12') expect(String(await logged)).toContain('EgainAuthGuard is for HTTP handlers');
    expect(opened).toBe(nest === 'Nest 11' ? 1 : 0);
  });

  test('EgainHttpService has no current request, and says so', async () => {
    const { log, signIn, connect } = await startGateway(platform);
    const socket = await connect({ cookie: await signIn() });
    const logged = once(log, 'error');
    socket.send('current');
    expect(String(await logged)).toContain('EgainHttpService was called outside of an HTTP request');
  });

  test('README: whoever was signed in when the socket was opened calls eGain', async () => {
    const { signIn, connect } = await startGateway(platform);
    const socket = await connect({ cookie: await signIn() });
    expect(await socket.ask('details')).toMatchObject({ data: { user: [{ firstName: 'maria.agent' }] } });
  });

  test.each([
    ['nobody is signed in', async () => ({})],
    [
      'another origin opens it',
      async (signIn: () => Promise<string>) => ({ cookie: await signIn(), origin: 'https://elsewhere.example.com' }),
    ],
  ])('README: the socket is closed when %s', async (_name, headersOf) => {
    const { signIn, connect } = await startGateway(platform);
    const socket = await connect(await headersOf(signIn));
    expect(await socket.closed).toEqual([1008, Buffer.from('Sign in first')]);
  });

  test('README: with the filter on the gateway a refusal goes back as its code', async () => {
    const { signIn, connect } = await startGateway(platform);
    const socket = await connect({ cookie: await signIn() });
    expect(await socket.ask('as')).toEqual({
      event: 'exception',
      data: { status: 'error', message: 'subject_refused', requestId: expect.any(String) },
    });
  });
});
