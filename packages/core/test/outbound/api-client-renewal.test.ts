import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ApiClient, createEgainAuth, type EgainAuth, isEgainAuthError } from '../../src/index.ts';
import { passTime, stopClock } from '../clock.ts';
import { json, type LoopbackServer, serversToClose } from '../loopback.ts';

const { serve, closeAll } = serversToClose();
afterEach(closeAll);
beforeEach(() => stopClock());

const SCOPE = { scope: ['app.core.aiservices.read'] as const };

interface Stage {
  readonly api: ApiClient;
  readonly egain: EgainAuth;
  readonly server: LoopbackServer;
  readonly tokens: LoopbackServer;
  /** Tokens that the API does not accept any more. */
  readonly revoked: Set<string>;
}

/** An API that knows which tokens are good, and an issuer that counts them: token-1, token-2, … */
async function stage(): Promise<Stage> {
  const revoked = new Set<string>();
  let issued = 0;
  const tokens = await serve((response, request) => {
    issued += 1;
    json({ access_token: `token-${issued}`, expires_in: 3600 })(response, request);
  });
  const server = await serve((response, request) => {
    const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
    const answer = revoked.has(token)
      ? json({ code: '401-101' }, 401)
      : json({ with: token.replace('token-', 'number '), body: request.body });
    answer(response, request);
  });
  const egain = createEgainAuth({
    clientId: 'client-1',
    clientSecret: 'secret',
    endpoints: { client: { tokenUrl: tokens.origin } },
    apiUrl: server.origin,
  });
  return { egain, api: egain.api({ type: 'client' }, SCOPE), server, tokens, revoked };
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => (isEgainAuthError(error) ? error.code : error),
  );

