import { request } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  All,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  UseGuards,
} from '@nestjs/common';
import {
  type ApiClient,
  customer,
  EgainApi,
  EgainAuthGuard,
  EgainAuthModule,
  OnBehalfOf,
  Public,
  RequiresAuth,
  user,
} from '../src/index.ts';
import { type Host, type HostOptions, PLATFORMS, startHost } from './hosts.ts';

const hosts: Host[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host[Symbol.asyncDispose]()));
});

const scope = ['knowledge.portalmgr.onbehalfof.read'] as const;
let handled = 0;
let opened = 0;

/** A guard of the application's own, which says who is there. */
class CrmGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest();
    request.user = { login: request.headers['x-test-login'] };
    return request.user.login !== undefined;
  }
}
const loggedIn = (context: ExecutionContext) => user({ username: context.switchToHttp().getRequest().user.login });

let asked = 0;
const other = () => {
  asked += 1;
  return user({ username: 'tom.agent' });
};

@Controller('plain')
class PlainController {
  @All() open() {
    opened += 1;
    return 'open';
  }
  @Get('json') @RequiresAuth({ unauthenticated: 'json' }) json() {
    return 'closed';
  }
  @Get('redirect') @RequiresAuth({ unauthenticated: 'redirect' }) redirect() {
    return 'closed';
  }
}

@Controller('closed')
@UseGuards(EgainAuthGuard)
class ClosedController {
  @Get() closed() {
    return 'closed';
  }
  @Get('public') @Public() open() {
    return 'open';
  }
}

@Controller('customers')
@RequiresAuth({ as: 'customer' })
class CustomersController {
  @Get() customers() {
    return 'closed';
  }
  @Get('agents') @RequiresAuth({ as: 'user' }) agents() {
    return 'closed';
  }
  @Get('named') @OnBehalfOf(() => user({ username: 'pa' }), { scope }) named() {
    return 'closed';
  }
}

@Controller('open')
@Public()
class OpenController {
  @Get() open() {
    return 'open';
  }
  @Get('closed') @RequiresAuth() closed() {
    return 'closed';
  }
}

@Controller('crm')
@Public()
@UseGuards(CrmGuard)
@OnBehalfOf(loggedIn, { scope })
class CrmController {
  @Get() me(@EgainApi() api: ApiClient) {
    return api.get('/knowledge/portalmgr/v4/portals/user');
  }
  @Get('other') @OnBehalfOf(other, { scope }) other(@EgainApi() api: ApiClient) {
    return api.get('/knowledge/portalmgr/v4/portals/user');
  }
  @Get('shop') @OnBehalfOf(() => customer({ email: 'nobody@example.com' }), { scope, eager: true }) shop() {
    handled += 1;
    return {};
  }
}

const controllers = [PlainController, ClosedController, CustomersController, OpenController, CrmController];

async function host(options: Pick<HostOptions, 'platform'> & { guard?: 'global' }): Promise<Host> {
  const { platform, guard } = options;
  const started = await startHost({
    platform,
    imports: (egain) => [EgainAuthModule.forRoot({ ...egain, guard })],
    controllers,
  });
  hosts.push(started);
  return started;
}

