import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { json, type RunningServer, startServer } from '../src/http.ts';
import { trustIdentityProvider } from '../src/identity-provider.ts';
import { apply, decodeClaims, postForm, startEmulator } from './emulator-client.ts';

describe('the external identity provider', () => {
  test('issues what it is asked for', async () => {
    const { identityProvider } = await startEmulator();
    const claims = decodeClaims(
      await identityProvider.issueToken({ email: 'a@b.c', expiresInSeconds: 7, groups: ['x'] }),
    );
    const { issuer: iss, audience: aud } = identityProvider;
    expect(claims).toMatchObject({ iss, aud, sub: 'a@b.c', email: 'a@b.c', groups: ['x'] });
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(7);
    expect(decodeClaims(await identityProvider.issueToken({ issuer: 'i', audience: 'a' }))).toMatchObject({
      iss: 'i',
      aud: 'a',
    });
  });

  test('publishes only the public half of its key', async () => {
    const { identityProvider } = await startEmulator();
    const { keys } = (await (await fetch(identityProvider.jwksUrl)).json()) as { keys: object[] };
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', kid: expect.any(String) });
    expect(keys[0]).not.toHaveProperty('d');
  });

  test('hands out a token at POST /token', async () => {
    const { identityProvider } = await startEmulator();
    const response = await postForm(`${identityProvider.url}/token`, apply({ email: 'a@b.c' }, {}));
    const body = (await response.json()) as Record<string, string>;
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 300 });
    expect(decodeClaims(body['access_token'])['email']).toBe('a@b.c');
  });

  test('refuses POST /token without an email, and has nothing else', async () => {
    const { identityProvider } = await startEmulator();
    expect((await postForm(`${identityProvider.url}/token`, apply({}, {}))).status).toBe(400);
    expect((await fetch(`${identityProvider.url}/token`)).status).toBe(404);
  });
});

describe('a registered identity provider', () => {
  let server: RunningServer;
  let sign: (claims: JWTPayload) => Promise<string>;

  beforeAll(async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    server = await startServer(0);
    server.serve(async () => json(200, { keys: [await exportJWK(publicKey)] }));
    sign = (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
  });
  afterAll(() => server.close());

  const inAMinute = () => Math.floor(Date.now() / 1000) + 60;

  test.each<[name: string, claims: () => JWTPayload, accepted: boolean]>([
    ['accepts a token that matches', () => ({ iss: 'i', aud: 'a', exp: inAMinute() }), true],
    ['accepts one audience of several', () => ({ iss: 'i', aud: ['b', 'a'], exp: inAMinute() }), true],
    ['refuses a token that never expires', () => ({ iss: 'i', aud: 'a' }), false],
    ['refuses a token without issuer', () => ({ aud: 'a', exp: inAMinute() }), false],
    ['refuses a token without audience', () => ({ iss: 'i', exp: inAMinute() }), false],
  ])('%s', async (_name, claims, accepted) => {
    const jwksUrl = `${server.url}/jwks`;
    const provider = {
      url: server.url,
      issuer: 'i',
      audience: 'a',
      jwksUrl,
      registrationId: 'r',
      issueToken: async () => '',
    };
    expect((await trustIdentityProvider(provider).verify(await sign(claims()))) !== undefined).toBe(accepted);
  });
});
