import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Browser, type BrowserContext, launchChromium, type Page } from 'browser-for-tests';
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

async function signIn(on: Page): Promise<void> {
  await on.getByLabel('Username').fill(desk.agent.username);
  await on.getByLabel('Password').fill(desk.agent.password);
  await on.getByRole('button', { name: 'Sign in' }).click();
}

const tokenRequests = () => desk.emulator.journal('token').length;
const sessionCookie = async () =>
  (await context.cookies(desk.baseUrl)).find(({ name }) => name === 'egain_session')?.value;

describe('F71: Back and restored tabs', () => {
  test('Back to the sign-in page and signing in again leads home, and the session stays', async () => {
    await page.goto(`${desk.baseUrl}/desk`);
    await signIn(page);
    const [before, session] = [tokenRequests(), await sessionCookie()];
    await page.goBack();
    expect(new URL(page.url()).hostname).toBe('127.0.0.1');
    await signIn(page);
    expect(page.url()).toBe(`${desk.baseUrl}/`);
    expect(await page.getByRole('banner').textContent()).toContain('Pat Admin (user)');
    expect([tokenRequests(), await sessionCookie()]).toEqual([before, session]);
  });

  test('twice in a row is a page, and its link signs in', async () => {
    await page.goto(`${desk.baseUrl}/desk`);
    const signInPage = page.url();
    await signIn(page);
    await page.goto(signInPage);
    await signIn(page);
    expect(page.url()).toBe(`${desk.baseUrl}/`);
    await page.goto(signInPage);
    await signIn(page);
    expect(await page.locator('main').textContent()).toContain('login_expired');
    await page.getByRole('link', { name: 'Sign in' }).click();
    await signIn(page);
    expect(page.url()).toBe(`${desk.baseUrl}/`);
  });

  test('of eight tabs that are restored at once, all end at a page of the application', async () => {
    const tabs = await Promise.all(Array.from({ length: 8 }, () => context.newPage()));
    await Promise.all(tabs.map((tab, index) => tab.goto(`${desk.baseUrl}/desk?q=tab${index}`)));
    const errors = desk.errors.length;
    // The newest first, so that nobody is signed in when none of the evicted logins comes back.
    for (const tab of tabs.reverse()) await signIn(tab);
    for (const tab of tabs) {
      expect(new URL(tab.url()).origin).toBe(desk.baseUrl);
      expect(await tab.getByRole('banner').textContent()).toContain('Pat Admin (user)');
    }
    expect(desk.errors.slice(errors)).toEqual([]);
  });
});
