import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Browser, type BrowserContext, launchChromium, type Page, violations } from 'browser-for-tests';
import { type Desk, startDesk } from '../desk.ts';

let desk: Desk;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  [desk, browser] = await Promise.all([startDesk(), launchChromium()]);
});
afterAll(async () => {
  await browser.close();
  await desk[Symbol.asyncDispose]();
});
beforeEach(async () => {
  context = await browser.newContext();
  page = await context.newPage();
});
afterEach(() => context.close());

async function signInAsAgent(on: Page): Promise<void> {
  await on.getByLabel('Username').fill(desk.agent.username);
  await on.getByLabel('Password').fill(desk.agent.password);
  await on.getByRole('button', { name: 'Sign in' }).click();
}

async function signInAsCustomer(on: Page): Promise<void> {
  await on.getByLabel('Email address').fill(desk.customer.email);
  await on.getByLabel('Password').fill(desk.customer.password);
  await on.getByRole('button', { name: 'Sign in' }).click();
}

describe('in a real browser', () => {
  test('an agent signs in, lands on the page first asked for, opens an article and signs out', async () => {
    await page.goto(`${desk.baseUrl}/desk?q=password`);
    expect(new URL(page.url()).hostname).toBe('127.0.0.1');
    await signInAsAgent(page);
    expect(page.url()).toBe(`${desk.baseUrl}/desk?q=password`);
    await page.getByRole('link', { name: 'Reset an Online Banking Password' }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Reset an Online Banking Password');
    expect(await page.getByRole('banner').textContent()).toContain('Pat Admin (user)');
    await page.getByRole('button', { name: 'Sign out' }).click();
    expect(page.url()).toBe(`${desk.baseUrl}/`);
    expect(await page.getByRole('banner').textContent()).toContain('Nobody is signed in');
    expect(await context.cookies(desk.baseUrl)).toEqual([]);
  });

  test('a customer signs in on another page and is no agent', async () => {
    await page.goto(`${desk.baseUrl}/help`);
    await signInAsCustomer(page);
    expect(page.url()).toBe(`${desk.baseUrl}/help`);
    await page.getByLabel('Search articles').fill('card');
    await page.getByRole('button', { name: 'Search' }).click();
    expect(await page.getByRole('complementary').textContent()).toContain('session of a customer');
    await page.goto(`${desk.baseUrl}/desk`);
    expect(page.url()).toContain('-U/oauth2/authorize');
  });

  test('two tabs sign in at once, each to its own page', async () => {
    const other = await context.newPage();
    await Promise.all([page.goto(`${desk.baseUrl}/desk?q=card`), other.goto(`${desk.baseUrl}/desk?q=deposit`)]);
    await Promise.all([signInAsAgent(page), signInAsAgent(other)]);
    expect(page.url()).toBe(`${desk.baseUrl}/desk?q=card`);
    expect(other.url()).toBe(`${desk.baseUrl}/desk?q=deposit`);
  });

  test('a wrong password is said, and the next attempt succeeds', async () => {
    await page.goto(`${desk.baseUrl}/desk`);
    await page.getByLabel('Username').fill(desk.agent.username);
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('Sign-in failed');
    await signInAsAgent(page);
    expect(page.url()).toBe(`${desk.baseUrl}/desk`);
  });

  test('a cancelled sign-in is a readable page', async () => {
    await page.goto(`${desk.baseUrl}/desk`);
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('The sign-in was cancelled or refused.');
    expect(await page.locator('main').textContent()).toContain('login_refused');
    expect(desk.errors.at(-1)).toBe('login_refused');
    expect(await violations(page)).toEqual([]);
  });

  test('T001: a callback that another browser started signs nobody in', async () => {
    await page.goto(`${desk.baseUrl}/desk`);
    // The attacker signs in as themselves, stops before the callback, and gives its URL to the victim.
    const login = await fetch(`${desk.baseUrl}/auth/login?as=user`, { redirect: 'manual' });
    const { username, password } = desk.agent;
    const signedIn = await fetch(login.headers.get('location') ?? '', {
      method: 'POST',
      body: new URLSearchParams({ username, password, action: 'sign-in' }),
      redirect: 'manual',
    });
    const callback = signedIn.headers.get('location') ?? '';
    expect(callback).toContain('code=');
    await page.goto(callback);
    expect(await page.locator('main').textContent()).toContain('login_expired');
    await page.goto(`${desk.baseUrl}/`);
    expect(await page.getByRole('banner').textContent()).toContain('Nobody is signed in');
  });

  test('the CRM acts for whoever signed in there', async () => {
    await page.goto(`${desk.baseUrl}/crm`);
    await page.getByLabel('Sign in to the CRM as').selectOption('maria.agent');
    await page.getByRole('button', { name: 'Sign in to the CRM' }).click();
    expect(await page.getByRole('complementary').textContent()).toContain('on-behalf-of maria.agent');
  });

  test('every page passes axe and needs no script', async () => {
    const strict = await browser.newContext({ javaScriptEnabled: true });
    const visitor = await strict.newPage();
    const scripts: string[] = [];
    visitor.on('request', (request) => request.resourceType() === 'script' && scripts.push(request.url()));
    await visitor.goto(`${desk.baseUrl}/desk`);
    expect(await violations(visitor)).toEqual([]);
    await signInAsAgent(visitor);
    for (const path of ['/', '/desk', '/desk?q=card', '/desk?q=zzzz', '/crm', '/server?q=card']) {
      await visitor.goto(`${desk.baseUrl}${path}`);
      expect({ path, violations: await violations(visitor) }).toEqual({ path, violations: [] });
      expect(await visitor.locator('script').count()).toBe(0);
    }
    expect(scripts).toEqual([]);
    await strict.close();
  });
});
