import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createEgainAuth, scope, user } from '../../src/index.ts';
import { judgeScopes, type ScopeKind, scopeKindOf } from '../../src/protocol/scopes.ts';
import { rejectionOf } from '../failure.ts';
import { json, serversToClose } from '../loopback.ts';

const { serve, closeAll } = serversToClose();
afterEach(closeAll);

test.each<[string, ScopeKind]>([
  ['knowledge.portalmgr.read', 'delegated'],
  ['core.aiservices.write', 'delegated'],
  ['openid', 'delegated'],
  ['application.read', 'delegated'],
  ['https://api.ai.egain.cloud/auth/core.aiservices.read', 'delegated'],
  ['app.knowledge.portalmgr.read', 'application'],
  ['app.core.customermgr.maange', 'application'],
  ['https://api.egain.cloud/auth/app.core.aiservices.read', 'application'],
  ['api://internal/app.core.aiservices.read', 'application'],
  ['knowledge.portalmgr.onbehalfof.read', 'on-behalf-of'],
  ['https://tmprod.onmicrosoft.com/12bf53d5/knowledge.portalmgr.onbehalfof.read', 'on-behalf-of'],
  ['.default', 'client-default'],
  ['https://api.egain.cloud/auth/.default', 'client-default'],
])('%s is of the kind %s', (scope, kind) => {
  expect(scopeKindOf(scope)).toBe(kind);
});

const DELEGATED = scope.unchecked('a.b.read');
const APPLICATION = scope.unchecked('app.a.b.read');
const ON_BEHALF_OF = scope.unchecked('a.b.onbehalfof.read');
const DEFAULT = '.default';

describe('“Matching Flows to Scopes”', () => {
  test.each([
    ['user', DELEGATED, 'fits'],
    ['user', APPLICATION, 'error'],
    ['user', ON_BEHALF_OF, 'error'],
    ['user', DEFAULT, 'error'],
    ['customer', APPLICATION, 'error'],
    ['client', APPLICATION, 'fits'],
    ['client', DEFAULT, 'fits'],
    ['client', DELEGATED, 'warning'],
    ['client', ON_BEHALF_OF, 'error'],
    ['anonymousCustomer', DELEGATED, 'fits'],
    ['anonymousCustomer', APPLICATION, 'error'],
    ['anonymousCustomer', ON_BEHALF_OF, 'error'],
    ['onBehalfOf', ON_BEHALF_OF, 'fits'],
    ['onBehalfOf', DELEGATED, 'error'],
    ['onBehalfOf', APPLICATION, 'error'],
    ['onBehalfOf', DEFAULT, 'error'],
    ['tokenExchange', DELEGATED, 'fits'],
    ['tokenExchange', APPLICATION, 'warning'],
  ] as const)('%s with %s: %s', (flow, scope, verdict) => {
    const [found] = judgeScopes(flow, [scope]);
    expect(found === undefined ? 'fits' : found.isError ? 'error' : 'warning').toBe(verdict);
  });
});

describe('a request whose scopes do not fit', () => {
  async function egainBeside() {
    const server = await serve(json({ access_token: 'a.b.c' }));
    const tokenUrl = server.origin;
    const endpoints = {
      client: { tokenUrl },
      anonymousCustomer: { tokenUrl },
      onBehalfOf: { user: { tokenUrl } },
      tokenExchange: { tokenUrl },
    };
    return {
      server,
      egain: createEgainAuth({ clientId: 'a', clientSecret: 'b', endpoints, authorizeSubject: () => true }),
    };
  }

  test('T086: is refused before anything is sent', async () => {
    const { server, egain } = await egainBeside();
    const refused = [
      egain.onBehalfOf(user({ username: 'pa' }), { scope: [DELEGATED] }),
      egain.onBehalfOf(user({ username: 'pa' }), { scope: [ON_BEHALF_OF, APPLICATION] }),
      egain.clientCredentials({ scope: [ON_BEHALF_OF] }),
      egain.anonymousCustomer({ scope: [APPLICATION] }),
    ];
    for (const promise of refused) {
      const error = await rejectionOf(promise);
      expect(error).toMatchObject({ code: 'scope_mismatch', status: 500 });
      expect(error.remedy).toMatch(/such as/i);
    }
    expect(server.received).toEqual([]);
  });

  test('but works with a surprise is a warning on the channel', async () => {
    const { server, egain } = await egainBeside();
    const seen: unknown[] = [];
    const listener = (event: unknown) => void seen.push(event);
    subscribe('egain-auth:warning', listener);
    await egain.clientCredentials({ scope: [DELEGATED] });
    unsubscribe('egain-auth:warning', listener);
    expect(server.received).toHaveLength(1);
    expect(seen).toEqual([{ code: 'unusual_scope_kind', message: expect.stringContaining('client') }]);
  });

  test('a public client is told that its flow needs a secret, instead of invalid_client', async () => {
    const { server } = await egainBeside();
    const tokenUrl = server.origin;
    const egain = createEgainAuth({
      clientId: 'spa',
      endpoints: { client: { tokenUrl } },
      authorizeSubject: () => true,
    });
    const error = await rejectionOf(egain.clientCredentials({ scope: [APPLICATION] }));
    expect(error.code).toBe('invalid_configuration');
    expect(error.message).toContain('clients.client has none');
    expect(server.received).toEqual([]);
  });
});
