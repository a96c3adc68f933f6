import type { TlsOptions } from 'node:tls';
import { runInThisContext } from 'node:vm';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Agent } from 'undici';
import { createEgainAuth } from '../../src/index.ts';
import { createCertificate } from '../certificate.ts';
import { SECRET, TOKEN } from '../data/hostile-answers.ts';
import { expectNoDisclosure } from '../disclosure.ts';
import { rejectionOf } from '../failure.ts';
import { soon } from '../soon.ts';
import { type Script, type WireServer, wiresToClose } from '../wire-server.ts';
import { withoutWarnings } from '../without-warnings.ts';

const { serveWire, closeWires } = wiresToClose();
afterEach(closeWires);

const HOUR_MS = 60 * 60 * 1000;
const AUTHORITY = 'An authority that the client trusts';
const authority = createCertificate({ name: AUTHORITY, ca: true });
const issuer = { name: AUTHORITY, key: authority.key };
const loopback = { name: 'loopback', ip: [127, 0, 0, 1] as const };
const good = createCertificate({ ...loopback, issuer });
const selfSigned = createCertificate(loopback);

const body = JSON.stringify({ access_token: TOKEN });
const script: Script = [[`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`]];

/** Asks over TLS. With `ca`, through a dispatcher that trusts it: a server then fails for nothing but what it is. */
async function ask({ port }: WireServer, { ca, timeoutMs = 2000 }: { ca?: string; timeoutMs?: number } = {}) {
  const dispatcher = ca === undefined ? undefined : new Agent({ connect: { ca } });
  const egain = createEgainAuth({
    clientId: 'client-1',
    clientSecret: SECRET,
    endpoints: { client: { tokenUrl: `https://127.0.0.1:${port}/token` } },
    authorizeSubject: () => true,
    http: { timeoutMs, ...(dispatcher && { dispatcher }) },
  });
  try {
    return await egain.clientCredentials({ scope: ['app.core.aiservices.read'] });
  } finally {
    await egain.close();
    await dispatcher?.destroy();
  }
}

async function expectNothingSent(server: WireServer): Promise<void> {
  expect(server.requests).toBe(0);
  expect(Buffer.concat(server.received).toString('latin1')).not.toContain('POST');
  await soon(() => expect(server.openConnections).toBe(0));
}

test('a certificate that is good will do', async () => {
  const server = await serveWire(script, good);
  expect((await ask(server, { ca: authority.cert })).accessToken).toBe(TOKEN);
  expect(server.requests).toBe(1);
});

describe('T066: no byte of a request reaches a server', () => {
  const middle = createCertificate({ name: 'no authority', issuer });
  const ROWS: [name: string, tls: TlsOptions, ca: string | undefined, problem: string][] = [
    ['that signed for itself', selfSigned, undefined, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['that nobody we know signed for', good, undefined, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    [
      'that somebody of the same name signed for',
      createCertificate({ ...loopback, issuer: { ...issuer, key: selfSigned.key } }),
      authority.cert,
      'CERT_SIGNATURE_FAILURE',
    ],
    [
      'that somebody signed for who is no authority',
      ((leaf) => ({ key: leaf.key, cert: leaf.cert + middle.cert }))(
        createCertificate({ ...loopback, issuer: { name: 'no authority', key: middle.key } }),
      ),
      authority.cert,
      'INVALID_',
    ],
    [
      'whose certificate has expired',
      createCertificate({ ...loopback, issuer, validTo: new Date(Date.now() - HOUR_MS) }),
      authority.cert,
      'CERT_HAS_EXPIRED',
    ],
    [
      'whose certificate is not valid yet',
      createCertificate({ ...loopback, issuer, validFrom: new Date(Date.now() + HOUR_MS) }),
      authority.cert,
      'CERT_NOT_YET_VALID',
    ],
    [
      'whose certificate is for another address',
      createCertificate({ ...loopback, ip: [127, 0, 0, 2], issuer }),
      authority.cert,
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    [
      'whose certificate is for a name',
      createCertificate({ name: 'ai.egain.cloud', issuer }),
      authority.cert,
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    [
      'that speaks TLS 1.0 only',
      { ...good, minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' },
      authority.cert,
      'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    ],
    [
      'that speaks TLS 1.1 only',
      { ...good, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
      authority.cert,
      'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    ],
  ];
  test.each(ROWS)('%s', async (_name, tls, ca, problem) => {
    const server = await serveWire(script, tls);
    const error = await rejectionOf(ask(server, ca === undefined ? {} : { ca }));
    expect(error).toMatchObject({ code: 'token_endpoint_unavailable' });
    expect(error.message).toContain(problem);
    expectNoDisclosure(error, SECRET, TOKEN);
    await expectNothingSent(server);
  });

  test('that signed for itself, whatever NODE_TLS_REJECT_UNAUTHORIZED says', async () => {
    // Not the copy that a test has: Node's TLS reads the real one.
    const environment = runInThisContext('process.env') as NodeJS.ProcessEnv;
    const server = await serveWire(script, selfSigned);
    environment['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const error = await withoutWarnings(() => rejectionOf(ask(server)));
      expect(error.message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
    } finally {
      delete environment['NODE_TLS_REJECT_UNAUTHORIZED'];
    }
    await expectNothingSent(server);
  });
});

describe('T066: no byte of a request reaches what does not speak TLS', () => {
  const answerAtOnce = (...steps: Script[number]): Script => [steps];
  const ROWS: [name: string, script: Script, problem: string][] = [
    ['a server of plain HTTP', answerAtOnce('HTTP/1.1 400 Bad Request\r\n\r\n'), 'ERR_SSL'],
    ['a server that hangs up', answerAtOnce('END'), 'ECONNRESET'],
    ['a server that cuts the connection', answerAtOnce('RESET'), 'ECONNRESET'],
    ['an alert', answerAtOnce(Buffer.from('15030300020228', 'hex')), 'ERR_SSL'],
    ['noise', answerAtOnce(Buffer.alloc(1024, 0xa5)), 'ERR_SSL'],
    ['a server that says nothing', answerAtOnce(), 'no complete answer within 300 ms'],
    ['a handshake that drips', answerAtOnce({ repeat: '\x16', times: 1 }), 'no complete answer within 300 ms'],
  ];
  test.each(ROWS)('%s', async (_name, steps, problem) => {
    const server = await serveWire(steps, undefined, 'at once');
    const error = await rejectionOf(ask(server, { timeoutMs: 300 }));
    expect(error).toMatchObject({ code: 'token_endpoint_unavailable' });
    expect(error.message).toContain(problem);
    expectNoDisclosure(error, SECRET, TOKEN);
    await expectNothingSent(server);
  });
});
