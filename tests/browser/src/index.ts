export type { Browser, BrowserContext, Page } from 'playwright-core';
export { violations } from './axe.ts';
export { launchChromium } from './chromium.ts';
