import { describe, expect, test } from '@jest/globals';
import { createEgainAuth, parseMetadata } from '../../src/index.ts';
import { failureOf } from '../failure.ts';

const LOGIN = 'https://ai.egain.cloud/system/auth/TMPRODB88619984';
const API = 'https://api.ai.egain.cloud';
const ANONYMOUS = `${API}/core/authmgr/v3/oauth2/v2.0/anonymous/token?user_type=customer&domain_hint=TMPRODB88619984`;

/** What every complete document of the guide's generation comes to. */
const WHOLE = {
  tenantId: 'TMPRODB88619984',
  apiUrl: API,
  endpoints: {
    user: { authorizationUrl: `${LOGIN}-U/oauth2/authorize`, tokenUrl: `${LOGIN}-U/oauth2/token` },
    customer: { authorizationUrl: `${LOGIN}-C/oauth2/authorize`, tokenUrl: `${LOGIN}-C/oauth2/token` },
    client: { tokenUrl: `${LOGIN}-U/oauth2/token` },
    anonymousCustomer: { tokenUrl: ANONYMOUS },
    onBehalfOf: { user: { tokenUrl: `${LOGIN}-U/oauth2/token` }, customer: { tokenUrl: `${LOGIN}-C/oauth2/token` } },
    tokenExchange: { tokenUrl: `${LOGIN}-U/oauth2/token` },
  },
};

describe('what a person copies from the console', () => {
  test.each<[name: string, document: string | object]>([
    [
      'the labels of the guide',
      {
        'Authorization URL': `${LOGIN}-U/oauth2/authorize`,
        'Token URL': `${LOGIN}-U/oauth2/token`,
        'Domain URL': API,
        'Meta URL': `${API}/x`,
      },
    ],
    [
      'the labels of the metadata page',
      {
        'Authorization URL': `${LOGIN}-C/oauth2/authorize`,
        'Access Token URL': `${LOGIN}-C/oauth2/token`,
        'API Domain': 'api.ai.egain.cloud',
        'Metadata URL': 'x',
      },
    ],
    [
      'the columns of the console, several rows each',
      {
        'AUTH URL': [`${LOGIN}-U/oauth2/authorize`, `${LOGIN}-C/oauth2/authorize`, 'N/A'],
        'ACCESS TOKEN URL': [`${LOGIN}-U/oauth2/token`, `${LOGIN}-C/oauth2/token`],
        'API Domain': 'api.ai.egain.cloud',
      },
    ],
    [
      'text with colons',
      `  Authorization URL:  ${LOGIN}-U/oauth2/authorize\r\nAccess Token URL: ${LOGIN}-U/oauth2/token\nAPI Domain: api.ai.egain.cloud\nSomething else\n`,
    ],
    ['text with tabs', `AUTH URL\t${LOGIN}-U/oauth2/authorize\nAPI DOMAIN\tapi.ai.egain.cloud`],
    ['odd spacing and case', { ' authorization_url ': `${LOGIN}-U/oauth2/authorize`, apiDomain: 'api.ai.egain.cloud' }],
    ['JSON as text', JSON.stringify({ 'Authorization URL': `${LOGIN}-U/oauth2/authorize`, 'API Domain': API })],
  ])('%s', (_name, document) => {
    expect(parseMetadata(document)).toEqual(WHOLE);
  });

  test('the prefix counts for anonymous customers alone in the guide’s generation', () => {
    const { scopePrefix } = parseMetadata({
      'Token URL': `${LOGIN}-U/oauth2/token`,
      'API Permission Prefix': `${API}/auth/`,
    });
    expect(scopePrefix).toEqual({ anonymousCustomer: `${API}/auth/` });
  });

  test('the login host as Domain URL is no API host', () => {
    expect(
      parseMetadata({ 'Token URL': `${LOGIN}-U/oauth2/token`, 'Domain URL': 'https://ai.egain.cloud' }),
    ).not.toHaveProperty('apiUrl');
  });

  test('URLs that do not say whose they are need it in the label', () => {
    const url = 'https://login.egain.cloud/f5/B2C_1A_SignIn/oauth2/v2.0/token';
    expect(failureOf(() => parseMetadata({ 'Token URL': url })).message).toContain('User Token URL');
    const { endpoints } = parseMetadata({
      'Customer Token URL': url,
      'Client Access Token URL': `${url}?p=1`,
      'Client On-Behalf-Of User Token URL': `${url}?p=2`,
    });
    expect(endpoints).toEqual({
      customer: { tokenUrl: url },
      client: { tokenUrl: `${url}?p=1` },
      onBehalfOf: { user: { tokenUrl: `${url}?p=2` } },
    });
  });
});

