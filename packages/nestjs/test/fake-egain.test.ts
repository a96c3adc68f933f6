import { once } from 'node:events';
import { get as navigate } from 'node:http';
import { type FakeEgainOptions, fakeEgain } from '@egain-auth/testing';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Controller, type ExecutionContext, Get, type INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  type ApiClient,
  EGAIN_AUTH,
  EgainApi,
  EgainAuthModule,
  type EgainIdentity,
  Identity,
  OnBehalfOf,
  Public,
  RequiresAuth,
  user,
} from '../src/index.ts';
import { PLATFORMS, type Platform } from './hosts.ts';
import 'reflect-metadata';

const PORTALS = '/knowledge/portalmgr/v4/myportals';
const scope = ['knowledge.portalmgr.onbehalfof.read'] as const;
const named = (context: ExecutionContext) =>
  user({ username: context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-login'] ?? '' });

@Controller()
class DeskController {
  @Get('desk') desk(@Identity() identity: EgainIdentity) {
    return identity;
  }
  @Get('customers') @RequiresAuth({ as: 'customer' }) customers() {
    return 'open';
  }
  @Get('portals') portals(@EgainApi() api: ApiClient) {
    return api.get(PORTALS);
  }
  @Get('crm') @Public() @OnBehalfOf(named, { scope }) crm(@EgainApi() api: ApiClient) {
    return api.get(PORTALS);
  }
  @Get('open') @Public() open() {
    return 'open';
  }
}

let app: INestApplication;
afterEach(() => app.close());

async function start(platform: Platform, options: FakeEgainOptions) {
  const egain = fakeEgain(options);
  // README: the module as the application has it, which reads the environment when nothing takes its place.
  const module = await Test.createTestingModule({
    imports: [EgainAuthModule.forRoot({ guard: 'global' })],
    controllers: [DeskController],
  })
    .overrideProvider(EGAIN_AUTH)
    .useValue(egain)
    .compile();
  const adapter = platform === 'platform-express' ? new ExpressAdapter() : new FastifyAdapter();
  app = module.createNestApplication(adapter, { logger: false });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${url}${path}`, { headers });
    return { status: answer.status, body: await answer.text() };
  };
  return { egain, get, url };
}

describe.each(PLATFORMS)('README: fakeEgain on %s', (platform) => {
  test('takes the place of the instance: guards know who is signed in, and the API answers', async () => {
    const { egain, get } = await start(platform, {
      identity: { id: '1067', name: 'Pat Admin' },
      answers: { [`GET ${PORTALS}`]: { portal: [] } },
    });
    expect(JSON.parse((await get('/desk')).body)).toEqual({ persona: 'user', id: '1067', name: 'Pat Admin' });
    expect(JSON.parse((await get('/portals')).body)).toEqual({ portal: [] });
    expect((await get('/customers')).status).toBe(403);
    expect(egain.calls.map(({ actor, path }) => [actor.type, path])).toEqual([['session', PORTALS]]);
  });

  test('nobody is sent to sign in, or told to', async () => {
    const { get, url } = await start(platform, {});
    expect((await get('/desk')).status).toBe(401);
    expect((await get('/open')).status).toBe(200);
    const [answer] = await once(navigate(`${url}/desk`, { headers: { accept: 'text/html' } }), 'response');
    expect([answer.statusCode, new URL(answer.headers.location).host]).toEqual([303, 'egain.invalid']);
  });

  test('acts for whom @OnBehalfOf names, by the policy of the application', async () => {
    const { egain, get } = await start(platform, {
      authorizeSubject: ({ value }) => value === 'pa',
      answers: { [`GET ${PORTALS}`]: {} },
    });
    expect((await get('/crm', { 'x-login': 'pa' })).status).toBe(200);
    expect((await get('/crm', { 'x-login': 'tom' })).status).toBe(403);
    expect(egain.calls.map(({ actor }) => actor)).toEqual([
      { type: 'on-behalf-of', subject: user({ username: 'pa' }) },
    ]);
  });

  test('a call without an answer is 502', async () => {
    const { get } = await start(platform, { identity: {} });
    expect(await get('/portals')).toMatchObject({ status: 502, body: expect.stringContaining('api_unavailable') });
  });
});
