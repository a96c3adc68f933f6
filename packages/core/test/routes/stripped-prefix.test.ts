import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createEgainAuth, type EgainAuthOptions, type WarningEvent } from '../../src/index.ts';
import { failureOf } from '../failure.ts';
import { LOGIN_OPTIONS } from '../options.ts';
import { hostsToClose, type PlainHandler } from '../plain-host.ts';

const { start, closeAll } = hostsToClose();
const closers: (() => void)[] = [];
afterEach(async () => {
  await closeAll();
  for (const close of closers.splice(0)) close();
});

/** A reverse proxy that serves `prefix` and removes it, as nginx does for `location /desk/ { proxy_pass http://…/; }`. */
async function startProxy(prefix: string): Promise<{ origin: string; leadTo: (target: string) => void }> {
  let target = '';
  const server = createServer((incoming, outgoing) => {
    const { url = '', method, headers } = incoming;
    if (!url.startsWith(prefix)) return void outgoing.writeHead(404).end('of the proxy');
    const path = url.slice(prefix.length) || '/';
    const forwarded = request(target, { method, headers, path }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    leadTo(url) {
      target = url;
    },
  };
}

const HANDLER: PlainHandler = async (context, path) => {
  if (path === '/open') return undefined;
  const instead = await context.challenge({});
  return instead ?? { status: 200, headers: {}, body: `the page ${path}` };
};

/** An application at `/desk` behind the proxy, and a browser in front of it. */
async function startBehindProxy(options: Partial<EgainAuthOptions> = { strippedPrefix: '/desk' }) {
  const proxy = await startProxy('/desk');
  const baseUrl = `${proxy.origin}/desk`;
  const host = await start({ baseUrl, ...options }, { handler: HANDLER });
  host.emulator.config({ baseUrl });
  proxy.leadTo(host.baseUrl);
  const [person] = host.emulator.users;
  if (!person) throw new Error('nobody is seeded');
  return { ...host, baseUrl, person };
}

async function warningsOf(action: () => Promise<unknown>): Promise<WarningEvent[]> {
  const heard: WarningEvent[] = [];
  const listen = (event: unknown) => void heard.push(event as WarningEvent);
  subscribe('egain-auth:warning', listen);
  try {
    await action();
  } finally {
    unsubscribe('egain-auth:warning', listen);
  }
  return heard.filter(({ code }) => code === 'base_path_missing');
}

describe('F81: behind a proxy that strips the path of baseUrl', () => {
  test('a guard, the sign-in, the session route, the logout and a late callback work', async () => {
    const { baseUrl, browser, person, emulator } = await startBehindProxy();
    const signInPage = await browser.open(`${baseUrl}/articles?q=a%2Fb`);
    expect(signInPage.url.searchParams.get('redirect_uri')).toBe(`${baseUrl}/auth/callback`);
    const landed = await browser.signIn(person);
    expect([landed.url.href, landed.text]).toEqual([`${baseUrl}/articles?q=a%2Fb`, 'the page /articles?q=a%2Fb']);
    expect(JSON.parse((await browser.fetch(`${baseUrl}/auth/session`)).text)).toMatchObject({ authenticated: true });
    const callback = landed.visited.find((url) => url.includes('/auth/callback')) ?? '';
    expect((await browser.open(callback)).url.href).toBe(baseUrl);
    expect((await browser.open(callback)).text).toContain('<a href="/desk/auth/login?as=user">');
    expect(emulator.journal('token')).toHaveLength(1);
    await browser.open(`${baseUrl}/open`);
    expect((await browser.post(`${baseUrl}/auth/logout?returnTo=/desk/open`)).url.href).toBe(`${baseUrl}/open`);
  });

  test('a script is told the login route as the browser sees it', async () => {
    const { baseUrl, browser } = await startBehindProxy();
    const { status, text } = await browser.fetch(`${baseUrl}/articles`);
    expect([status, (JSON.parse(text) as { error: { loginUrl: string } }).error.loginUrl]).toEqual([
      401,
      '/desk/auth/login',
    ]);
  });

  test('T051: no header says so', async () => {
    const { baseUrl, egain } = await startBehindProxy({});
    const names = ['x-forwarded-prefix', 'x-forwarded-path', 'x-forwarded-uri', 'x-original-uri', 'x-script-name'];
    const headers = Object.fromEntries(names.map((name) => [name, '/desk']));
    const reply = { headersSent: false, appendHeader() {}, send() {} };
    expect(await egain.handle({ method: 'GET', url: '/auth/login', headers }, reply)).toBeUndefined();
    expect(baseUrl).toContain('/desk');
  });

  test('a part of the path can be stripped', async () => {
    const egain = createEgainAuth({
      ...LOGIN_OPTIONS,
      baseUrl: 'https://desk.example.com/a/b/c',
      strippedPrefix: '/a/b',
    });
    const reply = { headersSent: false, appendHeader() {}, send() {} };
    const statusOf = async (url: string) => (await egain.handle({ method: 'GET', url, headers: {} }, reply))?.status;
    expect([await statusOf('/c/auth/login'), await statusOf('/a/b/c/auth/login')]).toEqual([303, undefined]);
  });

  test.each([
    ['/desk/', 'ends in a slash'],
    ['desk', 'has no slash in front'],
    ['/', 'is the root'],
    ['', 'is empty'],
    ['/des', 'ends within a segment'],
    ['/desk/app/more', 'is longer than the path of baseUrl'],
    ['/other', 'is another path'],
    ['/desk?x', 'has a query'],
    [true, 'is not text'],
  ] as [unknown, string][])('the option is refused at start-up: %j %s', (strippedPrefix, _why) => {
    const options = { ...LOGIN_OPTIONS, baseUrl: 'https://desk.example.com/desk/app', strippedPrefix };
    const error = failureOf(() => createEgainAuth(options as EgainAuthOptions));
    expect(error.problems).toEqual([expect.objectContaining({ option: 'strippedPrefix', code: 'not_a_path' })]);
  });
});

describe('F81: a path of ours that arrives with another prefix than configured', () => {
  test('is left to the application, and warned of once', async () => {
    const { baseUrl, browser } = await startBehindProxy({});
    const warnings = await warningsOf(async () => {
      for (const path of ['/auth/login', '/auth/session', '/auth/login?as=user'])
        await browser.open(`${baseUrl}${path}`);
    });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toContain('"strippedPrefix"');
    expect(warnings[0]?.message).toContain('/auth/login');
  });

  test('is warned of where the option is set, but the proxy strips nothing or less', async () => {
    const baseUrl = 'https://desk.example.com/a/b';
    for (const url of ['/a/b/auth/callback?code=secret', '/b/auth/callback?code=secret']) {
      const egain = createEgainAuth({ ...LOGIN_OPTIONS, baseUrl, strippedPrefix: '/a/b' });
      const reply = { headersSent: false, appendHeader() {}, send() {} };
      const warnings = await warningsOf(() => egain.handle({ method: 'GET', url, headers: {} }, reply));
      expect(warnings).toHaveLength(1);
      expect(JSON.stringify(warnings)).not.toContain('secret');
    }
  });

  test.each([
    ['of another instance', '/auth/login'],
    ['of the application itself', '/auth/session'],
  ])('the warning claims nothing of a route %s, which something else may answer', async (_whose, url) => {
    const egain = createEgainAuth({ ...LOGIN_OPTIONS, baseUrl: 'https://desk.example.com/help' });
    const reply = { headersSent: false, appendHeader() {}, send() {} };
    const [warning] = await warningsOf(() => egain.handle({ method: 'GET', url, headers: {} }, reply));
    expect(warning?.message).toMatch(
      /left the request .* to the application\. If nothing else answers it, .*strippedPrefix/,
    );
    expect(warning?.message).not.toContain('not answered');
  });

  test('other paths are not warned of', async () => {
    const egain = createEgainAuth({ ...LOGIN_OPTIONS, baseUrl: 'https://desk.example.com/app' });
    const reply = { headersSent: false, appendHeader() {}, send() {} };
    const urls = ['/', '/app', '/auth', '/other/auth/login', '/app/auth/login/', '/auth/login/', '/AUTH/LOGIN'];
    const warnings = await warningsOf(() =>
      Promise.all(urls.map((url) => egain.handle({ method: 'GET', url, headers: {} }, reply))),
    );
    expect(warnings).toEqual([]);
  });
});
