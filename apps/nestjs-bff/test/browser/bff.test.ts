import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Browser, type BrowserContext, launchChromium, type Page, violations } from 'browser-for-tests';
import { PARTNER_PEOPLE } from '../../src/demo-partner.ts';
import { type Demo, startDemo } from '../../src/start-demo.ts';

let demo: Demo;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(0), launchChromium()]);
});
afterAll(async () => {
  await browser.close();
  await demo[Symbol.asyncDispose]();
});
beforeEach(async () => {
  context = await browser.newContext();
  page = await context.newPage();
});
afterEach(() => context.close());

const section = (name: string) => page.getByRole('region', { name });

/** Opens the page, and waits until each part of it has what the API answered: names, or a way to sign in. */
async function open(path = '/'): Promise<void> {
  await page.goto(`${demo.baseUrl}${path}`);
  await settled();
}

async function settled(): Promise<void> {
  for (const name of ['As an agent', 'On behalf of an employee', 'As somebody of a partner', 'As the application']) {
    const answered = section(name).locator('[data-api] p, .sign-in:not([hidden])');
    await answered.first().waitFor();
  }
}

async function signInAsAgent(): Promise<void> {
  const [{ username, password } = { username: '', password: '' }] = demo.emulator.users;
  await page.getByRole('link', { name: 'Sign in at eGain' }).click();
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await settled();
}

describe('in a real browser', () => {
  test('an agent signs in, comes back to the same search, sees what eGain has, and signs out', async () => {
    await open('/?q=password');
    expect(await violations(page)).toEqual([]);
    await signInAsAgent();
    expect(page.url()).toBe(`${demo.baseUrl}/?q=password`);
    await section('As an agent').getByText('Reset an Online Banking Password').waitFor();
    await section('As an agent').locator('[data-api="/api/agent/portals"] li').first().waitFor();
    await page.getByRole('banner').getByText('Pat Admin').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in at eGain' }).waitFor();
    expect(page.url()).toBe(`${demo.baseUrl}/`);
    expect(await context.cookies(demo.baseUrl)).toEqual([]);
  });

  test('after a sign-out the back button shows nothing of the agent', async () => {
    await open();
    await signInAsAgent();
    await page.getByRole('banner').getByText('Pat Admin').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in at eGain' }).waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'Sign in at eGain' }).waitFor();
    expect(await page.locator('body').textContent()).not.toContain('Pat Admin');
  });

  test('a page that the browser kept as it was is loaded again', async () => {
    await open();
    const loaded = page.waitForEvent('load');
    await page.evaluate("dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))");
    await loaded;
  });

  test('an employee and somebody of the partner sign in, each elsewhere; no script can read their cookies', async () => {
    await open();
    await page.getByRole('combobox', { name: 'Employee' }).selectOption('tom.agent');
    await page.getByRole('button', { name: 'Sign in at the CRM' }).click();
    await section('On behalf of an employee').getByText('As tom.agent:').waitFor();
    await page.getByRole('link', { name: 'Sign in at the partner' }).click();
    await page.getByRole('heading', { name: 'Sign in at the partner' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await section('As somebody of a partner').getByText(`As ${PARTNER_PEOPLE[0]}:`).waitFor();
    await section('As the application').getByText('As the application:').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.cookie')).toBe('');
    expect(await page.evaluate('localStorage.length + sessionStorage.length')).toBe(0);
  });

  test('what is searched for stays text, and only our own script is loaded', async () => {
    const scripts: string[] = [];
    page.on('request', (request) => request.resourceType() === 'script' && scripts.push(request.url()));
    await open(`/?q=${encodeURIComponent('"><img src=x onerror=alert(1)>')}`);
    await section('As the application').getByText('As the application:').waitFor();
    expect(await page.getByLabel('Search articles').inputValue()).toContain('<img');
    expect(await page.locator('img').count()).toBe(0);
    expect(scripts).toEqual([`${demo.baseUrl}/app.js`]);
  });
});
