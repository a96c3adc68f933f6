import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { user } from '../../src/index.ts';
import { resolveSdkUrl } from '../../src/outbound/sdk-fetcher.ts';
import { passTime, stopClock } from '../clock.ts';
import { failureOf } from '../failure.ts';
import { json, serversToClose } from '../loopback.ts';
import { runAlone } from '../own-process.ts';
import { CLIENT, SCOPE, stagesToClose } from './api-stage.ts';
import { Egain, EgainDefaultError, HTTPClient, UnexpectedClientError, WSErrorCommon } from './sdk-double.ts';

const { stage, closeAll } = stagesToClose();
const { serve, closeAll: closeServers } = serversToClose();
beforeEach(() => stopClock());
afterEach(async () => {
  await Promise.all([closeAll(), closeServers()]);
});

const PA = { type: 'on-behalf-of', subject: user({ username: 'pa' }) } as const;
const VISITOR = { type: 'anonymous-customer' } as const;
const BACKOFF = { strategy: 'backoff', maxTries: 3 } as const;
const AIDEV = 'https://api.aidev.egain.cloud';

/** What somebody sees who wires the SDK the way its README says. */
describe('eGain’s SDK with accessToken', () => {
  test('trap 1: asks for a token once, and sends a rejected one again and again', async () => {
    const given = await stage();
    const old = await given.egain.clientCredentials(SCOPE);
    given.revoked.add(old.accessToken);
    let asked = 0;
    const accessToken = async () => {
      asked += 1;
      return given.egain.tokenProvider(CLIENT, SCOPE)();
    };
    const sdk = new Egain({ accessToken, serverURL: given.api.origin, retryConfig: BACKOFF });
    await expect(sdk.portal.getMyPortals({ retryCodes: ['401'] })).rejects.toThrow(WSErrorCommon);
    expect(asked).toBe(1);
    expect(given.sent()).toEqual(Array(3).fill(old.accessToken));
  });

  test('trap 2: a token that cannot be had ends the process, although the error was caught', async () => {
    const { code, stdout, stderr } = await runAlone(`
      import { Egain } from './outbound/sdk-double.ts';
      const sdk = new Egain({ accessToken: async () => { throw new Error('login_required'); } });
      await sdk.portal.getMyPortals().catch((error) => console.log('caught', error.message));
      setTimeout(() => console.log('alive'), 50);
    `);
    expect(stdout).toBe('caught login_required\n');
    expect([code, stderr]).toEqual([1, expect.stringContaining('login_required')]);
  });

  test('trap 3: an empty token is a request without Authorization', async () => {
    const { api, sent } = await stage();
    await new Egain({ accessToken: async () => '', serverURL: api.origin }).portal.getMyPortals();
    expect(sent()).toEqual([undefined]);
  });

  test('trap 5: what the constructor is told does not keep a token from the built-in host', async () => {
    const urls: [string, string | null][] = [];
    const fetcher = async (input: Request | string | URL) => {
      const request = new Request(input);
      urls.push([request.url, request.headers.get('authorization')]);
      return Response.json({});
    };
    const serverURL = 'https://api.egain.example/knowledge/portalmgr/v4';
    const sdk = new Egain({ accessToken: 'ours', serverURL, httpClient: new HTTPClient({ fetcher }) });
    await sdk.portal.getMyPortals();
    await sdk.aiservices.retrieveChunks('PROD-1', {});
    await sdk.content.createImportJob({});
    expect(urls).toEqual([
      [`${serverURL}/myportals`, 'Bearer ours'],
      [`${AIDEV}/core/aiservices/v4/PROD-1/retrieve`, 'Bearer ours'],
      [`${AIDEV}//knowledge/contentmgr/v4/import/content`, 'Bearer ours'],
    ]);
  });
});

