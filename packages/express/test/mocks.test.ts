import { EventEmitter } from 'node:events';
import { fakeEgain } from '@egain-auth/testing';
import { describe, expect, test } from '@jest/globals';
import type { Request, RequestHandler, Response } from 'express';
import { createMocks, createRequest, createResponse, type RequestOptions } from 'node-mocks-http';
import {
  createEgainAuth,
  type EgainAuth,
  type EgainAuthOptions,
  egainAuth,
  egainErrorHandler,
  onBehalfOf,
  requiresAuth,
  user,
} from '../src/index.ts';

const OPTIONS: EgainAuthOptions = {
  tenantId: 'TMTEST',
  domainUrl: 'https://login.example.com',
  apiUrl: 'https://api.example.com',
  baseUrl: 'https://desk.example.com',
  clientId: 'client',
  clientSecret: 'a secret of the client',
  login: { user: { scope: ['knowledge.portalmgr.read'] } },
  session: { secret: 'a session secret of more than 32 bytes' },
};

/** Runs a chain as a unit test would, until it answers or its end is reached. */
async function run(egain: EgainAuth, chain: RequestHandler[], options: RequestOptions, withRequest = true) {
  const settings = { eventEmitter: EventEmitter };
  const mocks = createMocks(options, settings);
  const req = withRequest ? mocks.req : createRequest(options);
  // A response that was made on its own knows no request.
  const res = withRequest ? mocks.res : createResponse(settings);
  const passed: unknown[] = [];
  for (const handler of [egainAuth(egain), ...chain]) {
    const outcome = await new Promise<unknown>((resolve) => {
      res.once('end', () => resolve('answered'));
      void handler(req as unknown as Request, res as unknown as Response, (error?: unknown) => resolve(error));
    });
    passed.push(outcome);
    if (outcome !== undefined) break;
  }
  const failure = passed.at(-1);
  if (failure instanceof Error) {
    egainErrorHandler()(failure, req as unknown as Request, res as unknown as Response, () => {});
  }
  return { req: req as unknown as Request, res, passed };
}

describe.each([true, false])('node-mocks-http, with the response’s own request: %p', (withRequest) => {
  const page = { method: 'GET', url: '/desk', headers: { accept: 'text/html' } } as const;

  test('F83: a guard lets a signed-in person pass', async () => {
    const { req, passed } = await run(fakeEgain({ identity: { name: 'Pat' } }), [requiresAuth()], page, withRequest);
    expect(passed).toEqual([undefined, undefined]);
    expect(req.egain.identity?.name).toBe('Pat');
  });

  test.each(['GET', 'HEAD'] as const)('F83: a guard sends %s to sign in, with its cookie', async (method) => {
    const { res } = await run(createEgainAuth(OPTIONS), [requiresAuth()], { ...page, method }, withRequest);
    expect([res.statusCode, res._isEndCalled()]).toEqual([303, true]);
    expect(String(res.getHeader('location'))).toMatch(/^https:\/\/login\.example\.com\//);
    expect(String(res.getHeader('set-cookie'))).toMatch(/egain_session_login_/);
    expect(res.getHeader('vary')).toBe('Cookie');
  });

  test('F83: the routes and the error handler answer', async () => {
    const egain = createEgainAuth(OPTIONS);
    const status = await run(egain, [], { method: 'GET', url: '/auth/session' }, withRequest);
    expect([status.res.statusCode, JSON.parse(status.res._getData())]).toEqual([200, { authenticated: false }]);
    const refused = await run(egain, [requiresAuth()], { method: 'GET', url: '/desk' }, withRequest);
    expect([refused.res.statusCode, JSON.parse(refused.res._getData())]).toMatchObject([
      401,
      { error: { code: 'login_required' } },
    ]);
  });

  test('F83: a handler calls eGain, on behalf of a person too, until the response ends', async () => {
    const answers = { 'GET /knowledge/portalmgr/v4/portals/user': { user: [] } };
    const egain = fakeEgain({ identity: { name: 'Pat' }, answers });
    const chain = [onBehalfOf(() => user({ username: 'pa' }))];
    const { req, res } = await run(egain, chain, page, withRequest);
    expect(await req.egain.api.get('/knowledge/portalmgr/v4/portals/user')).toEqual({ user: [] });
    res.end();
    await expect(req.egain.api.get('/knowledge/portalmgr/v4/portals/user')).rejects.toMatchObject({
      code: 'request_ended',
    });
  });
});
