import { afterEach, describe, expect, test } from '@jest/globals';
import { Body, Controller, type ExecutionContext, Get, Post, Res, UseGuards } from '@nestjs/common';
import {
  type ApiClient,
  EgainApi,
  EgainAuthGuard,
  EgainAuthModule,
  EgainContext,
  type EgainIdentity,
  Identity,
  OnBehalfOf,
  type RequestContext,
  RequiresAuth,
  user,
} from '../src/index.ts';
import { type Host, type HostOptions, head, PLATFORMS, person, startHost } from './hosts.ts';

const hosts: Host[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host[Symbol.asyncDispose]()));
});

const ON_BEHALF_OF_READ = ['knowledge.portalmgr.onbehalfof.read'] as const;
const MY_DETAILS = '/knowledge/portalmgr/v4/portals/user';

const named = (context: ExecutionContext) =>
  user({ username: String(context.switchToHttp().getRequest().headers['x-test-login'] ?? '') });

/** The application of most tests: what the README shows, and a way to look at the context. */
@Controller()
class DeskController {
  @Get() home(@EgainContext() egain: RequestContext) {
    return { isAuthenticated: egain.isAuthenticated };
  }
  @Get('desk') @RequiresAuth({ as: 'user' }) desk(@Identity() identity: EgainIdentity) {
    return identity;
  }
  @Get('help') @RequiresAuth({ as: 'customer' }) help(@Identity() identity: EgainIdentity) {
    return identity;
  }
  @Get('any') @UseGuards(EgainAuthGuard) any(@Identity() identity: EgainIdentity) {
    return identity;
  }
  @Get('manage') @RequiresAuth({ scope: ['core.casemgr.manage'] }) manage() {
    return {};
  }
  @Get('me') me(@EgainApi() api: ApiClient) {
    return api.get(MY_DETAILS);
  }
  @Get('crm') @OnBehalfOf(named, { scope: ON_BEHALF_OF_READ }) crm(@EgainApi() api: ApiClient) {
    return api.get(MY_DETAILS);
  }
  @Post('crm') @OnBehalfOf(named, { scope: ON_BEHALF_OF_READ }) async change(
    @EgainApi() api: ApiClient,
    @Body() body: unknown,
  ) {
    return { body, found: await api.get(MY_DETAILS) };
  }
  @Get('sign-in') signIn(@EgainContext() egain: RequestContext, @Res() _answeredByUs: unknown) {
    return egain.login({ as: 'user', returnTo: '/any' });
  }
  @Post('sign-out') signOut(@EgainContext() egain: RequestContext, @Res() _answeredByUs: unknown) {
    return egain.logout();
  }
}

async function host(options: Partial<HostOptions> & Pick<HostOptions, 'platform'>): Promise<Host> {
  const started = await startHost({
    imports: (egain) => [EgainAuthModule.forRoot(egain)],
    controllers: [DeskController],
    ...options,
  });
  hosts.push(started);
  return started;
}

