import { describe, expect, test } from '@jest/globals';
import { type AccessTokenSettings, createAccessTokens } from '../src/access-token.ts';
import { decodeClaims } from './emulator-client.ts';

const SETTINGS = {
  tenantId: 'TMPRODB88619984',
  apiUrl: 'http://127.0.0.1:2',
  issuerOf: (persona: string) => `http://127.0.0.1:1/${persona}`,
  lifetimeSeconds: 60,
  behaviour: { tokenFormat: 'jwt', scopeClaim: 'scope' },
  now: Date.now,
} as const satisfies AccessTokenSettings;
const GRANT = { clientId: 'c', actor: 'user', subject: 'pa', scope: ['core.aiservices.read'] } as const;

describe.each(['jwt', 'opaque'] as const)('access tokens that are %s', (tokenFormat) => {
  const settings = { ...SETTINGS, behaviour: { tokenFormat, scopeClaim: 'scope' } } as const;

  test('say to the issuer what they were issued for', async () => {
    const tokens = await createAccessTokens(settings);
    expect(await tokens.verify(await tokens.issue(GRANT))).toEqual(GRANT);
  });

  test('are refused by another emulator, even of the same tenant on the same ports', async () => {
    const [one, other] = [await createAccessTokens(settings), await createAccessTokens(settings)];
    expect(await other.verify(await one.issue(GRANT))).toBeUndefined();
  });

  test.each(['', 'a.b.c', 'opaque'])('are not %p', async (token) => {
    expect(await (await createAccessTokens(settings)).verify(token)).toBeUndefined();
  });

  test('end after their lifetime', async () => {
    let now = Date.now();
    const tokens = await createAccessTokens({ ...settings, now: () => now });
    const token = await tokens.issue(GRANT);
    now += 59_000;
    expect(await tokens.verify(token)).toEqual(GRANT);
    now += 1_000;
    expect(await tokens.verify(token)).toBeUndefined();
  });

  test('outlive the key that signed them, or end with it', async () => {
    const tokens = await createAccessTokens(settings);
    const first = await tokens.issue(GRANT);
    await tokens.rotateKeys('valid');
    const second = await tokens.issue(GRANT);
    expect([await tokens.verify(first), await tokens.verify(second)]).toEqual([GRANT, GRANT]);
    await tokens.rotateKeys('refused');
    expect([await tokens.verify(first), await tokens.verify(second)]).toEqual([undefined, undefined]);
    expect(await tokens.verify(await tokens.issue(GRANT))).toEqual(GRANT);
  });

  test('are no id tokens', async () => {
    const tokens = await createAccessTokens(settings);
    expect(await tokens.verify(await tokens.issueIdToken({ ...GRANT, clientId: SETTINGS.apiUrl }))).toBeUndefined();
  });
});

describe('access tokens', () => {
  test('are refused when altered', async () => {
    const tokens = await createAccessTokens(SETTINGS);
    const [header, payload = '', signature] = (await tokens.issue(GRANT)).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const altered = Buffer.from(JSON.stringify({ ...claims, sub: 'tom.agent' })).toString('base64url');
    expect(await tokens.verify(`${header}.${altered}.${signature}`)).toBeUndefined();
  });

  test('say nothing to anybody else where they are opaque', async () => {
    const behaviour = { tokenFormat: 'opaque', scopeClaim: 'scope' } as const;
    const tokens = await createAccessTokens({ ...SETTINGS, behaviour });
    expect(await tokens.issue(GRANT)).toMatch(/^[\w-]{43}$/);
  });

  test.each(['scope', 'scp'] as const)('have their scopes in the claim %s', async (scopeClaim) => {
    const tokens = await createAccessTokens({ ...SETTINGS, behaviour: { tokenFormat: 'jwt', scopeClaim } });
    const token = await tokens.issue(GRANT);
    const { scope, scp } = decodeClaims(token);
    expect({ scope, scp }).toEqual({ scope: undefined, scp: undefined, [scopeClaim]: 'core.aiservices.read' });
    expect(await tokens.verify(token)).toEqual(GRANT);
  });

  test('name the key that signed them', async () => {
    const tokens = await createAccessTokens(SETTINGS);
    const keyOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
    const before = keyOf(await tokens.issue(GRANT));
    expect(keyOf(await tokens.issue(GRANT))).toBe(before);
    await tokens.rotateKeys('valid');
    expect(keyOf(await tokens.issue(GRANT))).not.toBe(before);
  });
});
