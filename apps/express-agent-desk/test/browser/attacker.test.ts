import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EgainAuth, egainAuth, egainErrorHandler, requiresAuth } from '@egain-auth/express';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Browser, type BrowserContext, launchChromium, type Page } from 'browser-for-tests';
import express, { type Express } from 'express';
import { type Desk, startDesk } from '../desk.ts';

let desk: Desk;
let browser: Browser;
/** The victim's. */
let context: BrowserContext;
let page: Page;

/** What is at any path of the attacker's server. */
let trap = '';
const attackerServer = createServer((_request, response) => {
  response.setHeader('content-type', 'text/html').end(`<!doctype html><title>trap</title><body>${trap}`);
});
/** From where an attacker can be, as seen from the desk on `localhost`. */
const sites = { 'cross-site': '', 'cross-site, below localhost': '', 'same-site, another port': '' };

/** Pages of the desk's own origin, and a form that somebody must have signed in to send. */
let ownPage = { body: '', headers: {} as Record<string, string> };
let orders = 0;
function furtherPages(egain: EgainAuth): Express {
  const app = express();
  app.use(egainAuth(egain));
  app.get(
    '/test/page',
    (_req, res) => void res.set(ownPage.headers).type('html').send(`<!doctype html>${ownPage.body}`),
  );
  app.post('/test/order', requiresAuth({ as: 'user' }), (_req, res) => {
    orders += 1;
    res.send('ordered');
  });
  app.use(egainErrorHandler({ onError: (error) => desk.errors.push(error.code) }));
  return app;
}

beforeAll(async () => {
  await new Promise<void>((resolve) => attackerServer.listen(0, '127.0.0.1', resolve));
  const { port } = attackerServer.address() as AddressInfo;
  sites['cross-site'] = `http://127.0.0.1:${port}`;
  sites['cross-site, below localhost'] = `http://evil.localhost:${port}`;
  sites['same-site, another port'] = `http://localhost:${port}`;
  [desk, browser] = await Promise.all([startDesk(furtherPages), launchChromium()]);
});
afterAll(async () => {
  await browser.close();
  attackerServer.closeAllConnections();
  attackerServer.close();
  await desk[Symbol.asyncDispose]();
});
beforeEach(async () => {
  context = await browser.newContext();
  page = await context.newPage();
});
afterEach(() => context.close());

async function fillIn(on: Page, name: string, password: string): Promise<void> {
  await on.locator('input[autocomplete=username]').fill(name);
  await on.getByLabel('Password').fill(password);
  await on.getByRole('button', { name: 'Sign in' }).click();
  await on.waitForURL((url) => url.origin === desk.baseUrl);
}
const signInAsAgent = (on: Page) => fillIn(on, desk.agent.username, desk.agent.password);
const signInAsCustomer = (on: Page) => fillIn(on, desk.customer.email, desk.customer.password);

async function signIn(on = page): Promise<void> {
  await on.goto(`${desk.baseUrl}/desk`);
  await signInAsAgent(on);
  expect(on.url()).toBe(`${desk.baseUrl}/desk`);
}

/** Who the desk says is signed in, in this browser. */
async function whoIs(of = context): Promise<string> {
  const answer = await of.request.get(`${desk.baseUrl}/`);
  return /Nobody is signed in|[\w ]+ \((?:user|customer)\)/.exec(await answer.text())?.[0] ?? '';
}

/** A login up to the callback, which is not opened. The cookies of it are in the browser. */
async function readyCallback(of: BrowserContext, { username, password }: { username: string; password: string }) {
  const login = await of.request.get(`${desk.baseUrl}/auth/login?as=user&returnTo=/desk`, { maxRedirects: 0 });
  const form = { username, password, action: 'sign-in' };
  const answer = await of.request.post(login.headers()['location'] ?? '', { form, maxRedirects: 0 });
  const callback = answer.headers()['location'] ?? '';
  expect(callback).toContain('code=');
  return callback;
}

