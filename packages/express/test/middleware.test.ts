import { afterEach, describe, expect, test } from '@jest/globals';
import express5, { type ErrorRequestHandler, type Express } from 'express';
import {
  asyncHandler,
  customer,
  type EgainAuth,
  type EgainAuthError,
  egainAuth,
  egainErrorHandler,
  isEgainAuthError,
  onBehalfOf,
  requiresAuth,
  user,
} from '../src/index.ts';
import { EXPRESS, type Host, type HostOptions, person, startHost } from './hosts.ts';

const hosts: Host[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host[Symbol.asyncDispose]()));
});

const ON_BEHALF_OF_READ = ['knowledge.portalmgr.onbehalfof.read'] as const;
const MY_DETAILS = '/knowledge/portalmgr/v4/portals/user';

/** The application of most tests: what the README shows, and a way to look at `req.egain`. */
function routes(app: Express, egain: EgainAuth): void {
  app.use(egainAuth(egain));
  app.get('/', (req, res) => void res.json({ isAuthenticated: req.egain.isAuthenticated }));
  app.get('/desk', requiresAuth({ as: 'user' }), (req, res) => void res.json(req.egain.identity));
  app.get('/help', requiresAuth({ as: 'customer' }), (req, res) => void res.json(req.egain.identity));
  app.get('/any', requiresAuth(), (req, res) => void res.json(req.egain.identity));
  app.get('/manage', requiresAuth({ scope: ['core.casemgr.manage'] }), (_req, res) => void res.json({}));
  app.get('/me', async (req, res, next) => {
    await req.egain.api.get(MY_DETAILS).then((body) => res.json(body), next);
  });
  const asNamed = onBehalfOf((req) => user({ username: String(req.headers['x-test-login'] ?? '') }), {
    scope: ON_BEHALF_OF_READ,
  });
  app.get('/crm', asNamed, async (req, res, next) => {
    await req.egain.api.get(MY_DETAILS).then((body) => res.json(body), next);
  });
  app.use(egainErrorHandler());
}

async function host(options: Partial<HostOptions> & Pick<HostOptions, 'express'>): Promise<Host> {
  const started = await startHost({ routes, ...options });
  hosts.push(started);
  return started;
}

