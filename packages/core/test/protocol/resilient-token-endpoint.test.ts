import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { EgainAuthError } from '../../src/errors.ts';
import { createResilientTokenEndpoint } from '../../src/protocol/resilient-token-endpoint.ts';
import type { RequestToken, TokenEndpointRequest } from '../../src/protocol/token-endpoint.ts';
import { tokenEndpointRefusal } from '../../src/protocol/token-refusal.ts';
import { createTokenSet } from '../../src/protocol/token-set.ts';
import { rejectionOf } from '../failure.ts';

const tokens = createTokenSet({ accessToken: 'a.b.c', expiresAt: 1, scope: [], source: 'issuer' });
const failure = (code: 'token_endpoint_unavailable' | 'token_request_failed' | 'invalid_token_response', more = {}) =>
  new EgainAuthError(code, 'the endpoint said so', { remedy: 'None.', ...more });
const down = () => failure('token_endpoint_unavailable');
const invalidClient = () => failure('token_request_failed', { oauthError: 'invalid_client' });

const requestToken = jest.fn<RequestToken>();
let now = 0;
let ask: RequestToken;
beforeEach(() => {
  now = 1_000_000;
  requestToken.mockReset().mockResolvedValue(tokens);
  ask = createResilientTokenEndpoint(requestToken, { timeoutMs: 1000, now: () => now });
});

const request = (
  clientSecret: () => string | Promise<string> = () => 'secret',
  more: Partial<TokenEndpointRequest> = {},
): TokenEndpointRequest => ({
  tokenUrl: new URL('https://ai.egain.cloud/token'),
  client: { clientId: 'client-1', clientSecret, pkce: true },
  parameters: { grant_type: 'client_credentials' },
  scopePrefix: '',
  ...more,
});
const secretsSent = async () =>
  Promise.all(requestToken.mock.calls.map(async ([{ client }]) => client.clientSecret?.()));

describe('T067, F06: a retry', () => {
  test('hides an accident', async () => {
    requestToken.mockRejectedValueOnce(down()).mockRejectedValueOnce(down());
    expect(await ask(request())).toBe(tokens);
    expect(requestToken).toHaveBeenCalledTimes(3);
  });

  test('is made three times and no more', async () => {
    requestToken.mockRejectedValue(down());
    expect((await rejectionOf(ask(request()))).code).toBe('token_endpoint_unavailable');
    expect(requestToken).toHaveBeenCalledTimes(4);
  });

  test.each([
    ['a refusal', failure('token_request_failed', { oauthError: 'invalid_grant' })],
    ['an answer that cannot be trusted', failure('invalid_token_response')],
    ['an endpoint that says when to come back', failure('token_endpoint_unavailable', { retryAfterMs: 1000 })],
    ['what is no failure of the endpoint', new TypeError('bug')],
  ])('is not made after %s', async (_name, error) => {
    requestToken.mockRejectedValue(error);
    await expect(ask(request())).rejects.toBe(error);
    expect(requestToken).toHaveBeenCalledTimes(1);
  });

  test('is made only while the budget lasts', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    let attempts = 0;
    requestToken.mockImplementation(async () => {
      attempts += 1;
      if (attempts % 2 === 1) throw down();
      return tokens;
    });
    const calls = 200;
    for (let call = 0; call < calls; call += 1) await ask(request()).catch(() => {});
    jest.restoreAllMocks();
    expect(attempts).toBeGreaterThan(calls);
    expect(attempts).toBeLessThanOrEqual(calls * 1.2 + 10);
  });

  test('is made within what is left of the one deadline, however long the first attempt took', async () => {
    requestToken.mockImplementation(async () => {
      now += 450;
      throw down();
    });
    await rejectionOf(ask(request()));
    expect(requestToken.mock.calls.map(([{ timeoutMs }]) => timeoutMs)).toEqual([1000, 550, 100]);
  });

  test('is not begun when the deadline is over', async () => {
    requestToken.mockImplementation(async () => {
      now += 1000;
      throw down();
    });
    await rejectionOf(ask(request()));
    expect(requestToken).toHaveBeenCalledTimes(1);
  });

  test('gives its turn to another call while it waits', async () => {
    ask = createResilientTokenEndpoint(requestToken, { timeoutMs: 1000, maxConnections: 1, now: () => now });
    const chance = jest.spyOn(Math, 'random').mockReturnValue(0.99);
    const served: string[] = [];
    requestToken.mockImplementationOnce(async () => {
      throw down();
    });
    const call = async (name: string) => {
      await ask(request(undefined, { parameters: { grant_type: 'password', subject_username: name } }));
      served.push(name);
    };
    await Promise.all([call('retried'), call('other')]);
    chance.mockRestore();
    expect(served).toEqual(['other', 'retried']);
  });

  test('is not made for a caller who gave up while it was waited for', async () => {
    const caller = new AbortController();
    requestToken.mockImplementation(async () => {
      setImmediate(() => caller.abort('enough'));
      throw down();
    });
    jest.spyOn(Math, 'random').mockReturnValue(0.99);
    await expect(ask(request(undefined, { signal: caller.signal }))).rejects.toBe('enough');
    jest.restoreAllMocks();
    expect(requestToken).toHaveBeenCalledTimes(1);
  });
});

