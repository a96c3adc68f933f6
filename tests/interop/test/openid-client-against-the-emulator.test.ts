import { createEgainEmulator, type EgainEmulator } from '@egain-auth/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';

const BASE_URL = 'http://localhost:3000';
const CALLBACK = `${BASE_URL}/auth/callback`;
const READ = 'knowledge.portalmgr.read';
const APPLICATION_READ = 'app.knowledge.portalmgr.read';
const ON_BEHALF_OF_READ = 'knowledge.portalmgr.onbehalfof.read';
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token';
const MY_DETAILS = '/knowledge/portalmgr/v4/portals/user';
const SEARCH = '/knowledge/portalmgr/v4/PROD-1000/search?q=card&$lang=en-US';

let emulator: EgainEmulator;
let web: { clientId: string; secret: string };
let spa: { clientId: string };
beforeAll(async () => {
  emulator = await createEgainEmulator({ refreshTokens: 'rotating' }).listen();
  const { clientId, clientSecret } = emulator.config({ baseUrl: BASE_URL });
  web = { clientId: String(clientId), secret: String(clientSecret) };
  spa = { clientId: String(emulator.config({ baseUrl: BASE_URL, platform: 'spa' }).clientId) };
});
afterAll(() => emulator.close());

type Suffix = 'U' | 'C';
type Tokens = Awaited<ReturnType<typeof client.genericGrantRequest>>;

/** eGain publishes no discovery document: openid-client is told what it would have found there. */
function configure(clientId: string, authentication: client.ClientAuth, suffix: Suffix, tokenUrl?: string) {
  const issuer = `${emulator.loginUrl}/system/auth/${emulator.tenantId}-${suffix}`;
  const endpoints = {
    authorization_endpoint: `${issuer}/oauth2/authorize`,
    token_endpoint: tokenUrl ?? `${issuer}/oauth2/token`,
  };
  const configuration = new client.Configuration({ issuer, ...endpoints }, clientId, undefined, authentication);
  client.allowInsecureRequests(configuration);
  return configuration;
}

const asWeb = (suffix: Suffix = 'U') => configure(web.clientId, client.ClientSecretPost(web.secret), suffix);
const asSpa = (suffix: Suffix = 'U') => configure(spa.clientId, client.None(), suffix);
const asAnonymous = (query = `?user_type=customer&domain_hint=${emulator.tenantId}`) => {
  const tokenUrl = `${emulator.apiUrl}/core/authmgr/v3/oauth2/v2.0/anonymous/token${query}`;
  return configure(web.clientId, client.ClientSecretPost(web.secret), 'C', tokenUrl);
};

interface Login {
  readonly suffix?: Suffix;
  /** Parameters of the first leg; an empty one is left out. */
  readonly changes?: Readonly<Record<string, string>>;
}

/** The first leg of a login, with openid-client's own state and PKCE. @returns the answer to the sign-in page's form */
async function submitLogin(configuration: client.Configuration, { suffix = 'U', changes = {} }: Login = {}) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const parameters = {
    redirect_uri: CALLBACK,
    scope: READ,
    state: expectedState,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...changes,
  };
  const sent = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== ''));
  const answer = await fetch(client.buildAuthorizationUrl(configuration, sent), {
    method: 'POST',
    body: new URLSearchParams({ ...credentialsOf(suffix), action: 'sign-in' }),
    redirect: 'manual',
  });
  return { answer, checks: { expectedState, ...(sent['code_challenge'] !== undefined && { pkceCodeVerifier }) } };
}

function credentialsOf(suffix: Suffix): Record<string, string> {
  const [[user], [customer]] = [emulator.users, emulator.customers];
  if (!user || !customer) throw new Error('the emulator has nobody who could sign in');
  return suffix === 'U'
    ? { username: user.username, password: user.password }
    : { email: customer.email, password: customer.password };
}