describe.each(PLATFORMS)('%s', (platform) => {
  const statusesOf = async ({ baseUrl, browser }: Host, paths: readonly string[]) =>
    Object.fromEntries(
      await Promise.all(paths.map(async (path) => [path, (await browser.fetch(`${baseUrl}${path}`)).status])),
    );

  test('a guard is for a controller or a handler, and what is nearer decides', async () => {
    const paths = ['/plain', '/plain/json', '/closed', '/closed/public', '/open', '/open/closed'];
    expect(await statusesOf(await host({ platform }), paths)).toEqual({
      '/plain': 200,
      '/plain/json': 401,
      '/closed': 401,
      '/closed/public': 200,
      '/open': 200,
      '/open/closed': 401,
    });
  });

  test('T056: with the global guard a route without metadata is closed', async () => {
    const started = await host({ platform, guard: 'global' });
    expect(await statusesOf(started, ['/plain', '/closed/public', '/open', '/open/closed'])).toEqual({
      '/plain': 401,
      '/closed/public': 200,
      '/open': 200,
      '/open/closed': 401,
    });
    expect((await started.browser.fetch(`${started.baseUrl}/auth/session`)).status).toBe(200);
  });

  test('T053: the guard protects the handler, however its path is written', async () => {
    const { baseUrl } = await host({ platform, guard: 'global' });
    const paths = [
      '',
      '/',
      '//',
      '?',
      '?a=/closed/public',
      '#',
      ';a=b',
      '%20',
      '%2f',
      '%00',
      '.',
      '/.',
      '/../plain',
      '.json',
      '\\',
    ];
    const variants = [
      ...paths.map((end) => `/plain${end}`),
      ...[
        '//plain',
        '/PLAIN',
        '/%70lain',
        '/./plain',
        '/closed/../plain',
        '/closed/public/../../plain',
        '\\plain',
        '*',
      ],
      ...[
        '/closed/public/%2e%2e/%2e%2e/plain',
        '/auth/login/../../plain',
        `${baseUrl}/plain`,
        'http://elsewhere.example/plain',
      ],
    ];
    const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'SEARCH', 'QUERY'];
    const before = opened;
    const statuses = await Promise.all(
      variants.flatMap((path) => methods.map((method) => statusOf(baseUrl, method, path))),
    );
    expect(opened).toBe(before);
    expect(statuses.filter((status) => status === 401).length).toBeGreaterThan(methods.length);
    expect(statuses.filter((status) => status >= 200 && status < 300)).toEqual([]);
  });

  test('a handler asks for another persona than its controller', async () => {
    const { browser, baseUrl } = await host({ platform });
    expect((await browser.open(`${baseUrl}/customers`)).url.pathname).toMatch(/-C\/oauth2\/authorize$/);
    expect((await browser.open(`${baseUrl}/customers/agents`)).url.pathname).toMatch(/-U\/oauth2\/authorize$/);
  });

  test('a redirect is the answer: no filter of the application is asked for another', async () => {
    const asked: unknown[] = [];
    @Catch()
    class OwnFilter implements ExceptionFilter {
      catch(error: unknown) {
        asked.push(error);
      }
    }
    const started = await startHost({
      platform,
      imports: (egain) => [EgainAuthModule.forRoot(egain)],
      controllers,
      setUp: (app) => void app.useGlobalFilters(new OwnFilter()),
    });
    hosts.push(started);
    const { browser, baseUrl } = started;
    expect((await browser.open(`${baseUrl}/plain/redirect`)).url.pathname).toMatch(/\/oauth2\/authorize$/);
    expect(asked).toEqual([]);
  });

  test('redirect or JSON can be said', async () => {
    const { browser, baseUrl } = await host({ platform });
    expect((await browser.open(`${baseUrl}/plain/json`)).status).toBe(401);
    expect((await browser.fetch(`${baseUrl}/plain/redirect`)).url.pathname).toMatch(/\/oauth2\/authorize$/);
  });

  test.each([undefined, 'global'] as const)(
    'on behalf of somebody nobody has to be signed in with eGain, but the application’s own guards come first (guard %p)',
    async (guard) => {
      const { baseUrl, emulator } = await host({ platform, ...(guard && { guard }) });
      expect((await fetch(`${baseUrl}/crm`)).status).toBe(403);
      expect(emulator.journal()).toEqual([]);
      const answer = await fetch(`${baseUrl}/crm`, { headers: { 'x-test-login': 'maria.agent' } });
      expect(await answer.json()).toMatchObject({ user: [{ firstName: 'Maria' }] });
    },
  );

  test('acting on behalf of somebody does not open what asks for a login', async () => {
    const { browser, baseUrl } = await host({ platform });
    expect((await browser.fetch(`${baseUrl}/customers/named`)).status).toBe(401);
  });

  test('a handler acts for another than its controller, who is asked for once', async () => {
    const { baseUrl } = await host({ platform });
    const before = asked;
    const answer = await fetch(`${baseUrl}/crm/other`, { headers: { 'x-test-login': 'maria.agent' } });
    expect(await answer.json()).toMatchObject({ user: [{ firstName: 'Tom' }] });
    expect(asked).toBe(before + 1);
  });

  test('eager: the refusal comes before the handler', async () => {
    const { baseUrl } = await host({ platform });
    const answer = await fetch(`${baseUrl}/crm/shop`, { headers: { 'x-test-login': 'pa' } });
    expect(answer.status).toBe(502);
    expect(handled).toBe(0);
  });

  test('a guard without the module says what is missing and stays closed', async () => {
    const errors: unknown[] = [];
    const logger = { log() {}, warn() {}, error: (error: unknown) => void errors.push(error) };
    const started = await startHost({ platform, logger, imports: () => [], controllers });
    hosts.push(started);
    expect((await started.browser.fetch(`${started.baseUrl}/closed`)).status).toBe(500);
    expect(String(errors[0])).toContain('no EgainAuthModule named default is imported (there is: none)');
  });
});

/** @param path sent as it is */
function statusOf(baseUrl: string, method: string, path: string): Promise<number> {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve, reject) => {
    request({ hostname, port, method, path }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}
