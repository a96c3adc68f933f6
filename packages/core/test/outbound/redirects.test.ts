import type { LookupFunction } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Agent, Client, type Dispatcher, interceptors, Pool, request } from 'undici';
import { createCertificate } from '../certificate.ts';
import { rejectionOf } from '../failure.ts';
import { divertTo, json, serversToClose } from '../loopback.ts';
import { type Script, wiresToClose } from '../wire-server.ts';
import { CLIENT, SCOPE, stagesToClose } from './api-stage.ts';

const { stage, closeAll } = stagesToClose();
const { serve, closeAll: closeServers } = serversToClose();
const { serveWire, closeWires } = wiresToClose();
const dispatchers: Dispatcher[] = [];
afterEach(async () => {
  await Promise.all(dispatchers.splice(0).map((one) => one.destroy()));
  await Promise.all([closeAll(), closeServers(), closeWires()]);
});

function kept<D extends Dispatcher>(dispatcher: D): D {
  dispatchers.push(dispatcher);
  return dispatcher;
}

const redirect = (settings: object = {}) => interceptors.redirect({ maxRedirections: 5, ...settings });
const retry = () => interceptors.retry({ maxRetries: 1, minTimeout: 1 });
/** What a default in the options of a request looks like: an interceptor that adds it where there is none. */
const defaults =
  (settings: object): Dispatcher.DispatcherComposeInterceptor =>
  (dispatch) =>
  (options, handler) =>
    dispatch({ ...settings, ...options }, handler);

/** Where an application may have put undici's redirect. */
const POSITIONS: readonly (readonly [name: string, create: () => Dispatcher])[] = [
  ['on an agent', () => new Agent().compose(redirect())],
  ['that throws at the last', () => new Agent().compose(redirect({ throwOnMaxRedirect: true }))],
  ['twice', () => new Agent().compose(redirect(), redirect({ maxRedirections: 1 }))],
  ['before retry', () => new Agent().compose(redirect(), retry())],
  ['after retry', () => new Agent().compose(retry(), redirect())],
  ['before a cache', () => new Agent().compose(redirect(), interceptors.cache())],
  [
    'without a default, behind one',
    () => new Agent().compose(interceptors.redirect(), defaults({ maxRedirections: 5 })),
  ],
  [
    'behind one that throws',
    () => new Agent().compose(redirect(), defaults({ throwOnMaxRedirect: true, maxRedirections: 5 })),
  ],
  [
    'on a pool of an agent',
    () => new Agent({ factory: (origin, options) => new Pool(origin, options as object).compose(redirect()) }),
  ],
];
const STATUSES = [300, 301, 302, 303, 307, 308];

describe.each(POSITIONS)('T109: undici’s redirect %s in http.dispatcher', (_name, create) => {
  test.each(STATUSES)('follows no %i of the token endpoint', async (status) => {
    const elsewhere = await serve(json({ access_token: 'forged', expires_in: 3600 }));
    const tokens = await serve((response) => response.writeHead(status, { location: `${elsewhere.origin}/` }).end());
    const { egain } = await stage(undefined, {
      endpoints: { client: { tokenUrl: tokens.origin } },
      http: { dispatcher: kept(create()) },
    });
    const error = await rejectionOf(egain.clientCredentials(SCOPE));
    expect(error.code).toBe('invalid_token_response');
    expect([elsewhere.received, tokens.received.length]).toEqual([[], 1]);
  });

  test.each(STATUSES)('follows no %i of the API, to another origin or its own', async (status) => {
    const elsewhere = await serve(json({ elsewhere: true }));
    const { egain, api } = await stage(
      (response, { url }) =>
        response.writeHead(status, { location: url === '/away' ? `${elsewhere.origin}/` : '/other' }).end(),
      { http: { dispatcher: kept(create()) } },
    );
    const client = egain.api(CLIENT, SCOPE);
    for (const path of ['/away', '/here']) {
      for (const call of [client.get(path), client.post(path, { body: {} }), client.request('GET', path)]) {
        expect(await rejectionOf(call)).toMatchObject({ code: 'api_error', apiStatus: status });
      }
      expect((await egain.fetch(CLIENT, SCOPE)(path, { redirect: 'follow' })).status).toBe(status);
    }
    expect(elsewhere.received).toEqual([]);
    expect(new Set(api.received.map(({ url }) => url))).toEqual(new Set(['/away', '/here']));
  });
});