describe('R7: a token that the API answers 401', () => {
  test('is renewed, and the request sent once more, with its body', async () => {
    const { api, server, tokens, revoked } = await stage();
    await api.get('/a');
    passTime(2000);
    revoked.add('token-1');
    expect(await api.post('/a', { body: { resourceId: 1 } })).toEqual({ with: 'number 2', body: '{"resourceId":1}' });
    expect(await api.get('/a')).toMatchObject({ with: 'number 2' });
    expect(tokens.received).toHaveLength(2);
    expect(server.received).toHaveLength(4);
  });

  test('F39: is renewed once, however many requests it was rejected of', async () => {
    const { api, server, tokens, revoked } = await stage();
    await api.get('/a');
    passTime(2000);
    revoked.add('token-1');
    const answers = await Promise.all(Array.from({ length: 50 }, () => api.get('/a')));
    expect(answers).toEqual(answers.map(() => ({ with: 'number 2', body: '' })));
    expect(tokens.received).toHaveLength(2);
    expect(server.received).toHaveLength(1 + 50 * 2);
  });

  test('T074: a hundred calls of every kind renew it once, and each is sent twice', async () => {
    const { api, server, tokens, revoked } = await stage();
    await api.get('/a');
    passTime(2000);
    revoked.add('token-1');
    const calls = Array.from({ length: 20 }, () => [
      api.get('/a'),
      api.post('/a', { body: { a: 1 } }),
      api.put('/a', { body: Buffer.from('bytes') }),
      api.request('HEAD', '/a').then(({ body }) => body.resume()),
      api.request('GET', '/a').then(({ body }) => body.resume()),
    ]).flat();
    await Promise.all(calls);
    expect(tokens.received).toHaveLength(2);
    expect(server.received).toHaveLength(1 + 100 * 2);
    const sentWith = (token: string) =>
      server.received.filter(({ headers }) => headers.authorization === `Bearer ${token}`);
    expect([sentWith('token-1').length, sentWith('token-2').length]).toEqual([101, 100]);
  });

  test('T074: a hundred calls whose new token is rejected as well renew it once, and end', async () => {
    const { api, server, tokens, revoked } = await stage();
    await api.get('/a');
    passTime(2000);
    for (let token = 1; token < 300; token += 1) revoked.add(`token-${token}`);
    const codes = await Promise.all(Array.from({ length: 100 }, () => codeOf(api.get('/a'))));
    expect(new Set(codes)).toEqual(new Set(['api_error']));
    expect(tokens.received).toHaveLength(2);
    expect(server.received.length).toBeLessThanOrEqual(1 + 100 * 2);
  });

  test('T074: is renewed once for each call, even where time passes and each new one is rejected', async () => {
    const slow = await serve((response, request) => {
      passTime(2000);
      json({ code: '401-101' }, 401)(response, request);
    });
    const tokens = await serve(
      ((issued) => (response, request) => {
        issued += 1;
        json({ access_token: `token-${issued}`, expires_in: 3600 })(response, request);
      })(0),
    );
    const api = createEgainAuth({
      clientId: 'client-1',
      clientSecret: 'secret',
      endpoints: { client: { tokenUrl: tokens.origin } },
      apiUrl: slow.origin,
    }).api({ type: 'client' }, SCOPE);
    expect(await codeOf(api.get('/a'))).toBe('api_error');
    expect([slow.received.length, tokens.received.length]).toEqual([2, 2]);
    expect(await codeOf(api.request('POST', '/a'))).toBe('api_error');
    expect([slow.received.length, tokens.received.length]).toEqual([4, 3]);
  });

  test('is not renewed again when somebody else did that already', async () => {
    const { egain, tokens, revoked } = await stage();
    const { accessToken: old } = await egain.clientCredentials(SCOPE);
    passTime(2000);
    revoked.add(old);
    await egain.api({ type: 'client' }, SCOPE).get('/a');
    expect(tokens.received).toHaveLength(2);
    // A request that was under way with the old token meanwhile.
    const late = await egain.clientCredentials(SCOPE);
    expect([late.accessToken, late.source]).toEqual(['token-2', 'memory']);
    expect(tokens.received).toHaveLength(2);
  });

  test('is not sent a third time when the new one is rejected too', async () => {
    const { api, server, tokens, revoked } = await stage();
    for (const token of ['token-1', 'token-2', 'token-3']) revoked.add(token);
    await codeOf(api.get('/a'));
    passTime(2000);
    const before = server.received.length;
    expect(await codeOf(api.get('/a'))).toBe('api_error');
    expect(server.received.length - before).toBeLessThanOrEqual(2);
    expect(tokens.received.length).toBeLessThanOrEqual(3);
  });

  test('costs no token for each call while the API rejects every one', async () => {
    const { api, server, tokens, revoked } = await stage();
    for (let token = 1; token < 50; token += 1) revoked.add(`token-${token}`);
    for (let call = 0; call < 20; call += 1) expect(await codeOf(api.get('/a'))).toBe('api_error');
    expect([tokens.received.length, server.received.length]).toEqual([1, 20]);
    passTime(2000);
    for (let call = 0; call < 20; call += 1) await codeOf(api.get('/a'));
    expect(tokens.received).toHaveLength(2);
  });

  test('leads to the error of the token endpoint when no other can be had', async () => {
    const { api, tokens, revoked } = await stage();
    await api.get('/a');
    passTime(2000);
    revoked.add('token-1');
    await tokens.close();
    expect(await codeOf(api.get('/a'))).toBe('token_endpoint_unavailable');
  });

  test('is not what 403 means', async () => {
    const { egain } = await stage();
    const forbidden = await serve(json({ code: '403-112' }, 403));
    const tokens = await serve(json({ access_token: 'token', expires_in: 3600 }));
    const api = createEgainAuth({
      clientId: 'client-1',
      clientSecret: 'secret',
      endpoints: { client: { tokenUrl: tokens.origin } },
      apiUrl: forbidden.origin,
    }).api({ type: 'client' }, SCOPE);
    await codeOf(api.get('/a'));
    passTime(2000);
    expect(await codeOf(api.get('/a'))).toBe('api_error');
    expect([forbidden.received.length, tokens.received.length]).toEqual([2, 1]);
    await egain.close();
  });
});
