import { describe, expect, test } from '@jest/globals';
import { deriveEndpoints, overrideEndpoints, resolveHosts } from '../../src/protocol/endpoints.ts';

const TENANT = 'TMPRODB88619984';
const parse = (_name: string, url: string | undefined) => (url === undefined ? undefined : new URL(url));
const derive = (domainUrl = 'https://ai.egain.cloud') => {
  const { loginUrl, apiUrl } = resolveHosts(new URL(domainUrl));
  return deriveEndpoints(TENANT, loginUrl, apiUrl);
};
/** Every URL as text, by where it is. */
function flat(value: object, path = ''): Record<string, string | undefined> {
  const parts = Object.entries(value).map(([name, part]: [string, unknown]) => {
    const at = `${path}.${name}`;
    if (part instanceof URL) return { [at]: part.href };
    return typeof part === 'object' && part !== null ? flat(part, at) : { [at]: part };
  });
  return Object.assign({}, ...parts) as Record<string, string | undefined>;
}

const AUTH = `https://ai.egain.cloud/system/auth/${TENANT}`;
const GUIDE = {
  '.user.authorizationUrl': `${AUTH}-U/oauth2/authorize`,
  '.user.tokenUrl': `${AUTH}-U/oauth2/token`,
  '.customer.authorizationUrl': `${AUTH}-C/oauth2/authorize`,
  '.customer.tokenUrl': `${AUTH}-C/oauth2/token`,
  '.client.tokenUrl': `${AUTH}-U/oauth2/token`,
  '.anonymousCustomer.tokenUrl': `https://api.ai.egain.cloud/core/authmgr/v3/oauth2/v2.0/anonymous/token?user_type=customer&domain_hint=${TENANT}`,
  '.onBehalfOf.user.tokenUrl': `${AUTH}-U/oauth2/token`,
  '.onBehalfOf.customer.tokenUrl': `${AUTH}-C/oauth2/token`,
  '.tokenExchange.tokenUrl': `${AUTH}-U/oauth2/token`,
};

describe('a domain URL stands for two hosts', () => {
  test.each([
    ['https://ai.egain.cloud', 'https://ai.egain.cloud/', 'https://api.ai.egain.cloud/'],
    ['https://ai.egain.cloud/', 'https://ai.egain.cloud/', 'https://api.ai.egain.cloud/'],
    ['https://api.ai.egain.cloud/', 'https://ai.egain.cloud/', 'https://api.ai.egain.cloud/'],
    ['https://AI.eGain.cloud:443/x', 'https://ai.egain.cloud/', 'https://api.ai.egain.cloud/'],
    ['https://aidev.egain.cloud', 'https://aidev.egain.cloud/', 'https://api.aidev.egain.cloud/'],
    ['https://api.aidev.egain.cloud', 'https://aidev.egain.cloud/', 'https://api.aidev.egain.cloud/'],
    ['https://login.egain.cloud/', 'https://login.egain.cloud/', undefined],
    ['https://ai.egain.cloud.evil.example/', 'https://ai.egain.cloud.evil.example/', undefined],
    ['https://evil-ai.egain.cloud/', 'https://evil-ai.egain.cloud/', undefined],
    ['https://api.api.ai.egain.cloud/', 'https://api.api.ai.egain.cloud/', undefined],
    ['https://ai.egain.cloud:8443/', 'https://ai.egain.cloud:8443/', undefined],
    ['http://localhost:4000/', 'http://localhost:4000/', undefined],
  ])('%s', (domainUrl, loginUrl, apiUrl) => {
    const hosts = resolveHosts(new URL(domainUrl));
    expect([hosts.loginUrl.href, hosts.apiUrl?.href]).toEqual([loginUrl, apiUrl]);
  });
});

