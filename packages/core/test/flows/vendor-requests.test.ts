import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { resolveOptions } from '../../src/configuration/resolve-options.ts';
import { buildAuthorizationUrl, requestAuthorizationCodeToken } from '../../src/flows/authorization-code.ts';
import { requestRefreshedToken } from '../../src/flows/refresh-token.ts';
import { createEgainAuth, type EgainAuthOptions, scope, user } from '../../src/index.ts';
import { createFlow } from '../flow.ts';
import { divertTo, json, type LoopbackServer, listen } from '../loopback.ts';

interface VendorRequest {
  readonly id: string;
  /** The cURL command or URL, as it stands on the page. */
  readonly example: string;
  readonly method: string;
  readonly url: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const VENDOR = JSON.parse(
  readFileSync(new URL('../data/vendor-requests.json', import.meta.url), 'utf8'),
) as VendorRequest[];

function vendor(id: string): VendorRequest {
  const found = VENDOR.find((request) => request.id === id);
  if (!found) throw new Error(`no vendor request ${id}`);
  return found;
}

let server: LoopbackServer;
beforeAll(async () => {
  server = await listen(json({ access_token: 'a.b.c', expires_in: 3600 }));
});
afterAll(() => server.close());

/** The options whose requests should be the page's own. */
function optionsFor({ id, parameters }: VendorRequest, pkce: boolean): EgainAuthOptions {
  const { client_id: clientId = '' } = parameters;
  // The browser's leg of the confidential flow does not show the secret that its client has.
  const clientSecret = parameters.client_secret ?? (id === 'authorization-code.authorize' ? 'a secret' : undefined);
  const client = { clientId, ...(clientSecret !== undefined && { clientSecret }), pkce };
  return {
    ...(clientSecret === undefined ? { clients: { user: client } } : { clients: everyFlow(client) }),
    tenantId: 'TMPRODB88619984',
    domainUrl: 'https://ai.egain.cloud/',
    authorizeSubject: () => true,
    http: { dispatcher: divertTo(server.origin) },
  };
}

const everyFlow = (client: { clientId: string }) => ({
  user: client,
  client,
  anonymousCustomer: client,
  onBehalfOf: client,
  tokenExchange: client,
});

/** What really went over the wire: where to, with which headers and parameters. */
function lastRequest() {
  const request = server.received.at(-1);
  if (!request) throw new Error('nothing was received');
  const { 'x-meant-for': origin, ...headers } = request.headers;
  const parameters = new URLSearchParams(request.body);
  return {
    method: request.method,
    url: `${String(origin)}${request.url}`,
    headers,
    parameters: Object.fromEntries(parameters),
    count: [...parameters].length,
  };
}

const REDIRECT_URI = 'https://oauth.pstmn.io/v1/callback';
const scopesOf = ({ parameters }: VendorRequest) => (parameters.scope ?? '').split(' ').map(scope.unchecked);

async function exchangeCode(request: VendorRequest, pkce: boolean, codeVerifier: string | undefined) {
  const { code = '' } = request.parameters;
  await requestAuthorizationCodeToken(createFlow(optionsFor(request, pkce)), {
    persona: 'user',
    code,
    redirectUri: REDIRECT_URI,
    codeVerifier,
    scope: ['core.aiservices.manage'],
  });
}

function authorizationUrl(request: VendorRequest, pkce: boolean, codeVerifier: string | undefined): URL {
  return buildAuthorizationUrl(resolveOptions(optionsFor(request, pkce), false), {
    persona: 'user',
    scope: scopesOf(request),
    redirectUri: REDIRECT_URI,
    state: request.parameters.state ?? '',
    codeVerifier,
  });
}

/** The verifier of RFC 7636 Appendix B, which the guide uses too. */
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

const SEND: Readonly<Record<string, (request: VendorRequest) => Promise<unknown>>> = {
  'authorization-code.token': (request) => exchangeCode(request, false, undefined),
  'pkce.token': (request) => exchangeCode(request, true, VERIFIER),
  'client-credentials': (request) =>
    createEgainAuth(optionsFor(request, true)).clientCredentials({ scope: scopesOf(request) }),
  'anonymous-customer': (request) =>
    createEgainAuth(optionsFor(request, true)).anonymousCustomer({
      scope: ['core.aiservices.read', 'core.aiservices.manage'],
    }),
  'on-behalf-of': (request) =>
    createEgainAuth(optionsFor(request, true)).onBehalfOf(user({ username: 'pa' }), { scope: scopesOf(request) }),
  'token-exchange': (request) =>
    createEgainAuth(optionsFor(request, true)).tokenExchange({
      registrationId: 'okta_sso_config_01',
      subjectToken: () => 'EXTERNAL_IDP_JWT_TOKEN',
    }),
};

describe('the requests of eGain’s authentication guide', () => {
  test.each(VENDOR)('the data row $id says what its example says', ({ example, method, url, parameters }) => {
    const curlData = [...example.matchAll(/--data-urlencode '([^=]+)=([^']*)'/g)];
    const isCurl = example.startsWith('curl');
    const [, curlUrl] = example.match(/--request POST '([^']+)'/) ?? [];
    const asUrl = isCurl ? undefined : new URL(example);
    const said = isCurl
      ? Object.fromEntries(curlData.map(([, name = '', value = '']) => [name, value]))
      : Object.fromEntries(asUrl?.searchParams ?? []);
    expect({ method, url, parameters }).toEqual({
      method: isCurl ? 'POST' : 'GET',
      url: isCurl ? curlUrl : `${asUrl?.origin}${asUrl?.pathname}`,
      parameters: said,
    });
  });

  test.each(VENDOR.filter(({ method }) => method === 'POST'))(
    '$id: the token request is the page’s own',
    async (row) => {
      await SEND[row.id]?.(row);
      const { method, url, headers, parameters, count } = lastRequest();
      expect({ method, url, parameters }).toEqual({ method: 'POST', url: row.url, parameters: row.parameters });
      expect(count).toBe(Object.keys(row.parameters).length);
      expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    },
  );

  test('every example has a test', () => {
    const tested = [...Object.keys(SEND), 'authorization-code.authorize', 'pkce.authorize'];
    expect(VENDOR.map(({ id }) => id).sort()).toEqual(tested.sort());
  });

  test.each([
    ['authorization-code.authorize', false, undefined],
    ['pkce.authorize', true, VERIFIER],
  ])('%s: the authorization URL is the page’s own', (id, pkce, codeVerifier) => {
    const row = vendor(id);
    const url = authorizationUrl(row, pkce, codeVerifier);
    expect(`${url.origin}${url.pathname}`).toBe(row.url);
    expect(Object.fromEntries(url.searchParams)).toEqual(row.parameters);
    expect([...url.searchParams]).toHaveLength(Object.keys(row.parameters).length);
  });
});

