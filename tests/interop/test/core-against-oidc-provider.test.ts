import {
  type Actor,
  createEgainAuth,
  customer,
  type EgainAuth,
  type EgainAuthOptions,
  isEgainAuthError,
  type Scope,
  user,
} from '@egain-auth/core';
import { createUserAgent, type UserAgent, type VisitedPage } from '@egain-auth/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Caller, type IndependentEgain, startIndependentEgain } from './independent-egain.ts';
import { type LoopbackServer, startLoopbackServer } from './loopback-server.ts';
import { servePlainApplication } from './plain-application.ts';
import { TOKEN_EXCHANGE } from './vendor-grants.ts';

const READ = ['knowledge.portalmgr.read'] as const;
const ON_BEHALF_OF_READ = ['knowledge.portalmgr.onbehalfof.read'] as const;
const LOGIN = {
  login: { user: { scope: READ }, customer: { scope: READ } },
  session: { secret: 'a session secret of more than 32 bytes' },
} satisfies EgainAuthOptions;

let application: LoopbackServer;
let server: IndependentEgain;
beforeAll(async () => {
  application = await startLoopbackServer('localhost');
  server = await startIndependentEgain(`${application.origin}/auth/callback`, {
    registrationId: 'okta_sso_config_01',
    emailOf: (token) => (token === 'external.token' ? 'pa@example.com' : undefined),
  });
});
afterAll(async () => {
  await Promise.all([server.close(), application.close()]);
});

const opened: EgainAuth[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((egain) => egain.close()));
});

function start(options: EgainAuthOptions) {
  const started = servePlainApplication(application, { ...options, ...LOGIN });
  opened.push(started.egain);
  return started;
}

function connect(options: Partial<EgainAuthOptions> = {}): EgainAuth {
  const egain = createEgainAuth({ ...server.options, authorizeSubject: () => true, ...options });
  opened.push(egain);
  return egain;
}

const issuerOf = (suffix: 'U' | 'C') => `${server.options.domainUrl}/system/auth/${server.options.tenantId}-${suffix}`;

/** The sign-in page and then the consent page of oidc-provider. */
async function signIn(browser: UserAgent, account: string): Promise<VisitedPage> {
  const page = await browser.post('', { prompt: 'login', login: account, password: 'any' });
  return page.url.pathname.includes('/interaction/') ? browser.post('', { prompt: 'consent' }) : page;
}

async function signedIn(path: string, account: string): Promise<{ browser: UserAgent; page: VisitedPage }> {
  const browser = createUserAgent();
  expect((await browser.open(`${application.origin}${path}`)).url.origin).toBe(server.options.domainUrl);
  return { browser, page: await signIn(browser, account) };
}

describe('somebody signs in at oidc-provider, authorization code with PKCE', () => {
  const PEOPLE = [
    ['user', 'pa', 'U'],
    ['customer', 'jane@example.com', 'C'],
  ] as const;

  test.each(PEOPLE)('a %s, to an application with a secret', async (persona, account, suffix) => {
    start(server.options);
    const { page } = await signedIn(`/${persona}`, account);
    expect(page.url.href).toBe(`${application.origin}/${persona}`);
    expect(JSON.parse(page.text)).toEqual({
      issuer: issuerOf(suffix),
      grant: 'authorization_code',
      client: server.options.clientId,
      account,
      scope: READ.join(' '),
      // Customers cannot be asked for.
      ...(persona === 'user' && { name: account }),
    });
  });

  test.each(PEOPLE)('a %s, to an application without one', async (persona, account, suffix) => {
    const { clientSecret: _, ...options } = server.options;
    start({ ...options, clientId: server.publicClientId });
    const { page } = await signedIn(`/${persona}`, account);
    expect(JSON.parse(page.text)).toMatchObject({ issuer: issuerOf(suffix), client: server.publicClientId, account });
  });

  /** Every URL on its own, and what `iss` of the callback says: oidc-provider sends it (RFC 9207). */
  const endpointsOf = (suffix: 'U' | 'C') => ({
    authorizationUrl: `${issuerOf(suffix)}/oauth2/authorize`,
    tokenUrl: `${issuerOf(suffix)}/oauth2/token`,
    issuer: issuerOf(suffix),
  });

  test('at URLs that are given one by one, with the issuer', async () => {
    const { tenantId: _, domainUrl: __, ...options } = server.options;
    start({ ...options, endpoints: { user: endpointsOf('U'), customer: endpointsOf('C') } });
    const { page } = await signedIn('/customer', 'jane@example.com');
    expect(JSON.parse(page.text)).toMatchObject({ issuer: issuerOf('C'), account: 'jane@example.com' });
  });

  test('but not with the issuer of the other persona', async () => {
    const endpoints = { customer: { ...endpointsOf('C'), issuer: issuerOf('U') } };
    const { refusals } = start({ ...server.options, endpoints });
    await signedIn('/customer', 'jane@example.com');
    expect(refusals).toEqual(['invalid_callback']);
  });

  test('the session is renewed again and again, each time with the refresh token of the time before', async () => {
    start(server.options);
    const { browser } = await signedIn('/user', 'pa');
    for (const renewal of [1, 2, 3]) {
      const { status, text } = await browser.open(`${application.origin}/user?renew`);
      expect([renewal, status, JSON.parse(text)]).toMatchObject([
        renewal,
        200,
        { grant: 'authorization_code refresh_token', account: 'pa', scope: READ.join(' ') },
      ]);
    }
  });

  test('who comes back with a refresh token that was used already has what came of it, or has to sign in again', async () => {
    const { refusals } = start(server.options);
    const { browser } = await signedIn('/user', 'pa');
    const used = browser.cookies('localhost').get('egain_session');
    const renewWithUsed = async () => {
      browser.setCookie('localhost', 'egain_session', used);
      return (await browser.open(`${application.origin}/user?renew`)).status;
    };
    await browser.open(`${application.origin}/user?renew`);
    expect([await renewWithUsed(), refusals]).toEqual([200, []]);
    // A process that does not remember the renewal.
    const other = start(server.options);
    expect(await renewWithUsed()).toBeGreaterThanOrEqual(400);
    // oidc-provider says invalid_grant, and only a new login helps.
    expect(other.refusals).toEqual(['login_required']);
  });

  test('who cancels there is told so here', async () => {
    const { refusals } = start({ ...server.options, endpoints: { user: endpointsOf('U') } });
    const browser = createUserAgent();
    const { url } = await browser.open(`${application.origin}/user`);
    const { status } = await browser.open(`${url.href}/abort`);
    expect([status, refusals]).toEqual([403, ['access_denied']]);
  });

  test('a login without PKCE is what oidc-provider refuses: it did check the others', async () => {
    const { clientId, clientSecret } = server.options;
    const { refusals } = start({ ...server.options, clients: { user: { clientId, clientSecret, pkce: false } } });
    await createUserAgent().open(`${application.origin}/user`);
    expect(refusals).toEqual(['invalid_request']);
  });
});