describe('eGain’s SDK with sdkFetcher', () => {
  test('trap 1: each try has a good token, and a 401 is renewed', async () => {
    let count = 0;
    const given = await stage((response, request) => {
      count += 1;
      json({ portal: [] }, count < 3 ? 429 : 200, { 'retry-after': '60' })(response, request);
      // What was accepted a moment ago is not any more.
      if (count === 1) {
        given.revoked.add('token-1');
        passTime(2000);
      }
    });
    const httpClient = new HTTPClient({ fetcher: given.egain.sdkFetcher(PA) });
    const sdk = new Egain({ httpClient, retryConfig: BACKOFF });
    expect(await sdk.portal.getMyPortals()).toEqual({ portal: [] });
    expect(given.sent()).toEqual(['token-1', 'token-1', 'token-2', 'token-2']);
  });

  test('trap 1: the body of a request is sent again with the other token', async () => {
    const { egain, api, revoked } = await stage();
    const sdk = new Egain({ httpClient: new HTTPClient({ fetcher: egain.sdkFetcher(VISITOR) }) });
    await sdk.aiservices.retrieveChunks('PROD-1', { q: 'é' });
    passTime(2000);
    revoked.add('token-1');
    expect(await sdk.aiservices.retrieveChunks('PROD-1', { q: 'é' })).toEqual({ ok: true });
    expect(api.received.map(({ body }) => body)).toEqual(Array(3).fill('{"q":"é"}'));
    expect(api.received[2]?.headers).toMatchObject({ 'content-type': 'application/json', 'content-length': '10' });
  });

  test('trap 2: a token that cannot be had is an UnexpectedClientError with its cause, and the process goes on', async () => {
    const issuer = await serve(json({ error: 'invalid_client' }, 401));
    const { code, stdout, stderr } = await runAlone(`
      import { createEgainAuth } from '../src/index.ts';
      import { Egain, HTTPClient } from './outbound/sdk-double.ts';
      const egain = createEgainAuth({
        clientId: 'client-1', clientSecret: 'secret', silenceWarnings: ['insecure_loopback'],
        endpoints: { anonymousCustomer: { tokenUrl: '${issuer.origin}' } }, apiUrl: '${issuer.origin}',
      });
      const fetcher = egain.sdkFetcher({ type: 'anonymous-customer' });
      const sdk = new Egain({ httpClient: new HTTPClient({ fetcher }) });
      await sdk.aiservices.retrieveChunks('PROD-1', {}).catch(({ name, cause }) => console.log(name, cause.code));
      setTimeout(() => console.log('alive'), 50);
    `);
    expect([code, stderr, stdout]).toEqual([0, '', 'UnexpectedClientError token_request_failed\nalive\n']);
  });

  test('trap 3: no request goes without Authorization, or with another', async () => {
    const { egain, api, sent, tokens } = await stage();
    const httpClient = new HTTPClient({ fetcher: egain.sdkFetcher(PA) });
    for (const accessToken of [undefined, '', 'forged', async () => '']) {
      await new Egain({ httpClient, ...(accessToken !== undefined && { accessToken }) }).portal.getMyPortals();
    }
    expect(sent()).toEqual(Array(4).fill('token-1'));
    await tokens.close();
    const refused = new Egain({ httpClient: new HTTPClient({ fetcher: egain.sdkFetcher(VISITOR) }) });
    const error = await refused.aiservices.retrieveChunks('PROD-1', {}).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UnexpectedClientError);
    expect(error).toMatchObject({ cause: { code: 'token_endpoint_unavailable' } });
    expect(api.received).toHaveLength(4);
  });

  test('trap 5: every operation goes to the API host, with one slash, whatever the constructor was told', async () => {
    const { egain, api } = await stage();
    for (const serverURL of [undefined, `${api.origin}/knowledge/portalmgr/v4/`, `${AIDEV}/knowledge/portalmgr/v4`]) {
      const use = (actor: typeof PA | typeof VISITOR | typeof CLIENT, scope = {}) =>
        new Egain({
          httpClient: new HTTPClient({ fetcher: egain.sdkFetcher(actor, scope) }),
          ...(serverURL !== undefined && { serverURL }),
        });
      await use(PA).portal.getMyPortals();
      await use(VISITOR).aiservices.retrieveChunks('PROD-1', {});
      await use(CLIENT, SCOPE).content.createImportJob({});
    }
    const once = [
      '/knowledge/portalmgr/v4/myportals',
      '/core/aiservices/v4/PROD-1/retrieve',
      '/knowledge/contentmgr/v4/import/content',
    ];
    expect(api.received.map(({ url }) => url)).toEqual([...once, ...once, ...once]);
  });

  test('T069: any other host gets no token, and none is asked for', async () => {
    const { egain, api, tokens } = await stage();
    const elsewhere = await serve(json({}));
    const httpClient = new HTTPClient({ fetcher: egain.sdkFetcher(PA) });
    for (const serverURL of [
      elsewhere.origin,
      'http://api.aidev.egain.cloud/',
      'https://api.aidev.egain.cloud:8443/',
      'https://api.aidev.egain.cloud.evil.example/',
      'https://ai.aidev.egain.cloud/',
    ]) {
      await expect(new Egain({ httpClient, serverURL }).portal.getMyPortals()).rejects.toMatchObject({
        name: 'UnexpectedClientError',
        cause: { code: 'origin_not_allowed' },
      });
    }
    expect([elsewhere.received, api.received, tokens.received]).toEqual([[], [], []]);
  });

  test('trap 6: a 401 that stays is what it is in the SDK, by the class of its operation', async () => {
    const { egain } = await stage(json({ code: '401-101' }, 401));
    const as = (actor: typeof PA | typeof VISITOR) =>
      new Egain({ httpClient: new HTTPClient({ fetcher: egain.sdkFetcher(actor) }) });
    await expect(as(PA).portal.getMyPortals()).rejects.toThrow(WSErrorCommon);
    await expect(as(VISITOR).aiservices.retrieveChunks('PROD-1', {})).rejects.toThrow(EgainDefaultError);
  });

  test('whom an operation does not accept is refused before anything is asked for', async () => {
    const { egain, tokens } = await stage();
    const sdk = new Egain({ httpClient: new HTTPClient({ fetcher: egain.sdkFetcher(VISITOR) }) });
    await expect(sdk.portal.getMyPortals()).rejects.toMatchObject({ cause: { code: 'actor_not_allowed' } });
    expect(tokens.received).toEqual([]);
  });
});

