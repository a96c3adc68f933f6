import { describe, expect, test } from '@jest/globals';
import { generateKeyPair, SignJWT } from 'jose';
import type { EgainEmulator, EgainEmulatorOptions, ExternalTokenOptions } from '../../src/index.ts';
import { callApi, USER } from '../api-client.ts';
import {
  apply,
  type Changes,
  credentials,
  decodeClaims,
  findClient,
  logIn,
  requestToken,
  startEmulator,
  tokenUrl,
} from '../emulator-client.ts';

const TYPE = 'urn:ietf:params:oauth:token-type:access_token';
const FORM = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token_type: TYPE,
  registration_id: 'okta_sso_config_01',
  scope: 'knowledge.portalmgr.read',
};
const MARIA = { email: 'maria.silva@example.com' };

const exchange = (emulator: EgainEmulator, subject_token: string, changes: Changes = {}) =>
  requestToken(tokenUrl(emulator), apply({ ...FORM, subject_token, ...credentials(emulator) }, changes));

describe('the token exchange grant', () => {
  test('gives the user with the email of the external token', async () => {
    const emulator = await startEmulator({ refreshTokens: 'kept' });
    const { status, body } = await exchange(emulator, await emulator.identityProvider.issueToken(MARIA));
    expect(status).toBe(200);
    expect(body).toMatchObject({ scope: FORM.scope, issued_token_type: TYPE });
    expect(body).not.toHaveProperty('refresh_token');
    expect(decodeClaims(body['access_token'])['sub']).toBe('maria.agent');
    expect(emulator.journal('token')).toMatchObject([
      { grant: FORM.grant_type, actor: 'user', subject: 'maria.agent' },
    ]);
  });

  test('verifies against the keys of the identity provider over HTTP', async () => {
    const emulator = await startEmulator();
    await exchange(emulator, await emulator.identityProvider.issueToken(MARIA));
    expect(emulator.journal('identity-provider')).toMatchObject([{ path: '/.well-known/jwks.json', status: 200 }]);
  });

  test('without scope grants the delegated permissions of the client application', async () => {
    const permissions = ['core.aiservices.read', 'app.core.usermgr.read', 'knowledge.portalmgr.onbehalfof.read'];
    const emulator = await startEmulator({ client: { permissions } });
    const token = await emulator.identityProvider.issueToken(MARIA);
    expect((await exchange(emulator, token, { scope: undefined })).body['scope']).toBe('core.aiservices.read');
  });

  test.each<[name: string, token: ExternalTokenOptions]>([
    ['of another audience', { ...MARIA, audience: 'another-application' }],
    ['of another issuer', { ...MARIA, issuer: 'https://idp.attacker.example' }],
    ['that is expired', { ...MARIA, expiresInSeconds: -1 }],
    ['of somebody eGain does not know', { email: 'stranger@example.com' }],
    ['of a customer', { email: 'jane.doe@example.com' }],
    ['without email', { sub: 'maria.silva@example.com' }],
  ])('refuses a token %s', async (_name, token) => {
    const emulator = await startEmulator();
    const { status, body } = await exchange(emulator, await emulator.identityProvider.issueToken(token));
    expect([status, body['error']]).toEqual([400, 'invalid_request']);
  });

  test('refuses a token that somebody else signed', async () => {
    const emulator = await startEmulator();
    const { issuer, audience } = emulator.identityProvider;
    const { privateKey } = await generateKeyPair('ES256');
    const forged = await new SignJWT({ ...MARIA, iss: issuer, aud: audience })
      .setProtectedHeader({ alg: 'ES256' })
      .setExpirationTime('5 min')
      .sign(privateKey);
    expect((await exchange(emulator, forged)).body['error']).toBe('invalid_request');
  });

  test('refuses an unsigned token', async () => {
    const emulator = await startEmulator();
    const [, payload] = (await emulator.identityProvider.issueToken(MARIA)).split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    expect((await exchange(emulator, unsigned)).body['error']).toBe('invalid_request');
  });

  test('takes the tokens of further identity providers, each by its own registration', async () => {
    const partner = (await startEmulator()).identityProvider;
    const registration = { ...partner, registrationId: 'partner_01', audience: 'egain' };
    const emulator = await startEmulator({ ssoProviders: [registration] });
    const token = await partner.issueToken({ ...MARIA, audience: 'egain' });
    const ofPartner = { registration_id: 'partner_01' };
    expect((await exchange(emulator, token, ofPartner)).status).toBe(200);
    expect((await exchange(emulator, token)).body['error']).toBe('invalid_request');
    const own = await emulator.identityProvider.issueToken(MARIA);
    expect((await exchange(emulator, own)).status).toBe(200);
    expect((await exchange(emulator, own, ofPartner)).body['error']).toBe('invalid_request');
  });

  test('refuses the token of another emulator', async () => {
    const [one, other] = [await startEmulator(), await startEmulator()];
    const token = await other.identityProvider.issueToken({ ...MARIA, issuer: one.identityProvider.issuer });
    expect((await exchange(one, token)).body['error']).toBe('invalid_request');
  });

  test.each<[name: string, changes: Changes, error: string]>([
    ['a missing subject_token', { subject_token: undefined }, 'invalid_request'],
    ['a subject_token that is no JWT', { subject_token: 'opaque' }, 'invalid_request'],
    ['a missing subject_token_type', { subject_token_type: undefined }, 'invalid_request'],
    ['another subject_token_type', { subject_token_type: 'urn:ietf:params:oauth:token-type:jwt' }, 'invalid_request'],
    ['a missing registration_id', { registration_id: undefined }, 'invalid_request'],
    ['an unknown registration_id', { registration_id: 'azure_01' }, 'invalid_request'],
    ['an application scope', { scope: 'app.knowledge.portalmgr.read' }, 'invalid_scope'],
    ['an on-behalf-of scope', { scope: 'knowledge.portalmgr.onbehalfof.read' }, 'invalid_scope'],
    ['a scope that is not assigned', { scope: 'core.everything.read' }, 'invalid_scope'],
  ])('refuses %s', async (_name, changes, error) => {
    const emulator = await startEmulator();
    const { status, body } = await exchange(emulator, await emulator.identityProvider.issueToken(MARIA), changes);
    expect([status, body['error']]).toEqual([400, error]);
  });

  test('refuses a client application without the checkbox', async () => {
    const emulator = await startEmulator({ client: { tokenExchange: false } });
    const { body } = await exchange(emulator, await emulator.identityProvider.issueToken(MARIA));
    expect(body['error']).toBe('unauthorized_client');
  });

  test('refuses a public client', async () => {
    const emulator = await startEmulator();
    const token = await emulator.identityProvider.issueToken(MARIA);
    const { clientId } = findClient(emulator, 'spa');
    const { body } = await exchange(emulator, token, { client_id: clientId, client_secret: undefined });
    expect(body['error']).toBe('unauthorized_client');
  });

  test("refuses the customers' token URL", async () => {
    const emulator = await startEmulator();
    const form = {
      ...FORM,
      subject_token: await emulator.identityProvider.issueToken(MARIA),
      ...credentials(emulator),
    };
    expect((await requestToken(tokenUrl(emulator, 'customer'), apply(form, {}))).body['error']).toBe('invalid_request');
  });
});

