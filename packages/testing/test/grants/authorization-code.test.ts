import { describe, expect, test } from '@jest/globals';
import type { Behaviour } from '../../src/index.ts';
import {
  apply,
  authorizationUrl,
  CALLBACK,
  CHALLENGE,
  type Changes,
  credentials,
  decodeClaims,
  findClient,
  obtainCode,
  requestToken,
  startEmulator,
  tokenUrl,
  VERIFIER,
} from '../emulator-client.ts';

const PKCE = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
const FORM = { grant_type: 'authorization_code', redirect_uri: CALLBACK };

describe('the authorization code grant', () => {
  test.each([
    ['user', 'pa', 'U'],
    ['customer', 'jane.doe@example.com', 'C'],
  ] as const)('gives a Web Application the token of a %s', async (persona, subject, suffix) => {
    const emulator = await startEmulator();
    const code = await obtainCode(emulator, {}, persona);
    const { status, body } = await requestToken(
      tokenUrl(emulator, persona),
      apply({ ...FORM, code }, credentials(emulator)),
    );
    expect(status).toBe(200);
    expect(body['scope']).toBe('knowledge.portalmgr.read');
    expect(body).not.toHaveProperty('refresh_token');
    const iss = `${emulator.loginUrl}/system/auth/TMPRODB88619984-${suffix}`;
    expect(decodeClaims(body['access_token'])).toMatchObject({ sub: subject, iss, scope: 'knowledge.portalmgr.read' });
    expect(emulator.journal('token')).toMatchObject([
      { grant: 'authorization_code', persona, actor: persona, subject, client: findClient(emulator, 'web').clientId },
    ]);
  });

  test('gives a Single Page Application its token with PKCE and without a secret', async () => {
    const emulator = await startEmulator();
    const { clientId } = findClient(emulator, 'spa');
    const code = await obtainCode(emulator, { client_id: clientId, ...PKCE });
    const form = apply(FORM, { code, client_id: clientId, code_verifier: VERIFIER });
    expect((await requestToken(tokenUrl(emulator), form)).status).toBe(200);
  });

  test('gives a Web Application its token with PKCE and with a secret', async () => {
    const emulator = await startEmulator();
    const code = await obtainCode(emulator, PKCE);
    const form = apply({ ...FORM, code, code_verifier: VERIFIER }, credentials(emulator));
    expect((await requestToken(tokenUrl(emulator), form)).status).toBe(200);
  });

  test('grants every scope that was asked for and none beside', async () => {
    const emulator = await startEmulator();
    const scope = 'core.aiservices.read knowledge.portalmgr.manage';
    const code = await obtainCode(emulator, { scope });
    const { body } = await requestToken(tokenUrl(emulator), apply({ ...FORM, code }, credentials(emulator)));
    expect(body['scope']).toBe(scope);
    expect(decodeClaims(body['access_token'])['scope']).toBe(scope);
  });
});

