import { describe, expect, test } from '@jest/globals';
import { createUserAgent, type EgainEmulator } from '../../src/index.ts';
import { callApi, SEARCH, USER } from '../api-client.ts';
import {
  apply,
  type Changes,
  credentials,
  location,
  postForm,
  requestToken,
  startEmulator,
  tokenUrl,
} from '../emulator-client.ts';

const GATEWAY = 'f51302dd-7036-41b5-b619-e1a52a67c780';
const CALLBACK = 'http://localhost:3000/auth/callback';

const start = () => startEmulator({ behaviour: { generation: 'commercial' }, refreshTokens: 'rotating' });
const prefixed = (emulator: EgainEmulator, name: string) => `${emulator.apiUrl}/auth/${name}`;

async function ask(emulator: EgainEmulator, url: string | undefined, form: Changes) {
  return requestToken(url ?? '', apply(form, credentials(emulator)));
}

describe('the commercial generation', () => {
  test('is told to an application by its URLs and prefixes', async () => {
    const { loginUrl, apiUrl, tenantId, config } = await start();
    const policy = (name: string) => `${loginUrl}/${GATEWAY}/B2C_1A_${name}_V3_SignIn_OIDC/oauth2/v2.0`;
    const onBehalfOf = `${apiUrl}/core/authmgr/v4/oauth2/v2.0/onbehalfof/token?tenantId=${tenantId}&user_type`;
    const { endpoints, scopePrefix, ...others } = config();
    expect(endpoints).toEqual({
      user: { authorizationUrl: `${policy('User')}/authorize`, tokenUrl: `${policy('User')}/token` },
      customer: { authorizationUrl: `${policy('Customer')}/authorize`, tokenUrl: `${policy('Customer')}/token` },
      client: { tokenUrl: `${loginUrl}/global/${GATEWAY}/oauth2/v2.0/token` },
      anonymousCustomer: {
        tokenUrl: `${loginUrl}/internal/oauth2/v2.0/anonymous/token?user_type=customer&domain_hint=${new URL(loginUrl).host}`,
      },
      onBehalfOf: { user: { tokenUrl: `${onBehalfOf}=user` }, customer: { tokenUrl: `${onBehalfOf}=customer` } },
      tokenExchange: { tokenUrl: `${policy('User')}/token` },
    });
    expect(new Set(Object.values(scopePrefix ?? {}))).toEqual(new Set([`${apiUrl}/auth/`]));
    expect(Object.keys(scopePrefix ?? {})).toHaveLength(6);
    expect(Object.keys(others).sort()).toEqual(['apiUrl', 'clientId', 'clientSecret', 'silenceWarnings']);
  });

  test('signs a user in with prefixed scopes, and refreshes', async () => {
    const emulator = await start();
    const { endpoints, clientId: client_id = '' } = emulator.config();
    const scope = prefixed(emulator, 'knowledge.portalmgr.read');
    const query = apply({ client_id, response_type: 'code', redirect_uri: CALLBACK, scope }, {});
    const [user] = emulator.users;
    const url = `${endpoints?.user?.authorizationUrl}?${query.toString()}`;
    const signedIn = await postForm(url, apply({ username: user?.username, password: user?.password }, {}));
    const code = location(signedIn).searchParams.get('code') ?? undefined;
    const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK };
    const { status, body } = await ask(emulator, endpoints?.user?.tokenUrl, form);
    expect([status, body['scope']]).toEqual([200, scope]);
    expect((await callApi(emulator, USER, body['access_token'])).status).toBe(200);
    const refresh = { grant_type: 'refresh_token', refresh_token: body['refresh_token'] };
    expect((await ask(emulator, endpoints?.user?.tokenUrl, { ...refresh, scope })).body['scope']).toBe(scope);
    const entry = { persona: 'user', actor: 'user', scope: ['knowledge.portalmgr.read'] };
    expect(emulator.journal('token')).toMatchObject([entry, entry]);
  });

  test('shows its sign-in page to a browser', async () => {
    const emulator = await start();
    const { endpoints, clientId: client_id = '' } = emulator.config();
    const scope = prefixed(emulator, 'knowledge.portalmgr.read');
    const query = apply({ client_id, response_type: 'code', redirect_uri: CALLBACK, scope }, {});
    const agent = createUserAgent();
    const page = await agent.open(`${endpoints?.customer?.authorizationUrl}?${query.toString()}`);
    expect(page.text).toContain('Sign in as a customer');
    expect((await agent.signIn({ email: 'jane.doe@example.com', password: 'wrong' })).status).toBe(401);
  });

  test('gives a client every application permission for .default, and takes no other scope', async () => {
    const emulator = await start();
    const tokenUrlOfClient = emulator.config().endpoints?.client?.tokenUrl;
    const form = (scope: string) => ({ grant_type: 'client_credentials', scope });
    const { body } = await ask(emulator, tokenUrlOfClient, form(prefixed(emulator, '.default')));
    expect(body['scope']).toBe(prefixed(emulator, '.default'));
    expect((await callApi(emulator, SEARCH, body['access_token'])).status).toBe(200);
    const assigned = emulator.clients[0]?.permissions.filter((name) => name.startsWith('app.'));
    expect(emulator.journal('token')).toMatchObject([{ actor: 'client', scope: assigned }]);
    for (const scope of [
      '.default',
      prefixed(emulator, 'app.core.usermgr.read'),
      `${prefixed(emulator, '.default')} x`,
      '',
    ]) {
      expect((await ask(emulator, tokenUrlOfClient, form(scope))).body['error']).toBe('invalid_scope');
    }
  });

  test.each([
    ['user', { subject_username: 'maria.agent' }],
    ['customer', { subject_email: 'jane.doe@example.com' }],
  ] as const)('acts on behalf of a %s at the API host, by user_type', async (persona, subject) => {
    const emulator = await start();
    const scope = prefixed(emulator, 'knowledge.portalmgr.onbehalfof.read');
    const { onBehalfOf } = emulator.config().endpoints ?? {};
    const form = { grant_type: 'password', scope, ...subject };
    const { body } = await ask(emulator, onBehalfOf?.[persona]?.tokenUrl, form);
    expect((await callApi(emulator, SEARCH, body['access_token'])).status).toBe(200);
    expect(emulator.journal('token')).toMatchObject([{ persona, actor: `on-behalf-of-${persona}` }]);
  });

  test('gives an anonymous customer a token at the login host, with a domain_hint or without', async () => {
    const emulator = await start();
    const { tokenUrl: url = '' } = emulator.config().endpoints?.anonymousCustomer ?? {};
    const form = { grant_type: 'client_credentials', scope: prefixed(emulator, 'core.aiservices.read') };
    expect((await ask(emulator, url, form)).status).toBe(200);
    expect((await ask(emulator, url.replace(/&domain_hint=.*/, ''), form)).status).toBe(200);
    expect((await ask(emulator, url.replace('=customer', '=user'), form)).body['error']).toBe('invalid_request');
    expect((await ask(emulator, url, { ...form, scope: 'core.aiservices.read' })).body['error']).toBe('invalid_scope');
  });

  test('exchanges a token at the token URL of the users, for every delegated scope unless some are named', async () => {
    const emulator = await start();
    const { tokenUrl: url } = emulator.config().endpoints?.tokenExchange ?? {};
    const exchange = async (scope?: string) =>
      ask(emulator, url, {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        subject_token: await emulator.identityProvider.issueToken({ email: 'pa@example.com' }),
        registration_id: emulator.identityProvider.registrationId,
        scope,
      });
    const read = prefixed(emulator, 'knowledge.portalmgr.read');
    expect((await exchange(read)).body['scope']).toBe(read);
    const assigned = emulator.clients[0]?.permissions.filter((name) => !/^app\.|\.onbehalfof\./.test(name)) ?? [];
    expect((await exchange()).body['scope']).toBe(assigned.map((name) => prefixed(emulator, name)).join(' '));
  });

  test.each([
    ['no user_type', (url: string) => url.replace(/&user_type=.*/, '')],
    ['another user_type', (url: string) => url.replace('=user', '=agent')],
    ['two of them', (url: string) => `${url}&user_type=user`],
    ['another tenant', (url: string) => url.replace(/tenantId=\w+/, 'tenantId=TMPROD95058780')],
  ])('refuses an on-behalf-of URL with %s', async (_name, change) => {
    const emulator = await start();
    const url = emulator.config().endpoints?.onBehalfOf?.user?.tokenUrl ?? '';
    const form = { grant_type: 'password', subject_username: 'pa' };
    const scope = prefixed(emulator, 'knowledge.portalmgr.onbehalfof.read');
    expect((await ask(emulator, change(url), { ...form, scope })).body['error']).toBe('invalid_request');
    expect((await ask(emulator, url.replace(/tenantId=\w+&/, ''), { ...form, scope })).status).toBe(200);
  });

  test.each([
    ['user', 'client_credentials'],
    ['user', 'password'],
    ['client', 'password'],
    ['client', 'authorization_code'],
    ['anonymousCustomer', 'refresh_token'],
  ] as const)('takes at the URL of %s no grant_type %s', async (flow, grant_type) => {
    const emulator = await start();
    const url = emulator.config().endpoints?.[flow]?.tokenUrl;
    expect((await ask(emulator, url, { grant_type })).body['error']).toBe('unsupported_grant_type');
  });

  test('has no URL of the guide, and says which it has', async () => {
    const emulator = await start();
    const { status, body } = await ask(emulator, tokenUrl(emulator), {});
    expect([status, body['error']]).toEqual([404, 'not_found']);
    expect(body['error_description']).toContain('B2C_1A_User_V3_SignIn_OIDC');
    const onApiHost = emulator.config().endpoints?.user?.tokenUrl?.replace(emulator.loginUrl, emulator.apiUrl);
    expect((await ask(emulator, onApiHost, {})).body['error_description']).toContain('on the login host');
  });
});
