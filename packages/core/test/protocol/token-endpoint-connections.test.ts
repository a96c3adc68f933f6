import { afterEach, expect, test } from '@jest/globals';
import { createHttpClient } from '../../src/http/client.ts';
import { createTokenEndpoint } from '../../src/protocol/token-endpoint.ts';
import { rejectionOf } from '../failure.ts';
import { wiresToClose } from '../wire-server.ts';

const { serveWire, closeWires } = wiresToClose();
afterEach(closeWires);

const body = '{"access_token":"a.b.c"}';

test.each([
  ['client_credentials', 1],
  ['authorization_code', 2],
  ['refresh_token', 2],
])('T067: %s after another request makes it %d connections', async (grantType, connections) => {
  const server = await serveWire([[`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`]]);
  const http = createHttpClient({ timeoutMs: 60_000 });
  const ask = (grant_type: string) =>
    createTokenEndpoint(
      http,
      1000,
    )({
      tokenUrl: new URL(`http://127.0.0.1:${server.port}/token`),
      client: { clientId: 'client-1', clientSecret: undefined, pkce: true },
      parameters: { grant_type },
      scopePrefix: '',
    });
  await ask('client_credentials');
  await new Promise((resolve) => setImmediate(resolve));
  await ask(grantType);
  expect(server.connections).toBe(connections);
  await http.close();
});

test('F05: a request that waited for its turn has only the rest of its deadline', async () => {
  const server = await serveWire([[]]);
  const http = createHttpClient({ timeoutMs: 60_000 });
  const asking = createTokenEndpoint(
    http,
    60_000,
  )({
    tokenUrl: new URL(`http://127.0.0.1:${server.port}/token`),
    client: { clientId: 'client-1', clientSecret: undefined, pkce: true },
    parameters: { grant_type: 'client_credentials' },
    scopePrefix: '',
    timeoutMs: 100,
  });
  expect((await rejectionOf(asking)).message).toContain('within 100 ms');
  await http.close();
});
