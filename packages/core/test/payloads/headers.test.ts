import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PlainHost } from '../plain-host.ts';
import { cookieHeader, type Jar, signIn, startGuardedHost } from './guarded-host.ts';
import { BEHIND_THE_GUARD, expectHarmless } from './harmless.ts';
import { IDENTITY_HEADERS, PROXY_HEADERS } from './headers.ts';
import { type Headers, sendRaw } from './raw-client.ts';

let host: PlainHost;
let jar: Jar;
beforeAll(async () => {
  host = await startGuardedHost();
  jar = await signIn(host, '/auth/login?as=customer');
});
afterAll(async () => host[Symbol.asyncDispose]());

const named = (sets: readonly Headers[]) =>
  sets.map((headers) => [JSON.stringify(headers).slice(0, 90), headers] as const);

describe.each([...PROXY_HEADERS, IDENTITY_HEADERS])('$title', ({ sets }) => {
  test.each(named(sets))('%s', async (_title, headers) => {
    const before = host.emulator.journal('api').length;
    for (const target of ['/desk', '/auth/login', '/auth/callback?code=x&state=x', '/auth/session']) {
      const answer = await sendRaw(host.baseUrl, { target, headers });
      expectHarmless(answer, host);
      expect(JSON.stringify([answer.location, answer.setCookies])).not.toContain('evil');
      if (target === '/auth/session') expect(answer.text).not.toContain('true');
    }
    // Whoever signed in stays who they are, unless Node refuses such a request.
    const answer = await sendRaw(host.baseUrl, { target: '/desk', headers: [...headers, cookieHeader(jar)] });
    expect(answer.setCookies).toEqual([]);
    if (answer.status !== 400) expect(answer.text).toBe(`${BEHIND_THE_GUARD}: {"persona":"customer"}`);
    expect(host.emulator.journal('api')).toHaveLength(before);
  });
});