describe('derived endpoints', () => {
  test('are the URLs of the guide, to the letter', () => {
    expect(flat(derive())).toEqual(GUIDE);
  });

  test('are the same when the domain URL is the API host', () => {
    expect(flat(derive('https://api.ai.egain.cloud/'))).toEqual(GUIDE);
  });

  test('lack the anonymous customer’s where the API host is unknown', () => {
    const endpoints = flat(derive('https://login.example.com'));
    expect(endpoints['.anonymousCustomer.tokenUrl']).toBeUndefined();
    expect(endpoints['.client.tokenUrl']).toBe(`https://login.example.com/system/auth/${TENANT}-U/oauth2/token`);
  });

  test('stay on their host and path whatever the tenant id is', () => {
    const tenantId = '../../x?a=b#c&domain_hint=evil/@evil.example';
    const login = new URL('https://ai.egain.cloud');
    const { client, anonymousCustomer } = deriveEndpoints(tenantId, login, new URL('https://api.ai.egain.cloud'));
    expect(client.tokenUrl?.href).toBe(
      'https://ai.egain.cloud/system/auth/..%2F..%2Fx%3Fa%3Db%23c%26domain_hint%3Devil%2F%40evil.example-U/oauth2/token',
    );
    expect(anonymousCustomer.tokenUrl?.searchParams.getAll('domain_hint')).toEqual([tenantId]);
  });
});

describe('endpoints given as full URLs', () => {
  test.each([
    ['user', { user: { authorizationUrl: 'https://x.example/a', tokenUrl: 'https://x.example/t' } }],
    ['customer', { customer: { authorizationUrl: 'https://x.example/a', tokenUrl: 'https://x.example/t' } }],
    ['client', { client: { tokenUrl: 'https://x.example/t' } }],
    ['anonymousCustomer', { anonymousCustomer: { tokenUrl: 'https://x.example/t' } }],
    ['onBehalfOf.user', { onBehalfOf: { user: { tokenUrl: 'https://x.example/t' } } }],
    ['onBehalfOf.customer', { onBehalfOf: { customer: { tokenUrl: 'https://x.example/t' } } }],
    ['tokenExchange', { tokenExchange: { tokenUrl: 'https://x.example/t' } }],
  ])('%s wins over what is derived, and changes nothing else', (_name, given) => {
    expect(flat(overrideEndpoints(derive(), given, parse))).toEqual({ ...GUIDE, ...flat(given) });
  });

  test('half of a login’s endpoints leaves the other half derived', () => {
    const { user } = overrideEndpoints(derive(), { user: { tokenUrl: 'https://x.example/t' } }, parse);
    expect(user.authorizationUrl?.href).toBe(GUIDE['.user.authorizationUrl']);
    expect(user.tokenUrl?.href).toBe('https://x.example/t');
  });

  test('keep their query', () => {
    const tokenUrl =
      'https://api.egain.cloud/core/authmgr/v4/oauth2/v2.0/onbehalfof/token?user_type=user&tenantId=T%201';
    const { onBehalfOf } = overrideEndpoints(derive(), { onBehalfOf: { user: { tokenUrl } } }, parse);
    expect(onBehalfOf.user.tokenUrl?.href).toBe(tokenUrl);
  });

  test('are all there is where nothing can be derived', () => {
    const endpoints = flat(overrideEndpoints(undefined, { client: { tokenUrl: 'https://x.example/t' } }, parse));
    const known = Object.entries(endpoints).filter(([, url]) => url !== undefined);
    expect(known).toEqual([['.client.tokenUrl', 'https://x.example/t']]);
  });

  test('are parsed under the name of their option, which a problem can then state', () => {
    const names: string[] = [];
    overrideEndpoints(undefined, {}, (name) => void names.push(name));
    const undocumented = ['user', 'customer'].flatMap((persona) => [
      `endpoints.${persona}.endSessionUrl`,
      `endpoints.${persona}.revocationUrl`,
    ]);
    const documented = Object.keys(GUIDE).map((path) => `endpoints${path}`);
    expect(names.sort()).toEqual([...documented, ...undocumented].sort());
  });
});
