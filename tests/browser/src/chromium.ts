import { type Browser, chromium } from 'playwright-core';

/**
 * Debian's Chromium, told not to talk to anybody. As root it has no sandbox of its own.
 * @param options.backForwardCache keep whole pages for the back button, as browsers of people do. Playwright waits in vain
 *   for a page that comes back from there
 */
export function launchChromium({ backForwardCache = false } = {}): Promise<Browser> {
  return chromium.launch({
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
}