describe.each(EXPRESS)('%s', (_name, express) => {
  test('README: an agent signs in and lands on the page first asked for', async () => {
    const started = await host({ express });
    const { browser, baseUrl } = started;
    const signInPage = await browser.open(`${baseUrl}/desk?tab=2`);
    expect(signInPage.url.pathname).toMatch(/-U\/oauth2\/authorize$/);
    const landed = await browser.signIn(person(started, 'user'));
    expect(landed.url.href).toBe(`${baseUrl}/desk?tab=2`);
    expect(JSON.parse(landed.text)).toEqual({ persona: 'user', id: '1067', name: 'Pat Admin', roles: ['agent'] });
  });

  test('README: a customer signs in; an agent’s page then asks for the agent', async () => {
    const started = await host({ express });
    const { browser, baseUrl } = started;
    expect((await browser.open(`${baseUrl}/help`)).url.pathname).toMatch(/-C\/oauth2\/authorize$/);
    expect(JSON.parse((await browser.signIn(person(started, 'customer'))).text)).toEqual({ persona: 'customer' });
    expect((await browser.open(`${baseUrl}/desk`)).url.pathname).toMatch(/-U\/oauth2\/authorize$/);
    expect((await browser.fetch(`${baseUrl}/desk`)).status).toBe(403);
  });

  test('README: the API is called as whoever signed in', async () => {
    const started = await host({ express });
    const { browser, baseUrl, emulator } = started;
    await browser.open(`${baseUrl}/any`);
    await browser.signIn(person(started, 'user'));
    expect(JSON.parse((await browser.open(`${baseUrl}/me`)).text)).toMatchObject({ user: [{ firstName: 'Pat' }] });
    expect(emulator.journal('api').at(-1)).toMatchObject({ actor: 'user', subject: 'pa', status: 200 });
  });

  test('README: each request acts on behalf of whom it names', async () => {
    const started = await host({ express });
    const names = ['pa', 'maria.agent', 'tom.agent', 'maria.agent'];
    const answers = await Promise.all(
      names.map((login) =>
        fetch(`${started.baseUrl}/crm`, { headers: { 'x-test-login': login } }).then((answer) => answer.json()),
      ),
    );
    const found = answers.map((answer) => (answer as { user: { firstName: string }[] }).user[0]?.firstName);
    expect(found).toEqual(['Pat', 'Maria', 'Tom', 'Maria']);
  });

  test('two tabs sign in side by side, each to its own page', async () => {
    const started = await host({ express });
    const { browser, baseUrl } = started;
    const first = await browser.open(`${baseUrl}/desk?tab=first`);
    await browser.open(`${baseUrl}/desk?tab=second`);
    const second = await browser.signIn(person(started, 'user'));
    expect(second.url.search).toBe('?tab=second');
    const { username, password } = person(started, 'user') as { username: string; password: string };
    const late = await browser.post(first.url.href, { username, password, action: 'sign-in' });
    expect(late.url.search).toBe('?tab=first');
  });

  test('signing out ends the session', async () => {
    const started = await host({ express });
    const { browser, baseUrl } = started;
    await browser.open(`${baseUrl}/any`);
    await browser.signIn(person(started, 'user'));
    const left = await browser.post(`${baseUrl}/auth/logout`);
    expect(left.url.href).toBe(`${baseUrl}/`);
    expect(JSON.parse(left.text)).toEqual({ isAuthenticated: false });
    expect(browser.cookies('localhost').size).toBe(0);
  });

  test('a script gets 401 with a login URL instead of a redirect', async () => {
    const { browser, baseUrl } = await host({ express });
    const answer = await browser.fetch(`${baseUrl}/desk`);
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.text)).toEqual({
      error: { code: 'login_required', loginUrl: '/auth/login?as=user', requestId: expect.any(String) },
    });
  });

  test('a scope that the login was not granted is asked for once; then it is 403, not a loop of logins', async () => {
    const emulator = {
      client: { permissions: ['knowledge.portalmgr.read'] },
      behaviour: { ungrantableScopes: 'dropped' },
    } as const;
    const started = await host({ express, emulator });
    const { browser, baseUrl } = started;
    await browser.open(`${baseUrl}/any`);
    await browser.signIn(person(started, 'user'));
    expect((await browser.open(`${baseUrl}/manage`)).url.pathname).toContain('/oauth2/authorize');
    const answer = await browser.signIn(person(started, 'user'));
    expect([answer.status, answer.text]).toEqual([403, expect.stringContaining('scope_not_granted')]);
    expect((await browser.open(`${baseUrl}/manage`)).visited).toHaveLength(1);
  });

  test('a cancelled login is a readable page, and its cookie is gone', async () => {
    const { browser, baseUrl } = await host({ express });
    const signInPage = await browser.open(`${baseUrl}/desk`);
    const refused = await browser.post(signInPage.url.href, { action: 'cancel' });
    expect(refused.status).toBe(403);
    expect(refused.headers['content-type']).toContain('text/html');
    expect(refused.text).toContain('The sign-in was cancelled or refused.');
    expect(browser.cookies('localhost').size).toBe(0);
  });

  test('without an actor the API client refuses before anything is sent (R6)', async () => {
    const { browser, baseUrl, emulator } = await host({ express });
    const answer = await browser.fetch(`${baseUrl}/me`);
    expect(answer.status).toBe(401);
    expect(emulator.journal()).toEqual([]);
  });

  test('T080: an on-behalf-of route without a name is refused, and no other token is used instead', async () => {
    const { browser, baseUrl, emulator } = await host({ express });
    expect((await browser.fetch(`${baseUrl}/crm`)).status).toBe(403);
    expect(emulator.journal()).toEqual([]);
  });

  test('T084: a subject that authorizeSubject does not allow is refused before any request', async () => {
    const { baseUrl, emulator } = await host({ express, options: { authorizeSubject: ({ value }) => value === 'pa' } });
    const as = (login: string) => fetch(`${baseUrl}/crm`, { headers: { 'x-test-login': login } });
    expect((await as('pa')).status).toBe(200);
    const refused = await as('maria.agent');
    expect(refused.status).toBe(403);
    expect(await refused.json()).toEqual({ error: { code: 'subject_refused', requestId: expect.any(String) } });
    expect(emulator.journal('token')).toHaveLength(1);
  });

  test('eager: the refusal comes before the handler', async () => {
    let handled = 0;
    const { browser, baseUrl } = await host({
      express,
      routes: (app, egain) => {
        app.use(egainAuth(egain));
        const nobody = onBehalfOf(() => customer({ email: 'nobody@example.com' }), {
          scope: ON_BEHALF_OF_READ,
          eager: true,
        });
        app.get('/', nobody, (_req, res) => {
          handled += 1;
          res.json({});
        });
        app.use(egainErrorHandler());
      },
    });
    expect((await browser.fetch(baseUrl)).status).toBe(502);
    expect(handled).toBe(0);
  });

  test('an application below a path keeps its routes and redirects there', async () => {
    const started = await host({
      express,
      mount: '/app',
      routes: (app, egain) => {
        const below = (express as unknown as { Router: () => Express }).Router();
        routes(below, egain);
        app.use('/app', below);
      },
    });
    const { browser, baseUrl } = started;
    await browser.open(`${baseUrl}/desk`);
    const landed = await browser.signIn(person(started, 'user'));
    expect(landed.url.href).toBe(`${baseUrl}/desk`);
    expect(landed.visited.some((url) => url.startsWith(`${baseUrl}/auth/callback`))).toBe(true);
  });

  test('the application’s own cookies survive a login redirect', async () => {
    const { browser, baseUrl } = await host({
      express,
      routes: (app, egain) => {
        app.use((_req, res, next) => {
          res.cookie('theme', 'dark');
          next();
        });
        routes(app, egain);
      },
    });
    await browser.open(`${baseUrl}/desk`);
    expect(browser.cookies('localhost').get('theme')).toBe('dark');
    expect(browser.cookies('localhost').size).toBe(2);
  });

  test('the developer is told what the browser is not', async () => {
    const told: EgainAuthError[] = [];
    const { browser, baseUrl } = await host({
      express,
      routes: (app, egain) => {
        app.use(egainAuth(egain));
        app.get('/', requiresAuth({ unauthenticated: 'json' }), (_req, res) => void res.json({}));
        app.use(egainErrorHandler({ onError: (error) => told.push(error) }));
      },
    });
    const answer = await browser.open(baseUrl);
    const [error] = told;
    expect(error).toMatchObject({ code: 'login_required', remedy: expect.stringContaining('unauthenticated') });
    expect(answer.text).toContain(error?.requestId);
    expect(answer.text).not.toContain('unauthenticated');
  });

  test('T097: other errors stay the application’s', async () => {
    const { baseUrl } = await host({
      express,
      routes: (app, egain) => {
        app.use(egainAuth(egain));
        app.get('/', () => {
          throw Object.assign(new Error('own'), { status: 418 });
        });
        app.use(egainErrorHandler());
        const last: ErrorRequestHandler = (error, _req, res, _next) =>
          void res.status(418).json({ own: !isEgainAuthError(error) });
        app.use(last);
      },
    });
    const answer = await fetch(baseUrl);
    expect(answer.status).toBe(418);
    expect(await answer.json()).toEqual({ own: true });
  });

  test('a guard without egainAuth() says what is missing and stays closed', async () => {
    const { baseUrl } = await host({
      express,
      routes: (app) => {
        app.get('/', requiresAuth(), (_req, res) => void res.json({}));
        const last: ErrorRequestHandler = (error, _req, res, _next) =>
          void res.status(500).json({ message: error.message });
        app.use(last);
      },
    });
    expect(await (await fetch(baseUrl)).json()).toEqual({
      message: 'req.egain is missing: call app.use(egainAuth()) before this route',
    });
  });
});

