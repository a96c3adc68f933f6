import { describe, expect, test } from '@jest/globals';
import { createAccessTokens } from '../src/access-token.ts';

const SETTINGS = {
  tenantId: 'TMPRODB88619984',
  loginUrl: 'http://127.0.0.1:1',
  apiUrl: 'http://127.0.0.1:2',
  lifetimeSeconds: 60,
};
const GRANT = { clientId: 'c', actor: 'user', subject: 'pa', scope: ['core.aiservices.read'] } as const;

describe('access tokens', () => {
  test('say to the issuer what they were issued for', async () => {
    const tokens = await createAccessTokens(SETTINGS);
    expect(await tokens.verify(await tokens.issue(GRANT))).toEqual(GRANT);
  });

  test('are refused when altered', async () => {
    const tokens = await createAccessTokens(SETTINGS);
    const [header, payload = '', signature] = (await tokens.issue(GRANT)).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const altered = Buffer.from(JSON.stringify({ ...claims, sub: 'tom.agent' })).toString('base64url');
    expect(await tokens.verify(`${header}.${altered}.${signature}`)).toBeUndefined();
  });

  test('are refused by another key, even of the same tenant on the same ports', async () => {
    const [one, other] = [await createAccessTokens(SETTINGS), await createAccessTokens(SETTINGS)];
    expect(await other.verify(await one.issue(GRANT))).toBeUndefined();
  });

  test.each(['', 'a.b.c', 'opaque'])('that are no JWT are refused: %p', async (token) => {
    expect(await (await createAccessTokens(SETTINGS)).verify(token)).toBeUndefined();
  });
});
