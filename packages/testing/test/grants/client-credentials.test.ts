import { describe, expect, test } from '@jest/globals';
import type { Persona } from '../../src/index.ts';
import {
  apply,
  type Changes,
  credentials,
  findClient,
  requestToken,
  startEmulator,
  tokenUrl,
} from '../emulator-client.ts';

const FORM = { grant_type: 'client_credentials', scope: 'app.knowledge.portalmgr.read' };

describe('the client credentials grant', () => {
  test.each([
    ['an application scope', 'app.knowledge.portalmgr.read'],
    ['a delegated scope, without user context', 'knowledge.portalmgr.manage'],
    ['both', 'app.core.aiservices.read core.aiservices.read'],
  ])('grants %s', async (_name, scope) => {
    const emulator = await startEmulator({ refreshTokens: 'kept' });
    const { status, body } = await requestToken(tokenUrl(emulator), apply({ ...FORM, scope }, credentials(emulator)));
    expect([status, body['scope']]).toEqual([200, scope]);
    expect(body).not.toHaveProperty('refresh_token');
    const { clientId } = findClient(emulator, 'web');
    const entry = { grant: 'client_credentials', actor: 'client', subject: clientId, scope: scope.split(' ') };
    expect(emulator.journal('token')).toMatchObject([entry]);
  });

  test.each<[name: string, changes: Changes, persona: Persona, error: string]>([
    ['a missing scope', { scope: undefined }, 'user', 'invalid_scope'],
    ['an on-behalf-of scope', { scope: 'knowledge.portalmgr.onbehalfof.read' }, 'user', 'invalid_scope'],
    ['a scope that is not assigned', { scope: 'app.core.everything.read' }, 'user', 'invalid_scope'],
    ['the .default scope of the other generation', { scope: '.default' }, 'user', 'invalid_scope'],
    ["the customers' token URL", {}, 'customer', 'invalid_request'],
  ])('refuses %s', async (_name, changes, persona, error) => {
    const emulator = await startEmulator();
    const form = apply({ ...FORM, ...credentials(emulator) }, changes);
    const { status, body } = await requestToken(tokenUrl(emulator, persona), form);
    expect([status, body['error']]).toEqual([400, error]);
  });

  test('refuses a public client', async () => {
    const emulator = await startEmulator();
    const { status, body } = await requestToken(tokenUrl(emulator), apply(FORM, credentials(emulator, 'spa')));
    expect([status, body['error']]).toEqual([400, 'unauthorized_client']);
  });

  test('refuses a permission that only another client application has', async () => {
    const clients = [{ clientId: 'small', clientSecret: 's', permissions: ['app.core.usermgr.read'] }];
    const emulator = await startEmulator({ clients });
    const request = (scope: string) =>
      requestToken(tokenUrl(emulator), apply({ ...FORM, scope }, { client_id: 'small', client_secret: 's' }));
    expect((await request('app.core.usermgr.read')).status).toBe(200);
    expect((await request('app.knowledge.portalmgr.read')).body['error']).toBe('invalid_scope');
  });
});