/** Has something done, and waits for what the desk answers to a path in consequence: browsers hide some answers. */
async function answersOf(path: string, act: () => Promise<unknown>, count = 1): Promise<Desk['answers']> {
  const earlier = desk.answers.length;
  const find = () => desk.answers.slice(earlier).filter((answer) => answer.path === path);
  // A page that leaves at once may not load.
  await act().catch(() => {});
  while (find().length < count) await sleep(20);
  return find();
}

const statusOf = async (path: string, act: () => Promise<unknown>) => (await answersOf(path, act))[0]?.status;

const attacker = () => desk.emulator.users[1]!;
const tokenRequests = () => desk.emulator.journal('token').length;

/** Opens what the attacker made, and waits until it says that it is done. */
async function walkInto(site: string, html: string): Promise<void> {
  trap = html;
  await page.goto(`${site}/`);
  await page.waitForFunction(() => (globalThis as unknown as { done?: boolean }).done);
}

describe('T001, T008: the attacker’s callback', () => {
  let callback: string;
  let theirs: BrowserContext;
  beforeEach(async () => {
    theirs = await browser.newContext();
    callback = await readyCallback(theirs, attacker());
  });
  afterEach(() => theirs.close());

  test.each(['cross-site', 'same-site, another port'] as const)(
    'signs nobody in when a page leads there: %s',
    async (site) => {
      // A login of the victim’s own is under way.
      await page.goto(`${desk.baseUrl}/desk`);
      const asked = tokenRequests();
      trap = `<a href="${callback.replaceAll('&', '&amp;')}">Click</a>`;
      await page.goto(sites[site]);
      await page.getByRole('link').click();
      expect(await page.locator('main').textContent()).toContain('login_expired');
      expect(await whoIs()).toBe('Nobody is signed in');
      expect(tokenRequests()).toBe(asked);
      // It spent nothing: whom it belongs to can use it.
      const own = await theirs.newPage();
      await own.goto(callback);
      expect(await whoIs(theirs)).toBe('Maria Silva (user)');
    },
  );

  test('does not make another person of whoever is signed in', async () => {
    await signIn();
    const asked = tokenRequests();
    await page.goto(callback);
    expect(page.url()).toBe(`${desk.baseUrl}/`);
    expect(await whoIs()).toBe('Pat Admin (user)');
    await page.goto(callback);
    expect(await page.locator('main').textContent()).toContain('login_expired');
    expect(await whoIs()).toBe('Pat Admin (user)');
    expect(tokenRequests()).toBe(asked);
  });
});

describe('T047: a forced logout', () => {
  const ways: Readonly<Record<string, (logout: string) => string>> = {
    'a form': (logout) => `<form method="post" action="${logout}"></form><script>document.forms[0].submit()</script>`,
    'a form in a frame': (logout) =>
      `<iframe name="f"></iframe><form method="post" target="f" action="${logout}"></form><script>document.forms[0].submit()</script>`,
    'a form under no-referrer': (logout) => `<meta name="referrer" content="no-referrer">
<form method="post" action="${logout}"></form><script>document.forms[0].submit()</script>`,
    'a link': (logout) => `<a href="${logout}"></a><script>document.links[0].click()</script>`,
    'an image': (logout) => `<img src="${logout}">`,
    'a frame': (logout) => `<iframe src="${logout}"></iframe>`,
    'a script': (logout) =>
      `<script>fetch("${logout}", { method: "POST", mode: "no-cors", credentials: "include" })</script>`,
    'a beacon': (logout) => `<script>navigator.sendBeacon("${logout}")</script>`,
  };

  test.each(Object.keys(sites) as (keyof typeof sites)[])('by no way from a page that is %s', async (site) => {
    await signIn();
    const logout = `${desk.baseUrl}/auth/logout`;
    for (const [way, html] of Object.entries(ways)) {
      trap = html(logout);
      const status = await statusOf('/auth/logout', () => page.goto(sites[site]));
      const isGet = ['a link', 'an image', 'a frame'].includes(way);
      expect({ way, status, who: await whoIs() }).toEqual({ way, status: isGet ? 405 : 403, who: 'Pat Admin (user)' });
    }
  });

  test('F82: but a page of our own may say no-referrer, and still sign out', async () => {
    await signIn();
    ownPage = {
      body: '<form method="post" action="/auth/logout"><button>Sign out</button></form>',
      headers: { 'referrer-policy': 'no-referrer' },
    };
    await page.goto(`${desk.baseUrl}/test/page`);
    const sent = page.waitForRequest(`${desk.baseUrl}/auth/logout`);
    await page.getByRole('button').click();
    expect((await (await sent).allHeaders())['origin']).toBe('null');
    expect(page.url()).toBe(`${desk.baseUrl}/`);
    expect(await whoIs()).toBe('Nobody is signed in');
  });
});