describe('nobody signs in, and oidc-provider issues a token for', () => {
  const exchanged = (subjectToken: string): Actor => ({
    type: 'exchanged',
    registrationId: 'okta_sso_config_01',
    subjectToken: () => subjectToken,
  });

  interface Expected {
    readonly name: string;
    readonly actor: Actor;
    readonly scope: readonly Scope[];
    readonly caller: { suffix: 'U' | 'C'; grant: string; account?: string };
  }
  const onBehalfOf = (name: string, subject: ReturnType<typeof user | typeof customer>): Expected => {
    const isUser = subject.persona === 'user';
    return {
      name: `${isUser ? 'a user' : 'a customer'} by ${name}, on behalf of`,
      actor: { type: 'on-behalf-of', subject },
      scope: ON_BEHALF_OF_READ,
      caller: { suffix: isUser ? 'U' : 'C', grant: 'password', account: isUser ? 'pa' : 'jane@example.com' },
    };
  };

  test.each<Expected>([
    {
      name: 'the application itself',
      actor: { type: 'client' },
      scope: ['app.knowledge.portalmgr.read'],
      caller: { suffix: 'U', grant: 'client_credentials' },
    },
    {
      name: 'an anonymous customer',
      actor: { type: 'anonymous-customer' },
      scope: ['core.aiservices.read', 'knowledge.portalmgr.read'],
      caller: { suffix: 'C', grant: 'client_credentials' },
    },
    onBehalfOf('username', user({ username: 'pa' })),
    onBehalfOf('user id', user({ userId: '1067' })),
    onBehalfOf('e-mail', customer({ email: 'jane@example.com' })),
    {
      name: 'the owner of an external token',
      actor: exchanged('external.token'),
      scope: READ,
      caller: { suffix: 'U', grant: TOKEN_EXCHANGE, account: 'pa' },
    },
  ])('$name', async ({ actor, scope, caller: { suffix, ...caller } }) => {
    const egain = connect();
    const before = Date.now();
    const token = await egain.getToken(actor, { scope });
    expect([...token.scope]).toEqual(scope);
    expect(token.expiresAt).toBeGreaterThan(before);
    const prefix = actor.type === 'anonymous-customer' ? `${server.options.apiUrl}/auth/` : '';
    const who: Caller = await egain.api(actor, { scope }).get('/caller');
    expect(who).toEqual({
      issuer: issuerOf(suffix),
      client: server.options.clientId,
      scope: scope.map((name) => `${prefix}${name}`).join(' '),
      ...caller,
    });
  });

  test.each<[refusal: string, why: string, actor: Actor, options: Partial<EgainAuthOptions>]>([
    ['invalid_client', 'a wrong secret', { type: 'client' }, { clientSecret: 'wrong' }],
    ['invalid_client', 'an unknown client', { type: 'client' }, { clientId: 'unknown' }],
    ['invalid_grant', 'an unknown user', { type: 'on-behalf-of', subject: user({ username: 'nobody' }) }, {}],
    ['invalid_grant', 'a token nobody issued', exchanged('forged.token'), {}],
    [
      'invalid_request',
      'a registration nobody made',
      { ...exchanged('external.token'), registrationId: 'other' } as Actor,
      {},
    ],
  ])('nobody, but says %s to %s', async (oauthError, _why, actor, options) => {
    const scope = actor.type === 'on-behalf-of' ? ON_BEHALF_OF_READ : READ;
    const outcome = await connect(options)
      .getToken(actor, { scope })
      .catch((error: unknown) => error);
    expect(isEgainAuthError(outcome, 'token_request_failed') && outcome.oauthError).toBe(oauthError);
  });
});
