import type { IncomingMessage } from 'node:http';
import { forgeSession } from '@egain-auth/testing';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Inject } from '@nestjs/common';
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
  EgainAuthModule,
  type EgainAuthModuleExtras,
  EgainHttpService,
  Identity,
  OnBehalfOf,
  Public,
  type RequestContext,
  RequiresAuth,
  user,
} from '../src/index.ts';
import { type Host, PLATFORMS, type Platform, startHost } from './hosts.ts';

const scope = ['knowledge.portalmgr.onbehalfof.read'] as const;
const DETAILS = '/knowledge/portalmgr/v4/portals/user';
const event = (data: unknown) => ({ event: 'answer', data });

@WebSocketGateway({ path: '/desk' })
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
    return event('open');
  }
  @SubscribeMessage('guarded') @RequiresAuth() guarded() {
    return event('open');
  }
  @SubscribeMessage('named') @Public() @OnBehalfOf(() => user({ username: 'pa' }), { scope }) named() {
    return event('open');
  }
  @SubscribeMessage('api') @Public() api(@EgainApi() _api: ApiClient) {
    return event('open');
  }
  @SubscribeMessage('identity') @Public() identity(@Identity() _identity: unknown) {
    return event('open');
  }
  @SubscribeMessage('current') @Public() current() {
    return this.#http.get(DETAILS);
  }
  @SubscribeMessage('as') @Public() async as() {
    const actor = { type: 'on-behalf-of', subject: user({ username: 'tom.agent' }) } as const;
    return event(await this.#egain.api(actor, { scope }).get(DETAILS));
  }
}

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function gateway(platform: Platform, extras: EgainAuthModuleExtras = {}) {
  const logged: string[] = [];
  const host = await startHost({
    platform,
    logger: { log() {}, warn() {}, error: (message: unknown) => void logged.push(String(message)) },
    options: { authorizeSubject: ({ value }) => value !== 'tom.agent' },
    imports: (options) => [EgainAuthModule.forRoot({ ...options, isGlobal: true, ...extras })],
    controllers: [],
    providers: [DeskGateway],
    setUp: (app) => void app.useWebSocketAdapter(new WsAdapter(app)),
  });
  closers.push(() => host[Symbol.asyncDispose]());
  return { host, logged };
}

async function connect({ baseUrl }: Host, headers: Record<string, string> = {}) {
  const socket = new WebSocket(`${baseUrl.replace('http', 'ws')}/desk`, {
    headers: { origin: 'https://desk.example.com', ...headers },
  });
  closers.push(() => socket.terminate());
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return {
    closed,
    send: (name: string) =>
      new Promise<{ event: string; data: unknown }>((resolve) => {
        socket.once('message', (text) => resolve(JSON.parse(String(text))));
        socket.send(JSON.stringify({ event: name }));
      }),
  };
}

describe.each(PLATFORMS)('a WebSocket gateway on %s', (platform) => {
  test('x', async () => {
    const { host, logged } = await gateway(platform, { guard: 'global' });
    const { cookie } = await forgeSession(host.app.get<EgainAuth>(EGAIN_AUTH));
    const socket = await connect(host, { cookie });
    for (const name of ['details', 'unmarked', 'guarded', 'named', 'api', 'identity', 'current', 'as']) {
      console.log(name, JSON.stringify(await socket.send(name)), logged.splice(0));
    }
  });
});
