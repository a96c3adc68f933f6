import { type Browser, chromium } from 'playwright-core';

/** How long a page may take on a busy machine: less than a test may, so that it is the step that fails. */
const PATIENCE_MS = 240_000;

/**
 * Debian's Chromium, told not to talk to anybody. As root it has no sandbox of its own.
 * @param options.backForwardCache keep whole pages for the back button, as browsers of people do. Playwright waits in vain
 *   for a page that comes back from there
 */
export async function launchChromium({ backForwardCache = false } = {}): Promise<Browser> {
  const browser = await chromium.launch({
    timeout: PATIENCE_MS,
    ignoreDefaultArgs: backForwardCache ? ['--disable-back-forward-cache'] : [],
    executablePath: process.env['EGAIN_AUTH_CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (options) => {
    const context = await newContext(options);
    context.setDefaultTimeout(PATIENCE_MS);
    return context;
  };
  return browser;
}
