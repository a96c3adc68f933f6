import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createEgainAuth, type EgainAuth, EgainAuthError, type EgainAuthOptions, user } from '../../src/index.ts';
import { type Answer, json, serversToClose } from '../loopback.ts';

const SECRET = 'canary-secret-5f0c1e';
const { serve, closeAll } = serversToClose();
afterEach(closeAll);

function egainAt(tokenUrl: string, options: Partial<EgainAuthOptions> = {}): EgainAuth {
  return createEgainAuth({
    clientId: 'client-1',
    clientSecret: SECRET,
    endpoints: { client: { tokenUrl }, onBehalfOf: { user: { tokenUrl } } },
    authorizeSubject: () => true,
    ...options,
  });
}

async function failureOf(promise: Promise<unknown>): Promise<EgainAuthError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof EgainAuthError) return error;
  throw new Error(`expected an EgainAuthError, got ${inspect(error)}`);
}

async function failureWith(answer: Answer, options?: Partial<EgainAuthOptions>): Promise<EgainAuthError> {
  const server = await serve(answer);
  return failureOf(
    egainAt(`${server.origin}/token`, options).clientCredentials({ scope: ['app.core.aiservices.read'] }),
  );
}

const html: Answer = (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>');
const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Answer =>
  (response) =>
    response.writeHead(code, headers).end(body);
const oauthError = (error: string, code = 400) => json({ error, error_description: 'why' }, code);

describe('an answer that is no token becomes a stable code with a remedy', () => {
  test.each<[string, Answer, string, string | undefined]>([
    ['invalid_client', oauthError('invalid_client', 401), 'token_request_failed', 'invalid_client'],
    ['invalid_grant', oauthError('invalid_grant'), 'token_request_failed', 'invalid_grant'],
    ['invalid_scope', oauthError('invalid_scope'), 'token_request_failed', 'invalid_scope'],
    ['unauthorized_client', oauthError('unauthorized_client'), 'token_request_failed', 'unauthorized_client'],
    ['401 with WWW-Authenticate', status(401, { 'www-authenticate': 'Basic' }), 'token_request_failed', undefined],
    ['404 page', status(404, { 'content-type': 'text/html' }, '<h1>?</h1>'), 'token_request_failed', undefined],
    ['HTML with status 200', html, 'invalid_token_response', undefined],
    ['a redirect', status(302, { location: 'http://127.0.0.1:9/' }), 'invalid_token_response', undefined],
    ['204', status(204), 'invalid_token_response', undefined],
    ['a token with status 201', json({ access_token: 'a.b.c' }, 201), 'invalid_token_response', undefined],
    ['a token with status 302', json({ access_token: 'a.b.c' }, 302), 'invalid_token_response', undefined],
    ['429', status(429), 'token_endpoint_unavailable', undefined],
    ['503', status(503), 'token_endpoint_unavailable', undefined],
    ['a cut connection', (response) => void response.destroy(), 'token_endpoint_unavailable', undefined],
    [
      'T064: a body shorter than it says',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('{"access_token":"a.b.c"}');
        response.socket?.end();
      },
      'token_endpoint_unavailable',
      undefined,
    ],
  ])('%s', async (_name, answer, code, oauth) => {
    const error = await failureWith(answer);
    expect({ code: error.code, oauthError: error.oauthError }).toEqual({ code, oauthError: oauth });
    expect(error.remedy.length).toBeGreaterThan(10);
  });

  test('a host that does not answer', async () => {
    const server = await serve(html);
    await server.close();
    const error = await failureOf(
      egainAt(`${server.origin}/token`).clientCredentials({ scope: ['app.core.aiservices.read'] }),
    );
    expect(error.code).toBe('token_endpoint_unavailable');
    expect(error.retryable).toBe(true);
  });
});

