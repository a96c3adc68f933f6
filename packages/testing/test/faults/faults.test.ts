import { describe, expect, test } from '@jest/globals';
import type { EgainEmulator, Fault, FaultTarget } from '../../src/index.ts';
import { callApi, SEARCH, TOKENS } from '../api-client.ts';
import {
  anonymousTokenUrl,
  apply,
  authorizationUrl,
  credentials,
  logIn,
  postForm,
  requestToken,
  signIn,
  startEmulator,
  tokenUrl,
} from '../emulator-client.ts';

const FORM = { grant_type: 'client_credentials', scope: 'app.core.usermgr.read' };

const askForToken = (emulator: EgainEmulator) => postForm(tokenUrl(emulator), apply(FORM, credentials(emulator)));

/** The statuses of so many token requests. */
async function statuses(emulator: EgainEmulator, count: number) {
  const found: number[] = [];
  for (let index = 0; index < count; index += 1) found.push((await askForToken(emulator)).status);
  return found;
}

describe('a status', () => {
  test('comes instead of the answer, with what was scripted', async () => {
    const emulator = await startEmulator();
    emulator.fail('token', {
      status: 503,
      retryAfter: 1,
      headers: { 'x-cause': 'maintenance' },
      body: { message: 'no' },
    });
    const response = await askForToken(emulator);
    expect([response.status, await response.json()]).toEqual([503, { message: 'no' }]);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(response.headers.get('x-cause')).toBe('maintenance');
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(emulator.journal('token')).toMatchObject([{ status: 503, fault: 'status', path: expect.any(String) }]);
    // The endpoint was not asked.
    expect(emulator.journal('token')[0]).not.toHaveProperty('client');
  });

  test('has no body and no Retry-After of its own', async () => {
    const emulator = await startEmulator();
    emulator.fail('token', { status: 500 });
    const response = await askForToken(emulator);
    expect([await response.text(), response.headers.get('retry-after')]).toEqual(['', null]);
  });

  test.each([
    [401, '401-101'],
    [429, '429-001'],
    [500, '500-100'],
  ])('%i of an API has the body that eGain publishes', async (status, code) => {
    const emulator = await startEmulator();
    emulator.fail('api', { status });
    const response = await callApi(emulator, SEARCH);
    expect([response.status, await response.json()]).toEqual([status, { code, developerMessage: expect.any(String) }]);
  });

  test('of an API can be the gateway, in plain text or none', async () => {
    const emulator = await startEmulator();
    emulator.fail('api', { status: 403, body: { message: 'Forbidden' }, times: 1 });
    emulator.fail('api', { status: 502, body: 'Bad gateway', times: 1 });
    emulator.fail('api', { status: 500, body: '', times: 1 });
    const texts: string[] = [];
    for (let index = 0; index < 3; index += 1) texts.push(await (await callApi(emulator, SEARCH)).text());
    expect(texts).toEqual(['{"message":"Forbidden"}', 'Bad gateway', '']);
  });
});

describe('a rate limit', () => {
  test('is told as eGain tells it: a date, and no Retry-After', async () => {
    const emulator = await startEmulator();
    emulator.fail('api', { rateLimit: { limit: 3600, resetMs: 30_000 } });
    const response = await callApi(emulator, SEARCH);
    expect([response.status, await response.json()]).toEqual([
      429,
      { code: '429-001', developerMessage: 'Too many requests.' },
    ]);
    expect(response.headers.get('x-ratelimit-limit')).toBe('3600');
    expect(response.headers.get('x-ratelimit-remaining')).toBe('0');
    const reset = response.headers.get('x-ratelimit-reset') ?? '';
    expect(reset).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Math.abs(Date.parse(reset) - Date.now() - 30_000)).toBeLessThan(29_000);
    expect(response.headers.get('retry-after')).toBeNull();
    expect(emulator.journal('api')).toMatchObject([{ status: 429, fault: 'rate-limit' }]);
  });

  test('ends when it says, by the clock of the emulator', async () => {
    const emulator = await startEmulator();
    emulator.fail('token', { rateLimit: {} });
    // Real time passes too, on a busy machine as well.
    emulator.clock.advance('20s');
    expect((await askForToken(emulator)).status).toBe(429);
    emulator.clock.advance('40s');
    expect((await askForToken(emulator)).status).toBe(200);
  });
});

describe('garbage', () => {
  test.each([
    [true, '{"access_token": garbage'],
    ['<html>', '<html>'],
  ] as const)('%p is said to be JSON and is none', async (garbage, text) => {
    const emulator = await startEmulator();
    emulator.fail('token', { garbage });
    const response = await askForToken(emulator);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json;charset=UTF-8']);
    expect(await response.text()).toBe(text);
    expect(emulator.journal('token')).toMatchObject([{ status: 200, fault: 'garbage' }]);
  });
});

test('an oversized answer is padded, and is JSON still', async () => {
  const emulator = await startEmulator();
  emulator.fail('token', { oversizedBytes: 2_000_000 });
  const text = await (await askForToken(emulator)).text();
  expect(text).toHaveLength(2_000_000);
  expect(JSON.parse(text)).toMatchObject({ token_type: 'Bearer' });
  expect(emulator.journal('token')).toMatchObject([{ fault: 'oversized', actor: 'client' }]);
});

