import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEgainEmulator, createUserAgent, type EgainEmulator, type UserAgent } from '@egain-auth/testing';
import { describe, expect, test } from '@jest/globals';
import Router from '@koa/router';
import type Koa from 'koa';
import session from 'koa-session';
import { createEgainAuth, egainAuth, egainErrorHandler, onBehalfOf, requiresAuth, user } from '../src/index.ts';
import { KOA } from './versions.ts';

interface Host extends AsyncDisposable {
  readonly origin: string;
  readonly emulator: EgainEmulator;
  readonly browser: UserAgent;
}

/** What many applications have beside ours: koa-session, which sets its cookie each time, and a router with a prefix. */
async function startHost(Application: typeof Koa, order: 'koa-session first' | 'ours first'): Promise<Host> {
  const emulator = await createEgainEmulator().listen();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const egain = createEgainAuth({ ...emulator.config({ baseUrl: `${origin}/desk` }), authorizeSubject: () => true });

  const app = new Application();
  app.silent = true;
  app.keys = ['the key of koa-session'];
  const ours = egainAuth(egain);
  const theirs = session({ key: 'theirs', rolling: true }, app);
  app.use(egainErrorHandler());
  // It is lazy: only a session that somebody looked at gets its cookie again, behind what others set.
  const looks: Koa.Middleware = async (ctx, next) => {
    ctx.cookies.set('before', 'ours', { signed: false });
    if (ctx.session) await next();
  };
  for (const middleware of order === 'ours first' ? [ours, theirs] : [theirs, looks, ours]) app.use(middleware);

  const router = new Router({ prefix: '/desk' });
  router.get('/visits', (ctx) => {
    if (ctx.session) ctx.session['visits'] = Number(ctx.session['visits'] ?? 0) + 1;
    ctx.body = { visits: ctx.session?.['visits'], isSignedIn: ctx.egain.isAuthenticated };
  });
  router.get('/forget', (ctx) => {
    ctx.session = null;
    ctx.body = { isSignedIn: ctx.egain.isAuthenticated };
  });
  router.get('/articles/:id', requiresAuth({ as: 'user' }), (ctx) => {
    ctx.body = { id: ctx['params'].id, isSignedIn: ctx.egain.isAuthenticated };
  });
  router.get(
    '/as/:name',
    onBehalfOf((ctx) => user({ username: ctx['params'].name }), { scope: ['knowledge.portalmgr.onbehalfof.read'] }),
    async (ctx) => {
      ctx.body = await ctx.egain.api.get('/knowledge/portalmgr/v4/myportals', { query: { $lang: 'en-US' } });
    },
  );
  app.use(router.routes()).use(router.allowedMethods());
  const answer = app.callback();
  server.on('request', (request, response) => void answer(request, response));

  return {
    origin,
    emulator,
    browser: createUserAgent(),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await Promise.all([egain.close(), emulator.close()]);
    },
  };
}

async function signIn({ browser, emulator, origin }: Host): Promise<void> {
  await browser.open(`${origin}/desk/auth/login`);
  const [first] = emulator.users;
  if (first) await browser.signIn(first);
}

const cookiesOf = ({ browser }: Host) => [...browser.cookies('localhost').keys()].sort();

describe.each(KOA)('%s beside koa-session', (_name, Application) => {
  test.each(['koa-session first', 'ours first'] as const)('%s: each has its cookies and its session', async (order) => {
    await using host = await startHost(Application, order);
    const { browser, origin } = host;
    const visit = async () => JSON.parse((await browser.open(`${origin}/desk/visits`)).text);

    expect(await visit()).toEqual({ visits: 1, isSignedIn: false });
    await signIn(host);
    expect(await visit()).toEqual({ visits: 2, isSignedIn: true });
    expect(cookiesOf(host)).toEqual(expect.arrayContaining(['egain_session', 'theirs', 'theirs.sig']));

    // Its end is not ours, and ours not its.
    expect(JSON.parse((await browser.open(`${origin}/desk/forget`)).text)).toEqual({ isSignedIn: true });
    expect(await visit()).toEqual({ visits: 1, isSignedIn: true });
    await browser.post(`${origin}/desk/auth/logout`);
    expect(await visit()).toEqual({ visits: 2, isSignedIn: false });
    expect(cookiesOf(host).filter((name) => name !== 'before')).toEqual(['theirs', 'theirs.sig']);
  });

  test('an answer of ours has the cookies that others set, before it and after it', async () => {
    await using host = await startHost(Application, 'koa-session first');
    const { browser, origin } = host;
    await browser.open(`${origin}/desk/visits`);
    const cookie = [...browser.cookies('localhost')].map((pair) => pair.join('=')).join('; ');
    const { status, headers } = await fetch(`${origin}/desk/auth/login`, { redirect: 'manual', headers: { cookie } });
    const names = headers.getSetCookie().map((value) => value.split('=', 1)[0]);
    expect({ status, names }).toEqual({
      status: 303,
      names: ['before', 'theirs', 'theirs.sig', expect.stringMatching(/^egain_/)],
    });
  });
});

describe.each(KOA)('%s beside @koa/router with the prefix that baseUrl has', (_name, Application) => {
  test('a guarded route sends people to sign in, and gets them back with its parameters', async () => {
    await using host = await startHost(Application, 'ours first');
    const { browser, origin, emulator } = host;
    const refused = await browser.fetch(`${origin}/desk/articles/7`);
    expect({ status: refused.status, error: JSON.parse(refused.text).error }).toEqual({
      status: 401,
      error: expect.objectContaining({ code: 'login_required', loginUrl: '/desk/auth/login?as=user' }),
    });

    await browser.open(`${origin}/desk/articles/7?tab=2`);
    const [first] = emulator.users;
    if (!first) throw new Error('no user is seeded');
    const page = await browser.signIn(first);
    expect(page.url.href).toBe(`${origin}/desk/articles/7?tab=2`);
    expect(JSON.parse(page.text)).toEqual({ id: '7', isSignedIn: true });
  });

  test('a middleware of ours is one of a route', async () => {
    await using host = await startHost(Application, 'ours first');
    const { browser, origin, emulator } = host;
    const { status } = await browser.fetch(`${origin}/desk/as/${emulator.users[0]?.username}`);
    expect(status).toBe(200);
    expect(emulator.journal('token')).toHaveLength(1);
    // The router still says which methods there are, and what is not there.
    expect((await fetch(`${origin}/desk/visits`, { method: 'DELETE' })).status).toBe(405);
    expect((await fetch(`${origin}/auth/login`)).status).toBe(404);
  });
});
