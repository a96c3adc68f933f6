import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PlainHost } from '../plain-host.ts';
import { sendCallback, signInAtEgain, startGuardedHost } from './guarded-host.ts';
import { expectHarmless } from './harmless.ts';
import { type RawRequest, sendRaw } from './raw-client.ts';

const { rejected, rewritten, kept } = JSON.parse(
  readFileSync(new URL('../data/return-to.json', import.meta.url), 'utf8'),
) as {
  readonly rejected: Readonly<Record<string, readonly string[]>>;
  readonly rewritten: Readonly<Record<string, string>>;
  readonly kept: readonly string[];
};
const REJECTED = Object.values(rejected).flat();
/** White space and line breaks end the path of a request. */
const REJECTED_PATHS = REJECTED.filter((target) => !/[ \r\n]/.test(target));
/** Sent as a path, it is ours. */
const PATHS = kept.filter((target) => target !== '/auth/login');

let host: PlainHost;
beforeAll(async () => {
  host = await startGuardedHost();
});
afterAll(async () => host[Symbol.asyncDispose]());

/** Where a login ends that begins with this request, or the status of one that does not begin. */
async function landingOf(request: RawRequest): Promise<string | number> {
  const login = await sendRaw(host.baseUrl, request);
  expectHarmless(login, host);
  if (login.status !== 303) return login.status;
  const { status, location = '' } = await sendCallback(host, await signInAtEgain(host, login));
  return status === 303 && location.startsWith(host.baseUrl)
    ? location.slice(host.baseUrl.length)
    : `${status} ${location}`;
}

const query = (returnTo: string) => new URLSearchParams({ returnTo }).toString();

describe('T024, T027: returnTo of a login', () => {
  test.each(REJECTED)('%j leads home', async (target) => {
    expect(await landingOf({ target: `/auth/login?${query(target)}` })).toBe('/');
  });

  test.each(kept)('%j is where it leads', async (target) => {
    expect(await landingOf({ target: `/auth/login?${query(target)}` })).toBe(target);
  });
});

describe('T025, T027: the path that a guard was asked for', () => {
  test.each(REJECTED_PATHS)('%j leads home, unless it is no HTTP', async (target) => {
    // In absolute form it is a request for the path alone (F82).
    const path = /^https?:\/\/[^/?#]+(\/.*)/i.exec(target)?.[1] ?? '/';
    expect(['/', 400, path]).toContain(await landingOf({ target }));
  });

  test.each(PATHS)('%j is where it leads', async (target) => {
    expect(await landingOf({ target })).toBe(target);
  });
});

describe('F82, T027: a backslash behind the path that a guard was asked for', () => {
  test.each(Object.entries(rewritten).filter(([target]) => !target.includes('#')))(
    '%j leads to %j',
    async (target, becomes) => {
      expect(await landingOf({ target })).toBe(becomes);
      expect(await landingOf({ target: `/auth/login?${query(target)}` })).toBe(becomes);
    },
  );
});

describe('T026, T027: returnTo of a logout', () => {
  async function logout(target: string): Promise<string | undefined> {
    const headers = [
      ['origin', host.baseUrl],
      ['referer', 'https://evil.example/'],
    ] as const;
    const answer = await sendRaw(host.baseUrl, { method: 'POST', target: `/auth/logout?${query(target)}`, headers });
    expectHarmless(answer, host);
    return answer.location?.slice(host.baseUrl.length);
  }

  test.each(REJECTED)('%j leads home', async (target) => {
    expect(await logout(target)).toBe('/');
  });

  test.each(kept)('%j is where it leads', async (target) => {
    expect(await logout(target)).toBe(target);
  });
});

test('the list is as long as it has to be', () => {
  expect(REJECTED_PATHS.length).toBeGreaterThanOrEqual(150);
  expect(PATHS.length).toBeGreaterThanOrEqual(20);
});
