import { createSecureContext } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createEgainAuth, type EgainAuth } from '../../src/index.ts';
import { type CaptureServer, startCapturing } from '../capture-server.ts';
import { createCertificate } from '../certificate.ts';
import { SECRET } from '../data/hostile-answers.ts';
import { rejectionOf } from '../failure.ts';
import { polluted } from '../pollution.ts';

const answerWith = (body: string): string =>
  `HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
const selfSigned = createCertificate({ name: 'loopback', ip: [127, 0, 0, 1] });

let server: CaptureServer;
let emptyServer: CaptureServer;
let tlsServer: CaptureServer;
let elsewhere: CaptureServer;
/** What reaches the server when nothing is polluted. */
let request: string;
beforeAll(async () => {
  [server, emptyServer, tlsServer, elsewhere] = await Promise.all([
    startCapturing(answerWith('{"access_token":"a.b.c"}')),
    startCapturing(answerWith('{}')),
    startCapturing(answerWith('{"access_token":"a.b.c"}'), selfSigned),
    startCapturing(answerWith('{"access_token":"evil"}')),
  ]);
  // Loading undici takes its time, and part of the deadline, where many tests run at once.
  const egain = egainAt(server);
  await ask(egain);
  await egain.close();
  [request = ''] = await server.take();
});
afterAll(async () => {
  await Promise.all([server, emptyServer, tlsServer, elsewhere].map((each) => each.close()));
});

function egainAt({ port }: CaptureServer, scheme = 'http'): EgainAuth {
  return createEgainAuth({
    clientId: 'client-1',
    clientSecret: SECRET,
    endpoints: { client: { tokenUrl: `${scheme}://127.0.0.1:${port}/token?tenantId=1` } },
    authorizeSubject: () => true,
    http: { timeoutMs: 4000 },
  });
}

/** One request with a client that never connected before, and what it gave. */
async function ask(egain: EgainAuth): Promise<string> {
  const tokens = await egain.clientCredentials({ scope: ['app.core.aiservices.read'], forceRenewal: true });
  return `${tokens.accessToken} ${[...tokens.scope].join(' ')}`;
}

const evil = () => `http://127.0.0.1:${elsewhere.port}`;
const fail = () => {
  throw new Error('somebody called me');
};

/** What another library's bug may put on every object of the process. Functions are asked for their value. */
// Not what breaks Node for everybody. Nothing is sent then, but there is nothing to compare:
// `blockList` and `timeout`: Node 22 and 24 read them inside net.connect itself, where every connection of the process fails.
// `connect`, like the name of any event: a socket's listeners are on an object with a prototype, so that nobody can listen
// for it; and a socket without listeners remains, which ends the process should the other side reset it.
// `return`: taking the first of any list apart fails, `const [first] = list`, in jest as well.
const GADGETS: [name: string, value: () => unknown][] = [
  // What is asked for.
  ['client_id', () => 'evil'],
  ['client_secret', () => 'evil'],
  ['grant_type', () => 'password'],
  ['scope', () => 'evil'],
  ['subject_username', () => 'admin'],
  ['subject_token', () => 'evil'],
  ['code', () => 'evil'],
  ['redirect_uri', evil],
  ['tokenUrl', () => new URL(evil())],
  ['parameters', () => ({ grant_type: 'password' })],
  ['impliedScope', () => ['evil']],
  ['clientSecret', () => () => 'evil'],
  // What is believed of the answer.
  ['access_token', () => 'evil'],
  ['refresh_token', () => 'evil'],
  ['token_type', () => 'evil'],
  ['issued_token_type', () => 'evil'],
  ['expires_in', () => 'evil'],
  ['error_description', () => 'evil'],
  ['status', () => 500],
  ['content-type', () => 'text/html'],
  ['content-encoding', () => 'gzip'],
  ['transfer-encoding', () => 'gzip'],
  ['location', evil],
  // undici's options of a request.
  ['dispatcher', () => ({ dispatch: fail })],
  ['agent', () => ({ dispatch: fail })],
  ['origin', evil],
  ['path', () => '/evil'],
  ['query', () => ({ evil: 1 })],
  ['method', () => 'GET'],
  ['headers', () => ({ 'x-evil': '1' })],
  ['body', () => 'evil'],
  ['upgrade', () => 'websocket'],
  ['blocking', () => true],
  ['reset', () => true],
  ['idempotent', () => true],
  ['expectContinue', () => true],
  ['throwOnError', () => true],
  ['maxRedirections', () => 5],
  ['headersTimeout', () => 1],
  ['bodyTimeout', () => 1],
  ['typeOfService', () => 8],
  ['opaque', () => 'evil'],
  ['onInfo', () => fail],
  ['onResponseStarted', () => 'evil'],
  ['onRequestUpgrade', () => 'evil'],
  ['responseHeaders', () => 'raw'],
  ['highWaterMark', () => 1],
  // undici's options of a connection.
  ['factory', () => fail],
  ['tls', () => ({ rejectUnauthorized: false })],
  ['socketPath', () => '/nowhere.sock'],
  ['localAddress', () => '127.0.0.9'],
  ['httpSocket', () => ({})],
  ['allowH2', () => true],
  ['useH2c', () => true],
  ['pipelining', () => 10],
  ['interceptors', () => ({ Agent: [fail] })],
  ['maxHeaderSize', () => 1],
  ['maxResponseSize', () => 1],
  ['maxRequestsPerClient', () => 1],
  ['maxOrigins', () => 0],
  ['keepAlive', () => true],
  ['keepAliveTimeout', () => 1],
  ['connectTimeout', () => 1],
  ['clientTtl', () => 1],
  ['strictContentLength', () => false],
  // Node's options of a connection.
  ['host', () => '127.0.0.9'],
  ['hostname', () => '127.0.0.9'],
  ['port', () => elsewhere.port],
  ['lookup', () => fail],
  ['family', () => 6],
  ['hints', () => -1],
  ['localPort', () => 1],
  ['handle', () => ({})],
  ['fd', () => 1],
  ['onread', () => ({ buffer: Buffer.alloc(16), callback: fail })],
  ['autoSelectFamily', () => 'evil'],
  ['autoSelectFamilyAttemptTimeout', () => 'evil'],
  ['keepAliveInitialDelay', () => 'evil'],
  ['noDelay', () => 'evil'],
  ['encoding', () => 'hex'],
  ['defaultEncoding', () => 'evil'],
  ['decodeStrings', () => false],
  ['objectMode', () => true],
  ['readableObjectMode', () => true],
  ['writableObjectMode', () => true],
  ['captureRejections', () => 'evil'],
  ['readable', () => 1],
  ['writable', () => false],
  ['construct', () => fail],
  ['destroy', () => fail],
  ['final', () => fail],
  ['write', () => fail],
  ['writev', () => fail],
];

