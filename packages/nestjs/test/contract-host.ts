import 'reflect-metadata';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ContractApplication, ContractHost, ContractRequest, ContractRoute } from '@egain-auth/testing';
import { Catch, Controller, Get, Module, Post, Req, Res, type Type } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  EGAIN_AUTH,
  type EgainAuth,
  EgainAuthExceptionFilter,
  EgainAuthModule,
  EgainContext,
  OnBehalfOf,
  type RequestContext,
  RequiresAuth,
  user,
} from '../src/index.ts';
import type { Platform } from './hosts.ts';

/** The contract's application in Nest's words. */
export const startContractHost =
  (platform: Platform) =>
  async ({ mount, options, routes, errors, onError }: ContractApplication): Promise<ContractHost> => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    const origin = `http://localhost:${(server.address() as AddressInfo).port}`;

    class TellingFilter extends EgainAuthExceptionFilter {
      protected override onError(...given: Parameters<EgainAuthExceptionFilter['onError']>): void {
        onError(...given);
      }
    }
    // Decorators are inherited from the class above, but for this one.
    Catch(...(Reflect.getMetadata('__filterCatchExceptions__', EgainAuthExceptionFilter) as Type[]))(TellingFilter);
    class AppModule {}
    Module({
      imports: [EgainAuthModule.forRootAsync({ useFactory: () => options(origin), filter: false })],
      controllers: [createController(routes, platform)],
      providers: errors === 'adapter' ? [{ provide: APP_FILTER, useClass: TellingFilter }] : [],
    })(AppModule);

    const adapter =
      platform === 'platform-express'
        ? new ExpressAdapter()
        : new FastifyAdapter({ serverFactory: (handler: RequestListener) => server.on('request', handler) });
    const app = await NestFactory.create(AppModule, adapter, { logger: false, abortOnError: false });
    if (mount !== '') app.setGlobalPrefix(mount);
    await app.init();
    if (adapter instanceof FastifyAdapter) await adapter.getInstance().ready();
    else server.on('request', adapter.getInstance());

    let closing: Promise<void> | undefined;
    async function close(): Promise<void> {
      await new Promise((resolve) => server.close(resolve));
      await app.close();
    }
    return {
      origin,
      egain: app.get<EgainAuth>(EGAIN_AUTH),
      close: () => {
        closing ??= close();
        return closing;
      },
    };
  };

type Handler = (egain: RequestContext, request: NestRequest, response: NestResponse) => Promise<void>;

/** What decorators do for a class that stands in a file, for routes that are data. */
function createController(routes: readonly ContractRoute[], platform: Platform): Type {
  class ContractController {}
  for (const [index, route] of routes.entries()) {
    const name = `route${index}`;
    const handler: Handler = platform === 'platform-express' ? onExpress(route) : onFastify(route);
    const descriptor = { value: handler, configurable: true, writable: true };
    Object.defineProperty(ContractController.prototype, name, descriptor);
    const decorators = [(route.method === 'GET' ? Get : Post)(route.path), ...guardsOf(route)];
    for (const decorate of decorators) decorate(ContractController.prototype, name, descriptor);
    for (const [position, parameter] of [EgainContext(), Req(), Res()].entries()) {
      parameter(ContractController.prototype, name, position);
    }
  }
  Controller()(ContractController);
  return ContractController;
}

function guardsOf({ guard, onBehalfOf }: ContractRoute): MethodDecorator[] {
  const guards: MethodDecorator[] = guard ? [RequiresAuth(guard)] : [];
  if (!onBehalfOf) return guards;
  const { header, scope, eager } = onBehalfOf;
  const nameOf = (request: NestRequest) => user({ username: headerOf(request, header) ?? '' });
  return [...guards, OnBehalfOf((context) => nameOf(context.switchToHttp().getRequest()), { scope, eager })];
}

type NestRequest = Pick<IncomingMessage, 'headers'>;

/** Express's response, and Fastify's reply: what of them these handlers use. */
interface NestResponse {
  readonly raw: ServerResponse;
  cookie(name: string, value: string): void;
  status(status: number): { json(body: unknown): void; send(body: unknown): void };
  header(name: string, value: string): void;
  hijack(): void;
}

function headerOf({ headers }: NestRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

type Answering = Pick<ContractRequest, 'setCookie' | 'setHeader' | 'flush' | 'takeOver'>;

const requestOf = (egain: RequestContext, request: NestRequest, answering: Answering): ContractRequest => ({
  egain,
  header: (name) => headerOf(request, name),
  ...answering,
});

const onExpress =
  (route: ContractRoute): Handler =>
  async (egain, request, response) => {
    const node = response as unknown as ServerResponse;
    const answer = await route.handle(
      requestOf(egain, request, {
        setCookie: (name, value) => response.cookie(name, value),
        setHeader: (name, value) => response.header(name, value),
        flush: (text) => void node.write(text),
        takeOver: () => node,
      }),
    );
    if (!answer) return;
    if (node.headersSent) node.end(JSON.stringify(answer.body));
    else response.status(answer.status ?? 200).json(answer.body);
  };

const onFastify =
  (route: ContractRoute): Handler =>
  async (egain, request, reply) => {
    const answer = await route.handle(
      requestOf(egain, request, {
        setCookie: (name, value) => reply.header('set-cookie', `${name}=${value}; Path=/`),
        setHeader: (name, value) => reply.header(name, value),
        flush(text) {
          reply.hijack();
          reply.raw.write(text);
        },
        takeOver() {
          reply.hijack();
          return reply.raw;
        },
      }),
    );
    if (!answer) return;
    if (reply.raw.headersSent) reply.raw.end(JSON.stringify(answer.body));
    else reply.status(answer.status ?? 200).send(answer.body);
  };