describe('an exchanged token', () => {
  const exchangeIn = async (options: EgainEmulatorOptions) => {
    const emulator = await startEmulator(options);
    const { body } = await exchange(emulator, await emulator.identityProvider.issueToken(MARIA));
    const { iat, exp } = decodeClaims(body['access_token']);
    return { emulator, body, lifetime: Number(exp) - Number(iat) };
  };

  test('lives an hour, however long others live', async () => {
    const { body, lifetime } = await exchangeIn({ accessTokenLifetimeSeconds: 60 });
    expect([body['expires_in'], lifetime]).toEqual([3600, 3600]);
  });

  test('lives as long as its client application says, and no other token does', async () => {
    const { emulator, body, lifetime } = await exchangeIn({ client: { accessTokenExpirySeconds: 1200 } });
    expect([body['expires_in'], lifetime]).toEqual([1200, 1200]);
    const login = await logIn(emulator);
    expect(login['expires_in']).toBe(3600);
    const statuses = async () =>
      Promise.all(
        [body['access_token'], login.access_token].map(async (token) => (await callApi(emulator, USER, token)).status),
      );
    // Real time passes too: a busy machine has minutes for it.
    emulator.clock.advance('1000s');
    expect(await statuses()).toEqual([200, 200]);
    emulator.clock.advance('200s');
    expect(await statuses()).toEqual([401, 200]);
  });
});

describe('at the token URL of customers', () => {
  const atCustomers = async (emulator: EgainEmulator, email: string) => {
    const subject_token = await emulator.identityProvider.issueToken({ email });
    const form = apply({ ...FORM, subject_token, ...credentials(emulator) }, {});
    return requestToken(tokenUrl(emulator, 'customer'), form);
  };

  test('the exchange gives a customer, where it is accepted', async () => {
    const emulator = await startEmulator({ behaviour: { customerTokenExchange: 'accepted' } });
    expect((await atCustomers(emulator, 'jane.doe@example.com')).status).toBe(200);
    const entry = { persona: 'customer', actor: 'customer', subject: 'jane.doe@example.com' };
    expect(emulator.journal('token')).toMatchObject([entry]);
    expect((await atCustomers(emulator, MARIA.email)).body['error_description']).toContain('No eGain customer');
  });

  test('the exchange is refused otherwise', async () => {
    const { body } = await atCustomers(await startEmulator(), 'jane.doe@example.com');
    expect(body).toMatchObject({ error: 'invalid_request', error_description: expect.stringContaining('ends in -U') });
  });
});
