import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, test } from '@jest/globals';
import { createEgainAuth, type EgainAuthOptions } from '../../src/index.ts';
import { failureOf } from '../failure.ts';

const GUIDE = 'https://ai.egain.cloud/system/auth/TMPRODB88619984';
const RIGHT: EgainAuthOptions = {
  clientId: 'b4b2c1d9',
  clientSecret: 'canary-client-secret',
  tenantId: 'TMPRODB88619984',
  domainUrl: 'https://ai.egain.cloud',
  baseUrl: 'https://desk.example.com',
  login: { user: { scope: ['knowledge.portalmgr.read'] } },
  session: { secret: 'canary-session-secret-of-more-than-32-bytes' },
  authorizeSubject: () => true,
};

/** What integrators get wrong, each alone: the change, and where it is said with which code and in which words. */
const MISTAKES: [name: string, change: object, option: string, code: string, words: RegExp][] = [
  [
    'the -U URL for a customer',
    { endpoints: { customer: { tokenUrl: `${GUIDE}-U/oauth2/token` } } },
    'endpoints.customer.tokenUrl',
    'wrong_persona',
    /is the URL of a user.*-C/,
  ],
  [
    'the -C URL for a user',
    { endpoints: { user: { authorizationUrl: `${GUIDE}-C/oauth2/authorize` } } },
    'endpoints.user.authorizationUrl',
    'wrong_persona',
    /is the URL of a customer.*-U/,
  ],
  [
    'the -C URL on behalf of a user',
    { endpoints: { onBehalfOf: { user: { tokenUrl: `${GUIDE}-C/oauth2/token` } } } },
    'endpoints.onBehalfOf.user.tokenUrl',
    'wrong_persona',
    /customer/,
  ],
  [
    'user_type=customer on behalf of a user',
    {
      endpoints: {
        onBehalfOf: {
          user: { tokenUrl: 'https://api.egain.cloud/core/authmgr/v4/oauth2/v2.0/onbehalfof/token?user_type=customer' },
        },
      },
    },
    'endpoints.onBehalfOf.user.tokenUrl',
    'wrong_persona',
    /user_type=user/,
  ],
  [
    'the user’s policy for a customer',
    {
      endpoints: {
        customer: { tokenUrl: 'https://login.egain.cloud/f5/B2C_1A_User_V3_SignIn_OIDC/oauth2/v2.0/token' },
      },
    },
    'endpoints.customer.tokenUrl',
    'wrong_persona',
    /user/,
  ],
  [
    'the authorization URL for token exchange, as a copy of the guide says',
    { endpoints: { tokenExchange: { tokenUrl: `${GUIDE}-U/oauth2/authorize` } } },
    'endpoints.tokenExchange.tokenUrl',
    'authorization_url_as_token_url',
    /ends in \/token/,
  ],
  [
    'the token URL where people sign in',
    { endpoints: { user: { authorizationUrl: `${GUIDE}-U/oauth2/token` } } },
    'endpoints.user.authorizationUrl',
    'token_url_as_authorization_url',
    /ends in \/authorize/,
  ],
  [
    'the login host as API host',
    { apiUrl: 'https://ai.egain.cloud' },
    'apiUrl',
    'login_host_as_api_host',
    /https:\/\/api\.ai\.egain\.cloud/,
  ],
  [
    'another region’s login host as API host',
    { apiUrl: 'https://login-emea.egain.cloud' },
    'apiUrl',
    'login_host_as_api_host',
    /APIs are called at another host/,
  ],
  [
    'the API host as login host',
    { endpoints: { user: { tokenUrl: 'https://api.ai.egain.cloud/system/auth/T-U/oauth2/token' } } },
    'endpoints.user.tokenUrl',
    'api_host_as_login_host',
    /https:\/\/ai\.egain\.cloud/,
  ],
  [
    'the anonymous token URL at the login host',
    {
      endpoints: {
        anonymousCustomer: {
          tokenUrl:
            'https://ai.egain.cloud/core/authmgr/v3/oauth2/v2.0/anonymous/token?user_type=customer&domain_hint=T',
        },
      },
    },
    'endpoints.anonymousCustomer.tokenUrl',
    'login_host_as_api_host',
    /API host/,
  ],
  [
    'the anonymous token URL without its query',
    {
      endpoints: {
        anonymousCustomer: { tokenUrl: 'https://api.ai.egain.cloud/core/authmgr/v3/oauth2/v2.0/anonymous/token' },
      },
    },
    'endpoints.anonymousCustomer.tokenUrl',
    'missing_query',
    /user_type=customer/,
  ],
  ['a host without scheme', { apiUrl: 'api.ai.egain.cloud' }, 'apiUrl', 'missing_scheme', /https:\/\//],
  ['a host with port and no scheme', { apiUrl: 'api.ai.egain.cloud:443' }, 'apiUrl', 'missing_scheme', /https:\/\//],
  [
    'two URLs pasted with a space',
    { apiUrl: 'https://api.ai.egain.cloud https://ai.egain.cloud' },
    'apiUrl',
    'several_urls',
    /two URLs/,
  ],
  [
    'a secret for a client that is public elsewhere',
    { clients: { user: { clientId: 'b4b2c1d9' } } },
    'clients.customer',
    'secret_on_public_client',
    /Web Application.*Single Page Application/,
  ],
  [
    'no secret where the flow needs one',
    { clients: { onBehalfOf: { clientId: 'other' } } },
    'clients.onBehalfOf.clientSecret',
    'missing_secret',
    /Web Application/,
  ],
  ['a short session secret', { session: { secret: 'canary' } }, 'session.secret', 'short_secret', /32 random bytes/],
  ['an unknown option', { clientID: 'x' }, 'clientID', 'unknown_option', /Did you mean clientId\?/],
  [
    'an unknown option further in',
    { http: { timeout: 5 } },
    'http.timeout',
    'unknown_option',
    /Did you mean timeoutMs\?/,
  ],
  [
    'an application scope in a login',
    { login: { user: { scope: ['app.knowledge.portalmgr.read'] } } },
    'login.user.scope',
    'wrong_scope_kind',
    /application.*delegated/,
  ],
  [
    'an on-behalf-of scope in a login',
    { login: { user: { scope: ['knowledge.portalmgr.onbehalfof.read'] } } },
    'login.user.scope',
    'wrong_scope_kind',
    /on-behalf-of/,
  ],
  [
    'a prefixed application scope in a login',
    { login: { customer: { scope: ['https://api.egain.cloud/auth/app.core.aiservices.read'] } } },
    'login.customer.scope',
    'wrong_scope_kind',
    /application/,
  ],
  ['plain http', { baseUrl: 'http://desk.example.com' }, 'baseUrl', 'insecure_url', /Use https/],
  [
    'a token store without keys to seal with',
    { tokens: { store: { get() {}, set() {}, delete() {} } } },
    'tokens.encryptionKeys',
    'missing',
    /is not set, but tokens\.store is.*openssl/,
  ],
  ['short keys to seal with', { tokens: { encryptionKeys: ['short'] } }, 'tokens.encryptionKeys', 'short_secret', /32/],
  [
    'something that is no token store',
    { tokens: { store: { get() {} }, encryptionKeys: 'an encryption key of more than 32 bytes' } },
    'tokens.store',
    'not_a_store',
    /has no method set, delete/,
  ],
  [
    'a choice that is none',
    { tokens: { onStoreError: 'ignore' } },
    'tokens.onStoreError',
    'not_a_choice',
    /neither fallback nor throw/,
  ],
  ['no room for tokens', { tokens: { maxEntries: 0 } }, 'tokens.maxEntries', 'not_a_count', /Use 1 to 1000000/],
  ['no connections', { http: { maxConnections: 0 } }, 'http.maxConnections', 'not_a_count', /positive integer/],
  ['an endless number of streams', { http: { maxStreams: Infinity } }, 'http.maxStreams', 'not_a_count', /Use 1 to/],
  ['a renewal in the past', { tokens: { renewAheadMs: -1 } }, 'tokens.renewAheadMs', 'not_a_duration', /whole number/],
  ['an endless margin', { tokens: { minTtlMs: Infinity } }, 'tokens.minTtlMs', 'not_a_duration', /whole number/],
];

const problemsOf = (change: object) => failureOf(() => createEgainAuth({ ...RIGHT, ...change })).problems ?? [];

describe('a mistake of the configuration is said at start-up', () => {
  test('and there is none in what is right', () => {
    expect(() => createEgainAuth(RIGHT)).not.toThrow();
  });

  test.each(MISTAKES)('%s', (_name, change, option, code, words) => {
    const [problem, ...others] = problemsOf(change).filter((found) => found.option === option);
    expect(problem).toMatchObject({ option, code });
    expect(`${problem?.problem} ${problem?.remedy}`).toMatch(words);
    expect(others).toEqual([]);
  });

  test('all of them at once are one error, each with its code, its cause and what to do, and no secret', () => {
    const all = {
      clientID: 'x',
      tenantId: 'T/M',
      domainUrl: 'ai.egain.cloud',
      apiUrl: 'https://ai.egain.cloud',
      baseUrl: 'http://desk.example.com',
      clients: { onBehalfOf: { clientId: 'other' }, user: { clientId: 'spa', clientSecret: '' } },
      endpoints: {
        user: { authorizationUrl: `${GUIDE}-C/oauth2/authorize`, tokenUrl: `${GUIDE}-U/oauth2/token ${GUIDE}` },
        customer: { tokenUrl: `${GUIDE}-U/oauth2/token` },
        tokenExchange: { tokenUrl: `${GUIDE}-U/oauth2/authorize` },
      },
      login: { user: { scope: ['app.core.aiservices.read'] } },
      session: { secret: 'canary' },
    };
    const error = failureOf(() => createEgainAuth({ ...RIGHT, ...all } as EgainAuthOptions));
    const codes = new Set(error.problems?.map(({ code }) => code));
    for (const code of [
      'unknown_option',
      'not_a_tenant_id',
      'missing_scheme',
      'login_host_as_api_host',
      'insecure_url',
      'missing_secret',
      'not_text',
      'wrong_persona',
      'several_urls',
      'authorization_url_as_token_url',
      'wrong_scope_kind',
      'short_secret',
    ] as const) {
      expect(codes).toContain(code);
    }
    for (const { option, problem, remedy, code } of error.problems ?? []) {
      expect(error.message).toContain(`${option} ${problem}. ${remedy} [${code}]`);
    }
    expect(error.message).not.toContain('canary');
  });

  test('the error can be read by a program, and shown without its list twice', () => {
    const error = failureOf(() => createEgainAuth({ ...RIGHT, clientId: '' }));
    expect(Object.keys(error)).not.toContain('problems');
    expect(Object.isFrozen(error.problems)).toBe(true);
  });
});

describe('what works but will surprise is a warning', () => {
  const warningsOf = (change: object) => createEgainAuth({ ...RIGHT, ...change }).warnings.map(({ code }) => code);

  test.each<[string, object, string]>([
    [
      'a client for impersonation, and no policy',
      { authorizeSubject: undefined, clients: { onBehalfOf: { clientId: 'crm', clientSecret: 'b' } } },
      'impersonation_unrestricted',
    ],
    ['the client at -C', { endpoints: { client: { tokenUrl: `${GUIDE}-C/oauth2/token` } } }, 'unusual_persona'],
    [
      'token exchange at -C',
      { endpoints: { tokenExchange: { tokenUrl: `${GUIDE}-C/oauth2/token` } } },
      'unusual_persona',
    ],
    [
      'one host for both',
      { domainUrl: 'https://egain.example.com', apiUrl: 'https://egain.example.com' },
      'same_login_and_api_host',
    ],
    [
      'no domain_hint',
      {
        endpoints: {
          anonymousCustomer: {
            tokenUrl: 'https://login.egain.cloud/internal/oauth2/v2.0/anonymous/token?user_type=customer',
          },
        },
      },
      'missing_domain_hint',
    ],
  ])('%s', (_name, change, code) => {
    expect(warningsOf(change)).toEqual([code]);
  });

  test('what is right has none', () => {
    expect(warningsOf({})).toEqual([]);
  });

  test('each is an event too', () => {
    const seen: unknown[] = [];
    const listener = (event: unknown) => void seen.push(event);
    subscribe('egain-auth:warning', listener);
    const { warnings } = createEgainAuth({
      ...RIGHT,
      domainUrl: 'https://egain.example.com',
      apiUrl: 'https://egain.example.com',
    });
    unsubscribe('egain-auth:warning', listener);
    expect(warnings).toHaveLength(1);
    expect(seen).toEqual([...warnings]);
    expect(Object.isFrozen(warnings) && warnings.every(Object.isFrozen)).toBe(true);
  });
});