describe('the JSON of the metadata service', () => {
  const COMMERCIAL = {
    idpPolicies: { userSigninPolicy: 'B2C_1A_User_SignIn' },
    authenticationDetails: {
      apiPermissionPrefix: 'https://api.egain.cloud/auth/',
      oAuthUser: [
        {
          authURL: 'https://login.egain.cloud/f5/B2C_1A_User_SignIn/oauth2/v2.0/authorize?p=1',
          accessTokenURL: 'https://login.egain.cloud/f5/B2C_1A_User_SignIn/oauth2/v2.0/token',
        },
        { authURL: 'ignored' },
      ],
      oAuthCustomer: [
        { authURL: '', accessTokenURL: 'https://login.egain.cloud/f5/B2C_1A_Customer_SignIn/oauth2/v2.0/token' },
      ],
      oAuthAnonymousCustomer: [
        {
          accessTokenURL:
            'https://login.egain.cloud/internal/oauth2/v2.0/anonymous/token?user_type=customer&domain_hint=<DOMAIN_NAME>',
        },
      ],
    },
    apiMetadata: { CORE: { apiPermissionPrefix: 'api://default/' } },
  };

  test('of the commercial generation: every flow has the prefix, the placeholder is filled in', () => {
    const { endpoints, scopePrefix, apiUrl } = parseMetadata(COMMERCIAL, { tenantId: 'TM1' });
    expect(apiUrl).toBe('https://api.egain.cloud');
    expect(endpoints?.user?.authorizationUrl).toMatch(/authorize\?p=1$/);
    expect(endpoints?.customer).toEqual({
      tokenUrl: 'https://login.egain.cloud/f5/B2C_1A_Customer_SignIn/oauth2/v2.0/token',
    });
    expect(endpoints?.anonymousCustomer?.tokenUrl).toMatch(/domain_hint=TM1$/);
    expect(new Set(Object.values(scopePrefix ?? {}))).toEqual(new Set(['https://api.egain.cloud/auth/']));
    expect(Object.keys(scopePrefix ?? {})).toHaveLength(6);
  });

  test('that leaves the tenant open needs to be told', () => {
    expect(failureOf(() => parseMetadata(COMMERCIAL)).message).toContain('{ tenantId }');
  });

  test('of the guide’s generation', () => {
    const details = {
      apiPermissionPrefix: `${API}/auth/`,
      oAuthUser: [{ authURL: `${LOGIN}-U/oauth2/authorize`, accessTokenURL: `${LOGIN}-U/oauth2/token` }],
    };
    expect(parseMetadata({ authenticationDetails: details })).toEqual({
      ...WHOLE,
      scopePrefix: { anonymousCustomer: `${API}/auth/` },
    });
  });

  test.each<[string, object]>([
    ['nothing', {}],
    ['a list', []],
    ['null details', { authenticationDetails: null }],
    ['empty details', { authenticationDetails: {} }],
    [
      'details of other types',
      { authenticationDetails: { oAuthUser: 'x', oAuthCustomer: [5], oAuthClient: [{ accessTokenURL: 5 }] } },
    ],
    ['N/A', { 'Authorization URL': 'N/A', 'Token URL': '' }],
    ['inherited members', Object.create({ 'Token URL': `${LOGIN}-U/oauth2/token` }) as object],
    ['a broken URL', { 'Token URL': 'https://a b' }],
    ['broken JSON', '{"Token URL":' as unknown as object],
  ])('%s is an error with a remedy', (_name, document) => {
    const error = failureOf(() => parseMetadata(document));
    expect(error.code).toBe('invalid_configuration');
    expect(error.remedy).toContain('Metadata');
  });
});

