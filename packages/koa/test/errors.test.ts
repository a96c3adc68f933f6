import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEgainEmulator, createUserAgent } from '@egain-auth/testing';
import { describe, expect, test } from '@jest/globals';
import type Koa from 'koa';
import { createEgainAuth, EgainAuthError, egainAuth } from '../src/index.ts';
import { KOA } from './versions.ts';

/** An application with `egainAuth` and nothing else of ours: errors are answered by Koa. */
async function answerOf(Application: typeof Koa, handler: Koa.Middleware, path = '/') {
  await using emulator = await createEgainEmulator().listen();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const egain = createEgainAuth(emulator.config({ baseUrl: origin }));
  const app = new Application();
  app.silent = true;
  app.use(egainAuth(egain)).use(handler);
  const answer = app.callback();
  server.on('request', (request, response) => void answer(request, response));
  try {
    const { status, text } = await createUserAgent().open(`${origin}${path}`);
    return { status, text };
  } finally {
    server.close();
    server.closeAllConnections();
    await egain.close();
  }
}

const ours = () => new EgainAuthError('login_required', 'canary-message', { remedy: 'canary-remedy' });
const nothing: Koa.Middleware = async () => {};

describe.each(KOA)('F50: %s answers an error of ours by itself', (_name, Application) => {
  test('that a stranger’s callback causes', async () => {
    const answer = await answerOf(Application, nothing, '/auth/callback?code=x&state=y');
    expect(answer).toEqual({ status: 400, text: 'Bad Request' });
  });

  test.each<[how: string, fail: Koa.Middleware, status: number, text: string]>([
    ['thrown', () => Promise.reject(ours()), 401, 'Unauthorized'],
    // http-errors prefers the status of the error. It sets `expose`, and Koa shows the message of what may be exposed.
    ['given to ctx.throw(502)', (ctx) => ctx.throw(502, ours()), 401, 'Unauthorized'],
    ['given to ctx.throw(404)', (ctx) => ctx.throw(404, ours()), 401, 'Unauthorized'],
    ['given another status', () => Promise.reject(Object.assign(ours(), { status: 503 })), 503, 'Service Unavailable'],
    ['told to be exposed', () => Promise.reject(Object.assign(ours(), { expose: true })), 401, 'Unauthorized'],
    ['given headers', () => Promise.reject(Object.assign(ours(), { headers: { 'x-a': 'b' } })), 401, 'Unauthorized'],
  ])('%s', async (_how, fail, status, text) => {
    expect(await answerOf(Application, fail)).toEqual({ status, text });
  });
});
