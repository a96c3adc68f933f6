import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createEgainAuth, customer, type EgainAuth, scope, user } from '../../src/index.ts';
import { divertTo, json, type LoopbackServer, listen } from '../loopback.ts';

const GATEWAY = 'f51302dd-7036-41b5-b619-e1a52a67c780';
const LOGIN = `https://login-emea.egain.cloud/${GATEWAY}/B2C_1A_User_V3_SignIn_OIDC/oauth2/v2.0`;
const ON_BEHALF_OF =
  'https://api-emea.egain.cloud/core/authmgr/v4/oauth2/v2.0/onbehalfof/token?tenantId=TM1&user_type=';
const PREFIX = 'https://api.egain.cloud/auth/';
const ON_BEHALF_OF_PREFIX = 'https://tm1int.onmicrosoft.com/12bf53d5/';

let server: LoopbackServer;
let egain: EgainAuth;

/** The other generation of eGain's authorization server, as its OpenAPI files and its own clients use it, in a region. */
beforeAll(async () => {
  server = await listen(
    json({ access_token: 'a.b.c', expires_in: 3600, scope: `${PREFIX}.default ${PREFIX}x.y.read` }),
  );
  egain = createEgainAuth({
    clientId: 'shared',
    clientSecret: 'shared-secret',
    clients: { onBehalfOf: { clientId: 'impersonator', clientSecret: 'other-secret' } },
    apiUrl: 'https://api-emea.egain.cloud',
    endpoints: {
      user: {
        authorizationUrl: `${LOGIN}/authorize?p=B2C_1_signin&domain_hint=eg.example%2Fc2d3`,
        tokenUrl: `${LOGIN}/token`,
      },
      client: { tokenUrl: `https://login-emea.egain.cloud/global/${GATEWAY}/oauth2/v2.0/token` },
      anonymousCustomer: {
        tokenUrl:
          'https://login-emea.egain.cloud/internal/oauth2/v2.0/anonymous/token?user_type=customer&domain_hint=TM1',
      },
      onBehalfOf: { user: { tokenUrl: `${ON_BEHALF_OF}user` }, customer: { tokenUrl: `${ON_BEHALF_OF}customer` } },
    },
    scopePrefix: { user: PREFIX, client: PREFIX, anonymousCustomer: PREFIX, onBehalfOf: ON_BEHALF_OF_PREFIX },
    baseUrl: 'https://desk.example.com',
    login: { user: { scope: ['knowledge.portalmgr.read'] } },
    session: { secret: 'a session secret of more than 32 bytes' },
    authorizeSubject: () => true,
    http: { dispatcher: divertTo(server.origin) },
  });
});
afterAll(() => server.close());

function lastRequest() {
  const request = server.received.at(-1);
  return {
    url: `${String(request?.headers['x-meant-for'])}${request?.url}`,
    form: Object.fromEntries(new URLSearchParams(request?.body)),
  };
}

describe('the commercial generation', () => {
  test('needs no warning', () => {
    expect(egain.warnings).toEqual([]);
  });

  test('an authorization URL keeps the query it has, and gets each parameter once', () => {
    const { headers } = egain.startLogin({ as: 'user' }, { method: 'GET', url: '/', headers: {} });
    const { origin, pathname, searchParams } = new URL(String(headers['location']));
    expect(`${origin}${pathname}`).toBe(`${LOGIN}/authorize`);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      p: 'B2C_1_signin',
      domain_hint: 'eg.example/c2d3',
      scope: `${PREFIX}knowledge.portalmgr.read`,
    });
    expect(new Set(searchParams.keys()).size).toBe([...searchParams.keys()].length);
  });

  test('the client asks for .default with the prefix, once, whoever wrote it', async () => {
    for (const name of ['.default', `${PREFIX}.default`]) {
      const tokens = await egain.clientCredentials({ scope: [scope.unchecked(name)] });
      expect(lastRequest()).toMatchObject({
        url: `https://login-emea.egain.cloud/global/${GATEWAY}/oauth2/v2.0/token`,
        form: { scope: `${PREFIX}.default`, client_id: 'shared' },
      });
      expect([...tokens.scope]).toEqual(['.default', 'x.y.read']);
    }
  });

  test('on behalf of has hosts, queries, client and prefix of its own', async () => {
    const name = 'knowledge.portalmgr.onbehalfof.read';
    await egain.onBehalfOf(user({ username: 'pa' }), { scope: [name] });
    expect(lastRequest()).toEqual({
      url: `${ON_BEHALF_OF}user`,
      form: {
        grant_type: 'password',
        subject_username: 'pa',
        scope: `${ON_BEHALF_OF_PREFIX}${name}`,
        client_id: 'impersonator',
        client_secret: 'other-secret',
      },
    });
    await egain.onBehalfOf(customer({ email: 'jane@example.com' }), { scope: [name] });
    expect(lastRequest().url).toBe(`${ON_BEHALF_OF}customer`);
  });

  test('the anonymous customer is at the login host there', async () => {
    await egain.anonymousCustomer({
      scope: ['core.aiservices.read', scope.unchecked(`${PREFIX}core.aiservices.manage`)],
    });
    const { url, form } = lastRequest();
    expect(url).toBe(
      'https://login-emea.egain.cloud/internal/oauth2/v2.0/anonymous/token?user_type=customer&domain_hint=TM1',
    );
    expect(form.scope).toBe(`${PREFIX}core.aiservices.read ${PREFIX}core.aiservices.manage`);
  });

  test('a flow whose endpoint nobody said is refused by name', async () => {
    const exchange = egain.tokenExchange({ registrationId: 'r', subjectToken: () => 't' });
    await expect(exchange).rejects.toMatchObject({
      code: 'invalid_configuration',
      message: expect.stringContaining('endpoints.tokenExchange.tokenUrl'),
    });
  });
});
