import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Browser, launchChromium, type Page, violations } from 'browser-for-tests';
import { type SelfService, startSelfService } from '../self-service.ts';

let app: SelfService;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  [app, browser] = await Promise.all([startSelfService(), launchChromium({ backForwardCache: true })]);
});
afterAll(async () => {
  await browser.close();
  await app[Symbol.asyncDispose]();
});
beforeEach(async () => {
  page = await browser.newPage();
});
afterEach(() => page.close());

const textOf = (selector: 'header' | 'h1' | 'footer') => page.locator(selector).textContent();

/** From the page that is open, and back to it. */
async function signIn(): Promise<void> {
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('Email address').fill(app.customer.email);
  await page.getByLabel('Password').fill(app.customer.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

/** The same. */
async function signOut(): Promise<void> {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('link', { name: 'Sign in' }).waitFor();
  await page.waitForLoadState();
}

test('a visitor opens an article, signs in on it as a customer, and signs out on it', async () => {
  await page.goto(app.baseUrl);
  await page.getByLabel('Search our help').fill('card');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('link', { name: 'Lost & Stolen Cards' }).click();
  const article = `${app.baseUrl}/articles/PROD-3110`;
  await page.waitForURL(article);
  expect(await textOf('h1')).toBe('Lost & Stolen Cards');
  expect(await textOf('footer')).toContain('as anonymous-customer');

  await signIn();
  expect(page.url()).toBe(article);
  expect(await textOf('h1')).toBe('Lost & Stolen Cards');
  expect(await textOf('header')).toContain('Signed in as a customer');
  expect(await textOf('footer')).toContain('as customer');

  await signOut();
  expect(page.url()).toBe(article);
  expect(await textOf('header')).not.toContain('Signed in');
  expect(await textOf('footer')).toContain('as anonymous-customer');
  expect(await page.context().cookies()).toEqual([]);
});

test('a search is still there after signing in', async () => {
  await page.goto(`${app.baseUrl}/?q=%22lost%22+%26+stolen%27s`);
  const address = page.url();
  await signIn();
  expect(page.url()).toBe(address);
  expect(await page.getByLabel('Search our help').inputValue()).toBe('"lost" & stolen\'s');
});

test('T045: after signing out, the back button shows nothing of the customer', async () => {
  await page.goto(app.baseUrl);
  await signIn();
  const customersPages = [`${app.baseUrl}/?q=card`, `${app.baseUrl}/articles/PROD-3110`];
  for (const url of customersPages) {
    await page.goto(url);
    expect(await textOf('footer')).toContain('as customer');
  }
  await signOut();
  for (const url of customersPages.toReversed()) {
    await page.goBack();
    expect(page.url()).toBe(url);
    expect(await page.content()).not.toMatch(/signed in/i);
    expect(await textOf('footer')).toContain('as anonymous-customer');
  }
});

test('every page passes axe and has no script, for a visitor and for a customer', async () => {
  const scripts: string[] = [];
  page.on('request', (request) => request.resourceType() === 'script' && scripts.push(request.url()));
  async function check(path: string, signOutButtons: number): Promise<void> {
    await page.goto(`${app.baseUrl}${path}`);
    expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(signOutButtons);
    expect({ path, violations: await violations(page) }).toEqual({ path, violations: [] });
    expect(await page.locator('script').count()).toBe(0);
  }
  for (const path of ['/?q=card', '/?q=zzzz', '/articles/PROD-3110', '/articles/PROD-1', '/nowhere', '/']) {
    await check(path, 0);
  }
  await signIn();
  // Their pages differ in the header alone.
  for (const path of ['/?q=card', '/articles/PROD-3110']) await check(path, 1);
  expect(scripts).toEqual([]);
});
