import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { getEventListeners, once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext, runInThisContext } from 'node:vm';
import { afterEach, expect, test } from '@jest/globals';
import { firstValueFrom, lastValueFrom, type Observable } from 'rxjs';
import { EgainAuthModule, EgainHttpService, user } from '../src/index.ts';
import { type Host, PLATFORMS, startHost } from './hosts.ts';

const open: (Host | Server)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one[Symbol.asyncDispose]()));
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

// Warnings are reported to the process of Node. The global `process` of a Jest test is a copy.
const host = runInThisContext('process') as NodeJS.Process;

const PATH = '/knowledge/portalmgr/v4/portals/user';
const scope = ['knowledge.portalmgr.onbehalfof.read'] as const;

const ok = (response: ServerResponse) => response.setHeader('content-type', 'application/json').end('{}');
const nothing = () => {};

/** A service that acts on behalf of an agent, and the API that it calls. The platform makes no difference to it. */
async function start(answer: (response: ServerResponse) => void) {
  const [platform = 'platform-express'] = PLATFORMS;
  const api = createServer((_request, response) => answer(response)).listen(0, '127.0.0.1');
  await once(api, 'listening');
  open.push(api);
  const apiUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  const started = await startHost({
    platform,
    imports: (egain) => [EgainAuthModule.forRoot(egain)],
    controllers: [],
    options: { apiUrl },
  });
  open.push(started);
  const subject = user({ username: 'pa' });
  return { api, http: started.app.get(EgainHttpService).as({ type: 'on-behalf-of', subject }, { scope }) };
}

type Service = Awaited<ReturnType<typeof start>>['http'];

/** What is left on a signal: listeners, and the signals that Node derived from it with `AbortSignal.any`. */
function leftOn(signal: AbortSignal): number {
  const symbol = Object.getOwnPropertySymbols(signal).find(({ description }) => description === 'kDependantSignals');
  const derived = symbol && (signal as unknown as Record<symbol, Set<unknown> | undefined>)[symbol];
  return getEventListeners(signal, 'abort').length + (derived?.size ?? 0);
}

/** Asks for an answer and never reads its body. A function of its own: a suspended test would keep the body alive. */
async function ignoreBody(http: Service, signal: AbortSignal): Promise<number> {
  const { status } = await firstValueFrom(http.request('HEAD', PATH, { signal }));
  return status;
}

/** Why the next request to the API fails: the caller gave up, or the deadline passed. */
function nextFailure(): Promise<unknown> {
  return new Promise((resolve) => {
    const hear = (event: unknown) => {
      unsubscribe('egain-auth:http', hear);
      resolve((event as { failure?: string }).failure);
    };
    subscribe('egain-auth:http', hear);
  });
}

const KINDS: [kind: string, call: (http: Service, signal: AbortSignal) => Observable<unknown>][] = [
  ['get', (http, signal) => http.get(PATH, { signal })],
  ['request', (http, signal) => http.request('GET', PATH, { signal })],
  ['paginate', (http, signal) => http.paginate(PATH, { signal })],
];

test('F54: two thousand calls with one signal leave nothing on it, and Node warns of no leak', async () => {
  const { http } = await start(ok);
  const { signal } = new AbortController();
  const leaks: string[] = [];
  const onWarning = ({ name, message }: Error) => {
    if (name === 'MaxListenersExceededWarning') leaks.push(message);
  };
  host.on('warning', onWarning);
  for (let round = 0; round < 20; round += 1) {
    await Promise.all(Array.from({ length: 100 }, () => firstValueFrom(http.get(PATH, { signal }))));
  }
  await setImmediate();
  host.off('warning', onWarning);
  expect(leftOn(signal)).toBe(0);
  expect(leaks).toEqual([]);
});

test('F54: a stream leaves nothing on the signal once it was read or destroyed', async () => {
  const { http } = await start(ok);
  const { signal } = new AbortController();
  const [read, destroyed] = await Promise.all([
    firstValueFrom(http.request('GET', PATH, { signal })),
    firstValueFrom(http.request('GET', PATH, { signal })),
  ]);
  expect(leftOn(signal)).toBe(2);
  expect(await text(read.body)).toBe('{}');
  await finished(read.body);
  expect(leftOn(signal)).toBe(1);
  destroyed.body.destroy();
  await once(destroyed.body, 'close');
  expect(leftOn(signal)).toBe(0);
});

test('F54: a stream that is never read leaves nothing on the signal once it was collected', async () => {
  const { http } = await start(ok);
  const { signal } = new AbortController();
  expect(await ignoreBody(http, signal)).toBe(200);
  expect(leftOn(signal)).toBe(1);
  for (let round = 0; round < 100 && leftOn(signal) > 0; round += 1) {
    await setImmediate();
    collectGarbage();
  }
  expect(leftOn(signal)).toBe(0);
});

test.each(KINDS)('F54: the reason of the signal is what %s fails with', async (_kind, call) => {
  const { http, api } = await start(nothing);
  const caller = new AbortController();
  const failed = lastValueFrom(call(http, caller.signal)).catch((error: unknown) => error);
  await once(api, 'request');
  caller.abort('enough');
  expect(await failed).toBe('enough');
  expect(leftOn(caller.signal)).toBe(0);
});

test.each(KINDS)('F54: with a signal that is aborted already %s sends nothing', async (_kind, call) => {
  const { http, api } = await start(ok);
  let requests = 0;
  api.on('request', () => {
    requests += 1;
  });
  const signal = AbortSignal.abort('enough');
  await expect(lastValueFrom(call(http, signal))).rejects.toBe('enough');
  expect([requests, leftOn(signal)]).toEqual([0, 0]);
});

test('F54: the signal also ends a stream that is being read', async () => {
  const { http } = await start((response) => void response.writeHead(200).write('abc'));
  const caller = new AbortController();
  const { body } = await lastValueFrom(http.request('GET', PATH, { signal: caller.signal }));
  caller.abort('enough');
  expect(await text(body).catch((error: unknown) => error)).toBe('enough');
  expect(leftOn(caller.signal)).toBe(0);
});

test.each(KINDS)('F54: unsubscribing aborts %s, and leaves nothing on the signal', async (_kind, call) => {
  const { http, api } = await start(nothing);
  const { signal } = new AbortController();
  const settled: unknown[] = [];
  const subscription = call(http, signal).subscribe({
    next: (value) => settled.push(value),
    error: (error) => settled.push(error),
  });
  await once(api, 'request');
  const failure = nextFailure();
  subscription.unsubscribe();
  expect(leftOn(signal)).toBe(0);
  expect(await failure).toBe('aborted');
  expect(settled).toEqual([]);
});
