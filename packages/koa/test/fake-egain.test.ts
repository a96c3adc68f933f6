import { once } from 'node:events';
import { createServer, get as navigate } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FakeEgainOptions, fakeEgain } from '@egain-auth/testing';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Middleware } from 'koa';
import { egainAuth, egainErrorHandler, onBehalfOf, requiresAuth, user } from '../src/index.ts';
import { KOA } from './versions.ts';

const PORTALS = '/knowledge/portalmgr/v4/myportals';
const scope = ['knowledge.portalmgr.onbehalfof.read'] as const;

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const portals: Middleware = async (ctx) => {
  ctx.body = await ctx.egain.api.get<object>(PORTALS);
};

describe.each(KOA)('fakeEgain in %s', (_name, Application) => {
  async function start(options: FakeEgainOptions, ...handlers: Middleware[]) {
    const egain = fakeEgain(options);
    const app = new Application();
    app.silent = true;
    for (const middleware of [egainErrorHandler(), egainAuth(egain), ...handlers]) app.use(middleware);
    const answer = app.callback();
    const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
    closers.push(() => server.close().closeAllConnections());
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return {
      ...{ egain, url },
      get: (headers: Record<string, string> = {}) => fetch(url, { headers }),
    };
  }

  test('guards know who is signed in, and the API answers', async () => {
    const answers = { [`GET ${PORTALS}`]: { portal: [] } };
    const { egain, get } = await start({ identity: {}, answers }, requiresAuth({ as: 'user' }), portals);
    expect(await (await get()).json()).toEqual({ portal: [] });
    expect(egain.calls.map(({ actor, path }) => [actor.type, path])).toEqual([['session', PORTALS]]);
  });

  test('nobody is sent to sign in, or told to', async () => {
    const { get, url } = await start({}, requiresAuth(), portals);
    expect((await get()).status).toBe(401);
    const [answer] = await once(navigate(url, { headers: { accept: 'text/html' } }), 'response');
    expect([answer.statusCode, new URL(answer.headers.location).host]).toEqual([303, 'egain.invalid']);
  });

  test('acts for whom onBehalfOf names, by the policy of the application', async () => {
    const named = onBehalfOf((ctx) => user({ username: ctx.get('x-login') }), { scope });
    const answers = { [`GET ${PORTALS}`]: {} };
    const { egain, get } = await start({ authorizeSubject: ({ value }) => value === 'pa', answers }, named, portals);
    expect((await get({ 'x-login': 'pa' })).status).toBe(200);
    expect((await get({ 'x-login': 'tom' })).status).toBe(403);
    expect(egain.calls.map(({ actor }) => actor)).toEqual([
      { type: 'on-behalf-of', subject: user({ username: 'pa' }) },
    ]);
  });
});