describe('the request itself', () => {
  test.each([301, 302, 303, 307, 308])('T057: a %d sends no byte to where it points', async (code) => {
    const elsewhere = await serve(json({ access_token: 'stolen' }));
    const error = await failureWith(status(code, { location: `${elsewhere.origin}/token` }));
    expect(error.code).toBe('invalid_token_response');
    expect(elsewhere.received).toEqual([]);
  });

  test('T058: the deadline ends an answer that drips', async () => {
    const drip: Answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    };
    const error = await failureWith(drip, { http: { timeoutMs: 200 } });
    expect(error.code).toBe('token_endpoint_unavailable');
    expect(error.message).toContain('200 ms');
  });

  test('T058: an answer over one mebibyte is not read to its end', async () => {
    let sent = 0;
    const error = await failureWith((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => {
        while (sent < 64 * 1024 * 1024 && !response.destroyed) {
          sent += 65_536;
          if (!response.write(' '.repeat(65_536))) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    expect(error.code).toBe('invalid_token_response');
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });

  test('T058: compression is declined, and a compressed answer refused', async () => {
    const body = gzipSync(JSON.stringify({ access_token: 'a.b.c' }));
    const server = await serve((response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(body),
    );
    const error = await failureOf(egainAt(server.origin).clientCredentials({ scope: ['app.core.aiservices.read'] }));
    expect(error.code).toBe('invalid_token_response');
    expect(error.message).toContain('compressed');
    expect(server.received[0]?.headers['accept-encoding']).toBe('identity');
  });

  test('the caller’s own abort comes back as it was given', async () => {
    const server = await serve(() => {});
    const reason = new Error('changed my mind');
    const controller = new AbortController();
    const pending = egainAt(server.origin).clientCredentials({
      scope: ['app.core.aiservices.read'],
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(reason), 50);
    await expect(pending).rejects.toBe(reason);
  });

  test('a query that the token URL carries is kept', async () => {
    const server = await serve(json({ access_token: 'a.b.c' }));
    await egainAt(`${server.origin}/token?tenantId=TM1&user_type=user`).clientCredentials({
      scope: ['app.core.aiservices.read'],
    });
    expect(server.received[0]?.url).toBe('/token?tenantId=TM1&user_type=user');
  });

  test('T085: a secret function is asked for each request, so that a vault can rotate it', async () => {
    const server = await serve(json({ access_token: 'a.b.c' }));
    const secrets = ['first', 'second'];
    const egain = egainAt(server.origin, { clientSecret: async () => secrets.shift() ?? '' });
    await egain.clientCredentials({ scope: ['app.core.aiservices.read'], forceRenewal: true });
    await egain.clientCredentials({ scope: ['app.core.aiservices.read'], forceRenewal: true });
    expect(server.received.map(({ body }) => new URLSearchParams(body).get('client_secret'))).toEqual([
      'first',
      'second',
    ]);
    const error = await failureOf(egain.clientCredentials({ scope: ['app.core.aiservices.read'], forceRenewal: true }));
    expect(error.code).toBe('client_secret_unavailable');
    expect(server.received).toHaveLength(2);
  });

  test('T081: nothing in a subject can add a parameter', async () => {
    const server = await serve(json({ access_token: 'a.b.c' }));
    const username = 'pa&scope=app.all&subject_userid=1&client_id=other%0d%0a';
    await egainAt(server.origin).onBehalfOf(user({ username }), { scope: ['knowledge.portalmgr.onbehalfof.read'] });
    const parameters = new URLSearchParams(server.received[0]?.body);
    expect([...parameters.keys()].sort()).toEqual([
      'client_id',
      'client_secret',
      'grant_type',
      'scope',
      'subject_username',
    ]);
    expect(parameters.get('subject_username')).toBe(username);
  });
});

describe('T095: no secret, token or subject in what an error shows', () => {
  const token = 'canary-token-9b1d7a';
  test.each<[string, Answer]>([
    ['a refusal that repeats the secret', json({ error: 'invalid_client', error_description: `bad ${SECRET}` }, 401)],
    [
      'a refusal that repeats it in base64',
      json(
        {
          error: Buffer.from(SECRET).toString('base64'),
          error_description: Buffer.from(`${SECRET}`).toString('base64'),
        },
        400,
      ),
    ],
    ['a page that repeats it', status(500, {}, SECRET)],
    ['an answer with a token of a strange type', json({ access_token: token, token_type: 'mac' })],
    [
      'an answer that is almost JSON',
      status(200, { 'content-type': 'application/json' }, `{"access_token":"${token}"`),
    ],
    ['a header that is none', (response) => void response.socket?.end(`HTTP/1.1 200 OK\r\n${token}: \0\r\n\r\n`)],
  ])('%s', async (_name, answer) => {
    const error = await failureWith(answer);
    const shown = [
      inspect(error, { depth: 9, showHidden: true }),
      JSON.stringify(error),
      String(error),
      error.stack,
      error.remedy,
    ];
    for (const canary of [SECRET, token, Buffer.from(SECRET).toString('base64').replace(/=+$/, '')]) {
      expect(shown.join('\n')).not.toContain(canary);
    }
  });
});
