import { afterEach, describe, expect, test } from '@jest/globals';
import { createMemorySessionStore } from '../../src/index.ts';
import { passTime, stopClock } from '../clock.ts';
import { hostsToClose, type PlainHost } from '../plain-host.ts';

const { start, closeAll } = hostsToClose();
afterEach(closeAll);

async function signIn({ browser, baseUrl, emulator }: PlainHost) {
  await browser.open(`${baseUrl}/auth/login`);
  const [person] = emulator.users;
  if (person) await browser.signIn(person);
}

async function statusOf({ browser, baseUrl }: PlainHost) {
  const { status, text, headers } = await browser.fetch(`${baseUrl}/auth/session`);
  return { status, headers, body: JSON.parse(text) as Record<string, unknown> };
}

describe.each([
  ['in the cookie', {}],
  ['in a store', { store: createMemorySessionStore() }],
])('the session route, of a session %s', (_name, session) => {
  const startHost = (more: object = {}) =>
    start({ session: { secret: 'a session secret of more than 32 bytes', ...session, ...more } });

  test('says that nobody is signed in, and not why', async () => {
    const host = await startHost();
    host.browser.setCookie('localhost', 'egain_session', 'x'.repeat(43));
    expect((await statusOf(host)).body).toEqual({ authenticated: false });
  });

  test('T044: says who and until when, without a token, for no cache', async () => {
    const host = await startHost({ idleMs: 60_000 });
    await signIn(host);
    const { body, headers } = await statusOf(host);
    expect(Object.keys(body)).toEqual(['authenticated', 'identity', 'expiresAt']);
    expect(body['identity']).toMatchObject({ persona: 'user' });
    const leftMs = Date.parse(body['expiresAt'] as string) - Date.now();
    expect(leftMs).toBeGreaterThan(30_000);
    expect(leftMs).toBeLessThanOrEqual(60_000);
    expect(JSON.stringify(body)).not.toContain('eyJ');
    expect(headers['cache-control']).toBe('no-store');
  });

  test('is no use of the session: who only asks is signed out in the end', async () => {
    stopClock();
    const host = await startHost({ idleMs: 60_000 });
    await signIn(host);
    const answers: unknown[] = [];
    for (let second = 0; second < 70; second += 10) {
      answers.push((await statusOf(host)).body['authenticated']);
      passTime(10_000);
    }
    expect(answers).toEqual([true, true, true, true, true, true, false]);
  });
});

test('F28: says 503 while the store fails, when to come again, and leaves the cookie alone', async () => {
  const store = createMemorySessionStore();
  let isDown = false;
  const get = (key: string) => (isDown ? Promise.reject(new Error('canary-connection')) : store.get(key));
  const host = await start({ session: { secret: 'a session secret of more than 32 bytes', store: { ...store, get } } });
  await signIn(host);
  isDown = true;
  const { status, headers, body } = await statusOf(host);
  expect({ status, retryAfter: headers['retry-after'] }).toEqual({ status: 503, retryAfter: '1' });
  expect(body).toEqual({ error: { code: 'session_store_unavailable', requestId: expect.any(String) } });
  expect(headers['set-cookie']).toBeUndefined();
  isDown = false;
  expect((await statusOf(host)).body['authenticated']).toBe(true);
});