describe('faults', () => {
  test('happen as often as they are told to, one after the other', async () => {
    const emulator = await startEmulator();
    const first = emulator.fail('token', { status: 500, times: 2 });
    const second = emulator.fail('token', { status: 429, times: 1 });
    expect(await statuses(emulator, 4)).toEqual([500, 500, 429, 200]);
    expect([first.hits, second.hits]).toEqual([2, 1]);
  });

  test('go on until they are cleared, one or all', async () => {
    const emulator = await startEmulator();
    const fault = emulator.fail('token', { status: 500 });
    emulator.fail('token', { status: 501 });
    expect(await statuses(emulator, 3)).toEqual([500, 500, 500]);
    fault.clear();
    fault.clear();
    expect(await statuses(emulator, 1)).toEqual([501]);
    emulator.clearFaults();
    expect(await statuses(emulator, 1)).toEqual([200]);
    expect(fault.hits).toBe(3);
  });

  test('can be for some requests only, by what the journal will show of them', async () => {
    const emulator = await startEmulator({ refreshTokens: 'kept' });
    const fault = emulator.fail('token', {
      status: 500,
      when: ({ kind, method, path, parameters }) =>
        kind === 'token' &&
        method === 'POST' &&
        path.endsWith('-U/oauth2/token') &&
        parameters['grant_type'] === 'refresh_token' &&
        parameters['refresh_token'] === '[redacted]',
    });
    const { refresh_token } = await logIn(emulator);
    const form = { grant_type: 'refresh_token', refresh_token, ...credentials(emulator) };
    expect((await postForm(tokenUrl(emulator), apply(form, {}))).status).toBe(500);
    expect(fault.hits).toBe(1);
  });

  test.each<[FaultTarget, expected: readonly string[]]>([
    ['authorize', ['authorize']],
    ['sign-in', ['sign-in']],
    ['token', ['token', 'anonymous-token']],
    ['anonymous-token', ['anonymous-token']],
    ['api', ['api']],
    ['identity-provider', ['identity-provider']],
  ])('for %s are for %p', async (target, expected) => {
    const emulator = await startEmulator();
    emulator.fail(target, { status: 418 });
    const anonymous = { grant_type: 'client_credentials', scope: `${emulator.apiUrl}/auth/core.aiservices.read` };
    const answers: Readonly<Record<string, Response>> = {
      authorize: await fetch(authorizationUrl(emulator)),
      'sign-in': await signIn(authorizationUrl(emulator), emulator),
      token: await askForToken(emulator),
      'anonymous-token': await postForm(anonymousTokenUrl(emulator), apply(anonymous, credentials(emulator))),
      api: await callApi(emulator, SEARCH),
      'identity-provider': await fetch(emulator.identityProvider.jwksUrl),
    };
    const failed = Object.entries(answers).filter(([, { status }]) => status === 418);
    expect(failed.map(([name]) => name)).toEqual(expected);
  });

  test('of one emulator are not those of another', async () => {
    const [one, other] = [await startEmulator(), await startEmulator()];
    one.fail('token', { status: 500 });
    expect(await statuses(other, 1)).toEqual([200]);
  });

  test('whose condition throws say so, instead of breaking the connection', async () => {
    const emulator = await startEmulator();
    const when = () => {
      throw new Error('not what I expected');
    };
    emulator.fail('token', { status: 418, when });
    const { status, body } = await requestToken(tokenUrl(emulator), apply({}, {}));
    expect([status, body['error']]).toEqual([500, 'server_error']);
    expect(body['error_description']).toContain('not what I expected');
  });

  test.each<[name: string, target: unknown, fault: unknown]>([
    ['nothing', 'token', {}],
    ['two kinds', 'token', { status: 500, delayMs: 5 }],
    ['no kind', 'token', { times: 1 }],
    ['an unknown target', 'unknown', { status: 500 }],
    ['an unknown member', 'token', { status: 500, retryafter: 1 }],
    ['a member of another kind', 'token', { delayMs: 5, retryAfter: 1 }],
    ['a status that is none', 'token', { status: 99 }],
    ['an informational status', 'token', { status: 103 }],
    ['a delay that is none', 'token', { delayMs: -1 }],
    ['a delay that no timer takes', 'token', { delayMs: 2 ** 31 }],
    ['a drip that is none', 'token', { dripMs: '5' }],
    ['a drop of something else', 'token', { drop: 'everything' }],
    ['garbage that is false', 'token', { garbage: false }],
    ['a size of zero', 'token', { oversizedBytes: 0 }],
    ['a size that no process takes', 'token', { oversizedBytes: 2 ** 30 }],
    ['a rate limit with another member', 'token', { rateLimit: { max: 5 } }],
    ['a rate limit of zero', 'token', { rateLimit: { limit: 0 } }],
    ['a rate limit that is no object', 'token', { rateLimit: 60 }],
    ['times that are none', 'token', { status: 500, times: 0 }],
    ['times that are a fraction', 'token', { status: 500, times: 1.5 }],
    ['a when that is no function', 'token', { status: 500, when: 'always' }],
  ])('are refused when they are %s', async (_name, target, fault) => {
    const emulator = await startEmulator();
    expect(() => emulator.fail(target as FaultTarget, fault as Fault)).toThrow(TypeError);
  });
});

describe('rotateKeys', () => {
  test('keeps old tokens good, or ends them', async () => {
    const emulator = await startEmulator();
    const token = await TOKENS.user(emulator, 'knowledge.portalmgr.read');
    await emulator.rotateKeys();
    expect((await callApi(emulator, SEARCH, token)).status).toBe(200);
    await emulator.rotateKeys({ oldTokens: 'refused' });
    expect((await callApi(emulator, SEARCH, token)).status).toBe(401);
    expect((await callApi(emulator, SEARCH, await TOKENS.user(emulator, 'knowledge.portalmgr.read'))).status).toBe(200);
  });

  test('refuses another word for it', async () => {
    const emulator = await startEmulator();
    await expect(emulator.rotateKeys({ oldTokens: 'forgotten' as 'refused' })).rejects.toThrow(TypeError);
  });
});