test('egainAuth(undefined) is a lost configuration, not a wish for the environment', () => {
  expect(() => egainAuth(undefined)).toThrow(TypeError);
});

test('a guard in an application without login stays closed, as a mistake of the configuration', async () => {
  const started = await host({ express: express5, withLogin: false });
  expect((await started.browser.open(`${started.baseUrl}/desk`)).status).toBe(500);
  const answer = await started.browser.fetch(`${started.baseUrl}/desk`);
  expect([answer.status, JSON.parse(answer.text)]).toEqual([
    401,
    { error: { code: 'login_required', requestId: expect.any(String) } },
  ]);
});

describe('F52: a handler of Express 4 that fails', () => {
  test('is answered by the error handler, when asyncHandler made it', async () => {
    const express4 = EXPRESS[1]![1];
    const { baseUrl, browser, emulator } = await host({
      express: express4,
      routes(app, egain) {
        app.use(egainAuth(egain));
        app.get(
          '/desk',
          asyncHandler(async (req, res) => {
            res.json(await req.egain.apiAs({ type: 'client' }, { scope: ['app.knowledge.portalmgr.read'] }).get('/x'));
          }),
        );
        app.use(egainErrorHandler());
      },
    });
    emulator.fail('token', { status: 400, body: { error: 'invalid_scope' } });
    const { status, text } = await browser.fetch(`${baseUrl}/desk`);
    expect(status).toBe(502);
    expect(text).toContain('token_request_failed');
  });
});
