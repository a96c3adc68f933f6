import { createUserAgent } from '@egain-auth/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type SelfService, startSelfService } from './self-service.ts';

let app: SelfService;
beforeEach(async () => {
  app = await startSelfService();
});
afterEach(async () => {
  await app[Symbol.asyncDispose]();
});

const ARTICLE = '/articles/PROD-3110';
const NAME = 'Lost &#38; Stolen Cards';

/** As whom a page says that eGain is called: who, with what scopes, and where the token came from. */
const called = (text: string) => [...text.matchAll(/<b>([^<]*)<\/b>/g)].map(([, value]) => value);
const VISITOR = ['anonymous-customer', 'knowledge.portalmgr.read', 'memory'];
const CUSTOMER = ['customer', 'knowledge.portalmgr.read', 'memory'];

const lastCall = () => app.emulator.journal('api').at(-1);
const anonymousTokens = () =>
  app.emulator.journal('token').filter(({ path }) => path.endsWith('/anonymous/token')).length;

describe('a visitor', () => {
  test('searches and reads with the token of an anonymous customer', async () => {
    const visitor = createUserAgent();
    const results = await visitor.open(`${app.baseUrl}/?q=card`);
    expect(called(results.text)).toEqual([...VISITOR.slice(0, 2), 'issuer']);
    expect(results.text).toContain(`<a href="${ARTICLE}">${NAME}</a>`);
    expect(lastCall()).toMatchObject({ actor: 'anonymous-customer' });
    const article = await visitor.open(`${app.baseUrl}${ARTICLE}`);
    expect(article.text).toContain(`<h1>${NAME}</h1>`);
    expect(called(article.text)).toEqual(VISITOR);
    expect(lastCall()).toMatchObject({ actor: 'anonymous-customer' });
    expect(visitor.cookies('localhost').size).toBe(0);
  });

  test('is one of many with the same token', async () => {
    const paths = ['/?q=card', '/?q=loan', '/', ARTICLE];
    const visits = Array.from({ length: 20 }, (_, index) => `${app.baseUrl}${paths[index % paths.length]}`);
    const pages = await Promise.all(visits.map((url) => createUserAgent().open(url)));
    expect(pages.map(({ status }) => status)).toEqual(visits.map(() => 200));
    expect(anonymousTokens()).toBe(1);
  });

  test('is told that nothing was found', async () => {
    expect((await createUserAgent().open(`${app.baseUrl}/?q=zzzz`)).text).toContain('Nothing found for “zzzz”');
  });

  test.each([
    ['an article that is not there', '/articles/PROD-1', 'No such article'],
    ['a page that is not there', '/nowhere', 'No such page'],
    ['a path that tries to leave', '/articles/..%2Fmyportals', 'No such page'],
  ])('gets 404 for %s', async (_what, path, title) => {
    const answer = await createUserAgent().open(`${app.baseUrl}${path}`);
    expect(answer.status).toBe(404);
    expect(answer.text).toContain(`<h1>${title}</h1>`);
  });

  test('cannot post to a page', async () => {
    expect((await createUserAgent().post(`${app.baseUrl}/`)).status).toBe(404);
  });

  test('gets a code and an id while eGain is down', async () => {
    app.emulator.fail('api', { status: 500 });
    const answer = await createUserAgent().open(`${app.baseUrl}/?q=card`);
    expect(answer.status).toBe(502);
    expect(answer.text).toContain('api_error');
  });
});

describe('a customer', () => {
  test('reads what the visitor read, at the same address, as a customer; signed out, as a visitor again', async () => {
    const browser = createUserAgent();
    const before = await browser.open(`${app.baseUrl}${ARTICLE}`);
    const [, link = ''] = /<a href="([^"]+)">Sign in</.exec(before.text) ?? [];
    await browser.open(link.replace('&amp;', '&'));
    const article = await browser.signIn(app.customer);
    expect(article.url.href).toBe(`${app.baseUrl}${ARTICLE}`);
    expect(called(article.text)).toEqual(CUSTOMER);
    expect(article.text).toContain('Signed in as a customer');
    expect(lastCall()).toMatchObject({ actor: 'customer', subject: app.customer.email });

    const [, action = ''] = /<form method="post" action="([^"]+)">/.exec(article.text) ?? [];
    const after = await browser.post(action);
    expect(after.url.href).toBe(`${app.baseUrl}${ARTICLE}`);
    expect(called(after.text)).toEqual(VISITOR);
    expect(after.text).not.toContain('Signed in');
    expect(lastCall()).toMatchObject({ actor: 'anonymous-customer' });
  });

  test('does not change what a visitor gets at the same moment', async () => {
    const browser = createUserAgent();
    await browser.open(`${app.baseUrl}/auth/login?as=customer`);
    await browser.signIn(app.customer);
    const agents = Array.from({ length: 10 }, (_, index) => (index % 2 ? browser : createUserAgent()));
    const pages = await Promise.all(agents.map((agent) => agent.open(`${app.baseUrl}${ARTICLE}`)));
    expect(pages.map(({ text }) => called(text)[0])).toEqual(
      agents.map((_, index) => (index % 2 ? 'customer' : 'anonymous-customer')),
    );
  });

  test('T045: leaves nothing in a cache, and a visitor is told that the page depends on who asks', async () => {
    const browser = createUserAgent();
    const before = await browser.open(`${app.baseUrl}${ARTICLE}`);
    expect(before.headers).toMatchObject({ vary: 'Cookie' });
    await browser.open(`${app.baseUrl}/auth/login?as=customer`);
    await browser.signIn(app.customer);
    for (const path of ['/', ARTICLE, '/articles/PROD-1', '/nowhere']) {
      const { headers } = await browser.open(`${app.baseUrl}${path}`);
      expect({ path, ...headers }).toMatchObject({ path, 'cache-control': 'no-store', vary: 'Cookie' });
    }
  });
});

describe('whoever asks', () => {
  test('what somebody searched for is escaped, in the page and in its links', async () => {
    const q = encodeURIComponent('"><script>alert(1)</script>');
    const browser = createUserAgent();
    for (const signIn of [false, true]) {
      if (signIn) {
        await browser.open(`${app.baseUrl}/auth/login`);
        await browser.signIn(app.customer);
      }
      const results = await browser.open(`${app.baseUrl}/?q=${q}&x='onclick=alert(1)`);
      expect(results.status).toBe(200);
      expect(results.text).not.toMatch(/<script|'onclick/);
      expect(results.text).toContain('value="&#34;&#62;&#60;script&#62;');
    }
  });

  test('T044: no page shows a token', async () => {
    const browser = createUserAgent();
    const paths = ['/', '/?q=card', ARTICLE, '/nowhere', '/auth/session'];
    const pages = [];
    for (const path of paths) pages.push(await browser.open(`${app.baseUrl}${path}`));
    await browser.open(`${app.baseUrl}/auth/login?as=customer&returnTo=/?q=card`);
    pages.push(await browser.signIn(app.customer));
    for (const path of paths) pages.push(await browser.open(`${app.baseUrl}${path}`));
    // Every token of the emulator is a JWT, and every JWT starts like this.
    for (const { text, visited } of pages) expect([text, ...visited].join('\n')).not.toContain('eyJ');
  });
});
