import { createMemorySessionStore } from '@egain-auth/core';
import { forgeSession } from '@egain-auth/testing';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Express } from 'express';
import { type EgainAuth, egainAuth, egainErrorHandler, requiresAuth } from '../src/index.ts';
import { EXPRESS, type Host, type HostOptions, startHost } from './hosts.ts';

const hosts: Host[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host[Symbol.asyncDispose]()));
});

function routes(app: Express, egain: EgainAuth): void {
  app.use(egainAuth(egain));
  app.get('/desk', requiresAuth({ as: 'user' }), (req, res) => void res.json(req.egain.identity));
  app.get('/cases', requiresAuth({ scope: ['core.casemgr.read'] }), (_req, res) => void res.json({}));
  app.use(egainErrorHandler());
}

async function host(express: HostOptions['express'], options: HostOptions['options'] = {}): Promise<Host> {
  const started = await startHost({ routes, express, options });
  hosts.push(started);
  return started;
}

const get = ({ baseUrl }: Host, path: string, cookie = '') => fetch(`${baseUrl}${path}`, { headers: { cookie } });

const secret = 'a secret of more than thirty-two bytes, for tests';

describe.each(EXPRESS)('forgeSession with %s', (_name, express) => {
  test.each([
    ['sealed cookies', () => ({ secret })],
    ['a store', () => ({ secret, store: createMemorySessionStore() })],
  ])('passes requiresAuth with %s, as who it said', async (_kind, session) => {
    const started = await host(express, { session: session() });
    const { cookie } = await forgeSession(started.egain, { identity: { id: '7', name: 'Sam' } });
    const answer = await get(started, '/desk', cookie);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ persona: 'user', id: '7', name: 'Sam' });
    expect((await get(started, '/desk')).status).toBe(401);
  });

  test('passes in several cookies', async () => {
    const started = await host(express);
    const { cookie, setCookie } = await forgeSession(started.egain, { accessToken: 'x'.repeat(4000) });
    expect(setCookie.length).toBeGreaterThan(1);
    expect((await get(started, '/desk', cookie)).status).toBe(200);
  });

  test('does not pass when it ended, as another persona, or without a scope', async () => {
    const started = await host(express);
    const { egain } = started;
    const ended = await forgeSession(egain, { expiresInMs: 0 });
    expect((await get(started, '/desk', ended.cookie)).status).toBe(401);
    const customer = await forgeSession(egain, { persona: 'customer' });
    expect((await get(started, '/desk', customer.cookie)).status).toBe(403);
    const without = await forgeSession(egain);
    expect((await get(started, '/cases', without.cookie)).status).toBe(403);
    const withScope = await forgeSession(egain, { scope: ['core.casemgr.read'] });
    expect((await get(started, '/cases', withScope.cookie)).status).toBe(200);
  });

  test('does not pass where another instance forged it', async () => {
    const [one, other] = [await host(express), await host(express)];
    const { cookie } = await forgeSession(one.egain);
    expect((await get(other, '/desk', cookie)).status).toBe(401);
  });
});