describe('T049: a login in a frame', () => {
  test.each([...(Object.keys(sites) as (keyof typeof sites)[]), 'our own' as const])('is refused: %s', async (site) => {
    const pages = desk.emulator.journal('authorize').length;
    const answered = page.waitForResponse(`${desk.baseUrl}/auth/login`);
    const frame = `<iframe src="${desk.baseUrl}/auth/login" onload="done = true"></iframe>`;
    if (site === 'our own') {
      ownPage = { body: frame, headers: {} };
      await page.goto(`${desk.baseUrl}/test/page`);
    } else {
      await walkInto(sites[site], frame);
    }
    expect((await answered).status()).toBe(403);
    expect(desk.errors.at(-1)).toBe('navigation_required');
    expect(await context.cookies(desk.baseUrl)).toEqual([]);
    expect(desk.emulator.journal('authorize')).toHaveLength(pages);
  });
});

describe('T016: a page that is loaded ahead', () => {
  test.each<[name: string, html: (url: string) => string]>([
    ['by a link element', (url) => `<link rel="prefetch" href="${url.replaceAll('&', '&amp;')}">`],
    [
      'by speculation rules',
      (url) => `<script type="speculationrules">
${JSON.stringify({ prefetch: [{ source: 'list', urls: [url], eagerness: 'immediate' }] })}</script>`,
    ],
  ])('%s spends neither code nor state', async (_name, html) => {
    const callback = await readyCallback(context, desk.agent);
    const asked = tokenRequests();
    for (const url of [callback, `${desk.baseUrl}/auth/login`]) {
      ownPage = { body: html(url), headers: {} };
      expect(await statusOf(new URL(url).pathname, () => page.goto(`${desk.baseUrl}/test/page`))).toBe(403);
      expect(desk.errors.at(-1)).toBe('navigation_required');
    }
    expect(tokenRequests()).toBe(asked);
    await page.goto(callback);
    expect(page.url()).toBe(`${desk.baseUrl}/desk`);
    expect(await whoIs()).toBe('Pat Admin (user)');
  });
});

