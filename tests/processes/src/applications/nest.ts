import 'reflect-metadata';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  EGAIN_AUTH,
  type EgainAuth,
  EgainAuthModule,
  EgainContext,
  OnBehalfOf,
  type RequestContext,
} from '@egain-auth/nestjs';
import { Controller, Get, type INestApplication, Module, type OnApplicationShutdown, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { tell } from '../tell.ts';
import { options, SCOPE, subjectOf, work, workAfterClose } from '../work.ts';

@Controller('jobs')
class WorkController {
  @Get(':id')
  @OnBehalfOf(
    (context) => subjectOf(context.switchToHttp().getRequest<IncomingMessage>().url?.slice('/jobs/'.length) ?? ''),
    {
      scope: SCOPE,
    },
  )
  work(@EgainContext() egain: RequestContext, @Param('id') id: string): Promise<string> {
    return work(egain, id);
  }
}

/** Nest shuts modules down from the root: what is further from it than EgainAuthModule comes after it. */
@Module({})
class LastModule implements OnApplicationShutdown {
  async onApplicationShutdown(): Promise<void> {
    await workAfterClose(app.get<EgainAuth>(EGAIN_AUTH));
  }
}

@Module({ imports: [LastModule] })
class NextToLastModule {}

@Module({ imports: [NextToLastModule, EgainAuthModule.forRoot(options())], controllers: [WorkController] })
class AppModule {}

const adapter = process.argv[3] === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
const app = await NestFactory.create<INestApplication<Server>>(AppModule, adapter, { logger: ['error', 'fatal'] });
app.enableShutdownHooks();
const server = app.getHttpServer();
process.once('SIGTERM', () => {
  server.maxRequestsPerSocket = 1;
  server.keepAliveTimeout = 1;
});
await app.listen(0, '127.0.0.1');
tell('port', (server.address() as AddressInfo).port);
