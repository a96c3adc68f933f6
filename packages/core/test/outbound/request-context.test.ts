import { afterEach, describe, expect, test } from '@jest/globals';
import type { HttpResponse } from '../../src/index.ts';
import { passTime, stopClock } from '../clock.ts';
import { hostsToClose, type PlainHandler } from '../plain-host.ts';

const { start, closeAll } = hostsToClose();
afterEach(closeAll);

const text = (value: unknown): HttpResponse => ({ status: 200, headers: {}, body: JSON.stringify(value) });

describe('the request context', () => {
  test('T055: an Authorization header of the browser is neither a login nor sent to eGain', async () => {
    const { baseUrl, emulator } = await start({}, { handler: async (context) => text(await context.api.get('/x')) });
    const answer = await fetch(baseUrl, { headers: { authorization: 'Bearer a.b.c' } });
    expect(answer.status).toBe(401);
    expect(emulator.journal()).toEqual([]);
  });

  test('T010: a pending login is no session', async () => {
    const { browser, baseUrl } = await start({}, { handler: async ({ isAuthenticated }) => text({ isAuthenticated }) });
    await browser.open(`${baseUrl}/auth/login`);
    const [[name = '', value = ''] = []] = browser.cookies('localhost');
    browser.setCookie('localhost', 'egain_session', value);
    expect(name).toMatch(/^egain_session_login_/);
    expect(JSON.parse((await browser.open(baseUrl)).text)).toEqual({ isAuthenticated: false });
  });

  test('login() and logout() answer the request', async () => {
    const handler: PlainHandler = async (context, path) => {
      if (path === '/in') await context.login({ as: 'user', returnTo: '/done' });
      if (path === '/out') await context.logout({ returnTo: '/left' });
      return undefined;
    };
    const { browser, baseUrl, emulator } = await start({}, { handler });
    await browser.open(`${baseUrl}/in`);
    const [person] = emulator.users;
    if (!person) throw new Error('nobody');
    expect((await browser.signIn(person)).url.pathname).toBe('/done');
    expect((await browser.open(`${baseUrl}/out`)).url.pathname).toBe('/left');
    expect(browser.cookies('localhost').size).toBe(0);
  });

  test('apiAs() and withActor() act as somebody else; the session stays whose it was', async () => {
    const handler: PlainHandler = async (context) => {
      const scope = ['app.knowledge.portalmgr.read'] as const;
      const found = await context
        .apiAs({ type: 'client' }, { scope })
        .get('/knowledge/portalmgr/v4/PROD-1000/search?q=card');
      const other = context.withActor({ type: 'client' }, { scope });
      const token = await other.getToken();
      return text({ found: found !== undefined, actor: other.actor, scope: [...token.scope], session: other.session });
    };
    const { baseUrl } = await start({}, { handler });
    expect(await (await fetch(baseUrl)).json()).toEqual({
      found: true,
      actor: { type: 'client' },
      scope: ['app.knowledge.portalmgr.read'],
    });
  });

  test('a session whose token ends is renewed before the handler runs, and the cookie is written', async () => {
    const handler: PlainHandler = async (context) => {
      const answer = await context.challenge({ as: 'user' });
      return answer ?? text({ source: (await context.getToken()).source });
    };
    stopClock();
    const settings = { refreshTokens: 'rotating', accessTokenLifetimeSeconds: 120 } as const;
    const { browser, baseUrl, emulator } = await start({}, { handler, emulator: settings });
    await browser.open(`${baseUrl}/desk`);
    const [person] = emulator.users;
    if (!person) throw new Error('nobody');
    const before = () => browser.cookies('localhost').get('egain_session');
    expect(JSON.parse((await browser.signIn(person)).text)).toEqual({ source: 'memory' });
    const first = before();
    passTime(120_000);
    expect(JSON.parse((await browser.open(`${baseUrl}/desk`)).text)).toEqual({ source: 'issuer' });
    expect(before()).not.toBe(first);
    expect(emulator.journal('token').map(({ grant }) => grant)).toEqual(['authorization_code', 'refresh_token']);
  });

  test('a short-lived token that nothing renews is good until it ends', async () => {
    const handler: PlainHandler = async (context) => (await context.challenge({})) ?? text('in');
    const { browser, baseUrl, emulator } = await start({}, { handler, emulator: { accessTokenLifetimeSeconds: 10 } });
    await browser.open(`${baseUrl}/desk`);
    const [person] = emulator.users;
    if (!person) throw new Error('nobody');
    expect((await browser.signIn(person)).text).toBe('"in"');
    expect((await browser.open(`${baseUrl}/desk`)).text).toBe('"in"');
  });

  test('a token that ends and cannot be renewed sends the person to sign in again', async () => {
    const handler: PlainHandler = async (context) => (await context.challenge({})) ?? text('in');
    stopClock();
    const settings = { accessTokenLifetimeSeconds: 120 };
    const { browser, baseUrl, emulator } = await start({}, { handler, emulator: settings });
    await browser.open(`${baseUrl}/desk`);
    const [person] = emulator.users;
    if (!person) throw new Error('nobody');
    passTime(120_000);
    expect((await browser.open(`${baseUrl}/desk`)).url.pathname).toContain('/oauth2/authorize');
    expect((await browser.fetch(`${baseUrl}/desk`)).status).toBe(401);
  });
});