describe('T062, T098: with a polluted prototype the same bytes go to the same server', () => {
  test.each(GADGETS)('%s', async (name, value) => {
    const warm = egainAt(server);
    expect(await ask(warm)).toBe('a.b.c app.core.aiservices.read');
    const [clean] = await server.take();

    const cold = egainAt(server);
    const outcomes = await polluted(name, value(), async () => [await ask(cold), await ask(warm)]);
    await Promise.all([cold.close(), warm.close()]);

    expect(outcomes).toEqual(['a.b.c app.core.aiservices.read', 'a.b.c app.core.aiservices.read']);
    expect(await server.take()).toEqual([clean, clean]);
    expect(await elsewhere.take()).toEqual([]);
  });
});

describe('T062: with a polluted prototype an answer without a token is still an error', () => {
  const OFFERS: [name: string, value: unknown][] = [
    ['access_token', 'evil'],
    ['accessToken', 'evil'],
    ['token', 'evil'],
    ['0', { access_token: 'evil' }],
    ['data', { access_token: 'evil' }],
    ['error', null],
  ];
  test.each(OFFERS)('%s', async (name, value) => {
    const egain = egainAt(emptyServer);
    await ask(egain).catch(() => {});
    const error = await polluted(name, value, () => rejectionOf(ask(egain)));
    await egain.close();
    expect(error.code).toBe('invalid_token_response');
  });
});

/** What Node's sockets and undici's requests look up on themselves, where nothing can be put before it. */
const OBSTACLES: [name: string, value: unknown][] = [
  ['error', new Error('evil')],
  ['onBodySent', 'evil'],
  ['onRequestSent', 'evil'],
];

describe('T098: where a polluted prototype stops a request, nothing goes elsewhere', () => {
  test.each(OBSTACLES)('%s', async (name, value) => {
    const egain = egainAt(server);
    await polluted(name, value, () => ask(egain).catch(() => {}));
    await egain.close();
    // undici connects once more for a request that was stopped, with nothing to send, and that may arrive in a later row.
    for (const bytes of await server.take()) expect(request.slice(0, bytes.length)).toBe(bytes);
    expect(await elsewhere.take()).toEqual([]);
  });
});

describe('T066, T098: a polluted prototype does not vouch for a certificate', () => {
  const VOUCHERS: [name: string, value: () => unknown][] = [
    ['rejectUnauthorized', () => false],
    ['checkServerIdentity', () => () => undefined],
    ['ca', () => selfSigned.cert],
    ['secureContext', () => createSecureContext({ ca: selfSigned.cert })],
    ['servername', () => 'loopback'],
    ['tls', () => ({ rejectUnauthorized: false, ca: selfSigned.cert })],
    ['pfx', () => 'evil'],
    ['cert', () => selfSigned.cert],
    ['key', () => selfSigned.key],
    ['isServer', () => true],
    ['requestCert', () => false],
    ['pskCallback', () => fail],
    ['ALPNProtocols', () => ['h2']],
    ['minVersion', () => 'TLSv1'],
    ['maxVersion', () => 'TLSv1.2'],
    ['secureProtocol', () => 'TLSv1_method'],
    ['session', () => Buffer.alloc(16)],
    ['socket', () => ({})],
    ['httpSocket', () => ({})],
  ];
  test.each(VOUCHERS)('%s', async (name, value) => {
    const egain = egainAt(tlsServer, 'https');
    const error = await polluted(name, value(), () => rejectionOf(ask(egain)));
    await egain.close();
    expect(error.message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect((await tlsServer.take()).filter((bytes) => bytes !== '')).toEqual([]);
  });
});