describe('the URL that the SDK means', () => {
  const hosts = (apiUrl: string) => ({ apiUrl: new URL(apiUrl), loginOrigins: new Set<string>() });

  test.each([
    ['https://api.ai.egain.cloud', `${AIDEV}/a?b=c`, 'https://api.ai.egain.cloud/a?b=c'],
    ['https://api.ai.egain.cloud', `${AIDEV}//a/b`, 'https://api.ai.egain.cloud/a/b'],
    ['https://api.ai.egain.cloud', `${AIDEV}//evil.example/b`, 'https://api.ai.egain.cloud/evil.example/b'],
    ['https://api.ai.egain.cloud', '/a//b', 'https://api.ai.egain.cloud/a//b'],
    ['http://localhost:4000', `${AIDEV}/a`, 'http://localhost:4000/a'],
    [AIDEV, `${AIDEV}/a`, `${AIDEV}/a`],
    [AIDEV, `${AIDEV}//a`, `${AIDEV}/a`],
  ])('at %s: %s is %s', (apiUrl, given, meant) => {
    const { origin, pathname, search } = resolveSdkUrl(hosts(apiUrl), given);
    expect(`${origin}${pathname}${search}`).toBe(meant);
  });

  test.each(['//evil.example/a', 'https://user@api.aidev.egain.cloud/a', 'data:,x', 'http://['])(
    '%s is none',
    (given) => {
      expect(failureOf(() => resolveSdkUrl(hosts('https://api.ai.egain.cloud'), given)).code).toBe(
        'origin_not_allowed',
      );
    },
  );
});
