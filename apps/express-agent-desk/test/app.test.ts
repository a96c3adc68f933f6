import { createUserAgent } from '@egain-auth/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Desk, startDesk } from './desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await startDesk();
});
afterAll(async () => {
  await desk[Symbol.asyncDispose]();
});

/** The three facts below each page: as whom eGain was called. */
const called = (text: string) => [...text.matchAll(/<dt>[^<]*<\/dt><dd>([^<]*)<\/dd>/g)].map(([, value]) => value);

describe('the agent desk', () => {
  test('an agent searches and opens an article', async () => {
    const browser = createUserAgent();
    await browser.open(`${desk.baseUrl}/desk?q=password`);
    const results = await browser.signIn(desk.agent);
    expect(results.text).toContain('Reset an Online Banking Password');
    const [, path = ''] = /href="(\/desk\/articles\/[^"]+)"/.exec(results.text) ?? [];
    const article = await browser.open(`${desk.baseUrl}${path}`);
    expect(article.status).toBe(200);
    expect(called(article.text)).toEqual(['session of a user', 'knowledge.portalmgr.read', 'memory']);
    expect(desk.emulator.journal('api').at(-1)).toMatchObject({ actor: 'user', subject: desk.agent.username });
    expect((await browser.open(`${desk.baseUrl}/desk/articles/PROD-1`)).status).toBe(404);
  });

  test('a customer searches as a customer', async () => {
    const browser = createUserAgent();
    await browser.open(`${desk.baseUrl}/help?q=card`);
    const results = await browser.signIn(desk.customer);
    expect(called(results.text)).toEqual(['session of a customer', 'knowledge.portalmgr.read', 'memory']);
    expect(desk.emulator.journal('api').at(-1)).toMatchObject({ actor: 'customer', subject: desk.customer.email });
  });

  test('an employee of the CRM acts as the agent of that name', async () => {
    const browser = createUserAgent();
    expect((await browser.open(`${desk.baseUrl}/crm`)).text).toContain('Sign in to the CRM as');
    await browser.post(`${desk.baseUrl}/crm/login`, { employee: 'tom.agent' });
    const results = await browser.open(`${desk.baseUrl}/crm?q=card`);
    expect(called(results.text)).toEqual(['on-behalf-of tom.agent', 'knowledge.portalmgr.onbehalfof.read', 'memory']);
    expect(desk.emulator.journal('api').at(-1)).toMatchObject({ actor: 'on-behalf-of-user', subject: 'tom.agent' });
  });

  test('T079: neither a query, a header nor a made-up cookie changes whom the CRM acts for', async () => {
    const browser = createUserAgent();
    expect((await browser.post(`${desk.baseUrl}/crm/login`, { employee: 'pa' })).status).toBe(403);
    await browser.open(`${desk.baseUrl}/crm`);
    await browser.post(`${desk.baseUrl}/crm/login`, { employee: 'tom.agent' });
    await browser.open(`${desk.baseUrl}/crm?q=card&employee=pa&subject_username=pa&username=pa`);
    expect(desk.emulator.journal('api').at(-1)).toMatchObject({ subject: 'tom.agent' });
    browser.setCookie('localhost', 'crm', 'pa');
    expect((await browser.open(`${desk.baseUrl}/crm`)).text).toContain('Sign in to the CRM as');
  });

  test('the server page calls as the application itself, with one token for all', async () => {
    const tokenRequests = desk.emulator.journal('token').length;
    for (const question of ['card', 'password']) {
      const results = await createUserAgent().open(`${desk.baseUrl}/server?q=${question}`);
      expect(called(results.text)).toEqual(['client', 'app.knowledge.portalmgr.read', 'memory']);
      expect(desk.emulator.journal('api').at(-1)).toMatchObject({ actor: 'client' });
    }
    expect(desk.emulator.journal('token')).toHaveLength(tokenRequests + 1);
  });

  test('what somebody searched for is escaped', async () => {
    const results = await createUserAgent().open(
      `${desk.baseUrl}/server?q=${encodeURIComponent('"><script>alert(1)</script>')}`,
    );
    expect(results.status).toBe(200);
    expect(results.text).not.toContain('<script>');
  });

  test('T044: no page shows a token', async () => {
    const browser = createUserAgent();
    await browser.open(`${desk.baseUrl}/desk?q=card`);
    const pages = [await browser.signIn(desk.agent)];
    for (const path of ['/', '/desk?q=card', '/server?q=card', '/auth/session']) {
      pages.push(await browser.open(`${desk.baseUrl}${path}`));
    }
    // Every token of the emulator is a JWT, and every JWT starts like this.
    for (const { text, visited } of pages) expect([text, ...visited].join('\n')).not.toContain('eyJ');
  });
});