describe('T101: a guarded page that is loaded ahead', () => {
  const rules = (kind: 'prefetch' | 'prerender', urls: readonly string[]) =>
    `<script type="speculationrules">${JSON.stringify({ [kind]: [{ source: 'list', urls, eagerness: 'immediate' }] })}</script>`;

  test.each<[how: string, html: string, answer: Omit<Desk['answers'][number], 'path' | 'setsCookie'>]>([
    ['prefetched by speculation rules', rules('prefetch', ['/desk']), { status: 503, purpose: 'prefetch' }],
    ['prerendered by speculation rules', rules('prerender', ['/desk']), { status: 503, purpose: 'prefetch;prerender' }],
    // Chromium does not call this a navigation, so the guard would not start a login anyway.
    ['prefetched by a link element', '<link rel="prefetch" href="/desk">', { status: 401, purpose: 'prefetch' }],
  ])('a guarded page that is %s starts no login, and a person who opens it signs in', async (_how, html, expected) => {
    ownPage = { body: `${html}<a href="/desk">Open</a>`, headers: {} };
    const [ahead] = await answersOf('/desk', () => page.goto(`${desk.baseUrl}/test/page`));
    expect(ahead).toEqual({ path: '/desk', ...expected, setsCookie: false });
    expect(await context.cookies(desk.baseUrl)).toEqual([]);
    // Chromium does not show the answer to the prefetch. It asks again.
    const [opened] = await answersOf('/desk', () => page.getByRole('link', { name: 'Open' }).click());
    expect(opened).toEqual({ path: '/desk', status: 303, purpose: undefined, setsCookie: true });
    await page.waitForURL(/\/oauth2\/authorize/);
    await signInAsAgent(page);
    expect(page.url()).toBe(`${desk.baseUrl}/desk`);
  });

  test('six prefetched pages do not evict the sign-in that is open in another tab', async () => {
    await page.goto(`${desk.baseUrl}/desk?tab=1`);
    ownPage = {
      body: rules(
        'prefetch',
        ['1', '2', '3', '4', '5', '6'].map((id) => `/desk?page=${id}`),
      ),
      headers: {},
    };
    const other = await context.newPage();
    const answers = await answersOf('/desk', () => other.goto(`${desk.baseUrl}/test/page`), 6);
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 503));
    await signInAsAgent(page);
    expect(page.url()).toBe(`${desk.baseUrl}/desk?tab=1`);
  });

  test('a prefetched page is shown when the person is signed in', async () => {
    await signIn();
    ownPage = { body: `${rules('prefetch', ['/desk'])}<a href="/desk">Open</a>`, headers: {} };
    const [ahead] = await answersOf('/desk', () => page.goto(`${desk.baseUrl}/test/page`));
    expect(ahead).toMatchObject({ status: 200, purpose: 'prefetch' });
    await page.getByRole('link', { name: 'Open' }).click();
    await page.waitForURL(`${desk.baseUrl}/desk`);
    expect(await page.getByRole('banner').textContent()).toContain('Pat Admin (user)');
  });
});

describe('T012: tabs', () => {
  test('three sign in side by side, each to its own page', async () => {
    const tabs = await Promise.all(Array.from({ length: 3 }, () => context.newPage()));
    const urlOf = (index: number) => `${desk.baseUrl}/desk?q=${index}`;
    await Promise.all(tabs.map((tab, index) => tab.goto(urlOf(index))));
    await Promise.all(tabs.map((tab) => signInAsAgent(tab)));
    await Promise.all(tabs.map((tab, index) => tab.waitForURL(urlOf(index))));
    expect(await whoIs()).toBe('Pat Admin (user)');
  });

  test('T009: of two persons the last one is signed in, and nothing is left of the other', async () => {
    const other = await context.newPage();
    await Promise.all([page.goto(`${desk.baseUrl}/desk`), other.goto(`${desk.baseUrl}/help`)]);
    await signInAsAgent(page);
    expect(await whoIs()).toBe('Pat Admin (user)');
    await signInAsCustomer(other);
    expect(other.url()).toBe(`${desk.baseUrl}/help`);
    expect(await whoIs()).toBe('Somebody (customer)');
    await page.reload();
    expect(page.url()).toContain('-U/oauth2/authorize');
    await other.goto(`${desk.baseUrl}/help?q=card`);
    expect(desk.emulator.journal('api').at(-1)).toMatchObject({ actor: 'customer', subject: desk.customer.email });
  });

  test('of two persons at the same moment one is signed in, and acts as nobody else', async () => {
    const other = await context.newPage();
    await Promise.all([page.goto(`${desk.baseUrl}/desk`), other.goto(`${desk.baseUrl}/help`)]);
    await Promise.all([signInAsAgent(page), signInAsCustomer(other)]);
    await Promise.all([page.waitForLoadState(), other.waitForLoadState()]);
    const isAgent = (await whoIs()) === 'Pat Admin (user)';
    expect(['Pat Admin (user)', 'Somebody (customer)']).toContain(await whoIs());
    await page.goto(`${desk.baseUrl}${isAgent ? '/desk' : '/help'}?q=card`);
    expect(await page.getByRole('complementary').textContent()).toContain(
      `session of a ${isAgent ? 'user' : 'customer'}`,
    );
    expect(desk.emulator.journal('api').at(-1)).toMatchObject({
      subject: isAgent ? desk.agent.username : desk.customer.email,
    });
  });
});

