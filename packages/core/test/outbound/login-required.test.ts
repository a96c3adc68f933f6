import { afterEach, describe, expect, test } from '@jest/globals';
import { NAVIGATION, type RawAnswer, SCRIPT, send } from '../../../testing/src/adapter-contract/request.ts';
import { type EgainAuthError, isEgainAuthError } from '../../src/index.ts';
import type { AuthRequirement } from '../../src/outbound/request-context.ts';
import { passTime, stopClock } from '../clock.ts';
import { hostsToClose, type PlainHandler } from '../plain-host.ts';

const { start, closeAll } = hostsToClose();
afterEach(closeAll);

const IDLE_MS = 3_600_000;

/** Answers what the developer is told. */
const tell = ({ code, message, remedy, expected, loginUrl }: EgainAuthError) => ({
  status: 401,
  headers: {},
  body: JSON.stringify({ code, message, remedy, expected, loginUrl }),
});

const handler =
  (requirement: AuthRequirement): PlainHandler =>
  async (context, path) => {
    try {
      if (path.startsWith('/guarded')) return await context.challenge(requirement);
      if (path.startsWith('/first-of')) await context.apiAs(['user', 'on-behalf-of-user']).get('/x');
      if (path.startsWith('/unguarded')) await context.api.get('/x');
      return undefined;
    } catch (error) {
      if (isEgainAuthError(error)) return tell(error);
      throw error;
    }
  };

const toldOf = ({ json }: RawAnswer) => json as ReturnType<typeof tell> & Record<string, unknown>;
const FRAME = { ...NAVIGATION, 'sec-fetch-dest': 'iframe' };
const PREFETCH = { ...SCRIPT, 'sec-purpose': 'prefetch' };

describe('the error of a guard says what to do about its cause', () => {
  test.each<[name: string, headers: Record<string, string>, requirement: AuthRequirement, remedy: RegExp]>([
    ['a script', SCRIPT, {}, /^Nothing to fix on the server: a script .*location\.assign\(loginUrl\)/],
    ['a program without Fetch Metadata', {}, {}, /^Nothing to fix on the server: a script or program/],
    ['a frame', FRAME, {}, /^Open this page outside of the frame/],
    ['a prefetch', PREFETCH, {}, /^Nothing to fix: the browser prefetched/],
    ['a prefetched frame', { ...FRAME, purpose: 'prefetch' }, {}, /^Nothing to fix: the browser prefetched/],
    [
      'a page behind a guard for programs',
      NAVIGATION,
      { unauthenticated: 'json' },
      /^Leave out unauthenticated: 'json'/,
    ],
  ])('F79: %s', async (_name, headers, requirement, remedy) => {
    const { baseUrl } = await start({}, { handler: handler(requirement) });
    const told = toldOf(await send(baseUrl, { path: '/guarded', headers }));
    expect(told).toMatchObject({ code: 'login_required', expected: true, remedy: expect.stringMatching(remedy) });
    expect(told['remedy']).not.toContain('requiresAuth');
  });

  test.each([
    ['a script', SCRIPT, /^Nothing to fix: the session is over/],
    ['a frame', FRAME, /^Open this page outside of the frame/],
  ])('F79: %s whose session is over', async (_name, headers, remedy) => {
    stopClock();
    const { baseUrl, browser, emulator } = await start({}, { handler: handler({}) });
    await browser.open(`${baseUrl}/auth/login`);
    const [person] = emulator.users;
    if (!person) throw new Error('nobody');
    await browser.signIn(person);
    const cookie = [...browser.cookies('localhost')].map((pair) => pair.join('=')).join('; ');
    passTime(IDLE_MS + 1);
    const told = toldOf(await send(baseUrl, { path: '/guarded', headers: { ...headers, cookie } }));
    expect(told).toMatchObject({ expected: true, remedy: expect.stringMatching(remedy) });
  });

  test.each<[name: string, change: (cookie: string) => string, remedy: RegExp]>([
    ['was sealed with another secret', (cookie) => cookie.replace(/=.*/, '=v1.AAAA'), /^The session was sealed/],
    ['has a part missing', (cookie) => cookie.replace('=', '=3!'), /^A part of the session cookie is missing/],
    ['came twice', (cookie) => `${cookie}; ${cookie}`, /^The browser sent two cookies/],
  ])('F79: a session that %s is a fault, which is not expected', async (_name, change, remedy) => {
    const { baseUrl, browser, emulator } = await start({}, { handler: handler({}) });
    await browser.open(`${baseUrl}/auth/login`);
    const [person] = emulator.users;
    if (!person) throw new Error('nobody');
    await browser.signIn(person);
    const cookie = `egain_session=${browser.cookies('localhost').get('egain_session')}`;
    const told = toldOf(await send(baseUrl, { path: '/guarded', headers: { ...SCRIPT, cookie: change(cookie) } }));
    expect(told).toMatchObject({ expected: false, remedy: expect.stringMatching(remedy) });
  });

  test.each(['/unguarded', '/first-of'])(
    'F79: without a guard (%s) it says to add one, and is not expected',
    async (path) => {
      const { baseUrl } = await start({}, { handler: handler({}) });
      for (const headers of [SCRIPT, FRAME, PREFETCH, NAVIGATION]) {
        const told = toldOf(await send(baseUrl, { path, headers }));
        expect(told).toMatchObject({
          expected: false,
          remedy: expect.stringMatching(/^Guard this handler with requiresAuth\(\)/),
        });
      }
    },
  );
});

test.each([
  ['a script', SCRIPT, /a script asked/, /^Send the whole page there/],
  ['a frame', FRAME, /a frame asked/, /^Open the sign-in outside of the frame/],
  ['a prefetch', PREFETCH, /a prefetch asked/, /^Exclude the login and callback routes/],
])('F79: %s at the login route is told its own remedy', async (_name, headers, message, remedy) => {
  const { baseUrl, egain } = await start();
  const failure = await egain
    .handle({ method: 'GET', url: '/auth/login', headers }, { headersSent: false, appendHeader() {}, send() {} })
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 'navigation_required',
    expected: false,
    message: expect.stringMatching(message),
    remedy: expect.stringMatching(remedy),
  });
  expect((await send(baseUrl, { path: '/auth/login', headers })).status).toBe(403);
});
