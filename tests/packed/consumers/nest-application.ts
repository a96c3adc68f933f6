// An application of Nest, as its README shows it, and one visit of each kind. Compiled as an ES module and as CommonJS.
import 'reflect-metadata';
import {
  type ApiClient,
  EgainApi,
  EgainAuthModule,
  EgainHttpService,
  OnBehalfOf,
  Public,
  RequiresAuth,
  user,
} from '@egain-auth/nestjs';
import { createEgainEmulator } from '@egain-auth/testing';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

const MY_DETAILS = '/knowledge/portalmgr/v4/portals/user';
const pat = { scope: ['knowledge.portalmgr.onbehalfof.read'] } as const;

@Controller()
class ArticlesController {
  // By type, as Nest's own documentation has it: the class itself is the token.
  constructor(private readonly http: EgainHttpService) {}

  @Get('closed') closed() {
    return 'closed';
  }
  @Get('open') @Public() open() {
    return { open: true };
  }
  @Get('desk') @RequiresAuth({ as: 'user' }) desk() {
    return 'closed';
  }
  @Get('crm') @Public() @OnBehalfOf(() => user({ username: 'pa' }), pat) crm(@EgainApi() api: ApiClient) {
    return api.get(MY_DETAILS);
  }
  @Get('observed') @Public() @OnBehalfOf(() => user({ username: 'pa' }), pat) observed() {
    return this.http.get(MY_DETAILS);
  }
}

async function main(): Promise<void> {
  const emulator = await createEgainEmulator().listen();
  @Module({
    imports: [
      EgainAuthModule.forRootAsync({
        useFactory: () => ({ ...emulator.config(), authorizeSubject: () => true }),
        guard: 'global',
      }),
    ],
    controllers: [ArticlesController],
  })
  class AppModule {}
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, 'localhost');
  const answers: unknown[] = [];
  for (const path of ['closed', 'open', 'desk', 'crm', 'observed']) {
    const answer = await fetch(`${await app.getUrl()}/${path}`);
    const body = (await answer.json()) as { error?: { code: string }; user?: { firstName: string }[]; open?: boolean };
    answers.push([path, answer.status, body.error?.code ?? body.user?.[0]?.firstName ?? body.open]);
  }
  console.log(JSON.stringify({ answers }));
  await app.close();
  await emulator.close();
}

void main();
