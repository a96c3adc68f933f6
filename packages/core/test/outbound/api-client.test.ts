import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Agent, interceptors } from 'undici';
import { type ApiClient, createEgainAuth, EgainApiError, isEgainAuthError } from '../../src/index.ts';
import { type Answer, json, type LoopbackServer, serversToClose } from '../loopback.ts';

const TOKEN = 'canary.token/9b1d7a';
const { serve, closeAll } = serversToClose();
afterEach(closeAll);

async function apiAnswering(
  answer: Answer,
): Promise<{ api: ApiClient; server: LoopbackServer; tokens: LoopbackServer }> {
  const server = await serve(answer);
  const tokens = await serve(json({ access_token: TOKEN }));
  const egain = createEgainAuth({
    clientId: 'client-1',
    clientSecret: 'secret',
    endpoints: { client: { tokenUrl: tokens.origin } },
    apiUrl: server.origin,
  });
  return { api: egain.api({ type: 'client' }, { scope: ['app.core.aiservices.read'] }), server, tokens };
}

describe('the API client', () => {
  test('sends the token, JSON and a language, and returns the parsed body', async () => {
    const { api, server } = await apiAnswering(json({ portal: [] }));
    const body = await api.post('/core/casemgr/v4/cases', {
      query: { $lang: 'en-US', unset: undefined, q: 'a b' },
      body: { resourceId: 'PROD-1' },
      headers: { 'Accept-Language': 'de-DE', Authorization: 'Bearer forged' },
    });
    expect(body).toEqual({ portal: [] });
    const [request] = server.received;
    expect(request?.url).toBe('/core/casemgr/v4/cases?%24lang=en-US&q=a%20b');
    expect(request?.body).toBe('{"resourceId":"PROD-1"}');
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      accept: 'application/json',
      'accept-language': 'de-DE',
      'content-type': 'application/json',
    });
  });

  test('returns undefined for 204, eGain’s empty list', async () => {
    const { api } = await apiAnswering((response) => response.writeHead(204).end());
    expect(await api.get('/core/casemgr/v4/cases')).toBeUndefined();
  });

  test.each([
    'https://evil.example/x',
    'http://evil.example/x',
    '//evil.example/x',
    '\\\\evil.example/x',
    '/\\evil.example/x',
    '/\t/evil.example/x',
    'https:evil.example',
    'javascript:alert(1)',
    'http://user:pass@127.0.0.1/',
    'http://[',
  ])('T069: %j gets no token, and none is asked for', async (path) => {
    const { api, server, tokens } = await apiAnswering(json({}));
    const error: unknown = await api.get(path).catch((reason: unknown) => reason);
    expect(isEgainAuthError(error, 'origin_not_allowed')).toBe(true);
    expect(server.received).toEqual([]);
    expect(tokens.received).toEqual([]);
  });

  test('T070: a redirect is an error, and its target hears nothing', async () => {
    const elsewhere = await serve(json({}));
    const { api } = await apiAnswering((response) => response.writeHead(307, { location: elsewhere.origin }).end());
    await expect(api.get('/x')).rejects.toMatchObject({ code: 'api_error', apiStatus: 307 });
    expect(elsewhere.received).toEqual([]);
  });

  test('keeps eGain’s error body', async () => {
    const body = { code: '403-112', developerMessage: 'Unauthorized URL access', details: [{ key: 'a', value: 'b' }] };
    const { api } = await apiAnswering(json(body, 403));
    const error: unknown = await api.get('/x').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EgainApiError);
    expect(error).toMatchObject({
      code: 'api_error',
      status: 502,
      apiStatus: 403,
      apiCode: '403-112',
      developerMessage: 'Unauthorized URL access',
      details: [{ key: 'a', value: 'b' }],
      body,
    });
    expect((error as EgainApiError).remedy).toContain('actor');
  });

  test('T095: a gateway that quotes the Authorization header does not put the token into the error', async () => {
    const { api } = await apiAnswering(
      json({ message: `invalid key=value pair in Authorization: 'Bearer ${TOKEN}'` }, 403),
    );
    const error: unknown = await api.get('/x').catch((reason: unknown) => reason);
    expect(inspect(error, { depth: 9, showHidden: true })).toContain('[access token]');
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(TOKEN);
  });

  test.each<[name: string, quoted: string]>([
    ['with escaped slashes', TOKEN.replaceAll('/', '\\/')],
    ['in base64', Buffer.from(`Bearer ${TOKEN}`).toString('base64')],
    ['in percent encoding', TOKEN.replace(/./g, (one) => `%${one.charCodeAt(0).toString(16)}`)],
    ['cut', TOKEN.slice(0, -1)],
    ['in too much to look for it', `${'x'.repeat(16 * 1024)}${TOKEN.slice(0, -1)}`],
  ])('T095: nor one that quotes it %s', async (_name, quoted) => {
    const { api } = await apiAnswering((response) =>
      response.writeHead(401).end(`{"code":"401-101","developerMessage":"${quoted}","details":["${quoted}"]}`),
    );
    const error: unknown = await api.get('/x').catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      apiCode: '401-101',
      developerMessage: expect.stringContaining('withheld'),
      details: [],
    });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(TOKEN.slice(0, -1));
  });

  test('T095: nor one whose code it is', async () => {
    const { api } = await apiAnswering(json({ code: Buffer.from(TOKEN).toString('hex') }, 403));
    await expect(api.get('/x')).rejects.toMatchObject({ apiCode: undefined, apiStatus: 403 });
  });

  test.each<[string, Answer, string]>([
    [
      'HTML with status 200',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
      'invalid_api_response',
    ],
    ['a cut connection', (response) => void response.destroy(), 'api_unavailable'],
  ])('%s is %s', async (_name, answer, code) => {
    const { api } = await apiAnswering(answer);
    await expect(api.get('/x')).rejects.toMatchObject({ code });
  });

  test.each(['x\r\nx-evil: 1', 'x\ny', '\0', '\u2028', 'x\u010a'])(
    'T073: the value %j of a header is refused',
    async (value) => {
      const { api, server } = await apiAnswering(json({}));
      await expect(api.get('/x', { headers: { 'x-own': value } })).rejects.toThrow(TypeError);
      expect(server.received).toEqual([]);
    },
  );

  test.each([
    'x evil',
    'x:evil',
    'x\r\nevil',
    '',
    'é',
    'Host',
    'Transfer-Encoding',
    'content-length',
    'Proxy-Authorization',
    'Connection',
    'Keep-Alive',
    'TE',
    'Trailer',
    'Upgrade',
    'Expect',
  ])('T073: the name %j of a header is refused', async (name) => {
    const { api, server } = await apiAnswering(json({}));
    await expect(api.get('/x', { headers: { [name]: 'x' } })).rejects.toThrow(TypeError);
    expect(server.received).toEqual([]);
  });

  test.each(['authorization', 'AUTHORIZATION', 'Authorization'])('T073: %s is sent once, and is ours', async (name) => {
    const { api, server } = await apiAnswering((response, { headers }) => json(headers)(response, undefined as never));
    await api.get('/x', { headers: { [name]: 'Bearer forged', 'x-own': '1' } });
    expect(server.received[0]?.headers).toMatchObject({ authorization: `Bearer ${TOKEN}`, 'x-own': '1' });
  });

  test.each<[method: 'get' | 'post' | 'put' | 'patch' | 'delete', sent: number]>([
    ['get', 3],
    ['post', 1],
    ['put', 1],
    ['patch', 1],
    ['delete', 1],
  ])('T072: a %s whose connection ends, or that is answered 503, is sent %i times', async (method, sent) => {
    const { api, server } = await apiAnswering((response) => response.socket?.destroy());
    await expect(api[method]('/x')).rejects.toThrow('api_unavailable');
    expect(server.received).toHaveLength(sent);
    const failing = await apiAnswering(json({}, 503));
    await expect(failing.api[method]('/x')).rejects.toThrow('api_error');
    expect(failing.server.received).toHaveLength(sent);
  });

  test('T071: nor by a cache in a dispatcher of the caller’s', async () => {
    let count = 0;
    const server = await serve((response, request) => {
      count += 1;
      response.setHeader('cache-control', 'public, max-age=600');
      json({ count })(response, request);
    });
    const tokens = await serve(json({ access_token: TOKEN }));
    const dispatcher = new Agent().compose(interceptors.cache());
    const egain = createEgainAuth({
      ...{ clientId: 'client-1', clientSecret: 'secret', apiUrl: server.origin, http: { dispatcher } },
      endpoints: { client: { tokenUrl: tokens.origin } },
    });
    const api = egain.api({ type: 'client' }, { scope: ['app.core.aiservices.read'] });
    for (const expected of [1, 2, 3]) {
      expect(await api.get('/x', { headers: { 'cache-control': 'max-age=600' } })).toEqual({ count: expected });
    }
    await dispatcher.close();
  });

  test('T071: an answer that may be cached is asked for by everybody, also at once', async () => {
    let count = 0;
    const { api, server } = await apiAnswering((response, request) => {
      count += 1;
      json({ count }, 200, { 'cache-control': 'public, max-age=3600', etag: '"1"' })(response, request);
    });
    const ask = () => api.get<{ count: number }>('/x').then((answer) => answer.count);
    expect(new Set([...(await Promise.all([ask(), ask(), ask()])), await ask()]).size).toBe(4);
    expect(server.received).toHaveLength(4);
  });
});
