import { createEgainEmulator, createUserAgent, type EgainEmulator, type UserAgent } from '@egain-auth/testing';
import { expect, test } from '@jest/globals';
import { type Child, startChild } from './child.ts';
import { freePorts } from './free-ports.ts';
import { startStoreServer } from './store-server.ts';

/** A claim outlives `http.timeoutMs` and the minute in which saving is tried again by five seconds. */
const CLAIM_MS = 75_000;

test('F44: SIGKILL in the middle of any write or claim of a session leaves it readable or signed out, and nothing locked', async () => {
  await using emulator = await createEgainEmulator({ refreshTokens: 'rotating' }).listen();
  await using store = await startStoreServer();
  const origin = `http://localhost:${(await freePorts(1))[0]}`;
  const options = JSON.stringify(emulator.config({ baseUrl: origin }));

  async function startApplication(): Promise<Child> {
    const child = startChild('signed-in.js', options, new URL(origin).port, store.url);
    await child.hears('listening');
    return child;
  }

  let application = await startApplication();
  try {
    await liveThrough(createUserAgent(), origin, emulator);
    const journey = [...store.operations];
    expect(new Set(journey)).toEqual(new Set(['claim c', 'set s', 'get s', 'replace s', 'release c', 'delete s']));

    for (const [operation, what] of journey.entries()) {
      for (const when of ['before', 'after'] as const) {
        const kill = `${what} (${operation}), ${when}`;
        const browser = createUserAgent();
        let isKilled = false;
        store.interrupt({
          ...{ operation, when },
          interrupt() {
            isKilled = true;
            application.signal('SIGKILL');
          },
        });
        await liveThrough(browser, origin, emulator).catch(() => {});
        expect({ kill, isKilled }).toEqual({ kill, isKilled: true });
        expect(await application.ended(10_000)).toEqual({ code: null, signal: 'SIGKILL', stderr: '' });
        application = await startApplication();

        const isSignedIn = store.hasSession() && browser.cookies('localhost').has('egain_session');
        const who = await browser.fetch(`${origin}/who`);
        expect({ kill, status: who.status, text: who.text }).toEqual({
          ...{ kill, status: 200 },
          text: isSignedIn ? 'Maria Silva' : 'nobody',
        });
        store.elapse(CLAIM_MS);
        const before = store.operations.length;
        const { status } = await browser.fetch(`${origin}/renew`);
        // eGain gave a new refresh token for the old one, and that is lost: only a new login brings another.
        const renewed = what === 'replace s' && when === 'before' ? 401 : 200;
        expect({ kill, status }).toEqual({ kill, status: isSignedIn ? renewed : 401 });
        // At the first attempt: nobody holds the lock.
        const claims = store.operations.slice(before).filter((done) => done === 'claim c');
        expect({ kill, claims: claims.length }).toEqual({ kill, claims: isSignedIn ? 1 : 0 });
        await liveThrough(createUserAgent(), origin, emulator);
        // What no browser has the cookie of is left to its end.
        store.clear();
      }
    }
  } finally {
    await application[Symbol.asyncDispose]();
  }
}, 300_000);

/** Signs in unless that is so already, comes back, has the session renewed, and signs out. */
async function liveThrough(browser: UserAgent, origin: string, { users }: EgainEmulator): Promise<void> {
  const maria = users.find(({ username }) => username === 'maria.agent');
  const page = await browser.open(`${origin}/sign-in`);
  if (maria && page.url.origin !== origin) await browser.signIn(maria);
  await browser.open(`${origin}/who`);
  const renewed = await browser.fetch(`${origin}/renew`);
  expect(renewed.text).toBe('renewed');
  await browser.post(`${origin}/auth/logout`);
}
