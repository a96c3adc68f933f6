import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { runInThisContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Agent, request as undiciRequest } from 'undici';
import { type EgainAuth, isEgainAuthError, user } from '../../src/index.ts';
import { soon } from '../soon.ts';
import { CLIENT, SCOPE, stagesToClose } from './api-stage.ts';

const { stage, closeAll } = stagesToClose();
const agents: Agent[] = [];
// Not the copy that a test has: what nobody handles is reported to the real one.
const host = runInThisContext('process') as NodeJS.Process;
const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown) => void unhandled.push(reason);

beforeEach(() => {
  host.on('unhandledRejection', onUnhandled).on('uncaughtException', onUnhandled);
});
afterEach(async () => {
  await Promise.all([closeAll(), ...agents.splice(0).map((agent) => agent.destroy())]);
  await new Promise((resolve) => setImmediate(resolve));
  host.off('unhandledRejection', onUnhandled).off('uncaughtException', onUnhandled);
  expect(unhandled.splice(0)).toEqual([]);
});

const PA = { type: 'on-behalf-of', subject: user({ username: 'pa' }) } as const;
type Caller = typeof CLIENT | typeof PA;
type Body = Readable | ReadableStream | AsyncGenerator<Uint8Array>;
type Send = (egain: EgainAuth, origin: string, caller: Caller, body: Body) => Promise<unknown>;

const scopeOf = ({ type }: Caller) =>
  type === 'client' ? SCOPE : ({ scope: ['knowledge.portalmgr.onbehalfof.manage'] } as const);

/** Every way to hand over a stream. */
const CLIENTS: readonly (readonly [name: string, send: Send])[] = [
  [
    'api.post',
    (egain, origin, caller, body) =>
      egain.api(caller as typeof CLIENT, scopeOf(caller) as typeof SCOPE).post(`${origin}/x`, { body }),
  ],
  [
    'api.request',
    (egain, origin, caller, body) =>
      egain.api(caller as typeof CLIENT, scopeOf(caller) as typeof SCOPE).request('POST', `${origin}/x`, { body }),
  ],
  [
    'fetch',
    (egain, origin, caller, body) =>
      egain.fetch(caller, scopeOf(caller))(`${origin}/x`, { method: 'POST', body, duplex: 'half' } as RequestInit),
  ],
  [
    'interceptor',
    async (egain, origin, caller, body) => {
      const agent = new Agent();
      agents.push(agent);
      const dispatcher = agent.compose(egain.interceptor(caller, scopeOf(caller)));
      const answer = await undiciRequest(`${origin}/x`, { dispatcher, method: 'POST', body: body as Readable });
      await answer.body.dump();
      if (answer.statusCode >= 400) throw new Error(`answered ${answer.statusCode}`);
    },
  ],
];

/** What a call is rejected with, of whatever class. */
const rejectionOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

/** The error of the stream itself: undici's own requests are rejected with it, ours have it as the cause. */
async function streamErrorOf(call: Promise<unknown>): Promise<unknown> {
  const error = await rejectionOf(call);
  if (!isEgainAuthError(error)) return error;
  expect(error.code).toBe('api_unavailable');
  return error.cause;
}

const missing = () => createReadStream('/there/is/no/such/file');
/** What never answers is given up soon enough for the instance to be closed. */
const SHORT = { http: { timeoutMs: 1000 } };
/** A stream that is never read to its end. */
const endless = () => new Readable({ read() {} });

describe.each(CLIENTS)('F53: a stream that was handed to %s', (_name, send) => {
  test('and fails before it is read rejects the call', async () => {
    const { egain, api } = await stage();
    expect(await streamErrorOf(send(egain, api.origin, CLIENT, missing()))).toMatchObject({ code: 'ENOENT' });
    expect(api.received).toEqual([]);
  });

  test('and had failed by then rejects the call', async () => {
    const { egain, api } = await stage();
    const body = endless();
    body.on('error', () => {});
    body.destroy(new Error('canary'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(await streamErrorOf(send(egain, api.origin, CLIENT, body))).toMatchObject({ message: 'canary' });
    expect(api.received).toEqual([]);
  });

  test('and fails while a secret is waited for rejects the call', async () => {
    const { egain, api } = await stage(undefined, { ...SHORT, clientSecret: () => new Promise<string>(() => {}) });
    expect(await streamErrorOf(send(egain, api.origin, CLIENT, missing()))).toMatchObject({ code: 'ENOENT' });
  });

  test('and fails while a policy is waited for rejects the call', async () => {
    const { egain, api } = await stage(undefined, { ...SHORT, authorizeSubject: () => new Promise<boolean>(() => {}) });
    expect(await streamErrorOf(send(egain, api.origin, PA, missing()))).toMatchObject({ code: 'ENOENT' });
  });

  test('is destroyed when the call is refused before it is sent', async () => {
    const { egain } = await stage();
    const body = endless();
    expect(await rejectionOf(send(egain, 'https://api.example', CLIENT, body))).toBeDefined();
    await soon(() => expect(body.destroyed).toBe(true));
  });

  test('is destroyed when there is no token', async () => {
    const { egain, api } = await stage(undefined, { clientSecret: () => Promise.reject(new Error('vault')) });
    const body = endless();
    const error = await rejectionOf(send(egain, api.origin, CLIENT, body));
    expect(error).toMatchObject({ code: 'client_secret_unavailable' });
    await soon(() => expect(body.destroyed).toBe(true));
  });

  test('arrives whole', async () => {
    const { egain, api } = await stage();
    await send(egain, api.origin, CLIENT, Readable.from([Buffer.from('one '), Buffer.from('two')]));
    expect(api.received.map(({ body }) => body)).toEqual(['one two']);
  });
});

describe('F53: what is no stream of Node’s', () => {
  test('is cancelled where the call fails: a web stream', async () => {
    const { egain } = await stage(undefined, { clientSecret: () => Promise.reject(new Error('vault')) });
    let isCancelled = false;
    const body = new ReadableStream({
      cancel() {
        isCancelled = true;
      },
    });
    await rejectionOf(egain.api(CLIENT, SCOPE).post('/x', { body }));
    await soon(() => expect(isCancelled).toBe(true));
  });

  test('is ended where the call fails: a generator', async () => {
    const { egain } = await stage(undefined, { clientSecret: () => Promise.reject(new Error('vault')) });
    async function* generate() {
      yield new Uint8Array(1);
    }
    const body = generate();
    await rejectionOf(egain.api(CLIENT, SCOPE).post('/x', { body }));
    expect(await body.next()).toEqual({ done: true, value: undefined });
  });
});