describe('the authorization code grant refuses', () => {
  test.each<[name: string, login: Changes, changes: Changes, error: string]>([
    ['a missing code', {}, { code: undefined }, 'invalid_request'],
    ['a guessed code', {}, { code: 'guessed' }, 'invalid_grant'],
    ['a missing redirect_uri', {}, { redirect_uri: undefined }, 'invalid_request'],
    ['another redirect_uri', {}, { redirect_uri: 'http://localhost:3000/other' }, 'invalid_grant'],
    ['another spelling of redirect_uri', {}, { redirect_uri: `${CALLBACK}/` }, 'invalid_grant'],
    ['a challenge without verifier', PKCE, {}, 'invalid_grant'],
    ['a wrong verifier', PKCE, { code_verifier: 'x'.repeat(43) }, 'invalid_grant'],
    ['a verifier that is too short', PKCE, { code_verifier: VERIFIER.slice(1) }, 'invalid_grant'],
    ['the challenge as verifier', PKCE, { code_verifier: CHALLENGE }, 'invalid_grant'],
    ['a verifier without challenge', {}, { code_verifier: VERIFIER }, 'invalid_grant'],
  ])('%s', async (_name, login, changes, error) => {
    const emulator = await startEmulator({ client: { redirectUrls: [CALLBACK, 'http://localhost:3000/other'] } });
    const code = await obtainCode(emulator, login);
    const form = apply({ ...FORM, code, ...credentials(emulator) }, changes);
    const { status, body } = await requestToken(tokenUrl(emulator), form);
    expect([status, body['error']]).toEqual([400, error]);
  });

  test('a replayed code', async () => {
    const emulator = await startEmulator();
    const form = apply({ ...FORM, code: await obtainCode(emulator) }, credentials(emulator));
    expect((await requestToken(tokenUrl(emulator), form)).status).toBe(200);
    const { status, body } = await requestToken(tokenUrl(emulator), form);
    expect([status, body['error']]).toEqual([400, 'invalid_grant']);
  });

  test('all but one of twenty parallel redemptions', async () => {
    const emulator = await startEmulator();
    const form = apply({ ...FORM, code: await obtainCode(emulator) }, credentials(emulator));
    const answers = await Promise.all(Array.from({ length: 20 }, () => requestToken(tokenUrl(emulator), form)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('a code after a failed attempt', async () => {
    const emulator = await startEmulator();
    const code = await obtainCode(emulator, PKCE);
    const attempt = (code_verifier: string) =>
      requestToken(tokenUrl(emulator), apply({ ...FORM, code, code_verifier }, credentials(emulator)));
    expect((await attempt('y'.repeat(43))).body['error']).toBe('invalid_grant');
    expect((await attempt(VERIFIER)).body['error']).toBe('invalid_grant');
  });

  test.each([
    ['user', 'customer'],
    ['customer', 'user'],
  ] as const)('the code of a %s at the token URL of a %s', async (persona, other) => {
    const emulator = await startEmulator();
    const code = await obtainCode(emulator, {}, persona);
    const { status, body } = await requestToken(
      tokenUrl(emulator, other),
      apply({ ...FORM, code }, credentials(emulator)),
    );
    expect([status, body['error']]).toEqual([400, 'invalid_grant']);
  });

  test('the code of another client application', async () => {
    const emulator = await startEmulator({
      clients: [{ clientId: 'thief', clientSecret: 's', redirectUrls: [CALLBACK] }],
    });
    const code = await obtainCode(emulator);
    const form = apply({ ...FORM, code }, { client_id: 'thief', client_secret: 's' });
    expect((await requestToken(tokenUrl(emulator), form)).body['error']).toBe('invalid_grant');
  });

  test('a code of another emulator', async () => {
    const [one, other] = [await startEmulator(), await startEmulator()];
    const form = apply({ ...FORM, code: await obtainCode(one) }, credentials(other));
    expect((await requestToken(tokenUrl(other), form)).body['error']).toBe('invalid_grant');
    expect(authorizationUrl(one)).not.toBe(authorizationUrl(other));
  });
});

describe('the verifier of a Web Application', () => {
  async function redeem(pkceOnWebClients: Behaviour['pkceOnWebClients'], login: Changes, changes: Changes) {
    const emulator = await startEmulator({ behaviour: { pkceOnWebClients } });
    const code = await obtainCode(emulator, login);
    const form = apply({ ...FORM, code, ...credentials(emulator) }, changes);
    const { status, body } = await requestToken(tokenUrl(emulator), form);
    return status === 200 ? 200 : body['error'];
  }

  test.each<[Behaviour['pkceOnWebClients'], name: string, Changes, Changes, number | string]>([
    ['verified', 'wrong', PKCE, { code_verifier: `${VERIFIER}x` }, 'invalid_grant'],
    ['required', 'wrong', PKCE, { code_verifier: `${VERIFIER}x` }, 'invalid_grant'],
    ['ignored', 'wrong', PKCE, { code_verifier: `${VERIFIER}x` }, 200],
    ['ignored', 'missing', PKCE, {}, 200],
    ['ignored', 'unasked for', {}, { code_verifier: VERIFIER }, 200],
    ['rejected', 'unasked for', {}, { code_verifier: VERIFIER }, 'invalid_request'],
    ['rejected', 'missing', {}, {}, 200],
  ])('where PKCE is %s and it is %s', async (pkceOnWebClients, _name, login, changes, expected) => {
    expect(await redeem(pkceOnWebClients, login, changes)).toBe(expected);
  });

  test('of a Single Page Application is verified even where others are ignored', async () => {
    const emulator = await startEmulator({ behaviour: { pkceOnWebClients: 'ignored' } });
    const { clientId } = findClient(emulator, 'spa');
    const code = await obtainCode(emulator, { client_id: clientId, ...PKCE });
    const form = apply(FORM, { code, client_id: clientId, code_verifier: `${VERIFIER}x` });
    expect((await requestToken(tokenUrl(emulator), form)).body['error']).toBe('invalid_grant');
  });
});
