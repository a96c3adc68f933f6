import { request } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { createEgainEmulator, type EgainEmulator, type Fault } from '../src/index.ts';
import { apply, credentials, logIn, postForm, requestToken, startEmulator, tokenUrl } from './emulator-client.ts';

const FORM = { grant_type: 'client_credentials', scope: 'app.core.usermgr.read' };
const askForToken = (emulator: EgainEmulator) => postForm(tokenUrl(emulator), apply(FORM, credentials(emulator)));

/** When each piece of an answer's body came, and how it ended. */
async function receive(url: string): Promise<{ status?: number; pieces: string[]; failed: boolean }> {
  return new Promise((resolve) => {
    const pieces: string[] = [];
    const fail = () => resolve({ pieces, failed: true });
    const sent = request(url, (answer) => {
      const status = answer.statusCode ?? 0;
      answer.setEncoding('utf8').on('data', (piece: string) => pieces.push(piece));
      answer.on('end', () => resolve({ status, pieces, failed: false }));
      answer.on('error', () => resolve({ status, pieces, failed: true }));
    });
    sent.on('error', fail).end();
  });
}

describe('a dropped request', () => {
  test('gets no answer and does nothing', async () => {
    const emulator = await startEmulator({ refreshTokens: 'rotating' });
    const { refresh_token } = await logIn(emulator);
    const refresh = () =>
      requestToken(tokenUrl(emulator), apply({ grant_type: 'refresh_token', refresh_token }, credentials(emulator)));
    emulator.fail('token', { drop: 'request', times: 1 });
    await expect(refresh()).rejects.toThrow();
    expect(emulator.journal('token').at(-1)).toMatchObject({ status: 0, fault: 'drop' });
    expect((await refresh()).status).toBe(200);
  });
});

describe('a dropped answer', () => {
  test.each(['answer', 'body'] as const)('is lost (%s), and what it was for is spent', async (drop) => {
    const emulator = await startEmulator({ refreshTokens: 'rotating' });
    const { refresh_token } = await logIn(emulator);
    const refresh = () =>
      requestToken(tokenUrl(emulator), apply({ grant_type: 'refresh_token', refresh_token }, credentials(emulator)));
    emulator.fail('token', { drop, times: 1 });
    await expect(refresh()).rejects.toThrow();
    expect(emulator.journal('token').at(-1)).toMatchObject({ status: 200, fault: 'drop', grant: 'refresh_token' });
    expect((await refresh()).body['error']).toBe('invalid_grant');
  });

  test('in the middle of its body has shown its status and half of it', async () => {
    const emulator = await startEmulator();
    emulator.fail('identity-provider', { drop: 'body' });
    const { status, pieces, failed } = await receive(emulator.identityProvider.jwksUrl);
    expect([status, failed]).toEqual([200, true]);
    expect(pieces.join('')).toMatch(/^\{"keys":/);
    expect(() => JSON.parse(pieces.join(''))).toThrow();
  });
});

describe('a delay', () => {
  test('holds the answer back and not the endpoint', async () => {
    const emulator = await startEmulator();
    emulator.fail('token', { delayMs: 60_000, times: 1 });
    const waiting = new AbortController();
    const slow = fetch(tokenUrl(emulator), {
      method: 'POST',
      body: apply(FORM, credentials(emulator)),
      signal: waiting.signal,
    });
    while (emulator.journal('token').length === 0) await new Promise(setImmediate);
    expect(emulator.journal('token')).toMatchObject([{ status: 200, fault: 'delay', actor: 'client' }]);
    expect((await askForToken(emulator)).status).toBe(200);
    waiting.abort();
    await expect(slow).rejects.toThrow();
  });

  test('ends, and then the answer is whole', async () => {
    const emulator = await startEmulator();
    emulator.fail('token', { delayMs: 5 });
    expect(await (await askForToken(emulator)).json()).toMatchObject({ token_type: 'Bearer' });
  });
});

test('a drip comes byte by byte, and is whole in the end', async () => {
  const emulator = await startEmulator();
  emulator.fail('identity-provider', { dripMs: 1 });
  const { pieces } = await receive(emulator.identityProvider.jwksUrl);
  expect(pieces.length).toBeGreaterThan(20);
  expect(JSON.parse(pieces.join(''))).toMatchObject({ keys: [{ kty: 'EC' }] });
  expect(emulator.journal('identity-provider')).toMatchObject([{ fault: 'drip' }]);
});

describe('closing the emulator', () => {
  test.each<[name: string, fault: Fault]>([
    ['a delay', { delayMs: 30_000 }],
    ['a drip', { dripMs: 30_000 }],
  ])('does not wait for %s', async (_name, fault) => {
    const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const emulator = await createEgainEmulator().listen();
    emulator.fail('identity-provider', fault);
    const before = timers();
    const pending = receive(emulator.identityProvider.jwksUrl);
    while (emulator.journal('identity-provider').length === 0) await new Promise(setImmediate);
    await emulator.close();
    expect((await pending).failed).toBe(true);
    // Neither does the process.
    expect(timers()).toBeLessThanOrEqual(before);
  });
});
