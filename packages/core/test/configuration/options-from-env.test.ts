import { describe, expect, test } from '@jest/globals';
import { isProduction, optionsFromEnv } from '../../src/configuration/options-from-env.ts';

const VARIABLES: [name: string, value: string, options: object][] = [
  ['EGAIN_CLIENT_ID', 'x', { clientId: 'x' }],
  ['EGAIN_CLIENT_SECRET', 'x y', { clientSecret: 'x y' }],
  ['EGAIN_TENANT_ID', 'x', { tenantId: 'x' }],
  ['EGAIN_DOMAIN_URL', 'x', { domainUrl: 'x' }],
  ['EGAIN_API_URL', 'x', { apiUrl: 'x' }],
  ['EGAIN_BASE_URL', 'x', { baseUrl: 'x' }],
  ['EGAIN_STRIPPED_PREFIX', 'x', { strippedPrefix: 'x' }],
  ['EGAIN_LOGIN_USER_SCOPE', 'a b', { login: { user: { scope: ['a', 'b'] } } }],
  ['EGAIN_LOGIN_CUSTOMER_SCOPE', 'a', { login: { customer: { scope: ['a'] } } }],
  ['EGAIN_SESSION_SECRET', 'new old', { session: { secret: ['new', 'old'] } }],
  ['EGAIN_SESSION_COOKIE_NAME', 'x', { session: { cookieName: 'x' } }],
  ['EGAIN_DEFAULT_CLIENT_SCOPE', 'a b', { defaultClientScope: ['a', 'b'] }],
  ['EGAIN_USER_AUTHORIZATION_URL', 'x', { endpoints: { user: { authorizationUrl: 'x' } } }],
  ['EGAIN_USER_TOKEN_URL', 'x', { endpoints: { user: { tokenUrl: 'x' } } }],
  ['EGAIN_USER_ISSUER', 'x', { endpoints: { user: { issuer: 'x' } } }],
  ['EGAIN_USER_REVOCATION_URL', 'x', { endpoints: { user: { revocationUrl: 'x' } } }],
  ['EGAIN_USER_END_SESSION_URL', 'x', { endpoints: { user: { endSessionUrl: 'x' } } }],
  ['EGAIN_CUSTOMER_REVOCATION_URL', 'x', { endpoints: { customer: { revocationUrl: 'x' } } }],
  ['EGAIN_CUSTOMER_END_SESSION_URL', 'x', { endpoints: { customer: { endSessionUrl: 'x' } } }],
  ['EGAIN_POST_LOGOUT_URL', 'x', { login: { postLogoutUrl: 'x' } }],
  ['EGAIN_CUSTOMER_ISSUER', 'x', { endpoints: { customer: { issuer: 'x' } } }],
  ['EGAIN_CUSTOMER_AUTHORIZATION_URL', 'x', { endpoints: { customer: { authorizationUrl: 'x' } } }],
  ['EGAIN_CUSTOMER_TOKEN_URL', 'x', { endpoints: { customer: { tokenUrl: 'x' } } }],
  ['EGAIN_CLIENT_TOKEN_URL', 'x', { endpoints: { client: { tokenUrl: 'x' } } }],
  ['EGAIN_ANONYMOUS_CUSTOMER_TOKEN_URL', 'x', { endpoints: { anonymousCustomer: { tokenUrl: 'x' } } }],
  ['EGAIN_ON_BEHALF_OF_USER_TOKEN_URL', 'x', { endpoints: { onBehalfOf: { user: { tokenUrl: 'x' } } } }],
  ['EGAIN_ON_BEHALF_OF_CUSTOMER_TOKEN_URL', 'x', { endpoints: { onBehalfOf: { customer: { tokenUrl: 'x' } } } }],
  ['EGAIN_TOKEN_EXCHANGE_TOKEN_URL', 'x', { endpoints: { tokenExchange: { tokenUrl: 'x' } } }],
  ['EGAIN_USER_SCOPE_PREFIX', 'x', { scopePrefix: { user: 'x' } }],
  ['EGAIN_CUSTOMER_SCOPE_PREFIX', 'x', { scopePrefix: { customer: 'x' } }],
  ['EGAIN_CLIENT_SCOPE_PREFIX', 'x', { scopePrefix: { client: 'x' } }],
  ['EGAIN_ANONYMOUS_CUSTOMER_SCOPE_PREFIX', 'x', { scopePrefix: { anonymousCustomer: 'x' } }],
  ['EGAIN_ON_BEHALF_OF_SCOPE_PREFIX', 'x', { scopePrefix: { onBehalfOf: 'x' } }],
  ['EGAIN_TOKEN_EXCHANGE_SCOPE_PREFIX', 'x', { scopePrefix: { tokenExchange: 'x' } }],
];

describe('the options that the environment states', () => {
  test.each(VARIABLES)('%s alone', (name, value, options) => {
    expect(optionsFromEnv({ [name]: value, UNRELATED: 'x' })).toEqual(options);
  });

  test('are read from these variables and no others', () => {
    const asked = new Set<string | symbol>();
    optionsFromEnv(new Proxy({}, { get: (_target, name) => void asked.add(name) }));
    expect(asked).toEqual(new Set(VARIABLES.map(([name]) => name)));
  });

  test('are put together from several', () => {
    const env = Object.fromEntries(VARIABLES.map(([name, value]) => [name, value]));
    expect(optionsFromEnv(env)).toMatchObject({
      clientId: 'x',
      login: { user: { scope: ['a', 'b'] }, customer: { scope: ['a'] } },
      session: { secret: ['new', 'old'], cookieName: 'x' },
      endpoints: { user: { authorizationUrl: 'x', tokenUrl: 'x' }, onBehalfOf: { customer: { tokenUrl: 'x' } } },
    });
  });

  test.each(['', ' ', '\t\n'])('count an empty variable as absent: %j', (value) => {
    const env = Object.fromEntries(VARIABLES.map(([name]) => [name, value]));
    expect(optionsFromEnv(env)).toEqual({});
    expect(Object.keys(optionsFromEnv(env))).toEqual([]);
  });

  test('lose the white space around them, and any amount of it between the members of a list', () => {
    const env = { EGAIN_CLIENT_ID: ' x\n', EGAIN_LOGIN_USER_SCOPE: '\ta \n  b ' };
    expect(optionsFromEnv(env)).toEqual({ clientId: 'x', login: { user: { scope: ['a', 'b'] } } });
  });

  test('are those of the process by default', () => {
    process.env['EGAIN_CLIENT_ID'] = 'of the process';
    try {
      expect(optionsFromEnv().clientId).toBe('of the process');
    } finally {
      delete process.env['EGAIN_CLIENT_ID'];
    }
  });
});

describe('T031: production is', () => {
  test.each([
    ['production', true],
    // T116: as `set NODE_ENV=production && node` on Windows leaves it, and as people abbreviate it.
    ['production ', true],
    [' production', true],
    ['Production', true],
    ['prod', true],
    ['PROD\n', true],
    ['preproduction', false],
    ['product', false],
    ['development', false],
    ['test', false],
    ['', false],
    [undefined, false],
  ])('T116: NODE_ENV=%j: %s', (nodeEnv, expected) => {
    expect(isProduction({ NODE_ENV: nodeEnv })).toBe(expected);
  });
});