async function signIn(configuration: client.Configuration, login?: Login) {
  const { answer, checks } = await submitLogin(configuration, login);
  return { callback: new URL(answer.headers.get('location') ?? '', BASE_URL), checks };
}

/** Both legs. */
async function logIn(configuration: client.Configuration, login?: Login): Promise<Tokens> {
  const { callback, checks } = await signIn(configuration, login);
  return client.authorizationCodeGrant(configuration, callback, checks);
}

/** A token that was issued must also be good for something. */
async function expectUsable({ access_token: token, token_type: type }: Tokens, operation: string): Promise<void> {
  expect(type).toBe('bearer'); // openid-client writes it in lower case
  const headers = new Headers({ 'accept-language': 'en-US' });
  const url = new URL(operation, emulator.apiUrl);
  const { status } = await client.fetchProtectedResource(asWeb(), token, url, 'GET', undefined, headers);
  expect(status).toBe(200);
}

const exchange = (changes: Readonly<Record<string, string>> = {}) => ({
  registration_id: emulator.identityProvider.registrationId,
  subject_token_type: ACCESS_TOKEN_TYPE,
  scope: READ,
  ...changes,
});
const externalToken = () => emulator.identityProvider.issueToken({ email: emulator.users[0]?.email ?? '' });

describe('openid-client gets a token by', () => {
  test.each<[kind: string, configuration: typeof asWeb, suffix: Suffix]>([
    ['a confidential client, of a user', asWeb, 'U'],
    ['a confidential client, of a customer', asWeb, 'C'],
    ['a public client, of a user', asSpa, 'U'],
    ['a public client, of a customer', asSpa, 'C'],
  ])('an authorization code with PKCE: %s', async (_kind, configuration, suffix) => {
    const tokens = await logIn(configuration(suffix), { suffix });
    expect(tokens).toMatchObject({ scope: READ, expires_in: 3600 });
    await expectUsable(tokens, suffix === 'U' ? MY_DETAILS : SEARCH);
  });

  test('an authorization code without PKCE: a confidential client', async () => {
    const tokens = await logIn(asWeb(), { changes: { code_challenge: '', code_challenge_method: '' } });
    await expectUsable(tokens, MY_DETAILS);
  });

  test.each([
    ['confidential', asWeb],
    ['public', asSpa],
  ])('a refresh token, and by the next one: a %s client', async (_kind, configure) => {
    const configuration = configure('C');
    let tokens = await logIn(configuration, { suffix: 'C' });
    for (let renewal = 1; renewal <= 2; renewal += 1) {
      const renewed = await client.refreshTokenGrant(configuration, tokens.refresh_token ?? '');
      expect(renewed.scope).toBe(READ);
      expect(renewed.refresh_token).not.toBe(tokens.refresh_token);
      await expectUsable(renewed, SEARCH);
      tokens = renewed;
    }
  });

  test('client credentials', async () => {
    const tokens = await client.clientCredentialsGrant(asWeb(), { scope: APPLICATION_READ });
    expect(tokens).toMatchObject({ scope: APPLICATION_READ });
    await expectUsable(tokens, SEARCH);
  });

  test('the anonymous customer’s URL, which is not the issuer’s and has a query', async () => {
    const scope = `${emulator.apiUrl}/auth/${READ}`;
    const tokens = await client.clientCredentialsGrant(asAnonymous(), { scope });
    expect(tokens).toMatchObject({ scope });
    await expectUsable(tokens, SEARCH);
  });

  test.each([
    ['subject_username', 'U', () => emulator.users[0]?.username, MY_DETAILS],
    ['subject_userid', 'U', () => emulator.users[0]?.userId, MY_DETAILS],
    ['subject_email', 'C', () => emulator.customers[0]?.email, SEARCH],
  ] as const)('a generic grant on behalf of somebody: %s at -%s', async (name, suffix, value, operation) => {
    const parameters = { [name]: value() ?? '', scope: ON_BEHALF_OF_READ };
    await expectUsable(await client.genericGrantRequest(asWeb(suffix), 'password', parameters), operation);
  });

  test('a generic grant, token exchange', async () => {
    const parameters = exchange({ subject_token: await externalToken() });
    const tokens = await client.genericGrantRequest(asWeb(), TOKEN_EXCHANGE, parameters);
    expect(tokens).toMatchObject({ scope: READ, issued_token_type: ACCESS_TOKEN_TYPE });
    await expectUsable(tokens, MY_DETAILS);
  });
});

