import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import fastifyCookie from '@fastify/cookie';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  Controller,
  Get,
  HttpException,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  Res,
  UseGuards,
} from '@nestjs/common';
import {
  type ApiClient,
  EgainApi,
  EgainAuthGuard,
  EgainAuthModule,
  EgainContext,
  Public,
  type RequestContext,
} from '../src/index.ts';
import { passTime } from './clock.ts';
import { type Host, PLATFORMS, type Platform, person, startHost } from './hosts.ts';

const hosts: Host[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host[Symbol.asyncDispose]()));
});

/** What `@Res()` is on either platform. */
type Reply =
  | { cookie(name: string, value: string): unknown; append(name: string, value: string): void; end(body: string): void }
  | {
      setCookie(name: string, value: string): unknown;
      header(name: string, value: string): void;
      raw: { end(body: string): void };
      hijack(): void;
    };
const setCookie = (reply: Reply, name: string) =>
  'setCookie' in reply ? reply.setCookie(name, '1') : reply.cookie(name, '1');
const addHeader = (reply: Reply, name: string, value: string) =>
  'setCookie' in reply ? reply.header(name, value) : reply.append(name, value);

@Controller()
@UseGuards(EgainAuthGuard)
class CookieController {
  @Get('me') async me(@EgainApi() api: ApiClient, @Res({ passthrough: true }) reply: Reply) {
    setCookie(reply, 'before');
    await api.get('/knowledge/portalmgr/v4/portals/user');
    setCookie(reply, 'after');
    return {};
  }
  @Get('plain') plain() {
    return {};
  }
  @Get('headers') headers(@Res({ passthrough: true }) reply: Reply) {
    addHeader(reply, 'set-cookie', 'header=1');
    addHeader(reply, 'vary', 'Accept');
    return {};
  }
  @Get('sign-in') @Public() signIn(@EgainContext() egain: RequestContext, @Res() reply: Reply) {
    setCookie(reply, 'before');
    return egain.login({ as: 'user' });
  }
  @Get('refused') refused(@Res({ passthrough: true }) reply: Reply) {
    setCookie(reply, 'before');
    throw new HttpException('teapot', 418);
  }
  @Get('raw') raw(@Res() reply: Reply) {
    if ('raw' in reply) {
      reply.hijack();
      reply.raw.end('raw');
    } else {
      reply.end('raw');
    }
  }
}

/** Middleware of a module, which Nest hands Node's response on Fastify too. */
@Module({})
class VisitModule implements NestModule {
  configure(consumer: MiddlewareConsumer) {
    consumer
      .apply((_request: unknown, response: ServerResponse, next: () => void) => {
        response.appendHeader('set-cookie', 'module=1');
        next();
      })
      .forRoutes(CookieController);
  }
}

/** The next request renews the token of the session, and so writes its cookie. */
async function signedIn(platform: Platform): Promise<Host> {
  const host = await startHost({
    platform,
    imports: (egain) => [EgainAuthModule.forRoot(egain), VisitModule],
    controllers: [CookieController],
    emulator: { refreshTokens: 'rotating', accessTokenLifetimeSeconds: 120 },
    async setUp(app) {
      if (platform === 'platform-fastify') {
        await (app as unknown as { register(plugin: unknown): Promise<unknown> }).register(fastifyCookie);
        // As plugins have that store something: what is sent is on its way for a while.
        app
          .getHttpAdapter()
          .getInstance()
          .addHook('onSend', () => sleep(5));
      }
      app.use((_request: unknown, response: ServerResponse, next: () => void) => {
        response.appendHeader('set-cookie', 'theme=dark');
        next();
      });
    },
  });
  hosts.push(host);
  await host.browser.open(`${host.baseUrl}/plain`);
  await host.browser.signIn(person(host, 'user'));
  passTime(120_000);
  return host;
}

describe.each(PLATFORMS)('%s', (platform) => {
  const namesOf = (headers: IncomingHttpHeaders) =>
    (headers['set-cookie'] ?? []).map((line) => line.split('=', 1)[0] ?? '').sort();

  test('cookies of the application, set before and after ours, go with a renewed session', async () => {
    const { browser, baseUrl } = await signedIn(platform);
    const before = browser.cookies('localhost').get('egain_session');
    const answer = await browser.open(`${baseUrl}/me`);
    expect(answer.status).toBe(200);
    expect([...new Set(namesOf(answer.headers))]).toEqual(['after', 'before', 'egain_session', 'module', 'theme']);
    expect(browser.cookies('localhost').get('egain_session')).not.toBe(before);
    expect((await browser.fetch(`${baseUrl}/me`)).status).toBe(200);
    expect(answer.headers['cache-control']).toContain('no-store');
    expect(answer.headers.vary).toContain('Cookie');
  });

  test.each(['/plain', '/raw'])('and where the application sets none itself: %s', async (path) => {
    const { browser, baseUrl } = await signedIn(platform);
    const answer = await browser.open(`${baseUrl}${path}`);
    expect([...new Set(namesOf(answer.headers))]).toEqual(['egain_session', 'module', 'theme']);
  });

  test('and where it writes them as headers', async () => {
    const { browser, baseUrl } = await signedIn(platform);
    const answer = await browser.open(`${baseUrl}/headers`);
    expect([...new Set(namesOf(answer.headers))]).toEqual(['egain_session', 'header', 'module', 'theme']);
    expect((answer.headers.vary ?? '').split(', ')).toEqual(expect.arrayContaining(['Cookie', 'Accept']));
  });

  test('and where a handler sends the browser to sign in', async () => {
    const { browser, baseUrl } = await signedIn(platform);
    await browser.open(`${baseUrl}/sign-in`);
    expect([...browser.cookies('localhost').keys()]).toEqual(expect.arrayContaining(['before', 'module', 'theme']));
  });

  test('and where the handler throws', async () => {
    const { browser, baseUrl } = await signedIn(platform);
    const answer = await browser.open(`${baseUrl}/refused`);
    expect(answer.status).toBe(418);
    expect([...new Set(namesOf(answer.headers))]).toEqual(['before', 'egain_session', 'module', 'theme']);
  });

  test('and with the redirects of a login and a logout', async () => {
    const { browser, baseUrl } = await signedIn(platform);
    const left = await browser.post(`${baseUrl}/auth/logout`, {}, { cookie: '' });
    expect(left.visited.length).toBeGreaterThan(1);
    browser.setCookie('localhost', 'theme', undefined);
    browser.setCookie('localhost', 'egain_session', undefined);
    await browser.open(`${baseUrl}/plain`);
    expect([...browser.cookies('localhost').keys()]).toEqual(expect.arrayContaining(['theme', 'module']));
    expect([...browser.cookies('localhost').keys()].filter((name) => name.startsWith('egain_'))).toHaveLength(1);
  });
});