describe('metadata as an option', () => {
  const secret = { clientId: 'a', clientSecret: 'b', authorizeSubject: () => true };

  test('replaces tenantId, domainUrl and apiUrl', () => {
    const metadata = parseMetadata({ 'Token URL': `${LOGIN}-U/oauth2/token`, 'API Domain': 'api.ai.egain.cloud' });
    expect(() => createEgainAuth({ ...secret, metadata })).not.toThrow();
  });

  test('is judged like every other option', () => {
    const metadata = { endpoints: { user: { tokenUrl: `${LOGIN}-C/oauth2/token` } }, apiUrl: 'http://api.example.com' };
    const { problems } = failureOf(() => createEgainAuth({ ...secret, metadata }));
    expect(problems?.map(({ option, code }) => [option, code])).toEqual([
      ['endpoints.user.tokenUrl', 'wrong_persona'],
      ['metadata.apiUrl', 'insecure_url'],
    ]);
  });

  test('that was not parsed is refused by its labels', () => {
    const metadata = { 'Token URL': `${LOGIN}-U/oauth2/token` } as object;
    expect(failureOf(() => createEgainAuth({ ...secret, metadata })).message).toContain(
      'metadata.Token URL is no option',
    );
  });
});

test.each(['accessTokenURL', 'authURL', 'oAuthCustomer', 'apiPermissionPrefix', 'Token URL', 'authenticationDetails'])(
  'T098: %s on a polluted prototype is no part of a document',
  (name) => {
    const documents = [
      { authenticationDetails: { oAuthUser: [{ accessTokenURL: `${LOGIN}-U/oauth2/token` }, {}], oAuthClient: [{}] } },
      { 'API Domain': API },
    ];
    const clean = documents.map((document) => parseMetadata(document));
    const evil = 'https://evil.example/oauth2/token?user_type=customer';
    Object.defineProperty(Object.prototype, name, {
      value: name.startsWith('oAuth') ? [{ accessTokenURL: evil }] : evil,
      configurable: true,
    });
    try {
      expect(documents.map((document) => parseMetadata(document))).toEqual(clean);
    } finally {
      Reflect.deleteProperty(Object.prototype, name);
    }
  },
);

describe('T110: the time that a document takes grows with its length and no faster', () => {
  const SPACES = ' '.repeat(200_000);
  // With the expression that this replaced, each of these would take longer than a test may.
  test.each([
    ['spaces in a line', `Token URL${SPACES}x`],
    ['spaces after a label', `Token URL${SPACES}:${SPACES}x${SPACES}y`],
    ['a label of spaces', `a${SPACES}b${SPACES}: x`],
    ['tabs', `a${'\t'.repeat(200_000)}b`],
    ['one label again and again', 'a:b\n'.repeat(200_000)],
    ['lines without end', '\n'.repeat(1_000_000)],
  ])('T110: %s', (_name, document) => {
    expect(failureOf(() => parseMetadata(document)).code).toBe('invalid_configuration');
  });

  test.each([
    ['Token URL:x', 'x'],
    ['  Token  URL \t: x', 'x'],
    ['Token URL\tx', 'x'],
    ['Token URL : x\r', 'x'],
  ])('T110: %j is read as before', (line) => {
    const document = `${line.replace('x', `${LOGIN}-U/oauth2/token`)}\nAPI Domain: api.ai.egain.cloud`;
    expect(parseMetadata(document)).toEqual(WHOLE);
  });
});

test.each([
  ['text', `\ufeffToken URL: ${LOGIN}-U/oauth2/token\nAPI Domain: api.ai.egain.cloud`],
  ['JSON', `\ufeff{"Token URL": "${LOGIN}-U/oauth2/token", "API Domain": "api.ai.egain.cloud"}`],
  [
    'JSON after an empty line',
    `\r\n\ufeff {"Token URL": "${LOGIN}-U/oauth2/token", "API Domain": "api.ai.egain.cloud"}`,
  ],
])('F82: a byte order mark in front of pasted %s does not count', (_form, document) => {
  expect(parseMetadata(document)).toEqual(WHOLE);
});