/** The `error` that the emulator answered, as openid-client understood it. */
async function refusalOf(attempt: Promise<Tokens>): Promise<string> {
  const outcome: unknown = await attempt.catch((error: unknown) => error);
  if (outcome instanceof client.ResponseBodyError || outcome instanceof client.AuthorizationResponseError) {
    return outcome.error;
  }
  throw new Error('the emulator did not refuse', { cause: outcome });
}

describe('the emulator refuses openid-client what it refuses everybody: a login', () => {
  test.each<[error: string, why: string, changes: Record<string, string>]>([
    ['invalid_request', 'of a public client without PKCE', { code_challenge: '', code_challenge_method: '' }],
    ['invalid_request', 'with a plain challenge', { code_challenge_method: 'plain' }],
    ['invalid_scope', 'for an application scope', { scope: APPLICATION_READ }],
    ['invalid_scope', 'for no scope', { scope: '' }],
    ['unsupported_response_type', 'that wants the token in the redirect', { response_type: 'token' }],
  ])('%s, %s', async (error, _why, changes) => {
    expect(await refusalOf(logIn(asSpa(), { changes }))).toBe(error);
  });

  test('on a page of its own and never by redirect, when the redirect URL is not registered', async () => {
    const { answer } = await submitLogin(asSpa(), { changes: { redirect_uri: `${CALLBACK}/` } });
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
  });
});

describe('the emulator refuses openid-client what it refuses everybody: a code', () => {
  test.each<[why: string, redeem: (callback: URL, checks: client.AuthorizationCodeGrantChecks) => Promise<Tokens>]>([
    [
      'with another verifier',
      (callback, checks) =>
        client.authorizationCodeGrant(asWeb(), callback, {
          ...checks,
          pkceCodeVerifier: client.randomPKCECodeVerifier(),
        }),
    ],
    [
      'without its verifier',
      (callback, { expectedState }) =>
        client.authorizationCodeGrant(asWeb(), callback, { expectedState: String(expectedState) }),
    ],
    [
      'at the other persona’s token URL',
      (callback, checks) => client.authorizationCodeGrant(asWeb('C'), callback, checks),
    ],
    ['by another client', (callback, checks) => client.authorizationCodeGrant(asSpa(), callback, checks)],
    [
      'for another redirect URL',
      (callback, checks) =>
        client.authorizationCodeGrant(asWeb(), new URL(`/other${callback.search}`, BASE_URL), checks),
    ],
  ])('%s', async (_why, redeem) => {
    const { callback, checks } = await signIn(asWeb());
    expect(await refusalOf(redeem(callback, checks))).toBe('invalid_grant');
  });

  test('that was used', async () => {
    const { callback, checks } = await signIn(asWeb());
    await client.authorizationCodeGrant(asWeb(), callback, checks);
    expect(await refusalOf(client.authorizationCodeGrant(asWeb(), callback, checks))).toBe('invalid_grant');
  });
});

describe('the emulator refuses openid-client what it refuses everybody: a refresh token', () => {
  test('that was used', async () => {
    const { refresh_token: token = '' } = await logIn(asWeb());
    await client.refreshTokenGrant(asWeb(), token);
    expect(await refusalOf(client.refreshTokenGrant(asWeb(), token))).toBe('invalid_grant');
  });

  test.each([
    ['of another client', () => asSpa()],
    ['at the other persona’s token URL', () => asWeb('C')],
  ])('%s', async (_why, configuration) => {
    const { refresh_token: token = '' } = await logIn(asWeb());
    expect(await refusalOf(client.refreshTokenGrant(configuration(), token))).toBe('invalid_grant');
  });
});

