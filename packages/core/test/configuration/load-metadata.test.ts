import { afterEach, describe, expect, test } from '@jest/globals';
import { createEgainAuth, loadMetadata } from '../../src/index.ts';
import { rejectionOf } from '../failure.ts';
import { type Answer, json, serversToClose } from '../loopback.ts';

const { serve, closeAll } = serversToClose();
afterEach(closeAll);

const documentAt = (origin: string, more: object = {}) => ({
  authenticationDetails: {
    apiPermissionPrefix: `${origin}/auth/`,
    oAuthUser: [
      {
        authURL: `${origin}/system/auth/TM1-U/oauth2/authorize`,
        accessTokenURL: `${origin}/system/auth/TM1-U/oauth2/token`,
      },
    ],
    ...more,
  },
});

async function load(answer: (origin: string) => Answer, allowed: string[] = []) {
  let origin = '';
  const server = await serve((response, request) => answer(origin)(response, request));
  origin = server.origin;
  const { host } = new URL(origin);
  const url = `${origin}/core/authmgr/v3/metadata/tenant/TM1`;
  return { server, loading: loadMetadata(url, { allowedHosts: [host, ...allowed], timeoutMs: 2000 }) };
}

describe('the metadata document', () => {
  test('is fetched, and configures everything', async () => {
    const { server, loading } = await load((origin) => json(documentAt(origin)));
    const metadata = await loading;
    expect(metadata).toMatchObject({ tenantId: 'TM1', apiUrl: server.origin });
    expect(server.received[0]).toMatchObject({ method: 'GET', url: '/core/authmgr/v3/metadata/tenant/TM1' });
    expect(() => createEgainAuth({ clientId: 'a', clientSecret: 'b', metadata })).not.toThrow();
  });

  test.each<[string, (origin: string) => object]>([
    [
      'a token URL',
      (origin) => documentAt(origin, { oAuthCustomer: [{ accessTokenURL: 'https://evil.example/token' }] }),
    ],
    [
      'an authorization URL',
      (origin) => documentAt(origin, { oAuthCustomer: [{ authURL: 'https://evil.example/authorize' }] }),
    ],
    [
      'plain http elsewhere',
      (origin) => documentAt(origin, { oAuthCustomer: [{ accessTokenURL: 'http://evil.example/token' }] }),
    ],
    [
      'another port',
      (origin) => documentAt(origin, { oAuthCustomer: [{ accessTokenURL: 'http://127.0.0.1:9/token' }] }),
    ],
    [
      'credentials in a URL',
      (origin) =>
        documentAt(origin, { oAuthCustomer: [{ accessTokenURL: `${origin.replace('//', '//user:pass@')}/token` }] }),
    ],
    ['the API host', (origin) => documentAt(origin, { apiPermissionPrefix: 'https://evil.example/auth/' })],
  ])('T075: is refused for %s off the allow-list', async (_name, document) => {
    const { loading } = await load((origin) => json(document(origin)));
    expect((await rejectionOf(loading)).code).toBe('origin_not_allowed');
  });

  test('T075: is not even asked for at a host off the list, or over plain http', async () => {
    const server = await serve(json({}));
    for (const url of [server.origin, 'http://ai.egain.cloud/x', 'ftp://ai.egain.cloud/', 'nowhere']) {
      const error = await rejectionOf(loadMetadata(url, { allowedHosts: ['ai.egain.cloud'] }));
      expect(error.code).toBe('origin_not_allowed');
    }
    expect(server.received).toEqual([]);
  });

  test.each<[string, Answer, string]>([
    [
      'a redirect',
      (response) => void response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
      'metadata_unavailable',
    ],
    ['a document with status 203', json(documentAt('http://127.0.0.1'), 203), 'metadata_unavailable'],
    ['404', (response) => void response.writeHead(404).end(), 'metadata_unavailable'],
    ['a page', (response) => void response.end('<h1>'), 'metadata_unavailable'],
    ['a list', json([]), 'metadata_unavailable'],
    ['a cut connection', (response) => void response.destroy(), 'metadata_unavailable'],
    ['silence', () => {}, 'metadata_unavailable'],
    ['too much', (response) => void response.end(`"${'x'.repeat(2_000_000)}"`), 'metadata_unavailable'],
    ['nothing known', json({ a: 1 }), 'invalid_configuration'],
  ])('%s is an error', async (_name, answer, code) => {
    const { loading } = await load(() => answer);
    expect((await rejectionOf(loading)).code).toBe(code);
  });
});

describe('T111: an address in place of a name is judged as what a name resolves to', () => {
  const REFUSED = [
    'https://10.0.0.1/',
    'https://192.168.1.1:8443/',
    'https://169.254.169.254/latest/meta-data',
    'https://100.64.0.1/',
    'https://0.0.0.0/',
    'https://2886729729/',
    'https://0xac100001/',
    'https://0254.020.0.1/',
    'https://172.1048577/',
    'https://[::]/',
    'https://[fe80::1]/',
    'https://[fd00::1]/',
    'https://[fec0::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[::ffff:a00:1]/',
    'https://[::10.0.0.1]/',
    'https://[64:ff9b::a00:1]/',
    'https://[64:ff9b:1::a00:1]/',
    'https://[2002:a00:1::]/',
  ];

  test.each(REFUSED)('T111: %s is not asked, although it is on the list', async (url) => {
    const { host } = new URL(url);
    const error = await rejectionOf(loadMetadata(url, { allowedHosts: [host] }));
    expect(error).toMatchObject({
      code: 'origin_not_allowed',
      remedy: expect.stringMatching(/allowInternalAddresses/),
    });
    expect(error.message).toContain('internal address');
  });

  test('T111: loopback is internal in production', async () => {
    const before = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = 'production';
    try {
      for (const host of ['127.0.0.1', '[::1]', '127.1', '2130706433']) {
        const url = new URL(`https://${host}/`);
        const error = await rejectionOf(loadMetadata(url.href, { allowedHosts: [url.host] }));
        expect(error.message).toContain('internal address');
      }
    } finally {
      process.env['NODE_ENV'] = before;
    }
  });

  test('T111: internal addresses are reached if they are allowed', async () => {
    const url = 'https://127.0.0.1:9/';
    const given = { allowedHosts: ['127.0.0.1:9'], allowInternalAddresses: true, timeoutMs: 2000 };
    expect((await rejectionOf(loadMetadata(url, given))).code).toBe('metadata_unavailable');
  });

  test.each([0, -1, 1.5, 2 ** 31, Number.POSITIVE_INFINITY, '10'])(
    'F70: a timeoutMs of %p is refused',
    async (timeoutMs) => {
      const given = { allowedHosts: ['ai.egain.cloud'], timeoutMs: timeoutMs as number };
      await expect(loadMetadata('https://ai.egain.cloud/', given)).rejects.toThrow(TypeError);
    },
  );
});