describe.each(PLATFORMS)('%s', (platform) => {
  test('README: an agent signs in and lands on the page first asked for', async () => {
    const started = await host({ platform });
    const { browser, baseUrl } = started;
    const signInPage = await browser.open(`${baseUrl}/desk?tab=2`);
    expect(signInPage.url.pathname).toMatch(/-U\/oauth2\/authorize$/);
    const landed = await browser.signIn(person(started, 'user'));
    expect(landed.url.href).toBe(`${baseUrl}/desk?tab=2`);
    expect(JSON.parse(landed.text)).toEqual({ persona: 'user', id: '1067', name: 'Pat Admin', roles: ['agent'] });
  });

  test('README: a customer signs in; an agent’s page then asks for the agent', async () => {
    const started = await host({ platform });
    const { browser, baseUrl } = started;
    expect((await browser.open(`${baseUrl}/help`)).url.pathname).toMatch(/-C\/oauth2\/authorize$/);
    expect(JSON.parse((await browser.signIn(person(started, 'customer'))).text)).toEqual({ persona: 'customer' });
    expect((await browser.open(`${baseUrl}/desk`)).url.pathname).toMatch(/-U\/oauth2\/authorize$/);
    expect((await browser.fetch(`${baseUrl}/desk`)).status).toBe(403);
  });

  test('README: the API is called as whoever signed in', async () => {
    const started = await host({ platform });
    const { browser, baseUrl, emulator } = started;
    await browser.open(`${baseUrl}/any`);
    await browser.signIn(person(started, 'user'));
    expect(JSON.parse((await browser.open(`${baseUrl}/me`)).text)).toMatchObject({ user: [{ firstName: 'Pat' }] });
    expect(emulator.journal('api').at(-1)).toMatchObject({ actor: 'user', subject: 'pa', status: 200 });
  });

  test('README: each request acts on behalf of whom it names, with a body and without', async () => {
    const started = await host({ platform });
    const names = Array.from({ length: 48 }, (_, index) => ['pa', 'maria.agent', 'tom.agent'][index % 3] as string);
    const answers = await Promise.all(
      names.map(async (login, index) => {
        const headers = { 'x-test-login': login, 'content-type': 'application/json' };
        const post = { method: 'POST', body: JSON.stringify({ index }), headers };
        const answer = await fetch(`${started.baseUrl}/crm`, index % 2 ? { headers } : post);
        const found = (await answer.json()) as Record<string, unknown>;
        if (index % 2 === 0) expect(found['body']).toEqual({ index });
        return (index % 2 ? found : found['found']) as { user: { firstName: string }[] };
      }),
    );
    const firstNames = { pa: 'Pat', 'maria.agent': 'Maria', 'tom.agent': 'Tom' } as Record<string, string>;
    expect(answers.map(({ user: [first] }) => first?.firstName)).toEqual(names.map((name) => firstNames[name]));
  });

  test('two tabs sign in side by side, each to its own page', async () => {
    const started = await host({ platform });
    const { browser, baseUrl } = started;
    const first = await browser.open(`${baseUrl}/desk?tab=first`);
    await browser.open(`${baseUrl}/desk?tab=second`);
    expect((await browser.signIn(person(started, 'user'))).url.search).toBe('?tab=second');
    const { username, password } = person(started, 'user') as { username: string; password: string };
    const late = await browser.post(first.url.href, { username, password, action: 'sign-in' });
    expect(late.url.search).toBe('?tab=first');
  });

  test('signing out ends the session', async () => {
    const started = await host({ platform });
    const { browser, baseUrl } = started;
    await browser.open(`${baseUrl}/any`);
    await browser.signIn(person(started, 'user'));
    const left = await browser.post(`${baseUrl}/auth/logout`);
    expect(left.url.href).toBe(`${baseUrl}/`);
    expect(JSON.parse(left.text)).toEqual({ isAuthenticated: false });
    expect(browser.cookies('localhost').size).toBe(0);
  });

  test('a handler signs in and out itself', async () => {
    const started = await host({ platform });
    const { browser, baseUrl } = started;
    expect((await browser.open(`${baseUrl}/sign-in`)).url.pathname).toMatch(/-U\/oauth2\/authorize$/);
    expect((await browser.signIn(person(started, 'user'))).url.pathname).toBe('/any');
    const left = await browser.post(`${baseUrl}/sign-out`);
    expect([left.url.pathname, JSON.parse(left.text)]).toEqual(['/', { isAuthenticated: false }]);
  });

  test('the session route says whether and who', async () => {
    const started = await host({ platform });
    const { browser, baseUrl } = started;
    expect(JSON.parse((await browser.fetch(`${baseUrl}/auth/session`)).text)).toEqual({ authenticated: false });
    await browser.open(`${baseUrl}/any`);
    await browser.signIn(person(started, 'user'));
    expect(JSON.parse((await browser.fetch(`${baseUrl}/auth/session`)).text)).toMatchObject({
      authenticated: true,
      identity: { name: 'Pat Admin' },
    });
  });

  test('a script gets 401 with a login URL instead of a redirect', async () => {
    const { browser, baseUrl } = await host({ platform });
    const answer = await browser.fetch(`${baseUrl}/desk`);
    expect([answer.status, answer.headers['content-type']]).toEqual([401, 'application/json; charset=utf-8']);
    expect(JSON.parse(answer.text)).toEqual({
      error: { code: 'login_required', loginUrl: '/auth/login?as=user', requestId: expect.any(String) },
    });
  });

  test('a scope that the login was not granted is asked for once; then it is 403, not a loop of logins', async () => {
    const emulator = {
      client: { permissions: ['knowledge.portalmgr.read'] },
      behaviour: { ungrantableScopes: 'dropped' },
    } as const;
    const started = await host({ platform, emulator });
    const { browser, baseUrl } = started;
    await browser.open(`${baseUrl}/any`);
    await browser.signIn(person(started, 'user'));
    expect((await browser.open(`${baseUrl}/manage`)).url.pathname).toContain('/oauth2/authorize');
    const answer = await browser.signIn(person(started, 'user'));
    expect([answer.status, answer.text]).toEqual([403, expect.stringContaining('scope_not_granted')]);
    expect((await browser.open(`${baseUrl}/manage`)).visited).toHaveLength(1);
  });

  test('a cancelled login is a readable page, and its cookie is gone', async () => {
    const { browser, baseUrl } = await host({ platform });
    const signInPage = await browser.open(`${baseUrl}/desk`);
    const refused = await browser.post(signInPage.url.href, { action: 'cancel' });
    expect(refused.status).toBe(403);
    expect(refused.headers['content-type']).toContain('text/html');
    expect(refused.text).toContain('The sign-in was cancelled or refused.');
    expect(browser.cookies('localhost').size).toBe(0);
  });

  test('HEAD of a guarded page redirects without a body; our own routes do not answer it (T016)', async () => {
    const { baseUrl } = await host({ platform });
    const page = await head(`${baseUrl}/desk`);
    expect([page.statusCode, page.text]).toEqual([303, '']);
    expect(page.headers.location).toMatch(/-U\/oauth2\/authorize\?/);
    const route = await head(`${baseUrl}/auth/callback`);
    expect([route.statusCode, route.headers.allow, route.text]).toEqual([405, 'GET', '']);
  });

  test('without an actor the API client refuses before anything is sent (R6)', async () => {
    const { browser, baseUrl, emulator } = await host({ platform });
    expect((await browser.fetch(`${baseUrl}/me`)).status).toBe(401);
    expect(emulator.journal()).toEqual([]);
  });

  test('T080: an on-behalf-of route without a name is refused, and no other token is used instead', async () => {
    const { browser, baseUrl, emulator } = await host({ platform });
    expect((await browser.fetch(`${baseUrl}/crm`)).status).toBe(403);
    expect(emulator.journal()).toEqual([]);
  });

  test('T084: a subject that authorizeSubject does not allow is refused before any request', async () => {
    const { baseUrl, emulator } = await host({
      platform,
      options: { authorizeSubject: ({ value }) => value === 'pa' },
    });
    const as = (login: string) => fetch(`${baseUrl}/crm`, { headers: { 'x-test-login': login } });
    expect((await as('pa')).status).toBe(200);
    const refused = await as('maria.agent');
    expect(refused.status).toBe(403);
    expect(await refused.json()).toEqual({ error: { code: 'subject_refused', requestId: expect.any(String) } });
    expect(emulator.journal('token')).toHaveLength(1);
  });

  test('an application below a path keeps its routes and redirects there, with a global prefix', async () => {
    const started = await host({
      platform,
      mount: '/app',
      setUp: (app) => void app.setGlobalPrefix('app'),
    });
    const { browser, baseUrl } = started;
    await browser.open(`${baseUrl}/desk`);
    const landed = await browser.signIn(person(started, 'user'));
    expect(landed.url.href).toBe(`${baseUrl}/desk`);
    expect(landed.visited.some((url) => url.startsWith(`${baseUrl}/auth/callback`))).toBe(true);
  });

  test('a global prefix and versions of the API leave the routes where they are', async () => {
    const started = await host({
      platform,
      setUp(app) {
        app.setGlobalPrefix('api');
        app.enableVersioning({ type: 0, defaultVersion: '1' });
      },
    });
    const { browser, baseUrl } = started;
    await browser.open(`${baseUrl}/api/v1/desk`);
    const landed = await browser.signIn(person(started, 'user'));
    expect(landed.url.href).toBe(`${baseUrl}/api/v1/desk`);
    expect(landed.visited.some((url) => url.startsWith(`${baseUrl}/auth/callback`))).toBe(true);
  });
});