describe('T109: undici’s redirect before our interceptor', () => {
  test.each(STATUSES)('follows no %i', async (status) => {
    const elsewhere = await serve(json({ elsewhere: true }));
    const { egain, api } = await stage((response) =>
      response.writeHead(status, { location: `${elsewhere.origin}/` }).end(),
    );
    const dispatcher = kept(new Agent()).compose(redirect(), egain.interceptor(CLIENT, SCOPE));
    for (const options of [{}, { maxRedirections: 3 }, { maxRedirections: 3, throwOnMaxRedirect: true }]) {
      const answer = await request(`${api.origin}/a`, { dispatcher, ...options });
      expect(answer.statusCode).toBe(status);
      await answer.body.dump();
    }
    expect([elsewhere.received, api.received.length]).toEqual([[], 3]);
  });
});

describe('T109: our interceptor on a Client or Pool, which has a host of its own', () => {
  const AUTHORITY = 'An authority that the client trusts';
  const authority = createCertificate({ name: AUTHORITY, ca: true });
  const certify = (name: string) => createCertificate({ name, issuer: { name: AUTHORITY, key: authority.key } });
  const script: Script = [['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}']];
  const toLoopback: LookupFunction = (_name, _options, callback) =>
    callback(null, [{ address: '127.0.0.1', family: 4 }]);
  const connect = { ca: authority.cert, lookup: toLoopback };

  /** Its tokens come from loopback, whatever URL they are requested at. */
  async function egainOf(apiUrl: string) {
    const tokens = await serve(json({ access_token: 'token-1', expires_in: 3600 }));
    const { egain } = await stage(undefined, {
      apiUrl,
      endpoints: { client: { tokenUrl: 'https://login.example/token' } },
      http: { dispatcher: kept(divertTo(tokens.origin)) },
    });
    return egain;
  }

  test.each<[kind: string, create: (origin: string) => Dispatcher]>([
    ['Client', (origin) => new Client(origin, { connect })],
    ['Pool', (origin) => new Pool(origin, { connect })],
  ])(
    'sends nothing over TLS to a %s of another host, which has no certificate of the API host',
    async (_kind, create) => {
      const other = await serveWire(script, certify('other.example'));
      const egain = await egainOf(`https://api.example:${other.port}`);
      await egain.clientCredentials(SCOPE);
      const client = kept(create(`https://other.example:${other.port}`));
      // The other host is trusted: without our interceptor the client speaks to it.
      expect((await client.request({ path: '/a', method: 'GET' })).statusCode).toBe(200);
      const { requests } = other;
      const sending = client
        .compose(egain.interceptor(CLIENT, SCOPE))
        .request({ origin: `https://api.example:${other.port}`, path: '/a', method: 'GET' });
      await expect(sending).rejects.toThrow(/certificate/i);
      expect(other.requests).toBe(requests);
      expect(Buffer.concat(other.received).toString()).not.toContain('Bearer');
    },
  );

  test('sends the token to the API host', async () => {
    const api = await serveWire([script[0] ?? [], script[0] ?? []], certify('api.example'));
    const origin = `https://api.example:${api.port}`;
    const egain = await egainOf(origin);
    const ours = egain.interceptor(CLIENT, SCOPE);
    const agent = kept(new Agent({ connect })).compose(ours);
    const client = kept(new Client(origin, { connect })).compose(ours);
    for (const dispatcher of [agent, client]) {
      const answer = await dispatcher.request({ origin, path: '/a', method: 'GET' });
      expect(answer.statusCode).toBe(200);
      await answer.body.dump();
    }
    expect(
      Buffer.concat(api.received)
        .toString()
        .match(/^host: .*$/gim),
    ).toEqual([`host: api.example:${api.port}`, `host: api.example:${api.port}`]);
  });
});