describe('what our defaults add to them', () => {
  const added = (ours: object, theirs: object) => Object.keys(ours).filter((name) => !(name in theirs));

  test('PKCE, to the authorization URL of a confidential client', () => {
    const row = vendor('authorization-code.authorize');
    const parameters = Object.fromEntries(authorizationUrl(row, true, VERIFIER).searchParams);
    expect(added(parameters, row.parameters)).toEqual(['code_challenge', 'code_challenge_method']);
  });

  test('the verifier, to the code exchange of a confidential client', async () => {
    const row = vendor('authorization-code.token');
    await exchangeCode(row, true, VERIFIER);
    expect(added(lastRequest().parameters, row.parameters)).toEqual(['code_verifier']);
  });

  test.each(['client-credentials', 'anonymous-customer', 'on-behalf-of', 'token-exchange'])(
    'nothing, to the parameters of %s',
    async (id) => {
      const row = vendor(id);
      await SEND[id]?.(row);
      expect(added(lastRequest().parameters, row.parameters)).toEqual([]);
    },
  );

  test('two headers, that ask for uncompressed JSON', async () => {
    const row = vendor('client-credentials');
    await SEND[row.id]?.(row);
    const transport = { host: '', connection: '', 'content-length': '', 'content-type': '' };
    expect(added(lastRequest().headers, transport)).toEqual(['accept', 'accept-encoding']);
  });
});

describe('refresh, which no page of eGain documents', () => {
  test('sends what RFC 6749 §6 asks for, to the persona’s own URL', async () => {
    const row = vendor('authorization-code.token');
    await requestRefreshedToken(createFlow(optionsFor(row, true)), {
      persona: 'user',
      refreshToken: 'r-1',
      scope: ['core.aiservices.manage'],
    });
    const { client_id, client_secret } = row.parameters;
    const { url, parameters } = lastRequest();
    expect({ url, parameters }).toEqual({
      url: row.url,
      parameters: { grant_type: 'refresh_token', refresh_token: 'r-1', client_id, client_secret },
    });
  });
});