describe('the emulator refuses openid-client what it refuses everybody: a client', () => {
  const clientCredentials = (configuration: client.Configuration, scope = APPLICATION_READ) =>
    client.clientCredentialsGrant(configuration, scope === '' ? {} : { scope });

  test.each<[error: string, why: string, attempt: () => Promise<Tokens>]>([
    [
      'invalid_client',
      'with a wrong secret',
      () => clientCredentials(configure(web.clientId, client.ClientSecretPost('wrong'), 'U')),
    ],
    ['invalid_client', 'without its secret', () => clientCredentials(configure(web.clientId, client.None(), 'U'))],
    [
      'invalid_client',
      'that has none but sends one',
      () => clientCredentials(configure(spa.clientId, client.ClientSecretPost('any'), 'U')),
    ],
    ['unauthorized_client', 'that is public and acts as itself', () => clientCredentials(asSpa())],
    ['invalid_request', 'that acts as itself at -C', () => clientCredentials(asWeb('C'))],
    [
      'invalid_scope',
      'that acts as itself for an on-behalf-of scope',
      () => clientCredentials(asWeb(), ON_BEHALF_OF_READ),
    ],
    ['invalid_scope', 'that asks for no scope', () => clientCredentials(asWeb(), '')],
    [
      'invalid_scope',
      'that asks for an anonymous customer without the prefix',
      () => clientCredentials(asAnonymous(), READ),
    ],
    [
      'invalid_request',
      'that asks for an anonymous customer without the query',
      () => clientCredentials(asAnonymous(''), READ),
    ],
  ])('%s, one %s', async (error, _why, attempt) => {
    expect(await refusalOf(attempt())).toBe(error);
  });

  test('invalid_client, one that authenticates with HTTP Basic', async () => {
    const attempt = clientCredentials(configure(web.clientId, client.ClientSecretBasic(web.secret), 'U'));
    const outcome: unknown = await attempt.catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(client.WWWAuthenticateChallengeError);
    expect(outcome).toMatchObject({ status: 401, cause: [{ scheme: 'basic' }] });
  });
});

describe('the emulator refuses openid-client what it refuses everybody: a generic grant', () => {
  test.each<[error: string, why: string, parameters: Record<string, string>]>([
    ['invalid_request', 'nobody', {}],
    ['invalid_request', 'two at once', { subject_username: 'pa', subject_userid: '1067' }],
    ['invalid_request', 'a customer at -U', { subject_email: 'jane.doe@example.com' }],
    ['invalid_request', 'somebody with a password', { subject_username: 'pa', password: 'any' }],
    ['invalid_grant', 'somebody unknown', { subject_username: 'nobody' }],
    ['invalid_scope', 'somebody for a delegated scope', { subject_username: 'pa', scope: READ }],
  ])('%s, on behalf of %s', async (error, _why, parameters) => {
    const sent = { scope: ON_BEHALF_OF_READ, ...parameters };
    expect(await refusalOf(client.genericGrantRequest(asWeb(), 'password', sent))).toBe(error);
  });

  test.each<[why: string, changes: () => Promise<Record<string, string>>]>([
    ['of a token that nobody issued', async () => ({ subject_token: 'forged' })],
    ['without a token', async () => ({})],
    ['for an unknown registration', async () => ({ subject_token: await externalToken(), registration_id: 'other' })],
    [
      'of a token called something else',
      async () => ({
        subject_token: await externalToken(),
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      }),
    ],
  ])('invalid_request, an exchange %s', async (_why, changes) => {
    const attempt = client.genericGrantRequest(asWeb(), TOKEN_EXCHANGE, exchange(await changes()));
    expect(await refusalOf(attempt)).toBe('invalid_request');
  });
});
