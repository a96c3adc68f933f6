import { describe, expect, test } from '@jest/globals';
import type { EgainEmulator } from '../../src/index.ts';
import {
  anonymousTokenUrl,
  apply,
  type Changes,
  credentials,
  decodeClaims,
  requestToken,
  startEmulator,
  tokenUrl,
} from '../emulator-client.ts';

const FORM = { grant_type: 'client_credentials' };
const prefixed = (emulator: EgainEmulator, name: string) => `${emulator.apiUrl}/auth/${name}`;

describe('the anonymous customer grant', () => {
  test('is on the API host and takes prefixed scopes', async () => {
    const emulator = await startEmulator();
    const scope = `${prefixed(emulator, 'knowledge.portalmgr.read')} ${prefixed(emulator, 'core.aiservices.read')}`;
    const { status, body } = await requestToken(
      anonymousTokenUrl(emulator),
      apply({ ...FORM, scope }, credentials(emulator)),
    );
    expect([status, body['scope']]).toEqual([200, scope]);
    expect(decodeClaims(body['access_token'])['scope']).toBe('knowledge.portalmgr.read core.aiservices.read');
    const granted = ['knowledge.portalmgr.read', 'core.aiservices.read'];
    const entry = { grant: 'client_credentials', persona: 'customer', actor: 'anonymous-customer', scope: granted };
    expect(emulator.journal('token')).toMatchObject([entry]);
  });

  test.each<[name: string, changes: (emulator: EgainEmulator) => Changes, error: string]>([
    ['a scope without prefix', () => ({ scope: 'knowledge.portalmgr.read' }), 'invalid_scope'],
    [
      'a scope with the prefix of another host',
      () => ({ scope: 'https://api.ai.egain.cloud/auth/knowledge.portalmgr.read' }),
      'invalid_scope',
    ],
    [
      'one scope of two without prefix',
      (emulator) => ({ scope: `${prefixed(emulator, 'core.aiservices.read')} core.aiservices.manage` }),
      'invalid_scope',
    ],
    ['no scope', () => ({ scope: undefined }), 'invalid_scope'],
    [
      'an application scope',
      (emulator) => ({ scope: prefixed(emulator, 'app.core.aiservices.read') }),
      'invalid_scope',
    ],
    [
      'an on-behalf-of scope',
      (emulator) => ({ scope: prefixed(emulator, 'knowledge.portalmgr.onbehalfof.read') }),
      'invalid_scope',
    ],
    [
      'a scope that is not assigned',
      (emulator) => ({ scope: prefixed(emulator, 'core.everything.read') }),
      'invalid_scope',
    ],
    ['another grant_type', () => ({ grant_type: 'password' }), 'unsupported_grant_type'],
  ])('refuses %s', async (_name, changes, error) => {
    const emulator = await startEmulator();
    const form = { ...FORM, scope: prefixed(emulator, 'knowledge.portalmgr.read'), ...credentials(emulator) };
    const { status, body } = await requestToken(anonymousTokenUrl(emulator), apply(form, changes(emulator)));
    expect([status, body['error']]).toEqual([400, error]);
  });

  test.each([
    ['no query', ''],
    ['no domain_hint', '?user_type=customer'],
    ['no user_type', '?domain_hint=TMPRODB88619984'],
    ['another user_type', '?user_type=user&domain_hint=TMPRODB88619984'],
    ['another tenant', '?user_type=customer&domain_hint=TMPROD95058780'],
    ['a repeated user_type', '?user_type=customer&user_type=customer&domain_hint=TMPRODB88619984'],
  ])('refuses %s', async (_name, query) => {
    const emulator = await startEmulator();
    const url = `${anonymousTokenUrl(emulator).split('?')[0]}${query}`;
    const form = { ...FORM, scope: prefixed(emulator, 'knowledge.portalmgr.read'), ...credentials(emulator) };
    const { status, body } = await requestToken(url, apply(form, {}));
    expect([status, body['error']]).toEqual([400, 'invalid_request']);
  });

  test('refuses a wrong secret and a public client', async () => {
    const emulator = await startEmulator();
    const form = { ...FORM, scope: prefixed(emulator, 'knowledge.portalmgr.read') };
    const request = (client: Changes) => requestToken(anonymousTokenUrl(emulator), apply(form, client));
    expect((await request({ ...credentials(emulator), client_secret: 'wrong' })).body['error']).toBe('invalid_client');
    expect((await request(credentials(emulator, 'spa'))).body['error']).toBe('unauthorized_client');
  });
});

describe('where nobody looks at the credentials, the anonymous customer grant', () => {
  const request = async (client: Changes, scope = 'core.aiservices.read') => {
    const emulator = await startEmulator({ behaviour: { anonymousCredentials: 'present' } });
    const form = apply({ ...FORM, scope: prefixed(emulator, scope) }, client);
    return { emulator, ...(await requestToken(anonymousTokenUrl(emulator), form)) };
  };

  test("takes the dummies of eGain's agent SDK", async () => {
    const { emulator, status } = await request({ client_id: 'clientId', client_secret: 'clientSecret' });
    expect(status).toBe(200);
    expect(emulator.journal('token')).toMatchObject([{ client: 'clientId', actor: 'anonymous-customer' }]);
  });

  test.each([
    ['no secret', { client_id: 'clientId' }, 'core.aiservices.read', 'invalid_client'],
    ['no id', { client_secret: 'clientSecret' }, 'core.aiservices.read', 'invalid_client'],
    ['an application scope', { client_id: 'a', client_secret: 'b' }, 'app.core.usermgr.read', 'invalid_scope'],
  ])('still refuses %s', async (_name, client, scope, error) => {
    expect((await request(client, scope)).body['error']).toBe(error);
  });

  test('is the only one that takes them', async () => {
    const emulator = await startEmulator({ behaviour: { anonymousCredentials: 'present' } });
    const form = apply({ ...FORM, scope: 'app.core.usermgr.read' }, { client_id: 'clientId', client_secret: 'b' });
    expect((await requestToken(tokenUrl(emulator), form)).body['error']).toBe('invalid_client');
  });
});