describe('the back button', () => {
  test('T012: after a login leads to no error, and a callback opened again is harmless', async () => {
    const visited: string[] = [];
    page.on('request', (request) => visited.push(request.url()));
    await signIn();
    const asked = tokenRequests();
    await page.goBack();
    await page.goForward();
    expect(page.url()).toBe(`${desk.baseUrl}/desk`);
    const callback = visited.find((url) => url.includes('/auth/callback')) ?? '';
    expect((await page.goto(callback))?.status()).toBe(200);
    expect(page.url()).toBe(`${desk.baseUrl}/`);
    expect(await whoIs()).toBe('Pat Admin (user)');
    expect(tokenRequests()).toBe(asked);
  });

  test('T045: after a logout shows nothing of whoever was signed in', async () => {
    await signIn();
    await page.goto(`${desk.baseUrl}/auth/session`);
    expect(await page.locator('body').textContent()).toContain('Pat Admin');
    await page.goto(`${desk.baseUrl}/desk`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    // Or going back could begin before the page after the logout is there.
    await page.getByText('Nobody is signed in').waitFor();
    await page.goBack();
    expect(page.url()).toContain('-U/oauth2/authorize');
    await page.goBack();
    expect(page.url()).toBe(`${desk.baseUrl}/auth/session`);
    expect(await page.locator('body').textContent()).toBe('{"authenticated":false}');
  });
});

describe('T048: a form of a session that is over', () => {
  test('does nothing, and says how to sign in', async () => {
    await signIn();
    ownPage = { body: '<form method="post" action="/test/order"><button>Order</button></form>', headers: {} };
    await page.goto(`${desk.baseUrl}/test/page`);
    await context.clearCookies();
    const answered = page.waitForResponse(`${desk.baseUrl}/test/order`);
    await page.getByRole('button', { name: 'Order' }).click();
    expect((await answered).status()).toBe(401);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Please sign in first.');
    expect(orders).toBe(0);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await signInAsAgent(page);
    await page.goto(`${desk.baseUrl}/test/page`);
    await page.getByRole('button', { name: 'Order' }).click();
    expect(orders).toBe(1);
  });

  test('and a logout without session ends where logouts end', async () => {
    await signIn();
    await context.clearCookies();
    await page.getByRole('button', { name: 'Sign out' }).click();
    expect(page.url()).toBe(`${desk.baseUrl}/`);
    expect(await page.getByRole('banner').textContent()).toContain('Nobody is signed in');
  });
});

describe('T033: a cookie of a sibling', () => {
  test('makes nobody of whoever has two, and never the attacker', async () => {
    const theirs = await browser.newContext();
    await signIn();
    const own = await theirs.newPage();
    await own.goto(await readyCallback(theirs, attacker()));
    const stolen = (await theirs.cookies(desk.baseUrl)).find(({ name }) => name === 'egain_session')?.value ?? '';
    await theirs.close();
    const toss = (cookie: string) =>
      walkInto(
        sites['same-site, another port'],
        `<script>document.cookie = ${JSON.stringify(cookie)}; done = true</script>`,
      );
    // A script cannot replace what is HttpOnly, and further parts of a cookie that has none are not looked at.
    await toss(`egain_session=${stolen}; path=/`);
    await toss(`egain_session.1=${stolen}; path=/`);
    expect(await whoIs()).toBe('Pat Admin (user)');
    await toss(`egain_session=${stolen}; path=/desk`);
    await page.goto(`${desk.baseUrl}/desk`);
    expect(page.url()).toContain('-U/oauth2/authorize');
    expect(await whoIs()).toBe('Pat Admin (user)');
  });
});