describe('F03: an endpoint that is down', () => {
  test('is not asked any more, for nobody, and asked again after a while', async () => {
    requestToken.mockRejectedValue(down());
    for (let call = 0; call < 5; call += 1) await rejectionOf(ask(request()));
    const asked = requestToken.mock.calls.length;
    const error = await rejectionOf(ask(request()));
    expect(error.retryAfterMs).toBeGreaterThan(0);
    expect(requestToken).toHaveBeenCalledTimes(asked);

    now += 1000;
    requestToken.mockResolvedValue(tokens);
    const outcomes = await Promise.allSettled([ask(request()), ask(request())]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(await Promise.all([ask(request()), ask(request())])).toEqual([tokens, tokens]);
  });

  test('says nothing of another endpoint, nor of another client of the same', async () => {
    requestToken.mockRejectedValue(down());
    for (let call = 0; call < 5; call += 1) await rejectionOf(ask(request()));
    requestToken.mockResolvedValue(tokens);
    const client = { clientId: 'client-2', clientSecret: undefined, pkce: true };
    expect(await ask(request(undefined, { client }))).toBe(tokens);
    expect(await ask(request(undefined, { tokenUrl: new URL('https://ai.egain.cloud/other') }))).toBe(tokens);
    await rejectionOf(ask(request()));
  });

  test('F09: is not what a refused subject makes of it', async () => {
    requestToken.mockRejectedValue(failure('token_request_failed', { oauthError: 'invalid_grant' }));
    for (let call = 0; call < 20; call += 1) await rejectionOf(ask(request()));
    expect(requestToken).toHaveBeenCalledTimes(20);
  });

  test('is not what a caller who gave up makes of it', async () => {
    requestToken.mockRejectedValue(new DOMException('enough', 'AbortError'));
    for (let call = 0; call < 20; call += 1) await ask(request()).catch(() => {});
    expect(requestToken).toHaveBeenCalledTimes(20);
  });

  test('is probed again when the probe was given up', async () => {
    requestToken.mockRejectedValue(down());
    for (let call = 0; call < 5; call += 1) await rejectionOf(ask(request()));
    now += 1000;
    requestToken.mockRejectedValueOnce(new DOMException('enough', 'AbortError')).mockResolvedValue(tokens);
    await ask(request()).catch(() => {});
    expect(await ask(request())).toBe(tokens);
  });
});

describe('F03, F05: who comes when sixty-four are under way', () => {
  const untilAsked = () => new Promise((resolve) => setImmediate(resolve));
  let release: () => void = () => {};
  let refuse: (error: Error) => void = () => {};

  function fillUp(): Promise<unknown> {
    const held = new Promise<never>((_resolve, reject) => (refuse = reject));
    const released = new Promise<typeof tokens>((resolve) => (release = () => resolve(tokens)));
    requestToken.mockImplementation(() => Promise.race([held, released]));
    return Promise.allSettled(Array.from({ length: 64 }, () => ask(request())));
  }

  test('waits, and asks within what is left of the deadline', async () => {
    const first = fillUp();
    await untilAsked();
    const late = ask(request());
    await untilAsked();
    expect(requestToken).toHaveBeenCalledTimes(64);
    now += 400;
    release();
    expect(await late).toBe(tokens);
    expect(requestToken.mock.calls.map(([{ timeoutMs }]) => timeoutMs)).toEqual([...Array(64).fill(1000), 600]);
    await first;
  });

  test('is not let go when those before found the endpoint down', async () => {
    const first = fillUp();
    await untilAsked();
    const late = rejectionOf(ask(request()));
    now += 1000;
    refuse(down());
    expect((await late).message).toContain('is not asked');
    await first;
  });

  test('may give up', async () => {
    const first = fillUp();
    await untilAsked();
    const caller = new AbortController();
    const late = ask(request(undefined, { signal: caller.signal }));
    caller.abort('enough');
    await expect(late).rejects.toBe('enough');
    release();
    await first;
    expect(requestToken).toHaveBeenCalledTimes(64);
  });

  test('of another endpoint does not wait', async () => {
    const first = fillUp();
    await untilAsked();
    requestToken.mockResolvedValueOnce(tokens);
    expect(await ask(request(undefined, { tokenUrl: new URL('https://ai.egain.cloud/other') }))).toBe(tokens);
    release();
    await first;
  });
});

describe('T085, F08: a secret that eGain refuses', () => {
  test('is not shown to it again for half a minute', async () => {
    requestToken.mockRejectedValue(invalidClient());
    const first = await rejectionOf(ask(request()));
    for (let second = 0; second < 29; second += 1) {
      now += 1000;
      const error = await rejectionOf(ask(request()));
      expect(error).toMatchObject({ code: 'token_request_failed', oauthError: 'invalid_client' });
      expect(error.message).toBe(first.message);
      expect(error.requestId).not.toBe(first.requestId);
      expect(error.retryAfterMs).toBeGreaterThan(0);
    }
    expect(requestToken).toHaveBeenCalledTimes(1);
    now += 1000;
    await rejectionOf(ask(request()));
    expect(requestToken).toHaveBeenCalledTimes(2);
  });

  test('loses no request when there is a new one already', async () => {
    const vault = jest.fn().mockReturnValueOnce('old').mockReturnValue('new') as jest.Mock<() => string>;
    requestToken.mockRejectedValueOnce(invalidClient());
    expect(await ask(request(vault))).toBe(tokens);
    expect(await secretsSent()).toEqual(['old', 'new']);
    expect(await ask(request(vault))).toBe(tokens);
  });

  test('is replaced within a second of the new one, and the vault is not asked more often than that', async () => {
    const vault = jest.fn(async () => 'old');
    const refusing = request(vault);
    requestToken.mockImplementation(async ({ client }) => {
      if ((await client.clientSecret?.()) === 'old') throw invalidClient();
      return tokens;
    });
    await rejectionOf(ask(refusing));
    vault.mockClear();
    for (let call = 0; call < 50; call += 1) await rejectionOf(ask(refusing));
    expect(vault).not.toHaveBeenCalled();
    vault.mockResolvedValue('new');
    now += 1000;
    let answer: () => void = () => {};
    requestToken.mockImplementationOnce(() => new Promise((resolve) => (answer = () => resolve(tokens))));
    const first = ask(refusing);
    await new Promise((resolve) => setImmediate(resolve));
    // Nobody waits until eGain has confirmed the new one.
    expect(await ask(refusing)).toBe(tokens);
    answer();
    expect(await first).toBe(tokens);
  });

  test('does not stand for a new one that was used meanwhile', async () => {
    let secret = 'old';
    const vault = request(() => secret);
    let refuse: (error: Error) => void = () => {};
    requestToken.mockImplementationOnce(() => new Promise((_resolve, reject) => (refuse = reject)));
    const late = ask(vault);
    await new Promise((resolve) => setImmediate(resolve));
    secret = 'new';
    expect(await ask(vault)).toBe(tokens);
    refuse(invalidClient());
    expect(await late).toBe(tokens);
    expect(await ask(vault)).toBe(tokens);
  });

  test('is replaced once for each request, should every new one be refused as well', async () => {
    const vault = () => crypto.randomUUID();
    requestToken.mockRejectedValue(invalidClient());
    expect((await rejectionOf(ask(request(vault)))).oauthError).toBe('invalid_client');
    expect(requestToken).toHaveBeenCalledTimes(2);
  });

  test('is asked for once for each attempt', async () => {
    const vault = jest.fn(() => 'secret');
    await ask(request(vault));
    expect(vault).toHaveBeenCalledTimes(1);
  });

  test('and a vault that fails is the caller’s error, not the endpoint’s', async () => {
    const sealed = request(() => Promise.reject(new Error('vault sealed')));
    for (let call = 0; call < 10; call += 1) {
      expect((await rejectionOf(ask(sealed))).code).toBe('client_secret_unavailable');
    }
    expect(requestToken).not.toHaveBeenCalled();
    expect(await ask(request())).toBe(tokens);
  });

  test('a public client has none', async () => {
    await ask(request(undefined, { client: { clientId: 'spa', clientSecret: undefined, pkce: true } }));
    expect(requestToken.mock.calls[0]?.[0].client.clientSecret).toBeUndefined();
  });
});

test('F58: a retry is not a second failure', async () => {
  requestToken.mockRejectedValue(down());
  for (let call = 0; call < 4; call += 1) await rejectionOf(ask(request()));
  // Four calls with their retries are more than five attempts, and the fifth call is still let out.
  const attempts = requestToken.mock.calls.length;
  expect(attempts).toBeGreaterThan(5);
  await rejectionOf(ask(request()));
  expect(requestToken.mock.calls.length).toBeGreaterThan(attempts);
});

describe('F58: a 401 without an OAuth error', () => {
  const answer401 = () =>
    tokenEndpointRefusal({ status: 401, headers: {}, body: Buffer.from('<h1>No</h1>') }, new URLSearchParams());
  const askFor = (name: string) =>
    ask(request(undefined, { parameters: { grant_type: 'password', subject_username: name } }));

  test('refuses one subject only, however often', async () => {
    requestToken.mockImplementation(async () => {
      throw answer401();
    });
    for (let call = 0; call < 3; call += 1) {
      const error = await rejectionOf(askFor('pa'));
      expect(error.code).toBe('token_request_failed');
      expect(error.oauthError).toBeUndefined();
    }
    expect(requestToken).toHaveBeenCalledTimes(3);
    requestToken.mockResolvedValue(tokens);
    expect(await askFor('qu')).toBe(tokens);
  });

  test('means invalid_client after a second subject got it', async () => {
    requestToken.mockImplementation(async () => {
      throw answer401();
    });
    await rejectionOf(askFor('pa'));
    expect((await rejectionOf(askFor('qu'))).oauthError).toBe('invalid_client');
    expect((await rejectionOf(askFor('another'))).oauthError).toBe('invalid_client');
    expect(requestToken).toHaveBeenCalledTimes(2);
  });

  test('does not condemn a secret that has worked, as long as only a few subjects get it', async () => {
    await askFor('proven');
    requestToken.mockImplementation(async () => {
      throw answer401();
    });
    for (const name of ['one', 'two', 'three', 'four']) {
      expect((await rejectionOf(askFor(name))).oauthError).toBeUndefined();
    }
    expect((await rejectionOf(askFor('five'))).oauthError).toBe('invalid_client');
  });

  test('is taken back by a token that is issued for the same secret', async () => {
    let issue: () => void = () => {};
    requestToken.mockImplementationOnce(() => new Promise((resolve) => (issue = () => resolve(tokens))));
    const late = askFor('late');
    await new Promise((resolve) => setImmediate(resolve));
    requestToken.mockRejectedValueOnce(answer401()).mockRejectedValueOnce(answer401());
    for (const name of ['one', 'two']) await rejectionOf(askFor(name));
    issue();
    await late;
    requestToken.mockResolvedValue(tokens);
    expect(await askFor('another')).toBe(tokens);
  });

  test('is forgotten when a token is issued in between', async () => {
    await askFor('proven');
    for (const names of [
      ['one', 'two', 'three', 'four'],
      ['five', 'six', 'seven', 'eight'],
    ]) {
      for (const name of names) {
        requestToken.mockRejectedValueOnce(answer401());
        expect((await rejectionOf(askFor(name))).oauthError).toBeUndefined();
      }
      await askFor('proven');
    }
  });
});
